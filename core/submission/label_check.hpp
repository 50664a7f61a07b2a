// SPDX-License-Identifier: MIT
// Which labels a benchmark's tools take.
#pragma once

#include "core/scan/class_map.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace siskin {

/// What the labels of one file come to.
struct LabelTally {
    std::size_t illegal = 0;
    std::size_t firstIllegal = 0;   ///< point; meaningless without any
    std::int64_t illegalValue = 0;  ///< of that point
    std::size_t unlabelled = 0;     ///< legal, but no class that is scored
    bool looksLikeTrainIds = false; ///< SemanticKITTI: nothing above 19, as networks count classes
};

class LabelRules {
  public:
    /// Throws `ConfigError` when the benchmark's class map is missing.
    explicit LabelRules(std::string_view benchmark);

    /// `values` as `readLabels` gives them.
    LabelTally tally(std::span<const std::int64_t> values) const;

    /// What is legal, for people, e.g. "1 to 16".
    const std::string& legal() const noexcept { return legal_; }

  private:
    enum class Verdict { Class, Unlabelled, Illegal };
    Verdict verdictOn(std::int64_t value) const;

    std::string benchmark_;
    std::string legal_;
    std::shared_ptr<const ClassMap> map_; ///< null: anything goes
};

} // namespace siskin
