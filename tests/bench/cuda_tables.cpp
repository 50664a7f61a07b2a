// SPDX-License-Identifier: MIT
#include "tests/bench/cuda_tables.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace siskin::bench {

namespace {

using gpu::DataFlow;

constexpr double kMega = 1e-6;

std::string networkName(const CudaSubject& subject) {
    return fmt::format("{}:{}", subject.kind, subject.width);
}

const CudaTimes* find(
    const std::vector<CudaTimes>& all,
    const std::string& network,
    Precision precision,
    DataFlow flow
) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const CudaTimes& times) {
        return networkName(times.subject) == network && times.subject.precision == precision &&
               times.subject.flow == flow;
    });
    return found == all.end() ? nullptr : &*found;
}

void addRatio(
    std::vector<CudaTarget>& targets,
    const std::vector<CudaTimes>& all,
    const CudaTimes& fused,
    DataFlow flow,
    double target,
    double stretch
) {
    const auto network = networkName(fused.subject);
    if (const auto* other = find(all, network, Precision::Float16, flow)) {
        targets.push_back(
            {fmt::format("{}: times of {} over fused", network, toString(flow)),
             other->wholeMs / fused.wholeMs,
             target,
             stretch,
             false}
        );
    }
}

} // namespace

void printTimes(const std::vector<CudaTimes>& all) {
    fmt::print(
        "\n{:<14} {:>5} {:<15} {:>8} {:>7} {:>8} {:>9} {:>9} {:>8} {:>9} {:>8} {:>8}\n",
        "network",
        "prec.",
        "data flow",
        "voxels",
        "GMAC",
        "maps ms",
        "whole ms",
        "p95 ms",
        "TFLOP/s",
        "redundant",
        "peak MB",
        "x fused"
    );
    for (const auto& times : all) {
        const auto& subject = times.subject;
        const auto network = networkName(subject);
        const auto* fused = find(all, network, subject.precision, DataFlow::Fused);
        fmt::print(
            "{:<14} {:>5} {:<15} {:>8} {:>7.2f} {:>8.3f} {:>9.3f} {:>9.3f} {:>8.2f} {:>9} {:>8} "
            "{:>8}\n",
            network,
            siskin::toString(subject.precision),
            toString(subject.flow),
            times.voxels,
            times.gigaMacs,
            times.mapsMs,
            times.wholeMs,
            times.wholeP95,
            times.teraflops,
            times.redundancy ? fmt::format("{:.3f}", *times.redundancy) : "-",
            times.peakBytes ? fmt::format("{:.0f}", kMega * static_cast<double>(*times.peakBytes))
                            : "-",
            fused != nullptr ? fmt::format("{:.2f}", times.wholeMs / fused->wholeMs) : "-"
        );
    }
    std::fflush(stdout);
}

std::vector<CudaTarget> targetsOf(const std::vector<CudaTimes>& all) {
    struct Whole {
        const char* network;
        double target;
        double stretch;
    };

    std::vector<CudaTarget> targets;
    for (const auto& [network, target, stretch] :
         {Whole{"minkunet:1", 2.5, 1.6}, {"minkunet:0.5", 1.3, 0.9}, {"spvcnn:1", 3.2, 2.1}}) {
        if (const auto* fused = find(all, network, Precision::Float16, DataFlow::Fused)) {
            targets.push_back(
                {fmt::format("{}: whole, ms", network), fused->wholeMs, target, stretch}
            );
        }
    }
    const auto* fused = find(all, "minkunet:1", Precision::Float16, DataFlow::Fused);
    if (fused == nullptr) {
        return targets;
    }
    targets.push_back({"minkunet:1: useful TFLOP/s", fused->teraflops, 110.0, 170.0, false});
    if (fused->redundancy) {
        targets.push_back({"minkunet:1: redundant MACs", *fused->redundancy, 1.25, 1.15});
    }
    targets.push_back({"minkunet:1: maps, ms", fused->mapsMs, 0.25, 0.12});
    targets.push_back(
        {"minkunet:1: maps, % of the whole", 100.0 * fused->mapsMs / fused->wholeMs, 12.0, 12.0}
    );
    addRatio(targets, all, *fused, DataFlow::GatherScatter, 3.5, 5.0);
    addRatio(targets, all, *fused, DataFlow::SingleSort, 2.0, 2.5);
    if (fused->peakBytes) {
        const double megabytes = kMega * static_cast<double>(*fused->peakBytes);
        targets.push_back({"minkunet:1: peak device memory, MB", megabytes, 250.0, 180.0});
    }
    return targets;
}

void printTargets(const std::vector<CudaTarget>& targets, bool judge) {
    if (targets.empty()) {
        return;
    }
    fmt::print("\n{:<46} {:>10} {:>9} {:>9}\n", "target", "figure", "target", "stretch");
    for (const auto& target : targets) {
        const auto* sign = target.atMost ? "<=" : ">=";
        const auto* verdict = !judge                  ? "not judged: emulated"
                              : target.isStretchMet() ? "met, stretch too"
                              : target.isMet()        ? "met"
                                                      : "not met";
        fmt::print(
            "{:<46} {:>10.3f} {:>9} {:>9}  {}\n",
            target.what,
            target.figure,
            fmt::format("{} {}", sign, target.target),
            fmt::format("{} {}", sign, target.stretch),
            verdict
        );
    }
}

nlohmann::json toJson(const CudaTimes& times) {
    nlohmann::json row{
        {"network", times.subject.kind},
        {"width", times.subject.width},
        {"precision", siskin::toString(times.subject.precision)},
        {"flow", toString(times.subject.flow)},
        {"voxels", times.voxels},
        {"gmac", times.gigaMacs},
        {"maps_ms", times.mapsMs},
        {"whole_ms", times.wholeMs},
        {"whole_p95_ms", times.wholeP95},
        {"useful_tflops", times.teraflops},
    };
    if (times.redundancy) {
        row["redundancy"] = *times.redundancy;
    }
    if (times.peakBytes) {
        row["peak_bytes"] = *times.peakBytes;
    }
    return row;
}

nlohmann::json toJson(const CudaTarget& target, bool judge) {
    nlohmann::json row{
        {"what", target.what},
        {"figure", target.figure},
        {"target", target.target},
        {"stretch", target.stretch},
        {"at_most", target.atMost},
    };
    if (judge) {
        row["met"] = target.isMet();
        row["stretch_met"] = target.isStretchMet();
    }
    return row;
}

} // namespace siskin::bench
