// SPDX-License-Identifier: MIT
// Whether a model's confidence can be believed: Guo et al., "On calibration of modern neural
// networks", ICML 2017.
#pragma once

#include "core/scan/class_map.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace siskin {

/// Points sorted by confidence into fifteen bins of equal width, (0, 1/15], (1/15, 2/15] ...
/// Everything is a whole number, so that sums do not depend on their order.
class Calibration {
  public:
    static constexpr std::size_t kBins = 15;
    /// Confidences are summed in units of 2^-24, to which each one is rounded.
    static constexpr double kUnit = 1.0 / (1U << 24U);

    struct Bin {
        std::int64_t points = 0;
        std::int64_t correct = 0;
        std::int64_t confidence = 0; ///< sum, in units of kUnit
    };

    /// Points whose ground truth is `kIgnored` do not count. All three of one length; confidence
    /// 0..1, clamped.
    void
    add(std::span<const ClassId> groundTruth,
        std::span<const ClassId> predicted,
        std::span<const float> confidence);
    void add(const Calibration& other);

    const std::array<Bin, kBins>& bins() const noexcept { return bins_; }

    std::array<Bin, kBins>& bins() noexcept { return bins_; }

    std::int64_t points() const noexcept;
    /// Expected calibration error, 0..1: mean over all points of |accuracy - mean confidence| of
    /// their bin. 0 without points.
    double expectedError() const noexcept;

  private:
    std::array<Bin, kBins> bins_{};
};

} // namespace siskin
