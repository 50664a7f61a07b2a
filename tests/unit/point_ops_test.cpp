// SPDX-License-Identifier: MIT
#include "tests/unit/point_ops_test.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"

#include <cstdlib>

namespace siskin::test {

namespace {

/// Every point of a side^3 lattice, shuffled.
torch::Tensor lattice(std::int64_t side) {
    const auto line = torch::arange(side);
    const auto points = torch::cartesian_prod({line, line, line}).to(torch::kFloat32);
    torch::manual_seed(5);
    return points.index_select(0, torch::randperm(points.size(0))).t().unsqueeze(0).contiguous();
}

/// False when this processor lacks the instruction set.
bool canRunHere() {
    try {
        (void)makeCpuPointOps()->description();
        return true;
    } catch (const DeviceError&) {
        return false;
    }
}

} // namespace

torch::Tensor randomTensor(std::vector<std::int64_t> shape, std::uint64_t seed) {
    torch::manual_seed(seed);
    return torch::randn(shape);
}

std::vector<CloudCase> cloudCases() {
    const auto few = randomTensor({1, 3, 5}, 1);
    return {
        {"one point", randomTensor({1, 3, 1}, 2)},
        {"two points", randomTensor({2, 3, 2}, 3)},
        {"all the same", torch::full({2, 3, 70}, 0.3F)},
        {"lattice", lattice(12)},
        {"repeated", few.repeat({1, 1, 130})},
        {"odd sizes", randomTensor({3, 3, 577}, 4)},
        {"huge", randomTensor({1, 3, 90}, 6) * 1e9F},
        {"tiny", randomTensor({1, 3, 90}, 7) * 1e-12F},
        {"strided", randomTensor({2, 700, 9}, 8).transpose(1, 2).narrow(1, 6, 3)},
    };
}

void forEverySetting(const std::function<void(const std::string& setting)>& body) {
    for (const std::string isa : {"baseline", "avx2", "avx512"}) {
        setenv("SISKIN_CPU_ISA", isa.c_str(), 1);
        if (!canRunHere()) {
            continue;
        }
        for (const int threads : {1, 2, 7}) {
            setThreadCount(threads);
            body(isa + ", " + std::to_string(threads) + " threads");
        }
    }
    unsetenv("SISKIN_CPU_ISA");
    setThreadCount(0);
}

double relativeError(const torch::Tensor& value, const torch::Tensor& exact) {
    const double scale = std::max(1e-30, exact.abs().max().item<double>());
    return (value.to(torch::kFloat64) - exact).abs().max().item<double>() / scale;
}

std::string implementationName(const testing::TestParamInfo<std::shared_ptr<const PointOps>>& info
) {
    return info.param->name();
}

} // namespace siskin::test
