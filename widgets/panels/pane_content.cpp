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
        {qt(formatMilliseconds(result.trace.totalSeconds())) + QStringLiteral(" ms"),
         sideBySide > 1 ? tr("per frame, 1 of %1 at once").arg(sideBySide) : tr("per frame"),
         {},
         {},
         false}
    );
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

void addTruth(std::vector<Stat>& stats, const Scan& scan) {
    const auto& ids = scan.groundTruth->classIds;
    std::vector<std::int64_t> counts(256, 0);
    for (const ClassId id : ids) {
        ++counts[id];
    }
    const auto classes = scan.groundTruth->classMap->size();
    const auto present = std::count_if(
        counts.begin(),
        counts.begin() + static_cast<std::ptrdiff_t>(classes),
        [](auto n) { return n > 0; }
    );
    stats.push_back({count(static_cast<std::int64_t>(ids.size())), tr("points"), {}, {}, false});
    stats.push_back({tr("%1 of %2").arg(present).arg(classes), tr("classes present"), {}, {}, false}
    );
    stats.push_back({count(counts[kIgnored]), tr("not scored"), {}, {}, false});
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
        view.hint = entry->state == ModelState::Loading  ? tr("Loading the model ...")
                    : entry->state == ModelState::Failed ? tr("The model could not be loaded")
                    : session.isRunning()                ? tr("Running ...")
                                                         : tr("Not run yet - press Run (F5)");
        return;
    }
    const ModelOutcome& outcome = *entry->outcome;
    if (content.kind == ContentKind::RightWrong) {
        if (!outcome.rightWrong) {
            view.hint = tr("This scan has no labels in this model's classes");
            return;
        }
        view.colouring = outcome.rightWrong;
        addRightWrong(view.stats, *outcome.rightWrong);
        addMeanIou(view.stats, outcome, true);
        addTime(view.stats, outcome.result);
    } else {
        view.colouring = outcome.prediction;
        addTime(view.stats, outcome.result);
        addMeanIou(view.stats, outcome, false);
    }
    addEnergy(view.stats, outcome.result, session.region());
    if (content.kind == ContentKind::RightWrong) {
        addNotScored(view.stats, *outcome.rightWrong); // last: the first to go in a narrow pane
    }
}

/// Ways to look at the bare scan, the best first; never empty.
std::vector<ContentKind> looksOf(const SessionController& session) {
    const auto& frame = session.frame();
    std::vector<ContentKind> looks;
    if (frame && frame->colours) {
        looks.push_back(ContentKind::Colour);
    }
    looks.push_back(ContentKind::Height);
    if (!frame || frame->intensity) {
        looks.push_back(ContentKind::Intensity);
    }
    return looks;
}

} // namespace

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
    choices.push_back({{ContentKind::Intensity, 0}, tr("Intensity")});
    choices.push_back({{ContentKind::Height, 0}, tr("Height")});
    choices.push_back({{ContentKind::Colour, 0}, tr("Colour")});
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
            if (entry.state != ModelState::Failed && useful) {
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

PaneView viewOf(const SessionController& session, const PaneContent& content) {
    PaneView view;
    view.accent = theme::kNeutralAccent;
    const auto& frame = session.frame();
    if (!frame) {
        return view;
    }
    switch (content.kind) {
    case ContentKind::GroundTruth:
        view.accent = theme::kText;
        view.colouring = frame->truth;
        if (frame->truth) {
            addTruth(view.stats, *frame->scan);
        } else {
            view.hint = tr("This scan has no labels");
        }
        break;
    case ContentKind::Intensity:
        view.colouring = frame->intensity;
        if (frame->intensity) {
            addRange(view.stats, *frame->intensity, tr("intensity, 2nd to 98th percentile"));
        } else {
            view.hint = tr("This scan has no intensity");
        }
        break;
    case ContentKind::Height:
        view.colouring = frame->height;
        addRange(view.stats, *frame->height, tr("height in metres, 2nd to 98th percentile"));
        break;
    case ContentKind::Colour:
        view.colouring = frame->colours;
        if (!frame->colours) {
            view.hint = tr("This scan has no colours");
        }
        break;
    case ContentKind::Prediction:
    case ContentKind::RightWrong:
        describeModel(view, session, content);
        break;
    }
    if (view.colouring) {
        view.cloud = frame->cloud;
    }
    return view;
}

} // namespace siskin::ui
