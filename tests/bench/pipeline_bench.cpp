// SPDX-License-Identifier: MIT
// Whole frames through the pipeline, file to labels: median and 95th percentile per stage, next to
// the time that the reference implementation took on two cores for the network alone.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "core/base/resources.hpp"
#include "core/run/devices.hpp"
#include "core/run/pipeline.hpp"
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <vector>

namespace {

using namespace siskin;

constexpr int kWarmUps = 2;
constexpr int kRuns = 15;

struct Subject {
    const char* folder;
    ModelKind kind;
    const char* weights;
};

double percentile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const auto index =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size()))) - 1;
    return values[index];
}

/// Milliseconds per stage and run.
std::map<std::string, std::vector<double>>
timeFrames(Pipeline& pipeline, const DatasetReader& reader) {
    std::map<std::string, std::vector<double>> times;
    for (int run = -kWarmUps; run < kRuns; ++run) {
        const auto result = pipeline.run(*reader.read(0)); // read anew every time
        if (run < 0) {
            continue;
        }
        times["total"].push_back(result.trace.totalSeconds() * 1e3);
        for (const auto& stage : result.trace.root.children) {
            times[stage.name].push_back(stage.duration * 1e3);
        }
    }
    return times;
}

void benchSubject(
    const Subject& subject, const DatasetReader& reader, const std::filesystem::path& golden
) {
    const auto folder = golden / subject.folder;
    ModelSpec spec{
        .kind = subject.kind, .weights = folder / subject.weights, .classMap = reader.classMap()};
    if (subject.kind == ModelKind::Spvnas) {
        spec.config = folder / "net.config";
    }
    const auto pipeline = Pipeline::load(spec, DeviceRegistry().open("cpu"));
    const auto times = timeFrames(*pipeline, reader);
    const auto meta = nlohmann::json::parse(readTextFile(folder / "meta.json"));
    const double reference = meta.at("reference_forward_seconds_two_cores").get<double>();
    fmt::print("{:<16}", subject.folder);
    for (const char* stage : {"read", "voxelise", "maps", "network", "points", "total"}) {
        fmt::print(" {:>8.1f}", percentile(times.at(stage), 0.5));
    }
    const double network = percentile(times.at("maps"), 0.5) + percentile(times.at("network"), 0.5);
    fmt::print(
        " {:>8.1f} {:>9.0f} {:>7.1f}x {:>8.0f}\n",
        percentile(times.at("total"), 0.95),
        reference * 1e3,
        reference * 1e3 / network,
        static_cast<double>(peakResidentBytes()) / 1e6
    );
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (!test::hasSharedData()) {
            fmt::print(
                "no golden weights: set SISKIN_SHARED to the folder that holds data/ and golden/\n"
            );
            return 77;
        }
        const auto scan =
            argc > 1 ? std::filesystem::path(argv[1])
                     : test::sharedRoot() / "data/semantickitti/sequences/00/velodyne/000000.bin";
        const auto classes = std::make_shared<ClassMap>(
            ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-spvnas.json"))
        );
        const auto reader = openDataset(scan, classes);
        fmt::print(
            "scan {}, {} threads; {} warm-ups, {} timed runs, file read each time; median ms per "
            "stage\n",
            scan.filename().string(),
            threadCount(),
            kWarmUps,
            kRuns
        );
        fmt::print(
            "{:<16} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8} {:>8}\n",
            "network",
            "read",
            "voxelise",
            "maps",
            "network",
            "points",
            "total",
            "p95",
            "reference",
            "faster",
            "peak MB"
        );
        const Subject subjects[] = {
            {"spvcnn_cr025", ModelKind::Spvcnn, "weights.pt"},
            {"minkunet_cr025", ModelKind::MinkUNet, "weights.pt"},
            {"spvnas_small", ModelKind::Spvnas, "init"},
        };
        for (const auto& subject : subjects) {
            benchSubject(subject, *reader, test::sharedRoot() / "golden");
        }
        fmt::print("reference: the published implementation's forward pass on two cores of another "
                   "machine (maps + network); 'faster' compares like with like\n");
        return 0;
    } catch (const Error& error) {
        fmt::print(stderr, "pipeline_bench: {}\n", error.line());
        return static_cast<int>(error.exitCode());
    }
}
