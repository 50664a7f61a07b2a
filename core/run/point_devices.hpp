// SPDX-License-Identifier: MIT
// The operations on clouds that go with a device.
#pragma once

#include "core/points/point_ops.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <memory>

namespace siskin {

/// Throws `DeviceError` where networks on clouds do not run on the device.
std::shared_ptr<const PointOps> pointOpsOf(const SparseOps& device);

} // namespace siskin
