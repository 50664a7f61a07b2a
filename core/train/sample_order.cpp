// SPDX-License-Identifier: MIT
#include "core/train/sample_order.hpp"

#include "core/base/error.hpp"
#include "core/base/split_mix.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace siskin {

namespace {

/// `total` in the proportions of `shares`: rounded down, then the largest remainders get one more.
std::vector<std::size_t> apportion(std::size_t total, const std::vector<double>& shares) {
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    std::vector<std::size_t> parts(shares.size());
    std::vector<std::pair<double, std::size_t>> remainders;
    std::size_t given = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const double exact = static_cast<double>(total) * shares[i] / sum;
        parts[i] = static_cast<std::size_t>(exact);
        given += parts[i];
        remainders.emplace_back(static_cast<double>(parts[i]) - exact, i);
    }
    std::sort(remainders.begin(), remainders.end());
    for (std::size_t i = 0; given < total; ++i, ++given) {
        ++parts[remainders[i % remainders.size()].second];
    }
    for (auto& part : parts) {
        part = std::max<std::size_t>(1, part);
    }
    return parts;
}

std::vector<std::size_t> shuffledFrames(std::size_t count, SplitMix64 random) {
    std::vector<std::size_t> frames(count);
    std::iota(frames.begin(), frames.end(), std::size_t{0});
    random.shuffle(frames);
    return frames;
}

} // namespace

std::vector<double> requireShares(std::vector<double> shares) {
    const auto given =
        std::count_if(shares.begin(), shares.end(), [](double s) { return s > 0.0; });
    if (given == 0) {
        return {};
    }
    if (static_cast<std::size_t>(given) != shares.size()) {
        throw ConfigError(
            "some data sets have a share and some have none",
            "write --data PATH*SHARE for all or none"
        );
    }
    return shares;
}

SampleOrder::SampleOrder(
    std::vector<std::size_t> frames, std::vector<double> shares, std::uint64_t seed
)
    : frames_(std::move(frames)), seed_(seed) {
    const auto total = std::accumulate(frames_.begin(), frames_.end(), std::size_t{0});
    parts_ = shares.empty() ? frames_ : apportion(total, shares);
    samples_ = std::accumulate(parts_.begin(), parts_.end(), std::size_t{0});
}

SampleId SampleOrder::at(std::size_t index) {
    if (index / samples_ != epoch_) {
        makeEpoch(index / samples_);
    }
    return order_[index % samples_];
}

void SampleOrder::makeEpoch(std::size_t epoch) {
    order_.clear();
    for (std::size_t dataset = 0; dataset < frames_.size(); ++dataset) {
        const std::size_t count = frames_[dataset];
        const SplitMix64 own(seed_, dataset + 1);
        std::size_t round = SIZE_MAX;
        std::vector<std::size_t> shuffled;
        for (std::size_t n = epoch * parts_[dataset]; n < (epoch + 1) * parts_[dataset]; ++n) {
            if (n / count != round) {
                round = n / count;
                shuffled = shuffledFrames(count, SplitMix64(SplitMix64(own).bits(), round));
            }
            order_.push_back({dataset, shuffled[n % count]});
        }
    }
    SplitMix64 random(SplitMix64(seed_, 0).bits(), epoch);
    random.shuffle(order_);
    epoch_ = epoch;
}

} // namespace siskin
