// SPDX-License-Identifier: MIT
#include "core/eval/calibration.hpp"

#include <algorithm>
#include <cmath>

namespace siskin {

void Calibration::add(
    std::span<const ClassId> groundTruth,
    std::span<const ClassId> predicted,
    std::span<const float> confidence
) {
    for (std::size_t i = 0; i < groundTruth.size(); ++i) {
        if (groundTruth[i] == kIgnored) {
            continue;
        }
        const double value = std::clamp(static_cast<double>(confidence[i]), 0.0, 1.0);
        const double place = std::ceil(value * static_cast<double>(kBins)) - 1.0;
        Bin& bin = bins_[static_cast<std::size_t>(std::max(place, 0.0))];
        ++bin.points;
        bin.correct += predicted[i] == groundTruth[i] ? 1 : 0;
        bin.confidence += std::llround(value / kUnit);
    }
}

void Calibration::add(const Calibration& other) {
    for (std::size_t i = 0; i < kBins; ++i) {
        bins_[i].points += other.bins_[i].points;
        bins_[i].correct += other.bins_[i].correct;
        bins_[i].confidence += other.bins_[i].confidence;
    }
}

std::int64_t Calibration::points() const noexcept {
    std::int64_t sum = 0;
    for (const Bin& bin : bins_) {
        sum += bin.points;
    }
    return sum;
}

double Calibration::expectedError() const noexcept {
    // (n_bin / n) |correct / n_bin - confidence / n_bin|: the points of the bin cancel.
    double sum = 0.0;
    for (const Bin& bin : bins_) {
        sum += std::abs(
            static_cast<double>(bin.correct) - static_cast<double>(bin.confidence) * kUnit
        );
    }
    const auto all = points();
    return all == 0 ? 0.0 : sum / static_cast<double>(all);
}

} // namespace siskin
