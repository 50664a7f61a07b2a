// SPDX-License-Identifier: MIT
// How far a file may expand in memory.
#pragma once

#include "core/checkpoint/checkpoint.hpp"

#include <algorithm>
#include <cstdint>

namespace siskin::checkpoint {

/// The most bytes that a file of `fileBytes` may become: `absolute`, and no more than
/// `limits.expansion` times the file; small files always get 64 MiB.
inline std::uint64_t
expansionLimit(std::uint64_t fileBytes, std::int64_t absolute, const CheckpointLimits& limits) {
    constexpr std::uint64_t kAlways = std::uint64_t{64} << 20U;
    const auto factor =
        static_cast<std::uint64_t>(std::clamp<std::int64_t>(limits.expansion, 1, 1024));
    const auto most = static_cast<std::uint64_t>(std::max<std::int64_t>(0, absolute));
    return std::min(most, std::max(kAlways, factor * fileBytes));
}

} // namespace siskin::checkpoint
