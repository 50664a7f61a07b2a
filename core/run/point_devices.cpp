// SPDX-License-Identifier: MIT
#include "core/run/point_devices.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin {

std::shared_ptr<const PointOps> pointOpsOf(const SparseOps& device) {
    if (device.name() == "cpu") {
        return makeCpuPointOps();
    }
    if (device.name() == "reference") {
        return makeReferencePointOps();
    }
    throw DeviceError(
        fmt::format("networks on clouds do not run on {}", device.name()), "choose --device cpu"
    );
}

} // namespace siskin
