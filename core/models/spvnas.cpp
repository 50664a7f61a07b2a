// SPDX-License-Identifier: MIT
// SPVNAS: a point-voxel U-Net whose widths and depths a search chose and `net.config` lists
// (models.md 3.5; layer names of the determinised files, appendix B).
#include "core/base/error.hpp"
#include "core/models/point_voxel_unet.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace siskin {

namespace {

/// `net.config` with errors that name file and key.
class NetConfig {
  public:
    NetConfig(const std::string& text, std::string origin) : origin_(std::move(origin)) {
        json_ = nlohmann::json::parse(text, nullptr, false);
        if (!json_.is_object()) {
            throw ConfigError(
                origin_ + ": not a JSON object", "give the net.config that came with the weights"
            );
        }
    }

    std::int64_t width(const std::string& key) const {
        const auto found = json_.find(key);
        return checked(key, found == json_.end() ? nlohmann::json() : *found);
    }

    std::int64_t outputChannels(std::size_t stage) const {
        const auto found = json_.find("output_channels");
        if (found == json_.end() || !found->is_array() || found->size() != 9) {
            throw ConfigError(origin_ + ": 'output_channels' must list 9 widths");
        }
        return checked(fmt::format("output_channels[{}]", stage), (*found)[stage]);
    }

  private:
    std::int64_t checked(const std::string& key, const nlohmann::json& value) const {
        constexpr std::int64_t kWidest = 4096;
        if (!value.is_number_integer() || value < 1 || value > kWidest) {
            throw ConfigError(
                fmt::format("{}: '{}' must be a whole number from 1 to {}", origin_, key, kWidest)
            );
        }
        return value.get<std::int64_t>();
    }

    std::string origin_;
    nlohmann::json json_;
};

StagePlan stagePlan(const NetConfig& config, const std::string& prefix, std::int64_t out) {
    StagePlan plan{.transition = config.width(prefix + ".transition"), .middle = {}, .out = out};
    const std::int64_t depth = config.width(prefix + ".feature");
    if (depth > 2) {
        throw ConfigError(
            fmt::format("'{}.feature' is {}, a stage has 1 or 2 blocks", prefix, depth)
        );
    }
    for (std::int64_t block = 0; block < depth; ++block) {
        plan.middle.push_back(
            config.width(fmt::format("{}.feature.layers.{}.net.layers.0", prefix, block))
        );
    }
    return plan;
}

std::string stagePrefix(Direction direction, int stage) {
    return fmt::format("{}.{}", direction == Direction::Down ? "downsample" : "upsample", stage);
}

LayerNames convAndNorm(const std::string& prefix) {
    return {prefix + ".net.conv", prefix + ".net.bn"};
}

UNetNames spvnasNames() {
    UNetNames names;
    names.transition = [](Direction direction, int stage) {
        return convAndNorm(stagePrefix(direction, stage) + ".transition");
    };
    names.feature = [](Direction direction, int stage, int block, int conv) {
        return convAndNorm(
            fmt::format("{}.feature.{}.net.{}", stagePrefix(direction, stage), block, conv)
        );
    };
    names.projection = [](Direction direction, int stage, int block) {
        return convAndNorm(
            fmt::format("{}.feature.{}.downsample", stagePrefix(direction, stage), block)
        );
    };
    names.pointTransform = [](int index) {
        return convAndNorm(fmt::format("point_transforms.{}", index));
    };
    names.classifier = "classifier.linear";
    return names;
}

} // namespace

std::unique_ptr<Network> makeSpvnas(
    const std::string& netConfig,
    const std::string& origin,
    Parameters& parameters,
    const SparseOps& ops
) {
    // The classifier keeps the super-network's full input width; a sub-network uses its first
    // columns.
    constexpr std::int64_t kSuperNetworkWidth = 128;
    const NetConfig config(netConfig, origin);
    UNetPlan plan;
    plan.stem = config.outputChannels(0);
    for (std::size_t i = 0; i < kUNetStages; ++i) {
        plan.down[i] =
            stagePlan(config, fmt::format("downsample.{}", i), config.outputChannels(i + 1));
        plan.up[i] = stagePlan(config, fmt::format("upsample.{}", i), config.outputChannels(i + 5));
    }
    plan.classes = config.width("num_classes");
    plan.classifierStoredIn = std::max(kSuperNetworkWidth, plan.up.back().out);
    plan.firstBlockAlwaysProjects = true;
    return std::make_unique<PointVoxelUNet>(plan, spvnasNames(), parameters, ops, std::nullopt);
}

} // namespace siskin
