// SPDX-License-Identifier: MIT
// The energy meter on fake powercap trees with simulated clocks (energy.md 3.8).
#include "core/base/error.hpp"
#include "core/energy/meter.hpp"
#include "core/energy/rapl.hpp"
#include "tests/unit/powercap_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <gmock/gmock.h>
#include <memory>
#include <random>
#include <string>
#include <unistd.h>

namespace siskin {
namespace {

using testing::HasSubstr;
using testing::Not;

using test::domain;
using test::joulesOf;
using test::kRange;
using Meter = test::PowercapTree;

TEST_F(Meter, CounterDifferenceIsMeasured) {
    zone("intel-rapl:0", "package-0", 5'000'000);
    EnergyMeter meter(options());
    EXPECT_EQ(meter.method(), EnergyMethod::RaplCounter);
    meter.start();
    set("intel-rapl:0", 15'000'000);
    pass(0.1);
    const Energy energy = meter.stop({});
    ASSERT_EQ(joulesOf(energy, "cpu-package"), 10.0);
    EXPECT_EQ(energy.method(), EnergyMethod::RaplCounter);
    ASSERT_NE(domain(energy, "dram"), nullptr);
    EXPECT_FALSE(domain(energy, "dram")->joules.has_value());
    EXPECT_THAT(domain(energy, "dram")->reason, HasSubstr("no memory energy counter"));
    // Sensor 5 % and timing 1 ms of 100 ms.
    const Estimate joules = *domain(energy, "cpu-package")->joules;
    const double up = std::exp(std::hypot(std::log(0.95), std::log(1.01)));
    const double down = std::exp(std::hypot(std::log(1.05), std::log(1.01)));
    EXPECT_NEAR(joules.high, 10.0 * up, 1e-9);
    EXPECT_NEAR(joules.low, 10.0 / down, 1e-9);
}

TEST_F(Meter, ShorterFramesHaveWiderIntervals) {
    zone("intel-rapl:0", "package-0", 5'000'000);
    EnergyMeter meter(options());
    meter.start();
    set("intel-rapl:0", 5'200'000);
    pass(0.002);
    const auto joules = meter.stop({}).total();
    ASSERT_TRUE(joules.has_value());
    EXPECT_GT(joules->high / joules->value, 1.5);
    EXPECT_GT(joules->low, 0.0);
}

TEST_F(Meter, PackagesAreSummedAndMemoryIsItsOwnDomain) {
    zone("intel-rapl:0", "package-0", 1'000'000);
    zone("intel-rapl:1", "package-1", 900'000'000'000 % kRange);
    zone("intel-rapl:0/intel-rapl:0:0", "core", 1'000'000); // nested, as the kernel shows them
    zone("intel-rapl:0:0", "core", 1'000'000);              // and flat
    zone("intel-rapl:0:1", "uncore", 1'000'000);
    zone("intel-rapl:0:2", "dram", 2'000'000);
    zone("intel-rapl:0/intel-rapl:0:2", "dram", 2'000'000);
    zone("intel-rapl:1:0", "dram", 7'000'000);
    EnergyMeter meter(options());
    meter.start();
    for (const char* folder : {"intel-rapl:0", "intel-rapl:0:0", "intel-rapl:0:1"}) {
        set(folder, 4'000'000);
    }
    set("intel-rapl:1", 900'000'000'000 % kRange + 5'000'000);
    set("intel-rapl:0:2", 2'500'000);
    set("intel-rapl:0/intel-rapl:0:2", 2'500'000);
    set("intel-rapl:1:0", 7'250'000);
    pass(0.1);
    const Energy energy = meter.stop({});
    EXPECT_NEAR(joulesOf(energy, "cpu-package"), 3.0 + 5.0, 1e-9);
    EXPECT_NEAR(joulesOf(energy, "dram"), 0.5 + 0.25, 1e-9);
    EXPECT_NEAR(energy.total()->value, 8.75, 1e-9);
}

// Test 9: every subset of six domains; what overlaps is never added.
TEST_F(Meter, NeverSumsOverlappingDomains) {
    struct Part {
        const char* folder;
        const char* name;
        double joules;
    };

    const std::vector<Part> parts = {
        {"intel-rapl:0", "package-0", 1.0},
        {"intel-rapl:0:0", "core", 2.0},
        {"intel-rapl:0:1", "uncore", 4.0},
        {"intel-rapl:0:2", "dram", 8.0},
        {"intel-rapl:1", "psys", 16.0},
        {"intel-rapl-mmio:0", "package-0", 1.0},
    };
    for (unsigned subset = 0; subset < 64; ++subset) {
        std::filesystem::remove_all(root());
        std::filesystem::create_directories(root());
        const auto has = [&](std::size_t part) { return ((subset >> part) & 1U) != 0; };
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (has(i)) {
                zone(parts[i].folder, parts[i].name, 1'000'000);
            }
        }
        EnergyMeter meter(options());
        meter.start();
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (has(i)) {
                set(parts[i].folder, 1'000'000 + static_cast<std::uint64_t>(parts[i].joules * 1e6));
            }
        }
        pass(0.5, 0.5);
        const Energy energy = meter.stop({});
        const bool measured = has(0) || has(5);
        EXPECT_EQ(meter.method() == EnergyMethod::RaplCounter, measured) << subset;
        const double model = 4.0 * 0.5; // busy watts per thread x processor seconds
        const double expected = measured ? 1.0 + (has(3) ? 8.0 : 0.0) : model;
        ASSERT_TRUE(energy.total().has_value()) << subset;
        EXPECT_NEAR(energy.total()->value, expected, 1e-9) << subset;
    }
}

TEST_F(Meter, MirroredPackagesAreCountedOnceAndFlagged) {
    zone("intel-rapl:0", "package-0-die-0", 50'000'000'000);
    zone("intel-rapl:1", "package-0-die-1", 50'000'000'020);
    EnergyMeter meter(options());
    meter.start();
    set("intel-rapl:0", 50'006'000'000);
    set("intel-rapl:1", 50'006'000'030);
    pass(0.1);
    const Energy energy = meter.stop({});
    EXPECT_NEAR(joulesOf(energy, "cpu-package"), 6.0, 1e-3);
    EXPECT_THAT(domain(energy, "cpu-package")->reason, HasSubstr("mirror"));
}

TEST_F(Meter, SocketsThatOnceDifferedAreNoMirrors) {
    zone("intel-rapl:0", "package-0", 50'000'000'000);
    zone("intel-rapl:1", "package-1", 50'000'000'020);
    EnergyMeter meter(options());
    meter.start();
    set("intel-rapl:0", 50'006'000'000);
    set("intel-rapl:1", 50'009'000'000); // 3 J ahead: nothing two reads of one counter can show
    pass(0.1);
    EXPECT_NEAR(joulesOf(meter.stop({}), "cpu-package"), 15.0, 1e-3);
    meter.start();
    set("intel-rapl:0", 50'010'000'000);
    set("intel-rapl:1", 50'010'000'000);
    pass(0.1);
    const Energy energy = meter.stop({});
    EXPECT_NEAR(joulesOf(energy, "cpu-package"), 4.0 + 1.0, 1e-3);
    EXPECT_THAT(domain(energy, "cpu-package")->reason, Not(HasSubstr("mirror")));
}

TEST_F(Meter, WrapAroundIsUndone) {
    zone("intel-rapl:0", "package-0", kRange - 1'000'000);
    EnergyMeter meter(options());
    meter.start();
    set("intel-rapl:0", 2'000'000);
    pass(0.1);
    EXPECT_NEAR(joulesOf(meter.stop({}), "cpu-package"), 3.0, 1e-6);
}

TEST_F(Meter, ResetZeroStandstillAndDisappearanceAreNotAvailable) {
    zone("intel-rapl:0", "package-0", 100'000'000'000);
    const auto after = [&](const std::function<void()>& change, double seconds) {
        set("intel-rapl:0", 100'000'000'000);
        EnergyMeter meter(options());
        meter.start();
        change();
        pass(seconds);
        const Energy energy = meter.stop({.macs = 1'000'000, .bytes = 1000});
        EXPECT_FALSE(energy.total().has_value());
        EXPECT_EQ(energy.method(), EnergyMethod::NotAvailable);
        return energy.domains.at(0).reason;
    };
    EXPECT_THAT(after([&] { set("intel-rapl:0", 1'000); }, 0.1), HasSubstr("reset"));
    EXPECT_THAT(after([&] { set("intel-rapl:0", 0); }, 0.1), HasSubstr("reads 0"));
    EXPECT_THAT(after([] {}, 0.0005), HasSubstr("did not move"));
    EXPECT_THAT(after([&] { set("intel-rapl:0", 100'001'000'000); }, 0.0), HasSubstr("no time"));
    // Longer than the counter needs for a whole turn: one wrap more or less could not be seen.
    EXPECT_THAT(after([&] { set("intel-rapl:0", 100'005'000'000); }, 4000.0), HasSubstr("unseen"));
    EXPECT_THAT(
        after([&] { std::filesystem::remove(root() / "intel-rapl:0" / "energy_uj"); }, 0.1),
        HasSubstr("No such file")
    );
}

TEST_F(Meter, MissingRangeIsFineUntilTheCounterGoesBack) {
    zone("intel-rapl:0", "package-0", 5'000'000);
    std::filesystem::remove(root() / "intel-rapl:0" / "max_energy_range_uj");
    EnergyMeter meter(options());
    meter.start();
    writeFileAtomically(
        root() / "intel-rapl:0" / "energy_uj", std::string_view("8000000")
    ); // no \n
    pass(0.1);
    EXPECT_NEAR(joulesOf(meter.stop({}), "cpu-package"), 3.0, 1e-9);
    meter.start();
    set("intel-rapl:0", 4'000'000);
    pass(0.1);
    const Energy energy = meter.stop({});
    EXPECT_FALSE(energy.total().has_value());
    EXPECT_THAT(energy.domains.at(0).reason, HasSubstr("range is unknown"));
}

// Test 1.
TEST_F(Meter, UnreadableCounterFallsToRatedPowerWithTheReason) {
    zone("intel-rapl:0", "package-0", 5'000'000);
    makeUnreadable("intel-rapl:0");
    auto chosen = options();
    chosen.tdpWatts = 80.0;
    EnergyMeter meter(chosen);
    EXPECT_EQ(meter.method(), EnergyMethod::UtilisationTdp);
    EXPECT_THAT(meter.reason(), HasSubstr("energy_uj: Is a directory"));
    meter.start();
    pass(1.0, 2.0); // two of eight threads busy: a quarter of 80 W
    const Energy energy = meter.stop({});
    EXPECT_NEAR(joulesOf(energy, "cpu-package"), 20.0, 1e-9);
    EXPECT_EQ(energy.method(), EnergyMethod::UtilisationTdp);
    EXPECT_NEAR(energy.total()->low, 10.0, 1e-9);
    EXPECT_NEAR(energy.total()->high, 40.0, 1e-9);
}

/// Gives up root's right to read everything until it goes out of scope.
class WithoutRoot {
  public:
    WithoutRoot() : given_(geteuid() == 0 && seteuid(kNobody) == 0) {}

    ~WithoutRoot() {
        if (given_ && seteuid(0) != 0) {
            std::abort();
        }
    }

    WithoutRoot(const WithoutRoot&) = delete;
    WithoutRoot& operator=(const WithoutRoot&) = delete;

  private:
    static constexpr uid_t kNobody = 65534;
    bool given_;
};

TEST_F(Meter, PermissionDeniedShowsTheOneLineFix) {
    zone("intel-rapl:0", "package-0", 5'000'000);
    using std::filesystem::perms;
    constexpr auto kEverybody = static_cast<perms>(0755);
    std::filesystem::permissions(root(), kEverybody);
    std::filesystem::permissions(root() / "intel-rapl:0" / "energy_uj", perms::none);
    const WithoutRoot guard;
    if (geteuid() == 0) {
        GTEST_SKIP() << "root reads files of mode 000";
    }
    const EnergyMeter meter(options());
    EXPECT_EQ(meter.method(), EnergyMethod::PerOperation);
    EXPECT_THAT(meter.reason(), HasSubstr("0440"));
    EXPECT_THAT(meter.reason(), HasSubstr("do not run as root"));
    EXPECT_THAT(meter.reason(), Not(HasSubstr("\n")));
}

TEST_F(Meter, OneUnreadablePackageMakesTheSumUnusable) {
    zone("intel-rapl:0", "package-0", 5'000'000);
    zone("intel-rapl:1", "package-1", 90'000'000);
    makeUnreadable("intel-rapl:1");
    EXPECT_EQ(EnergyMeter(options()).method(), EnergyMethod::PerOperation);
}

TEST_F(Meter, MmioStepsInWhereTheFirstInterfaceIsUnreadable) {
    zone("intel-rapl:0", "package-0", 5'000'000);
    zone("intel-rapl-mmio:0", "package-0", 5'000'000);
    makeUnreadable("intel-rapl:0");
    EXPECT_EQ(EnergyMeter(options()).method(), EnergyMethod::RaplCounter);
}

// Test 2, and AMD's and virtual machines' ways of not having a counter.
TEST_F(Meter, UnsupportedCountersFallToTheNextRung) {
    EXPECT_EQ(EnergyMeter(options()).method(), EnergyMethod::PerOperation); // empty tree
    zone("intel-rapl:0", "package-0", 0);
    EXPECT_EQ(EnergyMeter(options()).method(), EnergyMethod::PerOperation);
    writeFileAtomically(root() / "intel-rapl:0" / "energy_uj", std::string_view("not a number\n"));
    EnergyMeter meter(options());
    EXPECT_EQ(meter.method(), EnergyMethod::PerOperation);
    EXPECT_THAT(meter.reason(), HasSubstr("does not hold a number"));
    auto elsewhere = options();
    elsewhere.powercapRoot = root() / "missing";
    EXPECT_EQ(EnergyMeter(elsewhere).method(), EnergyMethod::PerOperation);
}

TEST_F(Meter, PerOperationModelCoversProcessorAndMemoryOnce) {
    zone("intel-rapl:0:2", "dram", 1'000'000); // readable, but the model contains the memory
    EnergyMeter meter(options());
    meter.start();
    set("intel-rapl:0:2", 9'000'000);
    pass(1.0, 2.0);
    const Energy energy = meter.stop({.macs = 10'000'000'000, .bytes = 1'000'000'000});
    ASSERT_EQ(energy.domains.size(), 1U);
    EXPECT_EQ(energy.domains[0].domain, "cpu+dram");
    const Estimate joules = *energy.total();
    EXPECT_NEAR(joules.value, 2.0 * 4.0 + 10e9 * 20e-12 + 1e9 * 160e-12, 1e-9);
    EXPECT_NEAR(joules.low, joules.value / 3.0, 1e-9);
    EXPECT_NEAR(joules.high, joules.value * 3.0, 1e-9);
    EXPECT_EQ(energy.method(), EnergyMethod::PerOperation);
}

TEST_F(Meter, NoTimeAndNoWorkIsNotZeroJoules) {
    auto rated = options();
    rated.tdpWatts = 65.0;
    for (auto& meter :
         {std::make_unique<EnergyMeter>(options()), std::make_unique<EnergyMeter>(rated)}) {
        meter->start();
        const Energy energy = meter->stop({});
        EXPECT_FALSE(energy.total().has_value());
        EXPECT_FALSE(energy.domains.at(0).reason.empty());
    }
}

TEST_F(Meter, RefusesImpossibleRatedPowerAndStopWithoutStart) {
    for (const double watts : {0.0, -5.0, std::nan(""), HUGE_VAL}) {
        auto chosen = options();
        chosen.tdpWatts = watts;
        EXPECT_THROW(EnergyMeter{chosen}, ConfigError) << watts;
    }
    EnergyMeter meter(options());
    EXPECT_THROW(meter.stop({}), EnergyError);
    meter.start();
    pass(1.0, 1.0);
    meter.stop({});
    EXPECT_THROW(meter.stop({}), EnergyError);
}

// Test 11 for this sensor: a gain error of 5 % (95 %) and a counter renewed every millisecond.
TEST_F(Meter, TruthLiesInsideTheIntervalNineteenTimesOfTwenty) {
    zone("intel-rapl:0", "package-0", 1);
    std::mt19937 random(7);
    std::normal_distribution<double> gain(1.0, 0.05 / 1.96);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    constexpr int kRuns = 2000;
    int inside = 0;
    for (int run = 0; run < kRuns; ++run) {
        const double watts = 20.0 + 200.0 * unit(random);
        const double seconds = 0.01 + unit(random);
        const double begin = 1.0 + unit(random);
        const double factor = gain(random);
        const auto counterAt = [&](double time) { // last whole millisecond
            const double joules = 1000.0 + factor * watts * std::floor(time * 1e3) * 1e-3;
            return static_cast<std::uint64_t>(joules * 1e6);
        };
        set("intel-rapl:0", counterAt(begin));
        EnergyMeter meter(options());
        meter.start();
        set("intel-rapl:0", counterAt(begin + seconds));
        pass(seconds);
        const auto joules = meter.stop({}).total();
        ASSERT_TRUE(joules.has_value());
        inside += joules->low <= watts * seconds && watts * seconds <= joules->high ? 1 : 0;
    }
    EXPECT_GE(inside, kRuns * 95 / 100);
    EXPECT_LT(inside, kRuns); // an interval that never misses would be too wide to be honest
}

TEST(MeterOnThisMachine, AlwaysGivesAFigureOrAReason) {
    EnergyMeter meter;
    meter.start();
    volatile double sink = 0.0;
    for (int i = 0; i < 10'000'000; ++i) {
        sink = sink + std::sqrt(static_cast<double>(i));
    }
    const Energy energy = meter.stop({.macs = 10'000'000, .bytes = 0});
    ASSERT_FALSE(energy.domains.empty());
    EXPECT_FALSE(meter.reason().empty());
    for (const auto& entry : energy.domains) {
        EXPECT_FALSE(entry.reason.empty());
        EXPECT_TRUE(!entry.joules || entry.joules->low > 0.0);
    }
}

} // namespace
} // namespace siskin
