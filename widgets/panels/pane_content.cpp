// SPDX-License-Identifier: MIT
#include "widgets/panels/pane_content.hpp"

#include "core/report/format.hpp"
#include "widgets/controller/session_controller.hpp"
#include "widgets/panels/theme.hpp"

#include <QCoreApplication>

#include <algorithm>

namespace siskin::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("PaneContent", text);
}

QString qt(const std::string& text) {
    return QString::fromStdString(text);
}

QString count(std::int64_t value) {
    return qt(formatCount(value));
}

QColor toQt(const Colour& colour) {
    return {colour[0], colour[1], colour[2]};
}

QString intervalText(const Estimate& estimate) {
    return QStringLiteral("%1 \u2013 %2")
        .arg(qt(formatSignificant(estimate.low)), qt(formatSignificant(estimate.high)));
}

std::size_t positionOf(const SessionController& session, int modelId) {
    const auto& models = session.models();
    const auto found = std::find_if(models.begin(), models.end(), [modelId](const auto& entry) {
        return entry.id == modelId;
    });
    return static_cast<std::size_t>(found - models.begin());
}

void addTime(std::vector<Stat>& stats, const RunResult& result) {
    const int sideBySide = result.trace.framesSideBySide;
    stats.push_back(
        {qt(formatLatency(result.trace.totalSeconds())),
         sideBySide > 1 ? tr("per frame, 1 of %1 at once").arg(sideBySide) : tr("per frame"),
         {},
         {},
         false}
    );
}

void addMemory(std::vector<Stat>& stats, const RunResult& result) {
    if (result.peakTensorBytes > 0) {
        stats.push_back(
            {qt(formatMegabytes(result.peakTensorBytes)) + QStringLiteral(" MB"),
             tr("peak memory"),
             {},
             {},
             false,
             tr("largest sum of all tensors at once")}
        );
    }
}

void addEnergy(std::vector<Stat>& stats, const RunResult& result, const GridIntensity& region) {
    const auto joules = result.energy.total();
    if (!joules) {
        stats.push_back({tr("not measured"), tr("J/frame"), {}, {}, false});
        stats.push_back({tr("not measured"), tr("gCO2e/1000 frames"), {}, {}, false});
        return;
    }
    const auto mark = badge(result.energy.method());
    stats.push_back(
        {tr("%1 J/frame").arg(qt(formatSignificant(joules->value))),
         intervalText(*joules) + QStringLiteral(" J"),
         {},
         QString::fromUtf8(mark.data(), static_cast<qsizetype>(mark.size())),
         false}
    );
    const Estimate grams = gramsPer1000Frames(*joules, region);
    stats.push_back(
        {tr("%1 gCO2e").arg(qt(formatSignificant(grams.value))),
         tr("/1000 frames, %1").arg(qt(region.code)),
         {},
         {},
         false,
         intervalText(grams) + QStringLiteral(" g")}
    );
}

void addMeanIou(std::vector<Stat>& stats, const ModelOutcome& outcome, bool brief) {
    if (!outcome.scores) {
        stats.push_back({QStringLiteral("\u2013"), tr("mIoU: no labels"), {}, {}, false});
        return;
    }
    if (outcome.scores->shapeIou) {
        stats.push_back(
            {qt(formatPercent(*outcome.scores->shapeIou)),
             brief ? tr("IoU") : tr("IoU of the shape"),
             {},
             {},
             false,
             tr("mean over the parts of its category; a part that nobody sees counts 1")}
        );
        return;
    }
    const IouScores& scores = outcome.scores->presentClasses;
    const auto present =
        std::count_if(scores.perClass.begin(), scores.perClass.end(), [](const auto& iou) {
            return iou.has_value();
        });
    stats.push_back(
        {qt(formatPercent(scores.mean)),
         brief ? tr("mIoU") : tr("mIoU, %1 classes").arg(present),
         {},
         {},
         false}
    );
}

void addRightWrong(std::vector<Stat>& stats, const Colouring& map) {
    const std::int64_t scored = std::max<std::int64_t>(1, map.right + map.wrong);
    const auto share = [scored](std::int64_t points) {
        return qt(formatPercent(static_cast<double>(points) / static_cast<double>(scored)));
    };
    stats.push_back({share(map.right), tr("right"), toQt(kRightColour), {}, false});
    stats.push_back({share(map.wrong), tr("wrong"), toQt(kWrongColour), {}, false});
}

void addNotScored(std::vector<Stat>& stats, const Colouring& map) {
    stats.push_back({count(map.notScored), tr("not scored"), toQt(kNotScoredColour), {}, false});
}

