// SPDX-License-Identifier: MIT
// "cuda", on a GPU or emulated.
#include "gpu/cuda_point_ops.hpp"
#include "tests/gpu/point_on_host.hpp"
#include "tests/support/point_implementations.hpp"

namespace siskin::test {

std::vector<std::shared_ptr<const PointOps>> pointImplementations() {
    return {std::make_shared<OnHost>("cuda", makeCudaPointOps)};
}

} // namespace siskin::test
