// SPDX-License-Identifier: MIT
// Whole networks on a GPU: time, rate, redundant work and memory of every data flow in one run,
// beside the targets.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "gpu/platform.hpp"
#include "tests/bench/cuda_layers.hpp"
#include "tests/bench/cuda_tables.hpp"

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <charconv>
#include <cstdio>
#include <iostream>

namespace {

namespace po = boost::program_options;
using namespace siskin;
using namespace siskin::bench;
using nlohmann::json;

#ifdef SISKIN_CUDA
constexpr bool kEmulated = false;
#else
constexpr bool kEmulated = true;
#endif

struct Options {
    std::vector<CudaSubject> subjects;
    FramePlan frames;
    CudaProtocol protocol;
    bool layers = false;
    bool sweep = false;
    int repeats = 20;
    std::string json, describe, saveFrames;
};

constexpr const char* kProtocol =
    "Batch {}; {} untimed, then {} timed passes over {} different frames in random order, never "
    "one "
    "twice in a row; clocks not touched; no graph replay; random weights (the time does not depend "
    "on them).\n"
    "whole: wall clock from the voxel list on the device (in the order of the scan's points) to "
    "the "
    "logits on the device, waiting for the device before each look at the clock. Inside: sorting "
    "the voxels, all maps, every layer. Not inside: reading, voxelising, the copy to the device.\n"
    "maps: sorting and maps, from as many passes of their own with the device's clock (gather-"
    "scatter makes its lists of pairs later, in the layers). GMAC: products that the pairs need. "
    "redundant: rows x offsets that the tiles multiply over the pairs, weighted by MACs; padded "
    "channels do not count. peak: living tensors, weights included.\n";

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        parts.push_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return parts;
}

/// "minkunet:0.5"
CudaSubject parseNetwork(const std::string& name) {
    CudaSubject subject;
    const auto colon = std::min(name.find(':'), name.size());
    subject.kind = name.substr(0, colon);
    const char* begin = name.data() + std::min(colon + 1, name.size());
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(begin, end, subject.width);
    const bool known = subject.kind == "minkunet" || subject.kind == "spvcnn";
    if (!known || parsed.ec != std::errc() || parsed.ptr != end || !(subject.width > 0.0)) {
        throw ConfigError(
            fmt::format("'{}' is not a network to time", name),
            "write minkunet:WIDTH or spvcnn:WIDTH, e.g. minkunet:0.5"
        );
    }
    return subject;
}

struct Lists {
    std::string networks, precisions, flows;
};

po::options_description describeOptions(Options& options, Lists& lists) {
    po::options_description description("cuda_bench, options");
    auto add = description.add_options();
    add("help,h", "this text");
    add("networks",
        po::value(&lists.networks)->default_value("minkunet:1.0,minkunet:0.5,spvcnn:1.0"),
        "KIND:WIDTH, separated by commas");
    add("precisions", po::value(&lists.precisions)->default_value("fp16"), "fp16,bf16,tf32,fp32");
    add("flows",
        po::value(&lists.flows)->default_value("fused,single-sort,gather-scatter"),
        "data flows of the convolutions");
    add("batch", po::value(&options.frames.batch)->default_value(1), "scans side by side, 1..16");
    add("frames", po::value(&options.protocol.frames)->default_value(200), "timed passes");
    add("warm-ups", po::value(&options.protocol.warmUps)->default_value(20), "untimed ones before");
    add("scans",
        po::value(&options.frames.scans)->multitoken(),
        "scan files, or .npz ones of --save-frames [made-up streets]");
    add("streets", po::value(&options.frames.streets)->default_value(10), "made-up frames");
    add("radius",
        po::value(&options.frames.radius)->default_value(0.0),
        "use points so near only, metres; 0: all");
    add("seed", po::value(&options.frames.seed)->default_value(1), "of streets, order and weights");
    add("layers", po::bool_switch(&options.layers), "every layer: the cost model and the clock");
    add("sweep", po::bool_switch(&options.sweep), "every way of cutting each layer into tiles");
    add("repeats",
        po::value(&options.repeats)->default_value(20),
        "of a layer, for --layers and --sweep");
    add("json", po::value(&options.json), "write the figures into this file");
    add("describe", po::value(&options.describe), "write the first network's layers, and end");
    add("save-frames", po::value(&options.saveFrames), "write the frames into this folder, and end"
    );
    return description;
}

