// SPDX-License-Identifier: MIT
// Energy of frames that run side by side: shared, so that their sum is what all took together.
#include "core/base/error.hpp"
#include "core/energy/meter.hpp"
#include "tests/unit/powercap_test_tools.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <gmock/gmock.h>

namespace siskin {
namespace {

using test::domain;
using test::joulesOf;
using testing::HasSubstr;
using testing::Not;

using MeterOverlap = test::PowercapTree;

TEST_F(MeterOverlap, OverlappingStretchesShareTheCounter) {
    zone("intel-rapl:0", "package-0", 1'000'000);
    EnergyMeter meter(options());
    std::uint64_t counter = 1'000'000;
    const auto run = [&](double seconds, std::uint64_t joules) {
        counter += joules * 1'000'000;
        set("intel-rapl:0", counter);
        pass(seconds);
    };
    // |a a a|   10 W all the time: a alone 1 s, with b 1 s, with b and c 1 s; then b and c 1 s.
    auto a = meter.begin();
    run(1.0, 10);
    auto b = meter.begin();
    run(1.0, 10);
    auto c = meter.begin();
    run(1.0, 10);
    const Energy energyA = a.end({});
    run(1.0, 10);
    const Energy energyB = b.end({});
    const Energy energyC = c.end({});
    const double third = 10.0 / 3.0;
    EXPECT_NEAR(joulesOf(energyA, "cpu-package"), 10.0 + 5.0 + third, 1e-9);
    EXPECT_NEAR(joulesOf(energyB, "cpu-package"), 5.0 + third + 5.0, 1e-9);
    EXPECT_NEAR(joulesOf(energyC, "cpu-package"), third + 5.0, 1e-9);
    EXPECT_THAT(domain(energyB, "cpu-package")->reason, HasSubstr("shared equally"));
    EXPECT_THROW(a.end({}), EnergyError);
    auto alone = meter.begin();
    run(1.0, 7);
    const Energy energy = alone.end({});
    EXPECT_EQ(joulesOf(energy, "cpu-package"), 7.0);
    EXPECT_THAT(domain(energy, "cpu-package")->reason, Not(HasSubstr("shared")));
}

TEST_F(MeterOverlap, AnAbandonedStretchTakesItsShareAndNoMore) {
    auto chosen = options();
    chosen.tdpWatts = 40.0;
    EnergyMeter meter(chosen);
    auto kept = meter.begin();
    {
        const auto abandoned = meter.begin();
        pass(1.0, 2.0);
    }
    pass(1.0, 2.0);
    const double joules = joulesOf(kept.end({}), "cpu-package");
    auto alone = meter.begin();
    pass(1.0, 2.0);
    const double perSecond = joulesOf(alone.end({}), "cpu-package");
    EXPECT_NEAR(joules, 1.5 * perSecond, 1e-9);
}

TEST_F(MeterOverlap, WorkIsEachStretchesOwn) {
    EnergyMeter meter(options());
    ASSERT_EQ(meter.method(), EnergyMethod::PerOperation);
    auto first = meter.begin();
    auto second = meter.begin();
    pass(1.0, 2.0);
    const double idle = joulesOf(first.end({}), "cpu+dram");
    const double busy = joulesOf(second.end({.macs = 1'000'000'000, .bytes = 0}), "cpu+dram");
    auto alone = meter.begin();
    pass(1.0, 2.0);
    const double whole = joulesOf(alone.end({}), "cpu+dram");
    EXPECT_NEAR(idle, 0.5 * whole, 1e-9);
    EXPECT_NEAR(busy - idle, 1e9 * 20e-12, 1e-9);
}

} // namespace
} // namespace siskin
