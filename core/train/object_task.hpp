// SPDX-License-Identifier: MIT
// Learning which cluster of points is which cone, and where the cone stands.
#pragma once

#include "core/base/split_mix.hpp"
#include "core/models/object_network.hpp"
#include "core/objects/object_cloud.hpp"
#include "core/objects/object_truth.hpp"
#include "core/train/sample_order.hpp"
#include "core/train/trainable_clouds.hpp"
#include "core/train/training_task.hpp"

#include <optional>

namespace siskin {

/// Scans whose cones are known.
struct ObjectData {
    std::string name{};
    std::size_t frames = 0;
    double share = 0.0; ///< of the samples; 0 = by the number of objects
    std::function<ObjectScan(std::size_t frame)> read{};
};

struct ObjectTaskOptions {
    ObjectNetworkKind network = ObjectNetworkKind::Pvcnn;
    std::vector<ObjectData> data{}; ///< at least one
    std::optional<ObjectData> validation{};
    std::int64_t batch = 64; ///< objects
    bool balanced = true;    ///< weighs classes by one over the root of their frequency
    double labelSmoothing = 0.0;
    std::uint64_t seed = 1;
};

/// One cluster with what it is.
struct ObjectSample {
    ObjectCloud cloud;
    ConeKind kind = ConeKind::None;
    Vec3f centre{}; ///< of a cone: the middle of its foot, in the cloud's own frame
};

struct ObjectBatch final : TrainingBatch {
    torch::Tensor input;  ///< (B, kObjectChannels, kObjectPoints)
    torch::Tensor labels; ///< int64 [B], `ConeKind`
    torch::Tensor centre; ///< float32 [B, 3], metres; 0 where there is no cone
};

/// An `ObjectNetwork` to train.
class TrainableObjectNetwork : public TrainableClouds {
  public:
    TrainableObjectNetwork(
        ObjectNetworkKind kind,
        std::shared_ptr<const SparseOps> rows,
        std::shared_ptr<const PointOps> points,
        std::uint64_t seed
    );

    /// [B, kObjectClasses + 3]: logits, then centre.
    torch::Tensor forward(const torch::Tensor& input, bool training);

  private:
    std::unique_ptr<ObjectNetwork> network_;
};

class ObjectTask final : public TrainingTask {
  public:
    /// Finds the objects of all data, which then stay in memory. `rows` and `points` are the
    /// device. Throws `DatasetError`, also when no object is a cone, `ConfigError`, `Cancelled`.
    ObjectTask(
        ObjectTaskOptions options,
        std::shared_ptr<const SparseOps> rows,
        std::shared_ptr<const PointOps> points,
        const std::stop_token& stop,
        const std::function<void(double fraction)>& progress
    );

    std::size_t samplesPerEpoch() const override { return order_->samplesPerEpoch(); }

    /// Training objects of each kind.
    std::vector<std::int64_t> counts() const;

    std::unique_ptr<TrainingBatch> batch(std::int64_t step) override;

    /// Weighted cross-entropy, and for cones a smooth L1 of the centre (quadratic below 2 cm).
    torch::Tensor loss(const TrainingBatch& batch) override;

    std::vector<torch::Tensor> parameters() const override { return network_->parameters(); }

    StateDict stateDict() const override { return network_->stateDict(); }

    void load(const StateDict& state) override { network_->load(state); }

    bool hasValidation() const override { return options_.validation.has_value(); }

    /// Counts objects.
    Confusion validate(
        const StateDict& state,
        const std::stop_token& stop,
        const std::function<void(double fraction)>& progress
    ) override;

    /// "accuracy" of the classes, and "centre_within_10cm": the share of cones whose foot is found
    /// to 10 cm along the ground.
    std::map<std::string, double> otherScores() const override { return otherScores_; }

  private:
    std::unique_ptr<TrainableObjectNetwork> makeNetwork() const;

    ObjectTaskOptions options_;
    std::shared_ptr<const SparseOps> rows_;
    std::shared_ptr<const PointOps> points_;
    std::vector<std::vector<ObjectSample>> samples_; ///< of each data set
    std::vector<ObjectSample> held_;                 ///< for validation
    std::optional<SampleOrder> order_;               ///< for the loader's thread
    torch::Tensor classWeights_;
    std::unique_ptr<TrainableObjectNetwork> network_;
    std::unique_ptr<TrainableObjectNetwork> evaluation_; ///< made when first validated
    std::map<std::string, double> otherScores_;
};

/// Moves an object as another day might: mirrors it across the line of sight, stretches it by a few
/// per cent, dims it, hides some of its points; always leaves two points where there are two.
ObjectSample augmented(const ObjectSample& sample, SplitMix64& random);

} // namespace siskin
