// SPDX-License-Identifier: MIT
#include "core/run/point_devices.hpp"

#include "core/run/devices.hpp"

namespace siskin {

std::shared_ptr<const PointOps> pointOpsOf(const SparseOps& device) {
    return deviceRegistry().pointsOf(device);
}

} // namespace siskin
