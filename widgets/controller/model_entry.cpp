// SPDX-License-Identifier: MIT
#include "widgets/controller/model_entry.hpp"

#include <QCoreApplication>

#include <algorithm>

namespace siskin::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ModelEntry", text);
}

} // namespace

ModelEntry* findModel(std::vector<ModelEntry>& models, int id) {
    const auto found = std::find_if(models.begin(), models.end(), [id](const ModelEntry& entry) {
        return entry.id == id;
    });
    return found == models.end() ? nullptr : &*found;
}

QString uniqueLabel(const std::vector<ModelEntry>& models, const QString& wanted, int ownId) {
    const auto taken = [&models, ownId](const QString& label) {
        return std::any_of(models.begin(), models.end(), [&](const ModelEntry& entry) {
            return entry.id != ownId && entry.label == label;
        });
    };
    QString label = wanted;
    for (int number = 2; taken(label); ++number) {
        label = QStringLiteral("%1 (%2)").arg(wanted).arg(number);
    }
    return label;
}

QString
whyNothingRuns(const std::vector<ModelEntry>& models, const LoadedFrame* frame, bool reading) {
    const auto any = [&models](auto holds) {
        return std::any_of(models.begin(), models.end(), holds);
    };
    if (!any([](const ModelEntry& entry) { return entry.selected; })) {
        return tr("No model to run - add a model and tick it");
    }
    if (reading) {
        return {};
    }
    if (frame == nullptr) {
        return tr("Nothing to run on - open a data set or a scan first");
    }
    const bool mayRun =
        any([](const ModelEntry& entry) { return entry.selected && entry.refusal.isEmpty(); });
    return mayRun ? QString()
                  : tr("No ticked model labels this %1 - add one that does")
                        .arg(taskNoun(frame->task));
}

QString kindTitle(ModelKind kind) {
    const std::string_view title = titleOf(kind);
    return QString::fromUtf8(title.data(), static_cast<qsizetype>(title.size()));
}

QString taskNoun(ModelTask task) {
    switch (task) {
    case ModelTask::LidarScene:
        return tr("LiDAR scan");
    case ModelTask::ShapeParts:
        return tr("shape");
    case ModelTask::IndoorScene:
        return tr("room");
    }
    return {};
}

QString kindRefusal(ModelKind kind, ModelTask task) {
    if (existsFor(kind, task)) {
        return {};
    }
    const bool shapes = existsFor(kind, ModelTask::ShapeParts);
    const bool rooms = existsFor(kind, ModelTask::IndoorScene);
    const QString labels = !isPointModel(kind) ? tr("LiDAR scans")
                           : shapes && rooms   ? tr("shapes and rooms")
                           : shapes            ? tr("shapes")
                                               : tr("rooms");
    return tr("labels %1, not a %2").arg(labels, taskNoun(task));
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
