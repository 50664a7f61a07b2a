// SPDX-License-Identifier: MIT
// Scores by where points lie: how far, how high, how dense.
#pragma once

#include "core/eval/confusion.hpp"
#include "core/scan/scan.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// What points are sorted by.
enum class Stratum {
    Distance, ///< metres from the origin of the scan, in the x-y plane
    Height,   ///< z above the lowest percentile of the scan, metres
    Density,  ///< points in the point's own cube of 0.5 m
};

inline constexpr std::array kStrata = {Stratum::Distance, Stratum::Height, Stratum::Density};

/// Those that mean something for a benchmark's data: rooms have no sensor to be far from, shapes no
/// scale.
std::span<const Stratum> strataOf(std::string_view benchmark);

std::string_view toString(Stratum stratum); ///< "distance", "height", "density"
std::string_view unitOf(Stratum stratum);   ///< "m", "m", "points per 0.125 m3"

/// Lower bounds of the bins, the first one is the lowest value possible; the last bin is open.
std::span<const double> binsOf(Stratum stratum);
std::string binTitle(Stratum stratum, std::size_t bin); ///< e.g. "10 to 20"

/// What intersection over union needs of one class.
struct ClassCounts {
    std::int64_t seen = 0;     ///< ground-truth points
    std::int64_t positive = 0; ///< predicted, among the scored points
    std::int64_t correct = 0;
};

/// Counts per bin and class.
class StratifiedCounts {
  public:
    StratifiedCounts(Stratum stratum, std::size_t classes);

    Stratum stratum() const noexcept { return stratum_; }

    std::size_t classes() const noexcept { return classes_; }

    std::size_t bins() const noexcept { return binsOf(stratum_).size(); }

    /// `bins`: one per point. Points whose ground truth is `kIgnored` do not count.
    void
    add(std::span<const std::uint8_t> bins,
        std::span<const ClassId> groundTruth,
        std::span<const ClassId> predicted);
    void add(const StratifiedCounts& other);

    const ClassCounts& at(std::size_t bin, std::size_t id) const;
    ClassCounts& at(std::size_t bin, std::size_t id);

    std::int64_t scoredPoints(std::size_t bin) const;
    /// Over the classes that occur in the bin's ground truth; empty when none does.
    std::optional<double> meanIou(std::size_t bin) const;

  private:
    Stratum stratum_;
    std::size_t classes_;
    std::vector<ClassCounts> counts_; ///< bins x classes
};

/// The bin of every point of a scan; 0 for context points, which count for nothing.
std::vector<std::uint8_t> binsOfPoints(const Scan& scan, Stratum stratum);

} // namespace siskin
