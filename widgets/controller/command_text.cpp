// SPDX-License-Identifier: MIT
#include "widgets/controller/command_text.hpp"

#include "core/base/resources.hpp"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

namespace siskin::ui {

namespace {

/// demo:NAME, KIND:WEIGHTS, KIND:WEIGHTS:CONFIG or KIND:random:WIDTH.
QString networkArgument(const ModelSpec& spec) {
    const auto demo = spec.config ? std::string() : demoName(spec.weights);
    if (!demo.empty()) {
        return QString::fromStdString(demo);
    }
    QStringList parts{QString::fromStdString(std::string(toString(spec.kind)))};
    if (spec.weights.empty()) {
        parts << QStringLiteral("random") << QString::number(spec.randomWidth);
    } else {
        parts << QString::fromStdString(spec.weights.string());
    }
    if (spec.config) {
        parts << QString::fromStdString(spec.config->string());
    }
    return parts.join(QLatin1Char(':'));
}

/// A network with @PRECISION, or predictions:FOLDER, as `siskin run --model` reads it.
QString modelArgument(const ModelSpec& spec) {
    if (!spec.predictions.empty()) {
        return QStringLiteral("predictions:") + QString::fromStdString(spec.predictions.string());
    }
    const std::string precision(toString(spec.precision));
    return spec.precision == Precision::Float32
               ? networkArgument(spec)
               : networkArgument(spec) + QLatin1Char('@') + QString::fromStdString(precision);
}

} // namespace

QString shellQuoted(const QString& text) {
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:=@%+,-]+$"));
    if (plain.match(text).hasMatch()) {
        return text;
    }
    QString escaped = text;
    escaped.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + escaped + QLatin1Char('\'');
}

QString commandText(
    const CommandFrame& frame, const std::vector<ModelSpec>& models, const std::string& region
) {
    QStringList words{QStringLiteral("siskin"), QStringLiteral("run"), frame.dataset};
    if (!frame.frameId.isEmpty()) {
        words << QStringLiteral("--frame") << frame.frameId;
    }
    for (const ModelSpec& spec : models) {
        words << QStringLiteral("--model") << modelArgument(spec);
    }
    const auto most =
        std::max_element(models.begin(), models.end(), [](const auto& a, const auto& b) {
            return a.votes < b.votes;
        });
    if (most != models.end() && most->votes > 1) {
        words << QStringLiteral("--votes") << QString::number(most->votes);
    }
    words << QStringLiteral("--region") << QString::fromStdString(region);
    for (QString& word : words) {
        word = shellQuoted(word);
    }
    return words.join(QLatin1Char(' '));
}

} // namespace siskin::ui
