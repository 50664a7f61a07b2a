// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace siskin::test {

/// float32, different in every element, the same every time.
inline torch::Tensor values(const std::vector<std::int64_t>& shape, double phase = 0.0) {
    std::int64_t count = 1;
    for (const auto size : shape) {
        count *= size;
    }
    const auto angle = torch::arange(count, torch::kFloat64) * 1.7 + phase;
    return torch::sin(angle * angle * 0.13).to(torch::kFloat32).reshape(shape);
}

} // namespace siskin::test
