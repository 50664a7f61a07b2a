// SPDX-License-Identifier: MIT
// What the tests of PointOps share: odd clouds, and every way of running the CPU implementation.
#pragma once

#include "core/points/point_ops.hpp"
#include "tests/support/point_implementations.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace siskin::test {

struct CloudCase {
    std::string name;
    torch::Tensor coords; ///< float32 (B, 3, N)
};

/// One point, two, all the same, an integer lattice (ties everywhere, in shuffled order, over
/// several blocks of 512), repeated points, huge and tiny extents, several clouds, columns of a
/// wider tensor.
std::vector<CloudCase> cloudCases();

/// float32, standard normal.
torch::Tensor randomTensor(std::vector<std::int64_t> shape, std::uint64_t seed);

/// Calls `body` with 1, 2 and 7 threads under each instruction set of this processor, then restores
/// the defaults.
void forEverySetting(const std::function<void(const std::string& setting)>& body);

/// Largest difference over the largest magnitude of `exact`.
double relativeError(const torch::Tensor& value, const torch::Tensor& exact);

/// Parameter of the tests that hold for every implementation.
class PointOpsTest : public testing::TestWithParam<std::shared_ptr<const PointOps>> {
  protected:
    const PointOps& ops() const { return *GetParam(); }
};

/// Those of this program, named for people.
inline auto implementations() {
    return testing::ValuesIn(pointImplementations());
}

std::string implementationName(const testing::TestParamInfo<std::shared_ptr<const PointOps>>& info);

} // namespace siskin::test
