// SPDX-License-Identifier: MIT
#include "core/objects/cone_scores.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace siskin {

namespace {

std::optional<double> share(std::size_t part, std::size_t whole) {
    return whole == 0 ? std::nullopt
                      : std::optional(static_cast<double>(part) / static_cast<double>(whole));
}

double distanceAlongGround(const Vec3f& a, const Vec3f& b) {
    return std::hypot(double{a[0]} - b[0], double{a[1]} - b[1]);
}

struct Pair {
    double distance;
    std::size_t detection, cone;
};

std::vector<Pair>
pairUp(std::span<const ConeDetection> detections, std::span<const Cone> cones, double most) {
    std::vector<Pair> possible;
    for (std::size_t d = 0; d < detections.size(); ++d) {
        for (std::size_t c = 0; c < cones.size(); ++c) {
            const double distance = distanceAlongGround(detections[d].base, cones[c].base);
            if (distance <= most) {
                possible.push_back({distance, d, c});
            }
        }
    }
    std::sort(possible.begin(), possible.end(), [](const Pair& a, const Pair& b) {
        return std::tie(a.distance, a.detection, a.cone) <
               std::tie(b.distance, b.detection, b.cone);
    });
    std::vector<bool> usedDetection(detections.size()), usedCone(cones.size());
    std::vector<Pair> pairs;
    for (const Pair& pair : possible) {
        if (!usedDetection[pair.detection] && !usedCone[pair.cone]) {
            usedDetection[pair.detection] = usedCone[pair.cone] = true;
            pairs.push_back(pair);
        }
    }
    return pairs;
}

} // namespace

void ConeBin::add(const ConeBin& other) {
    candidates += other.candidates;
    rightClass += other.rightClass;
    cones += other.cones;
    hidden += other.hidden;
    found += other.found;
    rightColour += other.rightColour;
    falseCones += other.falseCones;
    centreError += other.centreError;
}

std::optional<double> ConeBin::accuracy() const {
    return share(rightClass, candidates);
}

std::optional<double> ConeBin::recall() const {
    return share(found, cones);
}

std::optional<double> ConeBin::colourAccuracy() const {
    return share(rightColour, found);
}

std::optional<double> ConeBin::meanCentreError() const {
    return found == 0 ? std::nullopt : std::optional(centreError / static_cast<double>(found));
}

ConeBin* ConeScores::binOf(float x, float y) {
    const double range = std::hypot(double{x}, double{y});
    if (!(range < kBinWidth * static_cast<double>(kBins))) { // or NaN
        return nullptr;
    }
    return &bins_[static_cast<std::size_t>(range / kBinWidth)];
}

void ConeScores::addCandidates(std::span<const ObjectVerdict> verdicts) {
    for (const ObjectVerdict& verdict : verdicts) {
        if (ConeBin* bin = binOf(verdict.range, 0.0F)) {
            ++bin->candidates;
            bin->rightClass += verdict.said == verdict.truth ? 1 : 0;
        }
    }
}

void ConeScores::addFrame(std::span<const ConeDetection> detections, std::span<const Cone> cones) {
    std::vector<bool> matched(detections.size());
    for (const Pair& pair : pairUp(detections, cones, kMatchDistance)) {
        matched[pair.detection] = true;
        const Cone& cone = cones[pair.cone];
        ConeBin* bin = binOf(cone.base[0], cone.base[1]);
        if (bin != nullptr && cone.points > 0) {
            ++bin->found;
            bin->rightColour += detections[pair.detection].kind == cone.kind ? 1 : 0;
            bin->centreError += pair.distance;
        }
    }
    for (const Cone& cone : cones) {
        if (ConeBin* bin = binOf(cone.base[0], cone.base[1])) {
            ++(cone.points > 0 ? bin->cones : bin->hidden);
        }
    }
    for (std::size_t d = 0; d < detections.size(); ++d) {
        ConeBin* bin = binOf(detections[d].base[0], detections[d].base[1]);
        if (bin != nullptr && !matched[d]) {
            ++bin->falseCones;
        }
    }
}

ConeBin ConeScores::total() const {
    ConeBin sum;
    for (const ConeBin& bin : bins_) {
        sum.add(bin);
    }
    return sum;
}

double ConeScores::rangeAtRecall(double recall) const {
    double range = 0.0;
    ConeBin stretch;
    const std::size_t last = binsWithCones();
    for (std::size_t i = 0; i < last; ++i) {
        stretch.add(bins_[i]);
        if (stretch.cones < kStretchCones && i + 1 < last) {
            continue;
        }
        if (*stretch.recall() < recall) {
            break;
        }
        range = kBinWidth * static_cast<double>(i + 1);
        stretch = {};
    }
    return range;
}

std::size_t ConeScores::binsWithCones() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        count = bins_[i].cones > 0 ? i + 1 : count;
    }
    return count;
}

} // namespace siskin
