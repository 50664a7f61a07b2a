// SPDX-License-Identifier: MIT
// Whole networks on one frame: stages, share of the machine's own peak, layers, other people's
// kernels on the same maps, precisions; history as JSON and comparison with an earlier run.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "tests/bench/bench_record.hpp"
#include "tests/bench/machine_limits.hpp"
#include "tests/bench/network_times.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/support/shared_data.hpp"

#include <boost/program_options.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <ctime>
#include <iostream>

namespace {

namespace po = boost::program_options;
using namespace siskin;
using namespace siskin::bench;
using nlohmann::json;

struct Options {
    std::string scan;
    std::vector<std::string> networks;
    int runs = 9;
    int warmUps = 2;
    bool layers = false;
    int baselineRuns = 0;
    std::string compare;
    std::filesystem::path history;
    bool keep = true;
};

constexpr const char* kExamples = R"(
examples:
  network_bench                                       the usual table
  network_bench --networks minkunet:1.0 --layers      every layer's rate
  network_bench --networks minkunet:1.0 --baselines 3 against Open3D and LibTorch
  network_bench --compare last                        what a change did
)";

std::optional<Options> parse(int argc, char** argv) {
    Options options;
    std::string networks;
    po::options_description description("network_bench, options");
    description.add_options()(
        "help,h", "this text"
    )("scan", po::value(&options.scan), "a scan file or demo:street [real frame, else demo:street]"
    )("networks",
      po::value(&networks)->default_value("minkunet:1.0,minkunet:0.5,minkunet:0.25,spvcnn:0.25"),
      "KIND:WIDTH[:PRECISION], separated by commas"
    )("runs", po::value(&options.runs)->default_value(9), "timed runs per network"
    )("warm-ups", po::value(&options.warmUps)->default_value(2), "untimed runs before them"
    )("layers", po::bool_switch(&options.layers), "print every layer"
    )("baselines",
      po::value(&options.baselineRuns)->default_value(0),
      "time each convolution N times through Open3D's header and LibTorch as well"
    )("compare",
      po::value(&options.compare),
      "print ratios to an earlier record: a file, or 'last' of the history"
    )("history", po::value(&options.history), "folder of the records [~/.local/state/siskin/bench]"
    )("no-history", "do not write a record");
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, description), values);
    po::notify(values);
    if (values.count("help") != 0) {
        std::cout << description << kExamples;
        return std::nullopt;
    }
    for (std::size_t at = 0; at <= networks.size();) {
        const auto comma = std::min(networks.find(',', at), networks.size());
        options.networks.push_back(networks.substr(at, comma - at));
        at = comma + 1;
    }
    if (options.runs < 1) {
        throw ConfigError("--runs must be at least 1");
    }
    options.keep = values.count("no-history") == 0;
    if (options.history.empty()) {
        options.history = historyFolder();
    }
    if (options.scan.empty()) {
        options.scan =
            test::hasSharedData()
                ? test::sharedRoot() / "data/semantickitti/sequences/00/velodyne/000000.bin"
                : std::filesystem::path("demo:street");
    }
    return options;
}

json describeMachine() {
    json rates = json::object();
    fmt::print("machine: {} threads, BLAS kernels {}\n", threadCount(), blasKernels());
    for (const auto& rate : measureInstructionRates()) {
        fmt::print("  {:<26} {:>7.1f} GMAC/s per thread at most\n", rate.name, rate.gigaMacs);
        rates[rate.name] = rate.gigaMacs;
    }
    const double bandwidth = measureBandwidth();
    fmt::print("  {:<26} {:>7.1f} GB/s\n", "memory, all threads", bandwidth);
    return {
        {"threads", threadCount()},
        {"blas", blasKernels()},
        {"instructions_gmacs", rates},
        {"bandwidth_gbs", bandwidth},
    };
}

void printHeader() {
    fmt::print(
        "\n{:<22} {:>7} {:>8} {:>7} {:>8} {:>7} {:>7} {:>8} {:>8} {:>8} {:>7} {:>6} {:>8} {:>8}\n",
        "network (median ms)",
        "read",
        "voxelise",
        "maps",
        "convs",
        "rest",
        "points",
        "total",
        "p95",
        "GFLOP/s",
        "SGEMM",
        "of it",
        "non-conv",
        "peak MB"
    );
}

