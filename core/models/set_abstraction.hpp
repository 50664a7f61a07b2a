// SPDX-License-Identifier: MIT
// The parts that PointNet++ (Qi et al., NIPS 2017) and PVCNN++ are made of: set abstraction, which
// describes a few centres by the points around them, and feature propagation, which goes back
// (models.md 5.3). The concat orders are those of the published weights.
#pragma once

#include "core/nn/point_layers.hpp"

#include <string>
#include <vector>

namespace siskin {

/// One ball around every centre, and the layers over the points in it.
struct GroupingScale {
    float radius = 0.0F;
    std::int64_t neighbours = 0;
    std::vector<std::int64_t> widths;
};

/// Furthest points as centres; for each scale a shared MLP over [neighbour - centre, features] of
/// the points in the ball and its maximum over them; the scales side by side. Keys
/// `<prefix>.mlps.<scale>.layers...`.
class SetAbstraction {
  public:
    SetAbstraction(
        Parameters& parameters,
        const SparseOps& rows,
        const std::string& prefix,
        std::int64_t in,
        std::int64_t centres,
        const std::vector<GroupingScale>& scales
    );

    /// (B, in, N) -> a cloud of `centres` points.
    Cloud forward(const PointContext& context, const Cloud& cloud) const;

    std::int64_t channelsOut() const noexcept { return channelsOut_; }

    int layerCount() const noexcept { return layerCount_; }

  private:
    struct Scale {
        float radius;
        std::int64_t neighbours;
        SharedMlp mlp;
    };

    std::int64_t centres_;
    std::vector<Scale> scales_;
    std::int64_t channelsOut_ = 0;
    int layerCount_ = 0;
};

/// The whole cloud as one group: a shared MLP over [features, coordinates] and its maximum, at the
/// origin. Keys `<prefix>.mlps.0.layers...`.
class GroupAll {
  public:
    GroupAll(
        Parameters& parameters,
        const SparseOps& rows,
        const std::string& prefix,
        std::int64_t in,
        const std::vector<std::int64_t>& widths
    );

    /// (B, in, N) -> a cloud of one point.
    Cloud forward(const PointContext& context, const Cloud& cloud) const;

    std::int64_t channelsOut() const noexcept { return mlp_.channelsOut(); }

    int layerCount() const noexcept { return mlp_.layerCount(); }

  private:
    SharedMlp mlp_;
};

/// Features of a coarse cloud interpolated at the points of a finer one, a shared MLP over
/// [interpolated, features of the finer]. Keys `<prefix>.mlp.layers...`.
class FeaturePropagation {
  public:
    /// `in`: channels of both together.
    FeaturePropagation(
        Parameters& parameters,
        const SparseOps& rows,
        const std::string& prefix,
        std::int64_t in,
        const std::vector<std::int64_t>& widths
    );

    Cloud forward(const PointContext& context, const Cloud& coarse, const Cloud& fine) const;

    std::int64_t channelsOut() const noexcept { return mlp_.channelsOut(); }

    int layerCount() const noexcept { return mlp_.layerCount(); }

  private:
    SharedMlp mlp_;
};

} // namespace siskin
