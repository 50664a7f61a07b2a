// SPDX-License-Identifier: MIT
#include "core/benchmark/frame_scores.hpp"

#include "core/base/sha256.hpp"

#include <array>

namespace siskin {

namespace {

/// A number in front of what follows, so that no two scans give the same stream of bytes.
void addCount(Sha256& hash, std::size_t count) {
    const std::array<std::uint64_t, 1> value{count};
    hash.addValues(std::span<const std::uint64_t>(value));
}

} // namespace

FrameScorer::FrameScorer(const Scan& scan, std::string_view benchmark) : scan_(scan) {
    for (const Stratum stratum : strataOf(benchmark)) {
        strata_.push_back(stratum);
        bins_.push_back(binsOfPoints(scan, stratum));
    }
}

FrameScores FrameScorer::score(const Prediction& prediction, const PlannedModel& model) const {
    FrameScores scores;
    for (const ScoreRule& rule : model.rules) {
        const auto truth = rule.classMap->classesOf(scan_.groundTruth->rawIds);
        const auto predicted =
            predictedClasses(prediction.classIds, *prediction.classMap, *rule.classMap);
        scores.perRule.emplace_back(rule.classMap->size()).add(truth, predicted);
        if (scores.perRule.size() > 1) {
            continue; // the rest is for the first rule
        }
        for (std::size_t i = 0; i < strata_.size(); ++i) {
            scores.strata.emplace_back(strata_[i], rule.classMap->size())
                .add(bins_[i], truth, predicted);
        }
        if (model.hasConfidence) {
            scores.calibration.emplace().add(truth, predicted, prediction.confidence);
        }
    }
    return scores;
}

std::string contentSha256(const Scan& scan) {
    Sha256 hash;
    addCount(hash, scan.pointCount());
    addCount(hash, scan.contextPoints);
    hash.addValues(std::span<const Vec3f>(scan.positions));
    for (const PointField& field : scan.fields) {
        addCount(hash, field.name.size());
        hash.add(field.name);
        addCount(hash, field.values.size());
        hash.addValues(std::span<const float>(field.values));
    }
    if (scan.groundTruth) {
        hash.addValues(std::span<const std::uint32_t>(scan.groundTruth->rawIds));
    }
    return hash.hex();
}

} // namespace siskin
