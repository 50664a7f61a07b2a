// SPDX-License-Identifier: MIT
#include "widgets/controller/session_values.hpp"

#include <utility>

namespace siskin::ui {

std::shared_ptr<const LoadedFrame> loadFrame(const DatasetReader& dataset, std::size_t index) {
    auto frame = std::make_shared<LoadedFrame>();
    frame->index = index;
    frame->info = dataset.frames().at(index);
    frame->scan = dataset.read(index);
    frame->cloud = makeCloudPoints(frame->scan);
    std::span<const ClassId> switchIds;
    if (frame->scan->groundTruth) {
        const GroundTruth& truth = *frame->scan->groundTruth;
        switchIds = truth.classIds;
        frame->truth = colourByClass(truth.classIds, *truth.classMap);
    }
    if (const PointField* intensity = frame->scan->field("intensity")) {
        frame->intensity = colourByValue(intensity->values, switchIds);
    }
    frame->height = colourByHeight(*frame->scan, switchIds);
    frame->colours = colourByColour(*frame->scan, switchIds);
    return frame;
}

std::shared_ptr<const ModelOutcome>
runModel(const LoadedModel& model, const Scan& scan, const RunOptions& options) {
    auto outcome = std::make_shared<ModelOutcome>();
    outcome->result = model.run(scan, options);
    const Prediction& prediction = outcome->result.prediction;
    outcome->scores = scorePrediction(scan, prediction);
    outcome->prediction = colourByClass(prediction.classIds, *prediction.classMap);
    if (const auto truth = groundTruthIn(scan, *prediction.classMap)) {
        outcome->rightWrong = colourRightWrong(*truth, prediction.classIds);
    }
    return outcome;
}

QString kindTitle(ModelKind kind) {
    switch (kind) {
    case ModelKind::MinkUNet:
        return QStringLiteral("MinkUNet");
    case ModelKind::Spvcnn:
        return QStringLiteral("SPVCNN");
    case ModelKind::Spvnas:
        return QStringLiteral("SPVNAS");
    }
    return {};
}

QString provisionalLabel(const ModelSpec& spec) {
    if (!spec.label.empty()) {
        return QString::fromStdString(spec.label);
    }
    if (!spec.predictions.empty()) {
        return QStringLiteral("predictions:") + QString::fromStdString(spec.predictions.string());
    }
    const QString precision =
        spec.precision == Precision::Float32
            ? QString()
            : QLatin1Char(' ') + QString::fromStdString(std::string(toString(spec.precision)));
    if (spec.weights.empty()) {
        return QStringLiteral("%1 random %2%3")
            .arg(kindTitle(spec.kind))
            .arg(spec.randomWidth)
            .arg(precision);
    }
    const auto folder = spec.weights.parent_path().filename();
    return QStringLiteral("%1 %2%3").arg(
        kindTitle(spec.kind),
        QString::fromStdString((folder / spec.weights.filename()).string()),
        precision
    );
}

} // namespace siskin::ui
