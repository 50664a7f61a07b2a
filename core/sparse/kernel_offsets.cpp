// SPDX-License-Identifier: MIT
#include "core/sparse/kernel_offsets.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin {

std::vector<std::array<int, 3>> kernelOffsets(int kernelSize) {
    requireKernelSize(kernelSize);
    const auto [low, high] = axisOffsets(kernelSize);
    std::vector<std::array<int, 3>> offsets(
        static_cast<std::size_t>(kernelSize * kernelSize * kernelSize)
    );
    for (int dx = low; dx <= high; ++dx) {
        for (int dy = low; dy <= high; ++dy) {
            for (int dz = low; dz <= high; ++dz) {
                offsets[static_cast<std::size_t>(kernelIndex(kernelSize, dx, dy, dz))] = {
                    dx, dy, dz};
            }
        }
    }
    return offsets;
}

void requireKernelSize(int kernelSize) {
    if (kernelSize < 1 || kernelSize > 5) {
        throw DeviceError(fmt::format("kernel size {} is not supported, 1 to 5 are", kernelSize));
    }
}

} // namespace siskin
