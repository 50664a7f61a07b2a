// SPDX-License-Identifier: MIT
// What the networks on clouds end with: from everything they know of a point to scores per class.
#pragma once

#include "core/nn/joined_layer.hpp"

#include <array>
#include <string>
#include <vector>

namespace siskin {

/// The last layer: a linear one per point, key `name`.
PointLayer loadScores(
    Parameters& parameters,
    const SparseOps& rows,
    const std::string& name,
    std::int64_t in,
    std::int64_t classes
);

/// Parts of shapes, in PVCNN and PointNet: three shared MLPs (256, 256, 128) and the scores over
/// everything seen and the last of it's maximum over the cloud. Keys `classifier.{0,2,4,5}`.
class ShapeHead {
  public:
    /// `seen`: channels of each tensor that `forward` gets.
    ShapeHead(
        Parameters& parameters,
        const SparseOps& rows,
        double width,
        const std::vector<std::int64_t>& seen
    );

    /// Each (B, C_i, N) -> (B, classes, N).
    torch::Tensor forward(const PointContext& context, std::vector<torch::Tensor> seen) const;

    static constexpr int kLayers = 4;

  private:
    JoinedLayer first_;
    std::array<SharedMlp, 2> hidden_;
    PointLayer scores_;
};

/// Rooms, in PVCNN and PointNet: the last of what was seen, its maximum over the cloud, two layers
/// for the cloud (256, 128); then two shared MLPs (512, 256) and the scores over everything seen
/// and those. Keys `cloud_features.{0,1}`, `classifier.{0,2,4}`.
class RoomHead {
  public:
    RoomHead(
        Parameters& parameters,
        const SparseOps& rows,
        double width,
        const std::vector<std::int64_t>& seen
    );

    torch::Tensor forward(const PointContext& context, std::vector<torch::Tensor> seen) const;

    static constexpr int kLayers = 5;

  private:
    std::array<PointLayer, 2> cloud_;
    JoinedLayer first_;
    SharedMlp hidden_;
    PointLayer scores_;
};

/// PointNet++ and PVCNN++: a shared MLP (128), dropout 0.5, the scores. Keys `classifier.{0,2}`.
class PropagationHead {
  public:
    PropagationHead(
        Parameters& parameters,
        const SparseOps& rows,
        double width,
        std::int64_t in,
        std::int64_t classes
    );

    torch::Tensor forward(const PointContext& context, const torch::Tensor& features) const;

    static constexpr int kLayers = 2;

  private:
    SharedMlp hidden_;
    PointLayer scores_;
};

} // namespace siskin
