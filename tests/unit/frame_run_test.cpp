// SPDX-License-Identifier: MIT
#include "core/run/frame_run.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class NoTimer final : public DeviceTimer {
  public:
    void enter(std::string_view) override {}

    void leave() override {}

    std::vector<double> seconds() override { return {}; }
};

RunResult runOnce(std::shared_ptr<DeviceTimer> timer) {
    EnergyMeter meter{EnergyMeterOptions{}};
    Scan scan;
    const RunOptions options;
    FrameRun frame(meter, scan, options, std::move(timer));
    return frame.finish({}, "some device", {});
}

TEST(FrameRun, WorkOfTheProcessorNeedsNoExcuse) {
    const auto result = runOnce({});
    EXPECT_THAT(result.notes, IsEmpty());
    for (const auto& domain : result.energy.domains) {
        EXPECT_THAT(domain.domain, testing::Not(HasSubstr("gpu")));
    }
}

TEST(FrameRun, TheEnergyOfAnotherDeviceIsUnknownNotZero) {
    const auto result = runOnce(std::make_shared<NoTimer>());
    ASSERT_FALSE(result.energy.domains.empty());
    const auto& gpu = result.energy.domains.back();
    EXPECT_EQ(gpu.domain, "gpu0");
    EXPECT_FALSE(gpu.joules.has_value());
    EXPECT_EQ(gpu.method, EnergyMethod::NotAvailable);
    EXPECT_THAT(result.notes, Contains(HasSubstr("energy of a GPU is not measured")));
}

} // namespace
} // namespace siskin
