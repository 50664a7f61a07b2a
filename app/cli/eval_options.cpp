// SPDX-License-Identifier: MIT
#include "app/cli/eval_options.hpp"

#include "app/cli/parse_options.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;
using Text = std::string;
using Texts = std::vector<std::string>;

constexpr unsigned kWidth = 100;

po::options_description dataOptions() {
    po::options_description options("Data", kWidth);
    options.add_options()(
        "split",
        po::value<Text>()->value_name("NAME"),
        "train, val, test ... as the benchmark defines it, see 'siskin info DATA' (default: all)"
    )("frame",
      po::value<Texts>()->value_name("ID"),
      "only this frame, e.g. 08/000000; may be repeated"
    )("sweeps",
      po::value<int>()->value_name("N"),
      "merge the N scans before each frame into it, moved by the vehicle's motion (default 0)"
    )("class-map",
      po::value<Text>()->value_name("NAME|FILE"),
      "classes to score in, e.g. semantickitti-multiscan, or a JSON file (default: what the "
      "weights say, else what is usual for the data set)"
    )("shard",
      po::value<Text>()->value_name("I/N"),
      "only the I-th of N parts, 1 <= I <= N; 'siskin merge' joins them. In a Slurm array job the "
      "task's own part is taken without being told; 1/1 switches that off");
    return options;
}

po::options_description modelOptions() {
    po::options_description options("Models", kWidth);
    options.add_options()(
        "model",
        po::value<Texts>()->value_name("MODEL[@PRECISION]"),
        "as for 'siskin run'; or predictions:FOLDER for what another program wrote. Repeat it to "
        "compare several on the same frames"
    )("precision",
      po::value<Text>()->value_name("NAME"),
      "of models that name none: fp32 (default), fp16, bf16, int8; tf32 on GPUs only"
    )("device", po::value<Text>()->value_name("NAME"), "cpu (default), reference, cuda:0 ..."
    )("threads", po::value<int>()->value_name("N"), "processor threads (default: all)"
    )("parallel",
      po::value<Text>()->value_name("WAY"),
      "auto (default: measured on the first frames), frames or threads"
    )("warm-up",
      po::value<int>()->value_name("N"),
      "runs of every model before anything counts (default 1)"
    )("votes",
      po::value<int>()->value_name("N"),
      "shapes: ask a network N times about every point, in another mix of points each time, and "
      "keep the most confident answer (default 10, the benchmark's protocol)"
    )("region",
      po::value<Text>()->value_name("CODE"),
      "electricity for gCO2e, see 'siskin regions' (default WORLD)"
    )("tdp",
      po::value<double>()->value_name("WATTS"),
      "rated processor power, for the energy estimate where no counter is readable");
    return options;
}

po::options_description resultOptions() {
    po::options_description options("Results", kWidth);
    options.add_options()(
        "out",
        po::value<Text>()->value_name("DIR"),
        "folder of the reports and of the journal; the same command again goes on where it stopped"
    )("submission",
      po::bool_switch(),
      "also write predictions as the benchmark's server takes them, and the zip to upload"
    )("check",
      po::value<Text>()->value_name("DIR|ZIP"),
      "instead of evaluating, apply the server's rules to a submission"
    )("fresh", po::bool_switch(), "forget what was done in --out and start afresh"
    )("stop-on-error", po::bool_switch(), "end at the first frame that cannot be evaluated"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
    return options;
}

po::options_description visibleOptions() {
    po::options_description all;
    all.add(dataOptions()).add(modelOptions()).add(resultOptions());
    return all;
}

void requireAtLeast(const char* option, int value, int least) {
    if (value < least) {
        throw ConfigError(fmt::format("--{} {}: at least {} is needed", option, value, least));
    }
}

void takeNumbers(const po::variables_map& values, EvalRequest& request) {
    int sweeps = 0;
    take(values, "sweeps", sweeps);
    request.threads = takeThreads(values);
    take(values, "warm-up", request.warmUpRuns);
    take(values, "tdp", request.tdpWatts);
    take(values, "votes", request.votes);
    requireAtLeast("votes", request.votes, 1);
    requireAtLeast("sweeps", sweeps, 0);
    requireAtLeast("warm-up", request.warmUpRuns, 0);
    if (request.tdpWatts && !(*request.tdpWatts > 0.0 && *request.tdpWatts < 1e5)) {
        throw ConfigError(fmt::format("--tdp {} is not a power in watts", *request.tdpWatts));
    }
    request.earlierScans = static_cast<std::size_t>(sweeps);
}

void takeModels(const po::variables_map& values, EvalRequest& request) {
    Texts models;
    take(values, "model", models);
    for (const auto& model : models) {
        request.models.push_back(parseModelArgument(model));
        const auto& last = request.models.back();
        if (last.kind && !last.random && last.weights.empty()) {
            throw ConfigError(
                fmt::format("--model {} names no weights", model), "write KIND:FILE or demo:NAME"
            );
        }
    }
    Text precision;
    Text parallel;
    take(values, "precision", precision);
    take(values, "parallel", parallel);
    if (!precision.empty()) {
        request.precision = precisionFromName(precision);
    }
    if (!parallel.empty()) {
        request.parallel = parallelModeFromName(parallel);
    }
}

void takeShard(const po::variables_map& values, EvalRequest& request) {
    if (values.count("shard") != 0) {
        request.shard = parseShard(values["shard"].as<Text>());
    } else if (const auto slurm = slurmShard()) {
        request.shard = *slurm;
        request.shardFromSlurm = true;
    }
}

void requireComplete(const EvalRequest& request) {
    if (request.data.empty()) {
        throw ConfigError("no data set was named", "siskin eval DATA --model MODEL --out DIR");
    }
    if (!request.check.empty()) {
        return;
    }
    if (request.models.empty()) {
        throw ConfigError("no model was named", "add --model MODEL, e.g. --model demo:spvcnn-0.25");
    }
    if (request.out.empty()) {
        throw ConfigError("no output folder was named", "add --out DIR");
    }
}

std::optional<std::size_t> slurmNumber(const char* name) {
    const char* text = std::getenv(name);
    if (text == nullptr || *text == '\0') {
        return std::nullopt;
    }
    const std::string_view digits(text);
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
    if (error != std::errc() || end != digits.end()) {
        throw ConfigError(
            fmt::format("{}={} is not a number", name, digits), "say which part with --shard I/N"
        );
    }
    return value;
}

} // namespace

