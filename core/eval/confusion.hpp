// SPDX-License-Identifier: MIT
// Confusion counts and the intersection-over-union rules of the benchmarks.
#pragma once

#include "core/scan/class_map.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace siskin {

/// Counts of (ground truth, prediction) over points whose ground truth is not `kIgnored`.
/// A prediction outside 0..classes-1 counts as "no class": it is a miss for its ground truth.
class Confusion {
  public:
    explicit Confusion(std::size_t classes);

    /// Adds one scan. Throws `DatasetError` when the two lengths differ or a ground-truth id is
    /// neither below `classes` nor `kIgnored` (it speaks another class map); nothing is added then.
    void add(std::span<const ClassId> groundTruth, std::span<const ClassId> prediction);
    /// Adds so many points of one pair; both ids as in `count`. Throws `std::out_of_range`.
    void add(ClassId groundTruth, ClassId prediction, std::int64_t points);
    /// Adds the counts of another one. Throws `DatasetError` when the numbers of classes differ.
    void add(const Confusion& other);

    std::size_t classes() const noexcept { return classes_; }

    /// Points of this pair; a `prediction` of `classes()` or more asks for "no class". The ids of
    /// the ground truth here, and of all three below, must be smaller than `classes()`.
    std::int64_t count(ClassId groundTruth, ClassId prediction) const;
    std::int64_t seen(ClassId id) const;     ///< ground-truth points of the class
    std::int64_t positive(ClassId id) const; ///< predicted points of the class
    std::int64_t correct(ClassId id) const;
    std::int64_t withoutClass() const; ///< scored points predicted to be of no class
    std::int64_t scoredPoints() const;

  private:
    std::size_t classes_;
    std::vector<std::int64_t> counts_; ///< classes x (classes + 1); last column = no class
};

/// What a class without ground truth counts as.
enum class AbsentClass {
    CountsAsOne,    ///< SPVNAS's meter: IoU 1 when no ground-truth point was seen, predicted or not
    CountsAsZero,   ///< official tool (semantic-kitti-api): IoU 0 when neither seen nor predicted
    Skipped,        ///< left out of the mean when not seen (single scans lack most classes)
    SkippedIfEmpty, ///< nuScenes devkit: left out when neither seen nor predicted (0 / 0)
};

struct IouScores {
    std::vector<std::optional<double>> perClass; ///< 0..1; empty where skipped
    double mean = 0.0;                           ///< over the classes that have a value; 0 if none
    double accuracy = 0.0; ///< correct / scored points; 0 if none. The official tool divides by the
                           ///< points predicted as some class instead, and so does CountsAsZero.
};

/// IoU of a class = correct / (seen + positive - correct) over scored points.
IouScores intersectionOverUnion(const Confusion& confusion, AbsentClass rule);

} // namespace siskin
