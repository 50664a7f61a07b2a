// SPDX-License-Identifier: MIT
// Learning to label LiDAR scans: voxels with one representative point each (models.md 4.1).
#pragma once

#include "core/train/augmentation.hpp"
#include "core/train/sample_order.hpp"
#include "core/train/trainable_network.hpp"
#include "core/train/training_data.hpp"
#include "core/train/training_task.hpp"

#include <optional>

namespace siskin {

struct LidarTaskOptions {
    NetworkPlan network{};
    std::vector<TrainingData> data{}; ///< at least one
    std::optional<TrainingData> validation{};
    Augmentation augmentation{};
    std::int64_t batch = 2;             ///< scans
    std::int64_t maxVoxels = 80'000;    ///< of one scan; a random subset of larger ones
    std::vector<double> classWeights{}; ///< empty = all 1
    double labelSmoothing = 0.0;
    std::uint64_t seed = 1;
};

struct LidarBatch final : TrainingBatch {
    NetworkInput input;   ///< batch elements one after the other
    torch::Tensor labels; ///< int64 [V], 255 = ignored
};

class LidarTask final : public TrainingTask {
  public:
    /// `ops` is the device. Throws `ConfigError` when the data sets disagree on the number of
    /// classes or a voxel size does not suit the network.
    LidarTask(LidarTaskOptions options, std::shared_ptr<const SparseOps> ops);

    std::size_t samplesPerEpoch() const override { return order_.samplesPerEpoch(); }

    std::unique_ptr<TrainingBatch> batch(std::int64_t step) override;
    torch::Tensor loss(const TrainingBatch& batch) override;

    std::vector<torch::Tensor> parameters() const override { return network_->parameters(); }

    StateDict stateDict() const override { return network_->stateDict(); }

    void load(const StateDict& state) override { network_->load(state); }

    bool hasValidation() const override { return options_.validation.has_value(); }

    Confusion validate(
        const StateDict& state,
        const std::stop_token& stop,
        const std::function<void(double fraction)>& progress
    ) override;

  private:
    LidarTaskOptions options_;
    std::shared_ptr<const SparseOps> ops_;
    SampleOrder order_; ///< for the loader's thread
    std::unique_ptr<TrainableNetwork> network_;
    std::unique_ptr<TrainableNetwork> evaluation_; ///< made when first validated
    torch::Tensor classWeights_;
};

/// One augmented scan as a batch of its own, with a part of its voxels when there are more than
/// `maxVoxels`: a random subset, or a crop.
LidarBatch prepareSample(
    const SparseOps& ops,
    const Scan& scan,
    float voxelSize,
    const Augmentation& augmentation,
    std::int64_t maxVoxels,
    SplitMix64 random
);

/// Batch elements numbered in this order.
LidarBatch concatenate(const std::vector<LidarBatch>& samples);

/// False when some voxel index k of a scan up to 8192 voxels wide is not floor(k * size / size) in
/// float32: SPVCNN computes its first voxels that way (models.md 2.1).
bool survivesRounding(float voxelSize);

} // namespace siskin
