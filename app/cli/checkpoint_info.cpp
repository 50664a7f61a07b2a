// SPDX-License-Identifier: MIT
#include "app/cli/checkpoint_info.hpp"

#include "core/checkpoint/checkpoint.hpp"
#include "core/models/model_metadata.hpp"
#include "core/models/object_network_kind.hpp"
#include "core/report/format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <torch/version.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace siskin::cli {

namespace {

/// Batch-norm statistics are stored beside the parameters but are not trained.
bool isStatistic(const std::string& name) {
    return name.ends_with(".running_mean") || name.ends_with(".running_var") ||
           name.ends_with(".num_batches_tracked");
}

const torch::Tensor* find(const Checkpoint& checkpoint, const std::string& name) {
    const auto found = checkpoint.tensors.find(name);
    return found == checkpoint.tensors.end() ? nullptr : &found->second;
}

/// What a file written by `siskin train` says about itself.
std::string trainingLines(const ModelMetadata& metadata) {
    auto text = fmt::format(
        "  classes     {}\n  trained on  {}\n  training    {} steps, seed {}, siskin {} ({})\n",
        metadata.classMap,
        metadata.data,
        formatCount(metadata.step),
        metadata.seed,
        metadata.version,
        metadata.commit
    );
    const auto scores = nlohmann::ordered_json::parse(metadata.scores, nullptr, false);
    if (!scores.is_object() || !scores.contains("miou") || !scores["miou"].is_number()) {
        return text;
    }
    text += fmt::format("  val mIoU    {}\n", formatPercent(scores["miou"].get<double>()));
    const auto instances = scores.find("instance_miou");
    if (instances != scores.end() && instances->is_number()) {
        text += fmt::format("  per shape   {}\n", formatPercent(instances->get<double>()));
    }
    const auto classes = scores.find("classes");
    if (classes == scores.end()) {
        return text;
    }
    for (const auto& [name, score] : classes->items()) {
        if (score.is_number()) {
            text += fmt::format("    {:<18} {:>8}\n", name, formatPercent(score.get<double>()));
        }
    }
    return text;
}

/// Names of models.md, appendices A and B. MinkUNet and SPVCNN share all of theirs.
std::string guessNetwork(const Checkpoint& checkpoint) {
    constexpr double kStemChannelsAtFullWidth = 32.0;
    const auto* stem = find(checkpoint, "stem.0.kernel");
    if (stem == nullptr || stem->dim() != 3) {
        return "none that this program knows by its tensors; name it, e.g. --model pvcnn:FILE";
    }
    if (find(checkpoint, "downsample.0.transition.net.conv.kernel") != nullptr) {
        return "SPVNAS sub-network (needs its net.config)";
    }
    if (find(checkpoint, "stage1.0.net.0.kernel") == nullptr) {
        return "unknown, although it begins like MinkUNet";
    }
    const double width = static_cast<double>(stem->size(2)) / kStemChannelsAtFullWidth;
    const auto* classifier = find(checkpoint, "classifier.0.weight");
    const auto classes = classifier == nullptr ? std::string("unknown number of")
                                               : std::to_string(classifier->size(0));
    const bool points = find(checkpoint, "point_transforms.0.0.weight") != nullptr;
    return fmt::format(
        "{}, width {}, {} classes",
        points ? "SPVCNN or MinkUNet (their files hold the same tensors)" : "MinkUNet",
        formatSignificant(width, 2),
        classes
    );
}

/// The network and, of files written by `siskin train`, where it comes from.
struct Origin {
    std::string network;
    std::string training; ///< lines
};

Origin originOf(const Checkpoint& checkpoint, const std::string& path) {
    if (const auto trained = metadataFromMap(checkpoint.metadata, path)) {
        const auto voxels = isPointModel(trained->kind)
                                ? std::string()
                                : fmt::format("  voxels      {} m\n", trained->voxelSize);
        return {defaultLabel(trained->kind, trained->parameters), voxels + trainingLines(*trained)};
    }
    const auto object = checkpoint.metadata.find(std::string(kObjectModelKey));
    if (object != checkpoint.metadata.end()) {
        return {
            fmt::format(
                "{} for single objects ('siskin cones')",
                titleOf(objectNetworkFromName(object->second))
            ),
            trainingLines(trainingFromMap(checkpoint.metadata, path))};
    }
    return {guessNetwork(checkpoint), {}};
}

std::string tensorLines(const Checkpoint& checkpoint) {
    std::size_t longest = 0;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        longest = std::max(longest, name.size());
    }
    std::string text;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        text += fmt::format(
            "  {:<{}}  {:<7}  {}\n",
            name,
            longest,
            c10::toString(tensor.scalar_type()),
            tensor.dim() == 0 ? "scalar" : fmt::format("{}", fmt::join(tensor.sizes(), " x "))
        );
    }
    return text;
}

} // namespace

bool looksLikeCheckpoint(const std::filesystem::path& path) {
    std::array<unsigned char, 9> head{};
    std::ifstream stream(path, std::ios::binary);
    stream.read(reinterpret_cast<char*>(head.data()), head.size());
    const bool zip = head[0] == 'P' && head[1] == 'K' && head[2] == 3 && head[3] == 4;
    const bool pickle = head[0] == 0x80 && head[1] >= 2 && head[1] <= 5;
    // safetensors: the length of the header in eight bytes (below 2^32 in practice), then JSON.
    const bool safetensors =
        head[8] == '{' && head[4] == 0 && head[5] == 0 && head[6] == 0 && head[7] == 0;
    return zip || pickle || safetensors;
}

std::string describeCheckpoint(const std::filesystem::path& path) {
    const auto checkpoint = readCheckpoint(path);
    const Origin origin = originOf(checkpoint, path.string());
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        parameters += isStatistic(name) ? 0 : tensor.numel();
    }
    std::string text = fmt::format(
        "{}\n  format      {}\n  network     {}\n  tensors     {}\n  parameters  {}\n",
        path.string(),
        checkpoint.format,
        origin.network,
        checkpoint.tensors.size(),
        formatCount(parameters)
    );
    text += origin.training;
    for (const auto& [key, value] : checkpoint.metadata) {
        if (!key.starts_with("siskin.")) {
            text += fmt::format("  {:<10}  {}\n", key, value);
        }
    }
    for (const auto& note : checkpoint.notes) {
        text += fmt::format("  note        {}\n", note);
    }
    return text + "\n" + tensorLines(checkpoint);
}

std::string libTorchVersion() {
    return TORCH_VERSION;
}

} // namespace siskin::cli
