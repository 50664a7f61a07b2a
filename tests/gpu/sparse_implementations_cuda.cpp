// SPDX-License-Identifier: MIT
// "cuda", on a GPU or emulated.
#include "tests/gpu/sparse_on_host.hpp"
#include "tests/support/sparse_implementations.hpp"

namespace siskin::test {

std::vector<std::shared_ptr<const SparseOps>> sparseImplementations() {
    return {std::make_shared<SparseOnHost>()};
}

} // namespace siskin::test