void printRow(const NetworkTimes& times) {
    const auto& ms = times.stages;
    const double forward = ms.at("maps") + ms.at("network");
    const double rate = 2e-6 * static_cast<double>(times.macs) / forward;
    fmt::print(
        "{:<22} {:>7.1f} {:>8.1f} {:>7.1f} {:>8.1f} {:>7.1f} {:>7.1f} {:>8.1f} {:>8.1f} {:>8.1f} "
        "{:>7.1f} {:>5.0f}% {:>7.0f}% {:>8.0f}\n",
        times.name,
        ms.at("read"),
        ms.at("voxelise"),
        ms.at("maps"),
        ms.at("convolutions"),
        ms.at("network") - ms.at("convolutions"),
        ms.at("points"),
        ms.at("total"),
        times.p95,
        rate,
        times.sgemm,
        100 * rate / times.sgemm,
        100 * (1 - ms.at("convolutions") / ms.at("total")),
        times.peakMegabytes
    );
    std::fflush(stdout);
}

void printLayers(const NetworkTimes& times) {
    fmt::print(
        "  {:<28} {:>8} {:>8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
        "layer",
        "rows",
        "pairs",
        "channels",
        "ms",
        "GFLOP/s",
        "of SGEMM",
        "Open3D",
        "LibTorch"
    );
    for (const auto& layer : times.layers) {
        const double rate = 2e-6 * static_cast<double>(layer.span.macs) / layer.milliseconds;
        const auto ratio = [&layer](const std::optional<double>& seconds) {
            return seconds ? fmt::format("{:.1f}x", *seconds * 1e3 / layer.milliseconds)
                           : std::string("-");
        };
        const auto& other = layer.elsewhere;
        fmt::print(
            "  {:<28} {:>8} {:>8} {:>9} {:>8.2f} {:>8.1f} {:>7.0f}% {:>8} {:>8}\n",
            layer.span.name,
            layer.span.rowsOut,
            layer.span.pairs,
            fmt::format("{}>{}", layer.span.channelsIn, layer.span.channelsOut),
            layer.milliseconds,
            rate,
            100 * rate / times.sgemm,
            ratio(other ? other->open3d : std::nullopt),
            ratio(other ? std::optional(other->libtorch) : std::nullopt)
        );
    }
}

/// Sums over the layers that were timed elsewhere too.
void printBaselines(const NetworkTimes& times) {
    double ours = 0.0;
    double open3d = 0.0;
    double libtorch = 0.0;
    bool hasOpen3d = false;
    for (const auto& layer : times.layers) {
        if (layer.elsewhere) {
            ours += layer.milliseconds;
            libtorch += layer.elsewhere->libtorch * 1e3;
            open3d += layer.elsewhere->open3d.value_or(0.0) * 1e3;
            hasOpen3d = hasOpen3d || layer.elsewhere->open3d.has_value();
        }
    }
    fmt::print("  convolutions only, maps given: ours {:.0f} ms", ours);
    if (hasOpen3d) {
        fmt::print(", Open3D header {:.0f} ms ({:.1f}x)", open3d, open3d / ours);
    }
    fmt::print(", LibTorch index+mm+index_add {:.0f} ms ({:.1f}x)\n", libtorch, libtorch / ours);
}

int run(const Options& options) {
    fmt::print(
        "scan {}; per network {} warm-ups, {} timed runs, file read each time; random weights; "
        "SGEMM 2048^3 five times before and after each, median\n",
        std::filesystem::path(options.scan).filename().string(),
        options.warmUps,
        options.runs
    );
    json record{
        {"time", fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::time(nullptr)))},
        {"commit", sourceCommit()},
        {"scan", options.scan},
        {"runs", options.runs},
        {"machine", describeMachine()},
        {"networks", json::object()},
    };
    std::vector<NetworkTimes> all;
    for (const auto& name : options.networks) {
        all.push_back(timeNetwork(name, options.scan, options.warmUps, options.runs));
        if (options.baselineRuns > 0) {
            addBaselines(all.back(), options.scan, options.baselineRuns);
        }
    }
    printHeader();
    for (const auto& times : all) {
        printRow(times);
        record["networks"][times.name] = toJson(times);
    }
    printAgreement(all);
    for (const auto& times : all) {
        if (options.layers) {
            fmt::print("\n{}\n", times.name);
            printLayers(times);
        }
        if (options.baselineRuns > 0) {
            fmt::print("{}\n", times.name);
            printBaselines(times);
        }
    }
    if (!options.compare.empty()) {
        const auto path = options.compare == "last" ? latestRecord(options.history)
                                                    : std::filesystem::path(options.compare);
        printComparison(readRecord(path), record);
    }
    if (options.keep) {
        fmt::print("\nrecord: {}\n", appendToHistory(record, options.history).string());
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    restartWithFittingBlas(argv);
    try {
        const auto options = parse(argc, argv);
        return options ? run(*options) : 0;
    } catch (const Error& error) {
        fmt::print(stderr, "network_bench: {}\n", error.line());
        return static_cast<int>(error.exitCode());
    } catch (const po::error& error) {
        fmt::print(stderr, "network_bench: {} (--help lists the options)\n", error.what());
        return 2;
    }
}
