// SPDX-License-Identifier: MIT
// Those that run everywhere.
#include "tests/support/point_implementations.hpp"

namespace siskin::test {

std::vector<std::shared_ptr<const PointOps>> pointImplementations() {
    return {makeReferencePointOps(), makeCpuPointOps()};
}

} // namespace siskin::test
