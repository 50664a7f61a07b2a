// SPDX-License-Identifier: MIT
#include "app/cli/verify_command.hpp"

#include "app/cli/devices.hpp"
#include "app/cli/frame_list.hpp"
#include "app/cli/model_argument.hpp"
#include "app/cli/parse_options.hpp"
#include "app/cli/progress.hpp"
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/run/layer_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;
using Text = std::string;

constexpr auto kHint = "see 'siskin verify --help'";
constexpr double kAgreement = 0.999; ///< of the labels with those of fp32

struct Request {
    std::string scan;
    std::vector<std::string> frames;
    ModelArgument model;
    Precision precision = Precision::Float32;
    bool layers = false;
    ComputeOptions compute;
};

po::options_description verifyOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options()(
        "model",
        po::value<Text>()->value_name("MODEL"),
        "a LiDAR network, as in 'siskin run' (e.g. demo:spvcnn-0.25, minkunet:random:0.5)"
    )("frame",
      po::value<std::vector<Text>>()->value_name("ID"),
      "which frame, where the scan has several (default: the first)"
    )("precision",
      po::value<Text>()->value_name("NAME"),
      "what the device multiplies in: fp32 (default), tf32, fp16, bf16, int8"
    )("layers", po::bool_switch(), "list every layer, not just the worst");
    addComputeOptions(options);
    return options;
}

Request parse(const std::vector<std::string>& arguments) {
    const auto values = parseOptions(arguments, verifyOptions(), "data", kHint);
    Request request;
    request.compute = takeComputeOptions(values);
    if (request.compute.help) {
        return request;
    }
    Text model;
    Text precision;
    take(values, "model", model);
    take(values, "precision", precision);
    take(values, "frame", request.frames);
    take(values, "layers", request.layers);
    request.scan = takeOneData(values, "verify", kHint);
    if (model.empty()) {
        throw ConfigError("no --model", "e.g. --model demo:spvcnn-0.25");
    }
    request.model = parseModelArgument(model);
    if (!request.model.predictions.empty()) {
        throw ConfigError("predictions from files cannot be verified", "give a network");
    }
    if (!precision.empty()) {
        request.precision = precisionFromName(precision);
    }
    return request;
}

std::string helpText() {
    std::ostringstream options;
    options << verifyOptions();
    return "Checks what a device computes: every layer and map of a network on one scan is "
           "repeated\n"
           "in float64 on the processor, from the very input that the device had, and compared.\n\n"
           "Usage: siskin verify SCAN --model MODEL [--device NAME] [--precision NAME]\n\n" +
           options.str() +
           "\nLargest relative error of a layer: fp32 1e-5, tf32 and fp16 3e-3, bf16 and int8 "
           "2e-2; maps\n"
           "must be right. Labels are compared with those of fp32 on the processor.\n"
           "Exit codes: 0 all within their limits, 5 a layer is not, others as 'siskin --help' "
           "says.\n"
           "\nExamples:\n"
           "  siskin verify demo:street --model demo:spvcnn-0.25 --device cuda --precision fp16\n"
           "  siskin verify scan.bin --model minkunet:random:0.5 --precision bf16 --layers\n";
}

std::string lineOf(const LayerCheck& check) {
    return check.isMap ? fmt::format(
                             "  {:<44} {:>9} rows {:>9} pairs  {} wrong\n",
                             check.name,
                             check.rows,
                             check.pairs,
                             check.error > 0.0 ? fmt::format("{:.2g}", check.error) : "none"
                         )
                       : fmt::format(
                             "  {:<44} {:>9} rows {:>4} -> {:<4}      {:.2e} of {:.0e}{}\n",
                             check.name,
                             check.rows,
                             check.channelsIn,
                             check.channelsOut,
                             check.error,
                             check.limit,
                             check.passed() ? "" : "  too large"
                         );
}

struct Checked {
    std::shared_ptr<LayerChecks> checks = std::make_shared<LayerChecks>();
    RunResult result;
    RunResult plain; ///< fp32 on the processor
};

