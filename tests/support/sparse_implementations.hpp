// SPDX-License-Identifier: MIT
// Which implementations of SparseOps a test program looks at: one source file or another is linked.
#pragma once

#include "core/sparse/sparse_ops.hpp"

#include <vector>

namespace siskin::test {

/// All take and return tensors in the processor's memory. Called before `main` knows whether there
/// is a device, so none of them needs one before its first operation.
std::vector<std::shared_ptr<const SparseOps>> sparseImplementations();

} // namespace siskin::test
