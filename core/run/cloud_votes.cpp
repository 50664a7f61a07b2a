// SPDX-License-Identifier: MIT
#include "core/run/cloud_votes.hpp"

#include "core/run/nearest_point.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

/// "175 000".
std::string grouped(std::size_t count) {
    auto digits = fmt::format("{}", count);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), 1, ' ');
    }
    return digits;
}

} // namespace

CloudVotes::CloudVotes(std::size_t points, const CloudCut& cut, std::int64_t classes)
    : ids_(points, 0), confidence_(points, 0.0F) {
    const auto end = std::min(
        cut.firstClass + std::min(cut.classCount, static_cast<std::size_t>(classes)),
        static_cast<std::size_t>(classes)
    );
    allowed_ = {cut.firstClass, static_cast<std::int32_t>(end) - 1};
}

void CloudVotes::add(const torch::Tensor& logits, const std::vector<std::uint32_t>& points) {
    const auto rows = logits[0].t().contiguous();
    std::vector<BestClass> best(points.size());
    bestClasses(rows.data_ptr<float>(), rows.size(0), rows.size(1), allowed_, best.data());
    for (std::size_t i = 0; i < points.size(); ++i) {
        const std::uint32_t point = points[i];
        if (best[i].confidence > confidence_[point]) {
            ids_[point] = best[i].id;
            confidence_[point] = best[i].confidence;
        }
    }
}

std::size_t CloudVotes::fillUncovered(const std::vector<Vec3f>& positions) {
    std::vector<std::uint32_t> covered;
    std::vector<std::uint32_t> others;
    for (std::size_t i = 0; i < ids_.size(); ++i) {
        auto& list = confidence_[i] > 0.0F ? covered : others;
        list.push_back(static_cast<std::uint32_t>(i));
    }
    if (others.empty() || covered.empty()) {
        return others.size();
    }
    const NearestPoint nearest(positions, std::move(covered));
    for (const std::uint32_t point : others) {
        ids_[point] = ids_[nearest.of(positions[point])];
    }
    return others.size();
}

Prediction CloudVotes::take() && {
    Prediction prediction;
    prediction.classIds = std::move(ids_);
    prediction.confidence = std::move(confidence_);
    return prediction;
}

std::string describeUncovered(std::size_t uncovered, std::size_t points) {
    return fmt::format(
        "{} of {} points were in no block: they have their nearest neighbour's label",
        grouped(uncovered),
        grouped(points)
    );
}

} // namespace siskin
