// SPDX-License-Identifier: MIT
// Which frame of which data set comes when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace siskin {

struct SampleId {
    std::size_t dataset = 0;
    std::size_t frame = 0;

    friend bool operator==(const SampleId&, const SampleId&) = default;
};

/// Shares of data sets for a `SampleOrder`: empty when all are 0. Throws `ConfigError` when only
/// some are.
std::vector<double> requireShares(std::vector<double> shares);

/// An endless, seeded sequence of frames in epochs of as many samples as all data sets hold frames.
/// Without shares every frame comes once per epoch. With shares every data set gets its part of
/// each epoch (at least one sample) and runs through its own frames, all of them before any again.
class SampleOrder {
  public:
    /// `frames`: of each data set, none 0. `shares`: positive, any sum, one per data set; or empty.
    SampleOrder(std::vector<std::size_t> frames, std::vector<double> shares, std::uint64_t seed);

    std::size_t samplesPerEpoch() const noexcept { return samples_; }

    /// Samples of each data set in an epoch.
    const std::vector<std::size_t>& parts() const noexcept { return parts_; }

    /// Sample `index` (0 ...) of the sequence. Quick when asked in order.
    SampleId at(std::size_t index);

  private:
    void makeEpoch(std::size_t epoch);

    std::vector<std::size_t> frames_;
    std::vector<std::size_t> parts_;
    std::uint64_t seed_;
    std::size_t samples_ = 0;
    std::size_t epoch_ = SIZE_MAX; ///< the one in `order_`
    std::vector<SampleId> order_;
};

} // namespace siskin
