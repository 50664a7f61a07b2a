// SPDX-License-Identifier: MIT
// One label per point from the answers about many clouds.
#pragma once

#include "core/run/cloud_cut.hpp"
#include "core/scan/prediction.hpp"
#include "core/sparse/best_class.hpp"

#include <string>
#include <vector>

namespace siskin {

/// A point's label is replaced only by a strictly more confident one (models.md 4.3, 4.4).
class CloudVotes {
  public:
    /// `classes`: of the network.
    CloudVotes(std::size_t points, const CloudCut& cut, std::int64_t classes);

    /// `logits` float32 (1, classes, n): the answer about the points of a sample.
    void add(const torch::Tensor& logits, const std::vector<std::uint32_t>& points);

    /// Gives points without an answer the label of the nearest point with one, of equally near ones
    /// that of the lowest index, and confidence 0. Returns how many there were.
    std::size_t fillUncovered(const std::vector<Vec3f>& positions);

    /// Model and class map are left to the caller.
    Prediction take() &&;

  private:
    ClassRange allowed_;
    std::vector<ClassId> ids_;
    std::vector<float> confidence_; ///< 0 = no answer yet
};

/// For `RunResult::notes`.
std::string describeUncovered(std::size_t uncovered, std::size_t points);

} // namespace siskin
