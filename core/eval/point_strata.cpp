// SPDX-License-Identifier: MIT
#include "core/eval/point_strata.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

namespace siskin {

namespace {

constexpr double kLowest = -std::numeric_limits<double>::infinity();
constexpr std::array<double, 6> kDistanceBins = {0, 10, 20, 30, 40, 50};
constexpr std::array<double, 6> kHeightBins = {kLowest, 0.25, 0.5, 1, 2, 4};
constexpr std::array<double, 7> kDensityBins = {1, 2, 4, 8, 16, 32, 64};
constexpr float kCube = 0.5F; ///< metres

std::uint8_t binOf(double value, std::span<const double> bounds) {
    const auto above = std::upper_bound(bounds.begin(), bounds.end(), value);
    return static_cast<std::uint8_t>(std::max<std::ptrdiff_t>(above - bounds.begin(), 1) - 1);
}

/// The ground: z that 1 % of the points do not reach. One stray point below must not move it.
float groundLevel(std::span<const Vec3f> points) {
    std::vector<float> heights(points.size());
    std::transform(points.begin(), points.end(), heights.begin(), [](const Vec3f& point) {
        return point[2];
    });
    const auto percentile =
        heights.begin() + static_cast<std::ptrdiff_t>((heights.size() - 1) / 100);
    std::nth_element(heights.begin(), percentile, heights.end());
    return *percentile;
}

/// Cubes that points fall into, counted in a table with open addressing.
class CubeCounts {
  public:
    explicit CubeCounts(std::size_t points)
        : mask_(std::bit_ceil(std::max<std::size_t>(2 * points, 16)) - 1), keys_(mask_ + 1, kFree),
          counts_(mask_ + 1) {}

    /// Counts a point and returns the place of its cube.
    std::size_t add(const Vec3f& point) {
        const std::uint64_t key = keyOf(point);
        std::size_t place = (key * 0x9E3779B97F4A7C15ULL >> 20U) & mask_;
        while (keys_[place] != kFree && keys_[place] != key) {
            place = (place + 1) & mask_;
        }
        keys_[place] = key;
        ++counts_[place];
        return place;
    }

    std::int64_t at(std::size_t place) const { return counts_[place]; }

  private:
    static constexpr std::uint64_t kFree = ~std::uint64_t{0};

    /// 21 bits per axis: 1000 km in either direction, beyond which cubes share a key.
    static std::uint64_t keyOf(const Vec3f& point) {
        std::uint64_t key = 0;
        for (const float coordinate : point) {
            constexpr double kEdge = 1 << 20;
            const double cube = std::clamp<double>(
                std::floor(static_cast<double>(coordinate / kCube)), -kEdge, kEdge - 1
            );
            key = key << 21U | static_cast<std::uint64_t>(cube + kEdge);
        }
        return key;
    }