void addRange(std::vector<Stat>& stats, const Colouring& colouring, const QString& caption) {
    const auto range = colouring.range.value_or(std::array<double, 2>{});
    stats.push_back(
        {QStringLiteral("%1 \u2013 %2").arg(range[0], 0, 'f', 2).arg(range[1], 0, 'f', 2),
         caption,
         {},
         {},
         true}
    );
}

void addTruth(std::vector<Stat>& stats, const LoadedFrame& frame) {
    const auto& ids = frame.scan->groundTruth->classIds;
    std::vector<std::int64_t> counts(256, 0);
    for (const ClassId id : ids) {
        ++counts[id];
    }
    const auto present =
        std::count_if(frame.classes.begin(), frame.classes.end(), [&counts](ClassId id) {
            return counts[id] > 0;
        });
    stats.push_back({count(static_cast<std::int64_t>(ids.size())), tr("points"), {}, {}, false});
    stats.push_back(
        {tr("%1 of %2").arg(present).arg(frame.classes.size()),
         frame.task == ModelTask::ShapeParts ? tr("parts present") : tr("classes present"),
         {},
         {},
         false}
    );
    stats.push_back({count(counts[kIgnored]), tr("not scored"), {}, {}, false});
}

/// Why a model has not answered, as a person would say it.
QString hintOf(const ModelEntry& entry, const SessionController& session) {
    if (entry.state == ModelState::Loading) {
        return tr("Loading the model ...");
    }
    if (entry.state == ModelState::Failed) {
        return tr("The model could not be loaded:\n%1").arg(entry.problem);
    }
    if (!entry.refusal.isEmpty()) {
        return tr("%1 does not fit this %2:\n%3")
            .arg(entry.label, taskNoun(session.frame()->task), entry.refusal);
    }
    if (session.isRunning()) {
        return tr("Running ...");
    }
    return entry.problem.isEmpty() ? tr("Not run yet - press Run (F5)") : entry.problem;
}

void describeModel(PaneView& view, const SessionController& session, const PaneContent& content) {
    const ModelEntry* entry = session.model(content.modelId);
    if (entry == nullptr) {
        view.hint = tr("This model was removed");
        return;
    }
    view.accent = modelAccent(positionOf(session, content.modelId));
    view.untrained = entry->loaded && !entry->loaded->info.trained;
    if (!entry->outcome) {
        view.hint = hintOf(*entry, session);
        return;
    }
    const ModelOutcome& outcome = *entry->outcome;
    for (const std::string& note : outcome.result.notes) {
        view.notes << qt(note);
    }
    if (content.kind == ContentKind::RightWrong) {
        if (!outcome.rightWrong) {
            view.hint = tr("This scan has no labels in this model's classes");
            return;
        }
        view.colouring = outcome.rightWrong;
        addRightWrong(view.stats, *outcome.rightWrong);
        addMeanIou(view.stats, outcome, true);
        addTime(view.stats, outcome.result);
        addMemory(view.stats, outcome.result);
    } else {
        view.colouring = outcome.prediction;
        addTime(view.stats, outcome.result);
        addMemory(view.stats, outcome.result);
        addMeanIou(view.stats, outcome, false);
    }
    addEnergy(view.stats, outcome.result, session.region());
    if (content.kind == ContentKind::RightWrong) {
        addNotScored(view.stats, *outcome.rightWrong); // last: the first to go in a narrow pane
    }
}

/// Ways to look at the bare scan, the best first; all while there is none.
std::vector<ContentKind> looksOf(const SessionController& session) {
    std::vector<ContentKind> looks{
        ContentKind::Colour, ContentKind::Height, ContentKind::Intensity, ContentKind::Normal};
    if (const auto& frame = session.frame()) {
        std::erase_if(looks, [&frame](ContentKind kind) { return !fieldColouring(*frame, kind); });
    }
    return looks;
}

QString fieldTitle(ContentKind kind) {
    switch (kind) {
    case ContentKind::Intensity:
        return tr("Intensity");
    case ContentKind::Colour:
        return tr("Colour");
    case ContentKind::Normal:
        return tr("Normals");
    default:
        return tr("Height");
    }
}

void describeField(PaneView& view, const LoadedFrame& frame, ContentKind kind) {
    view.colouring = fieldColouring(frame, kind);
    if (!view.colouring) {
        view.hint = tr("This scan has no %1").arg(fieldTitle(kind).toLower());
    } else if (kind == ContentKind::Intensity) {
        addRange(view.stats, *view.colouring, tr("intensity, 2nd to 98th percentile"));
    } else if (kind == ContentKind::Height) {
        const bool shape = frame.task == ModelTask::ShapeParts; // those have no unit
        addRange(
            view.stats,
            *view.colouring,
            shape ? tr("height, 2nd to 98th percentile")
                  : tr("height in metres, 2nd to 98th percentile")
        );
    }
}

} // namespace

