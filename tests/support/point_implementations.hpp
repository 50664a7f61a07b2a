// SPDX-License-Identifier: MIT
// Which implementations of PointOps a test program looks at: one source file or another is linked.
#pragma once

#include "core/points/point_ops.hpp"

#include <vector>

namespace siskin::test {

/// All take and return tensors in the processor's memory. Called before `main` knows whether there
/// is a device, so none of them needs one before its first operation.
std::vector<std::shared_ptr<const PointOps>> pointImplementations();

} // namespace siskin::test