    std::size_t mask_;
    std::vector<std::uint64_t> keys_;
    std::vector<std::int64_t> counts_;
};

void addDensityBins(std::span<const Vec3f> points, std::vector<std::uint8_t>& bins) {
    CubeCounts counts(points.size());
    std::vector<std::size_t> places(points.size());
    std::transform(points.begin(), points.end(), places.begin(), [&](const Vec3f& point) {
        return counts.add(point);
    });
    std::transform(places.begin(), places.end(), bins.begin(), [&](std::size_t place) {
        return binOf(static_cast<double>(counts.at(place)), kDensityBins);
    });
}

} // namespace

std::string_view toString(Stratum stratum) {
    switch (stratum) {
    case Stratum::Distance:
        return "distance";
    case Stratum::Height:
        return "height";
    case Stratum::Density:
        break;
    }
    return "density";
}

std::string_view unitOf(Stratum stratum) {
    return stratum == Stratum::Density ? "points per 0.125 m3" : "m";
}

std::span<const double> binsOf(Stratum stratum) {
    switch (stratum) {
    case Stratum::Distance:
        return kDistanceBins;
    case Stratum::Height:
        return kHeightBins;
    case Stratum::Density:
        break;
    }
    return kDensityBins;
}

std::span<const Stratum> strataOf(std::string_view benchmark) {
    const std::span<const Stratum> all = kStrata;
    if (benchmark == "shapenetpart") {
        return {}; // shapes have no scale
    }
    return benchmark == "s3dis" ? all.subspan(1) : all; // rooms have no sensor to be far from
}

std::string binTitle(Stratum stratum, std::size_t bin) {
    const auto bounds = binsOf(stratum);
    if (bin + 1 == bounds.size()) {
        return fmt::format("{} and more", bounds[bin]);
    }
    if (bounds[bin] == kLowest) {
        return fmt::format("below {}", bounds[bin + 1]);
    }
    if (stratum != Stratum::Density) {
        return fmt::format("{} to {}", bounds[bin], bounds[bin + 1]);
    }
    const double last = bounds[bin + 1] - 1; // whole numbers of points
    return last == bounds[bin] ? fmt::format("{}", last)
                               : fmt::format("{} to {}", bounds[bin], last);
}

StratifiedCounts::StratifiedCounts(Stratum stratum, std::size_t classes)
    : stratum_(stratum), classes_(classes), counts_(binsOf(stratum).size() * classes) {}

void StratifiedCounts::add(
    std::span<const std::uint8_t> bins,
    std::span<const ClassId> groundTruth,
    std::span<const ClassId> predicted
) {
    for (std::size_t i = 0; i < groundTruth.size(); ++i) {
        if (groundTruth[i] == kIgnored) {
            continue;
        }
        ++at(bins[i], groundTruth[i]).seen;
        if (predicted[i] < classes_) {
            ++at(bins[i], predicted[i]).positive;
        }
        at(bins[i], groundTruth[i]).correct += predicted[i] == groundTruth[i] ? 1 : 0;
    }
}

void StratifiedCounts::add(const StratifiedCounts& other) {
    if (other.stratum_ != stratum_ || other.classes_ != classes_) {
        throw DatasetError("counts by different strata or classes do not add up");
    }
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        counts_[i].seen += other.counts_[i].seen;
        counts_[i].positive += other.counts_[i].positive;
        counts_[i].correct += other.counts_[i].correct;
    }
}

const ClassCounts& StratifiedCounts::at(std::size_t bin, std::size_t id) const {
    return counts_.at(bin * classes_ + id);
}

ClassCounts& StratifiedCounts::at(std::size_t bin, std::size_t id) {
    return counts_.at(bin * classes_ + id);
}

std::int64_t StratifiedCounts::scoredPoints(std::size_t bin) const {
    std::int64_t sum = 0;
    for (std::size_t id = 0; id < classes_; ++id) {
        sum += at(bin, id).seen;
    }
    return sum;
}

std::optional<double> StratifiedCounts::meanIou(std::size_t bin) const {
    double sum = 0.0;
    std::size_t valued = 0;
    for (std::size_t id = 0; id < classes_; ++id) {
        const ClassCounts& counts = at(bin, id);
        if (counts.seen > 0) {
            const auto either = counts.seen + counts.positive - counts.correct;
            sum += static_cast<double>(counts.correct) / static_cast<double>(either);
            ++valued;
        }
    }
    return valued == 0 ? std::nullopt : std::optional(sum / static_cast<double>(valued));
}

std::vector<std::uint8_t> binsOfPoints(const Scan& scan, Stratum stratum) {
    std::vector<std::uint8_t> bins(scan.pointCount());
    const std::span points(scan.positions.data(), scan.pointCount() - scan.contextPoints);
    if (points.empty()) {
        return bins;
    }
    if (stratum == Stratum::Density) {
        addDensityBins(points, bins);
        return bins;
    }
    const float ground = stratum == Stratum::Height ? groundLevel(points) : 0.0F;
    std::transform(points.begin(), points.end(), bins.begin(), [&](const Vec3f& point) {
        const float value =
            stratum == Stratum::Height ? point[2] - ground : std::hypot(point[0], point[1]);
        return binOf(static_cast<double>(value), binsOf(stratum));
    });
    return bins;
}

} // namespace siskin