void check(const Options& options) {
    if (options.protocol.frames < 1 || options.protocol.warmUps < 0 || options.repeats < 1) {
        throw ConfigError("--frames and --repeats must be at least 1, --warm-ups at least 0");
    }
    if (options.frames.batch < 1 || options.frames.batch > 16) {
        throw ConfigError("--batch must be 1 to 16");
    }
    if (options.frames.streets < 2 && options.frames.scans.empty()) {
        throw ConfigError("--streets must be at least 2: no frame comes twice in a row");
    }
}

std::optional<Options> parse(int argc, char** argv) {
    Options options;
    Lists lists;
    const auto description = describeOptions(options, lists);
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, description), values);
    po::notify(values);
    if (values.count("help") != 0) {
        std::cout << description;
        return std::nullopt;
    }
    options.protocol.seed = options.frames.seed;
    for (const auto& network : split(lists.networks)) {
        for (const auto& precision : split(lists.precisions)) {
            for (const auto& flow : split(lists.flows)) {
                auto subject = parseNetwork(network);
                subject.precision = precisionFromName(precision);
                subject.flow = dataFlowFromName(flow);
                options.subjects.push_back(subject);
            }
        }
    }
    check(options);
    return options;
}

void printProtocol(const Options& options, std::size_t frames) {
    fmt::print("device: {}\n", gpu::deviceName());
    if (kEmulated) {
        fmt::print("EMULATED: the times below are those of an emulator, never of a GPU.\n");
    }
    fmt::print(
        kProtocol, options.frames.batch, options.protocol.warmUps, options.protocol.frames, frames
    );
    if (frames == 1) {
        fmt::print("Only one frame was given: it repeats, and caches may flatter every row.\n");
    }
}

json record(const Options& options, std::size_t frames, const std::vector<CudaTimes>& all) {
    json result{
        {"device", gpu::deviceName()},
        {"emulated", kEmulated},
        {"batch", options.frames.batch},
        {"warm_ups", options.protocol.warmUps},
        {"frames", options.protocol.frames},
        {"different_frames", frames},
        {"seed", options.frames.seed},
        {"rows", json::array()},
        {"targets", json::array()},
    };
    for (const auto& times : all) {
        result["rows"].push_back(toJson(times));
    }
    for (const auto& target : targetsOf(all)) {
        result["targets"].push_back(toJson(target, !kEmulated));
    }
    return result;
}

void run(const Options& options) {
    const torch::InferenceMode inference;
    gpu::requireDevice();
    const auto frames = makeFrames(options.frames);
    if (!options.saveFrames.empty()) {
        saveFrames(frames, options.saveFrames);
    }
    if (!options.describe.empty()) {
        const CudaNetwork network(options.subjects.front(), options.protocol.seed);
        const auto text = describe(network, frames.front()).dump(1) + "\n";
        writeFileAtomically(options.describe, std::string_view(text));
    }
    if (!options.saveFrames.empty() || !options.describe.empty()) {
        return;
    }
    printProtocol(options, frames.size());
    std::vector<CudaTimes> all;
    for (const auto& subject : options.subjects) {
        all.push_back(timeOnDevice(subject, frames, options.protocol));
    }
    printTimes(all);
    if (options.frames.batch == 1) {
        printTargets(targetsOf(all), !kEmulated);
    }
    for (const auto& times : all) {
        const CudaNetwork network(times.subject, options.protocol.seed);
        if (options.layers) {
            printLayers(network, frames.front(), options.repeats);
        }
        if (options.sweep && times.redundancy && times.subject.flow == gpu::DataFlow::Fused) {
            printSweep(network, frames.front(), options.repeats);
        }
    }
    if (!options.json.empty()) {
        const auto text = record(options, frames.size(), all).dump(1) + "\n";
        writeFileAtomically(options.json, std::string_view(text));
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (const auto options = parse(argc, argv)) {
            run(*options);
        }
        return 0;
    } catch (const Error& error) {
        fmt::print(stderr, "cuda_bench: {}\n", error.line());
        return static_cast<int>(error.exitCode());
    } catch (const po::error& error) {
        fmt::print(stderr, "cuda_bench: {} (--help lists the options)\n", error.what());
        return 2;
    } catch (const std::exception& error) { // of LibTorch, e.g. out of memory
        fmt::print(stderr, "cuda_bench: {}\n", error.what());
        return 1;
    }
}
