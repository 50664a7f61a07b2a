// SPDX-License-Identifier: MIT
#include "core/sparse/precision.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace siskin {

namespace {

constexpr std::array<std::string_view, 5> kNames = {"fp32", "tf32", "fp16", "bf16", "int8"};

} // namespace

std::string_view toString(Precision precision) {
    return kNames[static_cast<std::size_t>(precision)];
}

Precision precisionFromName(std::string_view name) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) {
            return static_cast<Precision>(i);
        }
    }
    throw ConfigError(
        fmt::format("unknown precision '{}'", name),
        fmt::format("known precisions: {}", fmt::join(kNames, ", "))
    );
}

} // namespace siskin