Shard parseShard(const std::string& text) {
    Shard shard;
    const auto slash = text.find('/');
    const char* const end = text.data() + text.size();
    const char* const middle = text.data() + std::min(slash, text.size());
    const auto index = std::from_chars(text.data(), middle, shard.index);
    const auto count = std::from_chars(std::min(middle + 1, end), end, shard.count);
    const bool numbers = slash != std::string::npos && index.ec == std::errc() &&
                         index.ptr == middle && count.ec == std::errc() && count.ptr == end;
    if (!numbers || shard.index < 1 || shard.index > shard.count) {
        throw ConfigError(
            fmt::format("--shard {} is not a part", text), "write I/N with 1 <= I <= N, e.g. 3/16"
        );
    }
    return shard;
}

std::optional<Shard> slurmShard() {
    const auto task = slurmNumber("SLURM_ARRAY_TASK_ID");
    const auto count = slurmNumber("SLURM_ARRAY_TASK_COUNT");
    if (!task) {
        return std::nullopt;
    }
    if (!count) { // every task would evaluate everything
        throw ConfigError(
            "SLURM_ARRAY_TASK_ID is set but SLURM_ARRAY_TASK_COUNT is not",
            "say which part with --shard I/N"
        );
    }
    const auto first = slurmNumber("SLURM_ARRAY_TASK_MIN").value_or(0);
    const auto step = slurmNumber("SLURM_ARRAY_TASK_STEP").value_or(1);
    const bool onGrid = step > 0 && *task >= first && (*task - first) % step == 0;
    if (!onGrid || (*task - first) / step >= *count) {
        throw ConfigError(
            fmt::format(
                "Slurm's array task {} is not one of {} from {} in steps of {}",
                *task,
                *count,
                first,
                step
            ),
            "submit a plain range, e.g. --array=1-16, or say which part with --shard I/N"
        );
    }
    return Shard{(*task - first) / step + 1, *count};
}

EvalRequest parseEvalOptions(const std::vector<std::string>& arguments) {
    const po::options_description options = visibleOptions();
    const auto values = parseOptions(arguments, options, "data", "see 'siskin eval --help'");
    EvalRequest request;
    request.help = values["help"].as<bool>();
    if (request.help) {
        return request;
    }
    Texts data;
    take(values, "data", data);
    if (data.size() > 1) {
        throw ConfigError(
            fmt::format("{} data sets were named", data.size()), "evaluate one at a time"
        );
    }
    request.data = data.empty() ? "" : data.front();
    take(values, "split", request.split);
    take(values, "frame", request.frames);
    take(values, "class-map", request.classMap);
    take(values, "device", request.device);
    take(values, "region", request.region);
    Text out;
    Text check;
    take(values, "out", out);
    take(values, "check", check);
    request.out = out;
    request.check = check;
    request.submission = values["submission"].as<bool>();
    request.fresh = values["fresh"].as<bool>();
    request.stopOnError = values["stop-on-error"].as<bool>();
    request.quiet = values["quiet"].as<bool>();
    takeNumbers(values, request);
    takeModels(values, request);
    takeShard(values, request);
    requireComplete(request);
    return request;
}

std::string evalHelp() {
    std::ostringstream text;
    text
        << "siskin eval DATA --model MODEL [--model MODEL ...] --out DIR [options]\n\n"
           "Runs models over a whole data set and scores them as its benchmark does. DIR holds "
           "the\n"
           "reports: report.html to look at, report.json, scores.json, frames.csv, classes.csv "
           "and\n"
           "timings.csv. The journal in it makes the work safe: after Ctrl-C, a crash or a kill "
           "the\n"
           "same command goes on where it stopped, and the scores are the same to the last bit.\n\n"
        << visibleOptions()
        << "\nExamples:\n"
           "  siskin eval SemanticKITTI --split val --model demo:spvcnn-0.25 --out kitti-val\n"
           "  siskin eval nuscenes/v1.0-trainval --split val --sweeps 10 --model net.safetensors "
           "\\\n"
           "      --model predictions:their-results --out nuscenes-val\n"
           "  siskin eval SemanticKITTI --split test --model net.safetensors --out t "
           "--submission\n"
           "  siskin eval SemanticKITTI --split test --check t/submission.zip\n"
           "  siskin eval S3DIS --split area_5 --model predictions:rooms --out area-5\n"
           "  sbatch --array=1-16 eval.sbatch ...    see app/cli/slurm/README.md\n\n"
           "A frame that cannot be evaluated is listed and the others go on; the exit code is then "
           "3.\n";
    return text.str();
}

} // namespace siskin::cli
