// SPDX-License-Identifier: MIT
#include "core/models/object_input.hpp"

#include <algorithm>

namespace siskin {

torch::Tensor objectInput(std::span<const ObjectCloud> clouds) {
    const auto count = static_cast<std::int64_t>(clouds.size());
    auto rows = torch::empty({count, std::int64_t{kObjectPoints}, kObjectChannels});
    auto* target = rows.data_ptr<float>();
    for (const ObjectCloud& cloud : clouds) {
        const std::size_t n = cloud.points.size();
        for (std::size_t i = 0; i < kObjectPoints; ++i) {
            const auto& point = cloud.points[n > kObjectPoints ? i * n / kObjectPoints : i % n];
            target = std::copy(point.begin(), point.end(), target);
        }
    }
    return rows.transpose(1, 2);
}

} // namespace siskin
