// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace siskin {

/// Fowler, Noll and Vo's hash, 64 bits, variant 1a: the same on every platform.
constexpr std::uint64_t hashOf(std::string_view text) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    return hash;
}

} // namespace siskin
