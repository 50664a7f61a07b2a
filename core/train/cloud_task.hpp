// SPDX-License-Identifier: MIT
// Learning the parts of shapes and the classes of rooms: clouds of points drawn at random from
// whole shapes (models.md 4.4) or from the pieces of rooms that the network's test protocol cuts
// (models.md 4.3).
#pragma once

#include "core/models/point_network.hpp"
#include "core/run/cloud_cut.hpp"
#include "core/train/cloud_augmentation.hpp"
#include "core/train/sample_order.hpp"
#include "core/train/trainable_clouds.hpp"
#include "core/train/training_data.hpp"
#include "core/train/training_task.hpp"

#include <optional>

namespace siskin {

struct CloudTaskOptions {
    PointNetworkPlan network{};
    std::vector<TrainingData> data{}; ///< at least one
    std::optional<TrainingData> validation{};
    CloudAugmentation augmentation{};
    std::int64_t batch = 16;            ///< clouds
    std::int64_t points = 0;            ///< of a cloud; 0 = as the network reads them
    std::vector<double> classWeights{}; ///< empty = all 1
    double labelSmoothing = 0.0;
    std::uint64_t seed = 1;
};

struct CloudBatch final : TrainingBatch {
    torch::Tensor input;  ///< float32 (B, C, n)
    torch::Tensor labels; ///< int64 [B, n], 255 = ignored
};

/// What clouds are drawn from: a shape, or a piece of a room.
struct CloudSource {
    torch::Tensor rows;   ///< float32 [N, C]; of a piece of a room some points come more than once
    torch::Tensor labels; ///< uint8 [N], 255 = ignored
};

class CloudTask final : public TrainingTask {
  public:
    /// Reads and cuts all training data, which then stay in memory. `rows` and `points` are the
    /// device. Throws `ConfigError` when the data are not for this network or the batch is too
    /// small for it, `DatasetError`, `Cancelled`.
    CloudTask(
        CloudTaskOptions options,
        std::shared_ptr<const SparseOps> rows,
        std::shared_ptr<const PointOps> points,
        const std::stop_token& stop,
        const std::function<void(double fraction)>& progress
    );

    /// One cloud per source.
    std::size_t samplesPerEpoch() const override { return order_->samplesPerEpoch(); }

    std::unique_ptr<TrainingBatch> batch(std::int64_t step) override;
    torch::Tensor loss(const TrainingBatch& batch) override;

    std::vector<torch::Tensor> parameters() const override { return network_->parameters(); }

    StateDict stateDict() const override { return network_->stateDict(); }

    void load(const StateDict& state) override { network_->load(state); }

    bool hasValidation() const override { return options_.validation.has_value(); }

    /// Whole shapes (one vote) and rooms, as `siskin run` labels them.
    Confusion validate(
        const StateDict& state,
        const std::stop_token& stop,
        const std::function<void(double fraction)>& progress
    ) override;

    /// Shapes: "instance_miou" and "category_miou" (models.md 7.4).
    std::map<std::string, double> otherScores() const override { return otherScores_; }

  private:
    std::unique_ptr<TrainablePointNetwork> makeNetwork() const;
    std::vector<CloudSource> sourcesOf(const Scan& scan, std::size_t index) const;
    void
    readSources(const std::stop_token& stop, const std::function<void(double fraction)>& progress);
    std::vector<ClassId> label(const Scan& scan);

    CloudTaskOptions options_;
    std::shared_ptr<const SparseOps> rows_;
    std::shared_ptr<const PointOps> points_;
    std::vector<std::vector<CloudSource>> sources_; ///< of each data set
    std::optional<SampleOrder> order_;              ///< for the loader's thread
    std::unique_ptr<TrainablePointNetwork> network_;
    std::unique_ptr<TrainablePointNetwork> evaluation_; ///< made when first validated
    torch::Tensor classWeights_;
    std::map<std::string, double> otherScores_;
};

} // namespace siskin
