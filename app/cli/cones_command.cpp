// SPDX-License-Identifier: MIT
#include "app/cli/cones_command.hpp"

#include "app/cli/cones_options.hpp"
#include "app/cli/devices.hpp"
#include "app/cli/environment.hpp"
#include "app/cli/frame_list.hpp"
#include "app/cli/model_argument.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/version.hpp"
#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "core/base/resources.hpp"
#include "core/objects/object_truth.hpp"
#include "core/report/cone_list.hpp"
#include "core/report/cone_report.hpp"
#include "core/report/format.hpp"
#include "core/report/json_parts.hpp"
#include "datasets/track/track_reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace siskin::cli {

namespace {

using Detectors = std::vector<std::unique_ptr<ConeDetector>>;

Detectors openDetectors(const ConesRequest& request, Progress& progress) {
    Detectors detectors;
    for (const auto& spec : request.models) {
        progress.begin(
            fmt::format("loading model {} of {}", detectors.size() + 1, request.models.size())
        );
        EnergyMeterOptions energy;
        energy.tdpWatts = request.tdpWatts;
        detectors.push_back(ConeDetector::open(spec, openDevice(request.compute.device), energy));
    }
    return detectors;
}

/// What is known about a frame; without cones where nothing is.
std::optional<ObjectScan> truthOf(const PendingFrame& frame, std::shared_ptr<const Scan> scan) {
    const auto* track = dynamic_cast<const TrackReader*>(frame.reader.get());
    if (track == nullptr || !track->hasCones(frame.index)) {
        return std::nullopt;
    }
    return ObjectScan{std::move(scan), track->cones(frame.index), track->instances(frame.index)};
}

std::vector<ObjectVerdict>
verdictsOf(const PreparedObjects& objects, const ObjectScan& truth, const ObjectRun& run) {
    const auto cones = conesOf(objects.candidates, truth);
    std::vector<ObjectVerdict> verdicts;
    for (std::size_t i = 0; i < cones.size(); ++i) {
        verdicts.push_back(
            {objects.candidates[i].range(),
             cones[i] ? truth.cones[*cones[i]].kind : ConeKind::None,
             run.answers[i].kind}
        );
    }
    return verdicts;
}

/// Frame after frame through all networks.
class ConesRun {
  public:
    ConesRun(
        const Detectors& detectors, ConeReport& report, Progress& progress, std::stop_token stop
    )
        : detectors_(detectors), report_(report), progress_(progress), stop_(std::move(stop)) {}

    void add(const PendingFrame& frame) {
        const auto scan = frame.reader->read(frame.index);
        for (const auto& warning : scan->warnings) {
            progress_.warn(warning);
        }
        if (report_.frames.empty()) { // warms up caches and the memory pool
            runAll(prepareObjects(*scan, stop_));
        }
        const auto objects = prepareObjects(*scan, stop_);
        const auto runs = runAll(objects);
        const auto truth = truthOf(frame, scan);
        addTimes(objects);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            addModel(report_.models[i], objects, runs[i], truth);
            list_.add(scan->id, report_.models[i].info.label, runs[i].detections());
        }
        if (truth) {
            ++report_.labelled;
            for (const Cone& cone : truth->cones) {
                report_.seenOnce += cone.points == 1 ? 1 : 0;
            }
        }
        if (!view_.scan) {
            view_.scan = scan;
            view_.cones = truth ? truth->cones : std::vector<Cone>();
            for (std::size_t i = 0; i < runs.size(); ++i) {
                view_.models.emplace_back(report_.models[i].info.label, runs[i].detections());
            }
        }
    }

    const ConeView& view() const noexcept { return view_; }

    const ConeList& list() const noexcept { return list_; }

  private:
    std::vector<ObjectRun> runAll(const PreparedObjects& objects) const {
        std::vector<ObjectRun> runs;
        for (const auto& detector : detectors_) {
            runs.push_back(detector->run(objects, stop_));
        }
        return runs;
    }

    void addTimes(const PreparedObjects& objects) {
        report_.frames.push_back(
            {objects.clouds.size(),
             objects.times.ground,
             objects.times.clusters,
             objects.cloudSeconds}
        );
    }

    static void addModel(
        ConeModelReport& model,
        const PreparedObjects& objects,
        const ObjectRun& run,
        const std::optional<ObjectScan>& truth
    ) {
        const auto detections = run.detections();
        model.seconds.push_back(run.trace.totalSeconds());
        model.detections += detections.size();
        model.method = run.energy.method();
        if (const auto joules = run.energy.total()) {
            model.joules.push_back(*joules);
        }
        if (truth) {
            model.scores.addCandidates(verdictsOf(objects, *truth, run));
            model.scores.addFrame(detections, truth->cones);
        }
    }

    const Detectors& detectors_;
    ConeReport& report_;
    Progress& progress_;
    std::stop_token stop_;
    ConeView view_;
    ConeList list_;
};

ConeReport
emptyReport(const ConesRequest& request, const Detectors& detectors, const DatasetReader& reader) {
    ConeReport report;
    report.data = fmt::format("{} ({})", request.data, reader.title());
    std::vector<std::string> labels;
    for (const auto& detector : detectors) {
        ConeModelReport model{.info = detector->info()};
        model.info.label = uniqueLabel(model.info.label, labels);
        labels.push_back(model.info.label);
        report.models.push_back(std::move(model));
    }
    for (auto& figure : readPublishedFigures(resourcePath("published_results.csv"))) {
        if (figure.dataset == "cone detection") {
            report.published.push_back(std::move(figure));
        }
    }
    return report;
}

void tell(
    const std::filesystem::path& out,
    const ConeReport& report,
    const ConesRun& run,
    Progress& progress
) {
    progress.clear();
    std::fputs(coneText(report).c_str(), stdout);
    if (out.empty()) {
        return;
    }
    const auto png = encodePng(conePicture(run.view()));
    writeFileAtomically(out / "picture.png", png);
    writeFileAtomically(out / "report.html", coneHtml(report, png));
    writeFileAtomically(out / "report.json", jsonText(coneJson(report)));
    writeFileAtomically(out / "cones.csv", run.list().csv());
    writeFileAtomically(out / "cones.jsonl", run.list().jsonLines());
    progress.note(fmt::format("wrote {}", (out / "report.html").string()));
}

} // namespace

int conesCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const ConesRequest request = parseConesOptions(arguments);
    if (request.compute.help) {
        std::fputs(conesHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    if (request.compute.threads > 0) {
        setThreadCount(request.compute.threads);
    }
    const auto frames = listFrames({request.data}, request.frames, nullptr);
    if (!request.out.empty()) {
        requireWritableFolder(request.out);
    }
    Progress progress(Progress::styleFor(request.compute.quiet));
    const auto detectors = openDetectors(request, progress);
    ConeReport report = emptyReport(request, detectors, *frames.front().reader);
    report.environment = describeEnvironment("cones", request.compute.device, arguments);
    ConesRun run(detectors, report, progress, stop);
    progress.begin(fmt::format("cones in {}", formatCounted(frames.size(), "frame")));
    try {
        for (std::size_t i = 0; i < frames.size(); ++i) {
            throwIfStopRequested(stop);
            run.add(frames[i]);
            progress.update(
                static_cast<double>(i + 1) / static_cast<double>(frames.size()), frames[i].info().id
            );
        }
    } catch (const Cancelled&) {
        report.complete = false;
        if (!report.frames.empty()) {
            tell(request.out, report, run, progress);
        }
        throw;
    }
    tell(request.out, report, run, progress);
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