Checked
runBoth(const Request& request, const Scan& scan, ModelSetting setting, const RunOptions& options) {
    Checked checked;
    setting.device = makeCheckedOps(openDevice(request.compute.device), checked.checks);
    auto model = loadModel(request.model, request.precision, setting);
    if (model->info().task != ModelTask::LidarScene) {
        throw ConfigError(
            fmt::format("{} works on clouds", model->info().label),
            "'siskin verify' knows the LiDAR networks"
        );
    }
    if (model->needsCalibration()) {
        model->calibrate(scan, options);
        checked.checks->clear();
    }
    checked.result = model->run(scan, options);
    checked.checks->nameLayers(checked.result.trace);
    setting.device = openDevice("cpu");
    auto argument = request.model;
    argument.precision = Precision::Float32;
    checked.plain = loadModel(argument, Precision::Float32, setting)->run(scan, options);
    return checked;
}

double agreement(const Prediction& a, const Prediction& b) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < a.classIds.size(); ++i) {
        same += a.classIds[i] == b.classIds[i] ? 1 : 0;
    }
    return a.classIds.empty() ? 1.0
                              : static_cast<double>(same) / static_cast<double>(a.classIds.size());
}

/// Prints what was found; whether all is well.
bool report(const Request& request, const Checked& checked) {
    const auto& checks = checked.checks->all();
    const auto& info = checked.result.model;
    fmt::print(
        "{} on {}, {}, scan {}\n",
        info.label,
        info.device,
        toString(info.precision),
        checked.result.scanId
    );
    const auto share = [](const LayerCheck& check) { return check.error / check.limit; };
    const LayerCheck* worst = nullptr;
    const LayerCheck* first = nullptr;
    for (const auto& check : checks) {
        if (request.layers) {
            fmt::print("{}", lineOf(check));
        }
        first = first == nullptr && !check.passed() ? &check : first;
        if (!check.isMap && (worst == nullptr || share(check) > share(*worst))) {
            worst = &check;
        }
    }
    const auto maps =
        std::count_if(checks.begin(), checks.end(), [](const auto& c) { return c.isMap; });
    fmt::print(
        "{} layers and {} maps repeated in float64\n",
        static_cast<std::ptrdiff_t>(checks.size()) - maps,
        maps
    );
    if (worst != nullptr) {
        fmt::print("nearest to its limit:\n{}", lineOf(*worst));
    }
    const double same = agreement(checked.result.prediction, checked.plain.prediction);
    fmt::print(
        "labels equal to fp32 on the processor: {:.3f} %{}\n",
        100.0 * same,
        info.trained ? "" : " (untrained weights: their labels are easily tipped)"
    );
    if (first != nullptr) {
        fmt::print("FAILED, the first layer over its limit:\n{}", lineOf(*first));
        return false;
    }
    const bool labelsMatter = info.trained && request.precision != Precision::Int8;
    if (labelsMatter && same < kAgreement) {
        fmt::print("FAILED: fewer than {:.1f} % of the labels agree\n", 100.0 * kAgreement);
        return false;
    }
    fmt::print("all within their limits\n");
    return true;
}

} // namespace

int verifyCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const auto request = parse(arguments);
    if (request.compute.help) {
        std::fputs(helpText().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    if (request.compute.threads > 0) {
        setThreadCount(request.compute.threads);
    }
    const auto frames = listFrames({request.scan}, request.frames, {});
    const auto& reader = *frames.front().reader;
    const auto scan = reader.read(frames.front().index);
    const ModelSetting setting{
        .benchmark = std::string(reader.benchmark()),
        .usual = reader.classMap(),
        .chosen = {},
        .device = {},
        .energy = {}};
    Progress progress(Progress::styleFor(request.compute.quiet));
    progress.begin(fmt::format("verifying on {}", scan->id));
    const RunOptions options{
        .stop = stop, .progress = [&](double fraction, std::string_view stage) {
            progress.update(fraction, stage);
        }};
    const auto checked = runBoth(request, *scan, setting, options);
    progress.clear();
    return static_cast<int>(report(request, checked) ? ExitCode::Ok : ExitCode::RegressionGate);
}

} // namespace siskin::cli
