// SPDX-License-Identifier: MIT
#include "tests/support/sparse_implementations.hpp"

namespace siskin::test {

std::vector<std::shared_ptr<const SparseOps>> sparseImplementations() {
    return {makeReferenceOps(), makeCpuOps()};
}

} // namespace siskin::test