std::shared_ptr<const Colouring> fieldColouring(const LoadedFrame& frame, ContentKind kind) {
    switch (kind) {
    case ContentKind::Intensity:
        return frame.intensity;
    case ContentKind::Height:
        return frame.height;
    case ContentKind::Colour:
        return frame.colours;
    case ContentKind::Normal:
        return frame.normals;
    default:
        return nullptr;
    }
}

std::vector<ContentChoice> contentChoices(const SessionController& session) {
    std::vector<ContentChoice> choices;
    choices.push_back({{ContentKind::GroundTruth, 0}, tr("Ground truth")});
    for (const ModelEntry& entry : session.models()) {
        choices.push_back(
            {{ContentKind::Prediction, entry.id}, tr("Prediction: %1").arg(entry.label)}
        );
    }
    for (const ModelEntry& entry : session.models()) {
        choices.push_back(
            {{ContentKind::RightWrong, entry.id}, tr("Right / wrong: %1").arg(entry.label)}
        );
    }
    for (const ContentKind kind : looksOf(session)) {
        choices.push_back({{kind, 0}, fieldTitle(kind)});
    }
    return choices;
}

PaneContent
defaultContent(const SessionController& session, std::size_t position, std::size_t paneCount) {
    std::vector<PaneContent> wanted;
    const bool unlabelled = session.frame() && !session.frame()->truth;
    if (!unlabelled) {
        wanted.push_back({ContentKind::GroundTruth, 0});
    }
    for (const auto kind : {ContentKind::Prediction, ContentKind::RightWrong}) {
        for (const ModelEntry& entry : session.models()) {
            const bool useful = kind == ContentKind::Prediction || !unlabelled;
            if (entry.state != ModelState::Failed && entry.refusal.isEmpty() && useful) {
                wanted.push_back({kind, entry.id});
            }
        }
    }
    // A single pane is for looking at an answer once there is one.
    const auto& models = session.models();
    const bool anyAnswer =
        std::any_of(models.begin(), models.end(), [](const auto& entry) { return entry.outcome; });
    const bool skipTruth = paneCount == 1 && anyAnswer && !unlabelled;
    const std::size_t index = position + (skipTruth ? 1 : 0);
    if (index < wanted.size()) {
        return wanted[index];
    }
    const auto looks = looksOf(session);
    return {looks[(index - wanted.size()) % looks.size()], 0};
}

QString pointText(const SessionController& session, std::size_t index) {
    const auto& frame = session.frame();
    const Vec3f& p = frame->scan->positions[index];
    const bool shape = frame->task == ModelTask::ShapeParts; // those have no unit
    QString text = tr("point %1  (%2, %3, %4)%5")
                       .arg(index)
                       .arg(p[0], 0, 'f', 2)
                       .arg(p[1], 0, 'f', 2)
                       .arg(p[2], 0, 'f', 2)
                       .arg(shape ? QString() : tr(" m"));
    if (frame->scan->groundTruth) {
        const GroundTruth& truth = *frame->scan->groundTruth;
        const ClassInfo& info = truth.classMap->info(truth.classIds[index]);
        text += tr("   truth: %1").arg(QString::fromStdString(info.name));
    }
    for (const ModelEntry& entry : session.models()) {
        if (entry.outcome) {
            const Prediction& said = entry.outcome->result.prediction;
            text += tr("   %1: %2 %3")
                        .arg(
                            entry.label,
                            QString::fromStdString(said.classMap->info(said.classIds[index]).name),
                            QString::fromStdString(formatPercent(said.confidence[index]))
                        );
        }
    }
    return text;
}

PaneView viewOf(const SessionController& session, const PaneContent& content) {
    PaneView view;
    view.accent = theme::kNeutralAccent;
    const auto& frame = session.frame();
    if (!frame) {
        return view;
    }
    if (content.modelId != 0) {
        describeModel(view, session, content);
    } else if (content.kind == ContentKind::GroundTruth) {
        view.accent = theme::kText;
        view.colouring = frame->truth;
        if (frame->truth) {
            addTruth(view.stats, *frame);
        } else {
            view.hint = tr("This scan has no labels");
        }
    } else {
        describeField(view, *frame, content.kind);
    }
    if (view.colouring) {
        view.cloud = frame->cloud;
    }
    return view;
}

} // namespace siskin::ui
