// SPDX-License-Identifier: MIT
// How well cones are told apart and found, by their distance.
#pragma once

#include "core/objects/cone.hpp"

#include <optional>
#include <span>
#include <vector>

namespace siskin {

/// A cone that a network says is there.
struct ConeDetection {
    ConeKind kind = ConeKind::Blue; ///< never `None`
    Vec3f base{};                   ///< middle of its foot, metres, sensor frame
    float confidence = 0.0F;        ///< softmax probability of the kind
};

/// A candidate, what it is and what the network said.
struct ObjectVerdict {
    float range = 0.0F; ///< metres
    ConeKind truth = ConeKind::None;
    ConeKind said = ConeKind::None;
};

/// Counts of one stretch of range.
struct ConeBin {
    std::size_t candidates = 0;
    std::size_t rightClass = 0;  ///< of the candidates
    std::size_t cones = 0;       ///< that have a point
    std::size_t hidden = 0;      ///< cones without any point; they count for nothing else
    std::size_t found = 0;       ///< of `cones`: a detection lies near
    std::size_t rightColour = 0; ///< of `found`
    std::size_t falseCones = 0;  ///< detections (by their own range) without a cone
    double centreError = 0.0;    ///< sum over `found`, metres along the ground

    void add(const ConeBin& other);
    std::optional<double> accuracy() const; ///< empty without candidates
    std::optional<double> recall() const;   ///< empty without cones
    std::optional<double> colourAccuracy() const;
    std::optional<double> meanCentreError() const; ///< metres
};

class ConeScores {
  public:
    static constexpr double kBinWidth = 2.0;      ///< metres
    static constexpr std::size_t kBins = 20;      ///< up to 40 m; what lies beyond is not counted
    static constexpr double kMatchDistance = 0.5; ///< metres along the ground
    static constexpr std::size_t kStretchCones = 20;

    void addCandidates(std::span<const ObjectVerdict> verdicts);

    /// One frame. Detections and cones are paired along the ground, the nearest pair first (of
    /// equal ones the first detection, then the first cone), each once, `kMatchDistance` at most.
    /// Cones without points take part in the pairing but count as hidden.
    void addFrame(std::span<const ConeDetection> detections, std::span<const Cone> cones);

    const std::vector<ConeBin>& bins() const noexcept { return bins_; }

    ConeBin total() const;

    /// Up to where cones are found this reliably, metres: the far end of the last stretch such that
    /// it and every nearer one reach `recall`. 0 when the first does not. A stretch is as many bins
    /// as hold `kStretchCones` cones: in a smaller one a single miss would end the range.
    double rangeAtRecall(double recall) const;

    /// The last bin in which any cone has a point, plus one: more need not be shown.
    std::size_t binsWithCones() const;

  private:
    ConeBin* binOf(float x, float y);

    std::vector<ConeBin> bins_ = std::vector<ConeBin>(kBins);
};

} // namespace siskin
