// SPDX-License-Identifier: MIT
#include "core/train/training_folder.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>
#include <torch/serialize.h>

#include <charconv>
#include <sstream>

namespace siskin {

namespace {

using torch::serialize::InputArchive;
using torch::serialize::OutputArchive;

constexpr std::string_view kLogHeader =
    "step,epoch,seconds,learning_rate,loss,gradient_norm,val_miou,val_accuracy\n";

void writeDict(OutputArchive& archive, const std::string& key, const StateDict& values) {
    OutputArchive part;
    for (const auto& [name, value] : values) {
        part.write(name, value);
    }
    archive.write(key, part);
}

/// LibTorch's archives refuse a '.' in a name, so tensors are numbered in the order of their names.
void writeTensors(OutputArchive& archive, const std::string& key, const StateDict& values) {
    std::string names;
    StateDict numbered;
    for (const auto& [name, value] : values) {
        numbered.emplace(fmt::format("t{}", numbered.size()), value);
        names += name + "\n";
    }
    writeDict(archive, key, numbered);
    archive.write(key + "_names", torch::jit::IValue(names));
}

template <typename T>
T readValue(InputArchive& archive, const std::string& key) {
    torch::jit::IValue value;
    archive.read(key, value);
    return value.to<T>();
}

StateDict readTensors(InputArchive& archive, const std::string& key) {
    InputArchive part;
    archive.read(key, part);
    std::istringstream names(readValue<std::string>(archive, key + "_names"));
    StateDict values;
    for (std::string name; std::getline(names, name);) {
        torch::Tensor value;
        part.read(fmt::format("t{}", values.size()), value);
        values.emplace(name, value);
    }
    return values;
}

torch::Generator& generator() {
    static torch::Generator shared = at::detail::getDefaultCPUGenerator();
    return shared;
}

/// Calls `visit(key, member)` for everything in the state.
template <typename State, typename Visit>
void visitState(State& state, const Visit& visit) {
    visit("step", state.step);
    visit("validated_step", state.validatedStep);
    visit("best_step", state.bestStep);
    visit("best_score", state.bestScore);
    visit("last_score", state.lastScore);
    visit("seconds", state.seconds);
    visit("smoothed_loss", state.smoothedLoss);
    visit("loss_sum", state.lossSum);
    visit("norm_sum", state.normSum);
    visit("unlogged", state.unlogged);
}

} // namespace

void saveState(
    const std::filesystem::path& file,
    const TrainingState& state,
    const StateDict& weights,
    const WeightAverage& average,
    const torch::optim::Optimizer& optimiser
) {
    OutputArchive archive;
    visitState(state, [&archive](const char* key, const auto& value) {
        archive.write(key, torch::jit::IValue(value));
    });
    writeTensors(archive, "weights", weights);
    writeTensors(archive, "average", average.values());
    archive.write("average_updates", torch::jit::IValue(average.updates()));
    OutputArchive optimiserPart;
    optimiser.save(optimiserPart);
    archive.write("optimiser", optimiserPart);
    archive.write("random", generator().get_state(), true);
    std::ostringstream bytes;
    archive.save_to(bytes);
    writeFileAtomically(file, bytes.str());
}

LoadedState loadState(
    const std::filesystem::path& file, WeightAverage& average, torch::optim::Optimizer& optimiser
) {
    std::istringstream bytes(readTextFile(file, std::size_t{1} << 33U));
    LoadedState loaded;
    try {
        InputArchive archive;
        archive.load_from(bytes);
        visitState(loaded.state, [&archive]<typename T>(const char* key, T& value) {
            value = readValue<T>(archive, key);
        });
        loaded.weights = readTensors(archive, "weights");
        average.restore(
            readTensors(archive, "average"), readValue<std::int64_t>(archive, "average_updates")
        );
        InputArchive optimiserPart;
        archive.read("optimiser", optimiserPart);
        optimiser.load(optimiserPart);
        torch::Tensor random;
        archive.read("random", random, true);
        generator().set_state(random);
    } catch (const c10::Error&) {
        throw CheckpointError(
            fmt::format("{}: not the state of this training", file.string()),
            "the file is damaged or of another version; start again with another --out"
        );
    }
    return loaded;
}

TrainingLog::TrainingLog(std::filesystem::path file, std::int64_t step)
    : file_(std::move(file)), text_(kLogHeader) {
    if (step <= 0 || !std::filesystem::exists(file_)) {
        return;
    }
    std::istringstream lines(readTextFile(file_));
    for (std::string line; std::getline(lines, line);) {
        std::int64_t row = 0;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), row);
        if (error == std::errc() && row <= step) {
            text_ += line + "\n";
        }
    }
}

void TrainingLog::addSteps(const Row& row) {
    text_ += fmt::format(
        "{},{:.4f},{:.1f},{:.6g},{:.6g},{:.6g},,\n",
        row.step,
        row.epoch,
        row.seconds,
        row.learningRate,
        row.loss,
        row.gradientNorm
    );
}

void TrainingLog::addValidation(
    std::int64_t step, double epoch, double seconds, const IouScores& scores
) {
    text_ += fmt::format(
        "{},{:.4f},{:.1f},,,,{:.6f},{:.6f}\n", step, epoch, seconds, scores.mean, scores.accuracy
    );
}

void TrainingLog::write() const {
    writeFileAtomically(file_, text_);
}

StateDict storedWeights(const StateDict& weights, bool half) {
    StateDict stored;
    for (const auto& [name, value] : weights) {
        const bool narrow = half && value.is_floating_point() && value.dim() > 1;
        stored[name] = narrow ? value.to(torch::kHalf) : value;
        if (narrow && !torch::isfinite(stored[name]).all().item<bool>()) {
            throw CheckpointError(
                fmt::format("'{}' holds values beyond the range of fp16", name), "use --store fp32"
            );
        }
    }
    return stored;
}

} // namespace siskin
