// SPDX-License-Identifier: MIT
#include "core/submission/label_check.hpp"

#include "core/base/resources.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

std::shared_ptr<const ClassMap> mapOf(std::string_view name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / fmt::format("{}.json", name))
    );
}

} // namespace

LabelRules::LabelRules(std::string_view benchmark) : benchmark_(benchmark) {
    if (benchmark == "semantickitti") {
        map_ = mapOf("semantickitti-official");
        legal_ = "raw ids of semantic-kitti.yaml, e.g. 10 for car";
    } else if (benchmark == "nuscenes") {
        map_ = mapOf("nuscenes-lidarseg");
        legal_ = "1 to 16";
    } else if (!benchmark.empty()) {
        map_ = mapOf(benchmark);
        legal_ = fmt::format("0 to {}, or -1 for none", map_->size() - 1);
    }
}

LabelRules::Verdict LabelRules::verdictOn(std::int64_t value) const {
    if (benchmark_ == "nuscenes") {
        const bool isClass = value >= 1 && value <= static_cast<std::int64_t>(map_->size());
        return isClass ? Verdict::Class : Verdict::Illegal;
    }
    if (benchmark_ == "semantickitti") {
        constexpr std::int64_t kClassBits = 0xFFFF; // instances above: not part of this task
        const auto raw = static_cast<std::uint32_t>(value & kClassBits);
        if (map_->classOf(raw) != kIgnored) {
            return Verdict::Class;
        }
        return map_->knows(raw) ? Verdict::Unlabelled : Verdict::Illegal;
    }
    if (value < 0) {
        return Verdict::Unlabelled;
    }
    return value < static_cast<std::int64_t>(map_->size()) ? Verdict::Class : Verdict::Illegal;
}

LabelTally LabelRules::tally(std::span<const std::int64_t> values) const {
    LabelTally tally;
    if (!map_) {
        return tally;
    }
    std::int64_t largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        largest = std::max(largest, values[i]);
        const Verdict verdict = verdictOn(values[i]);
        tally.unlabelled += verdict == Verdict::Unlabelled ? 1 : 0;
        if (verdict == Verdict::Illegal && tally.illegal++ == 0) {
            tally.firstIllegal = i;
            tally.illegalValue = values[i];
        }
    }
    tally.looksLikeTrainIds =
        benchmark_ == "semantickitti" && largest <= static_cast<std::int64_t>(map_->size());
    return tally;
}

} // namespace siskin
