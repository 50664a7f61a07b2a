// SPDX-License-Identifier: MIT
// The order of kernel offsets (models.md 1.2), the same in every implementation.
#pragma once

#include <array>
#include <vector>

namespace siskin {

/// Offsets along one axis: -floor((size-1)/2) .. floor(size/2).
struct AxisOffsets {
    int low;
    int high;
};

constexpr AxisOffsets axisOffsets(int kernelSize) {
    return {.low = -((kernelSize - 1) / 2), .high = kernelSize / 2};
}

/// Kernel index of an offset. Odd sizes: x fastest, z slowest; even sizes: z fastest, x slowest.
constexpr int kernelIndex(int kernelSize, int dx, int dy, int dz) {
    const int low = axisOffsets(kernelSize).low;
    const int x = dx - low;
    const int y = dy - low;
    const int z = dz - low;
    const bool odd = kernelSize % 2 == 1;
    return odd ? x + kernelSize * (y + kernelSize * z) : z + kernelSize * (y + kernelSize * x);
}

/// All offsets in kernel order.
std::vector<std::array<int, 3>> kernelOffsets(int kernelSize);

/// Throws `DeviceError` unless 1 <= kernelSize <= 5.
void requireKernelSize(int kernelSize);

} // namespace siskin
