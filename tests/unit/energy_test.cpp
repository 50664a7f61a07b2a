// SPDX-License-Identifier: MIT
// Intervals, sums and units of energy figures.
#include "core/base/error.hpp"
#include "core/energy/energy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace siskin {
namespace {

GridIntensity gridOf(double grams) {
    GridIntensity grid;
    grid.gramsPerKwh = {grams, grams, grams};
    return grid;
}

Estimate exactly(double value) {
    return {value, value, value};
}

DomainEnergy domainOf(EnergyMethod method, std::optional<Estimate> joules) {
    return {.domain = "x", .joules = joules, .method = method, .reason = "because"};
}

TEST(Estimate, ProductAddsRelativeErrorsInLogSpace) {
    const Estimate result = product({10.0, 10.0 / 1.2, 10.0 * 1.2}, {3.0, 3.0 / 1.5, 3.0 * 1.5});
    const double width = std::exp(std::hypot(std::log(1.2), std::log(1.5)));
    EXPECT_DOUBLE_EQ(result.value, 30.0);
    EXPECT_NEAR(result.low, 30.0 / width, 1e-12);
    EXPECT_NEAR(result.high, 30.0 * width, 1e-12);
}

TEST(Estimate, ProductWithAnExactFigureKeepsTheOtherInterval) {
    const Estimate result = product({10.0, 5.0, 20.0}, exactly(2.0));
    EXPECT_NEAR(result.low, 10.0, 1e-12);
    EXPECT_NEAR(result.high, 40.0, 1e-12);
}

TEST(Estimate, UpwardAndDownwardErrorsStayApart) {
    const Estimate result = product({1.0, 0.65, 1.0}, {1.0, 1.0, 1.35});
    EXPECT_NEAR(result.low, 0.65, 1e-12);
    EXPECT_NEAR(result.high, 1.35, 1e-12);
}

TEST(Estimate, ProductRefusesZeroNanAndValuesOutsideTheirInterval) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    for (const Estimate& bad :
         {Estimate{},
          Estimate{1.0, 0.0, 2.0},
          Estimate{1.0, 2.0, 3.0},
          Estimate{3.0, 1.0, 2.0},
          Estimate{nan, 1.0, 2.0},
          Estimate{1.0, nan, 2.0},
          Estimate{1.0, 0.5, infinity}}) {
        EXPECT_THROW(product(bad, exactly(1.0)), EnergyError);
        EXPECT_THROW(product(exactly(1.0), bad), EnergyError);
    }
}

TEST(Energy, TotalIsEmptyWhenNothingIsKnown) {
    Energy energy;
    EXPECT_FALSE(energy.total().has_value());
    EXPECT_EQ(energy.method(), EnergyMethod::NotAvailable);
    energy.domains.push_back(domainOf(EnergyMethod::NotAvailable, std::nullopt));
    EXPECT_FALSE(energy.total().has_value());
    EXPECT_EQ(energy.method(), EnergyMethod::NotAvailable);
}

TEST(Energy, TotalAddsKnownDomainsAndNamesTheWeakestMethod) {
    Energy energy;
    energy.domains.push_back(domainOf(EnergyMethod::RaplCounter, Estimate{2.0, 1.9, 2.1}));
    EXPECT_EQ(energy.method(), EnergyMethod::RaplCounter);
    energy.domains.push_back(domainOf(EnergyMethod::UtilisationTdp, Estimate{4.0, 2.0, 8.0}));
    energy.domains.push_back(domainOf(EnergyMethod::NotAvailable, std::nullopt));
    ASSERT_TRUE(energy.total().has_value());
    EXPECT_DOUBLE_EQ(energy.total()->value, 6.0);
    EXPECT_DOUBLE_EQ(energy.total()->low, 3.9);
    EXPECT_DOUBLE_EQ(energy.total()->high, 10.1);
    EXPECT_EQ(energy.method(), EnergyMethod::UtilisationTdp);
}

TEST(Energy, BadgesAreThoseOfTheSpecification) {
    EXPECT_EQ(badge(EnergyMethod::RaplCounter), "M1");
    EXPECT_EQ(badge(EnergyMethod::UtilisationTdp), "E1");
    EXPECT_EQ(badge(EnergyMethod::PerOperation), "E2");
    EXPECT_EQ(badge(EnergyMethod::NotAvailable), "-");
    EXPECT_EQ(description(EnergyMethod::NotAvailable), "not available");
    EXPECT_NE(description(EnergyMethod::PerOperation).find("not calibrated"), std::string::npos);
}

// energy.md 2.8: 6 J per frame.
TEST(Carbon, WorkedExampleOfSixJoulesPerFrame) {
    EXPECT_NEAR(1000.0 * 6.0 / kJoulesPerWattHour, 1.67, 0.005);
    EXPECT_NEAR(gramsPer1000Frames(exactly(6.0), gridOf(472.9)).value, 0.79, 0.005);
    EXPECT_NEAR(gramsPer1000Frames(exactly(6.0), gridOf(44.2)).value, 0.074, 0.0005);
    EXPECT_NEAR(gramsPer1000Frames(exactly(6.0), gridOf(709.0)).value, 1.18, 0.005);
}

TEST(Carbon, OneKilowattHourGivesTheGridFigureItself) {
    const double joulesPerFrame = kJoulesPerKilowattHour / 1000.0;
    EXPECT_NEAR(gramsPer1000Frames(exactly(joulesPerFrame), gridOf(321.5)).value, 321.5, 1e-9);
    EXPECT_DOUBLE_EQ(kJoulesPerKilowattHour, 1000.0 * kJoulesPerWattHour);
}

// energy.md 1.8: 1515.43 W for 274,120 h at a PUE of 1.58 and 0.954 lb/kWh are 626,155 lb.
TEST(Carbon, ReproducesTheChartOfStrubellEtAl) {
    constexpr double kGramsPerPound = 453.59237;
    const double kilowattHours = 1.58 * 274'120.0 * 1515.43 / 1000.0;
    const double joulesPerFrame = kilowattHours * kJoulesPerKilowattHour / 1000.0;
    const auto grid = gridOf(0.954 * kGramsPerPound);
    EXPECT_NEAR(
        gramsPer1000Frames(exactly(joulesPerFrame), grid).value / kGramsPerPound, 626'155.0, 1.0
    );
}

TEST(Carbon, IntervalCombinesEnergyAndGrid) {
    GridIntensity grid;
    grid.gramsPerKwh = {400.0, 400.0 * 0.65, 400.0 * 1.35};
    const Estimate grams = gramsPer1000Frames({10.0, 10.0 / 3.0, 30.0}, grid);
    const double down = std::exp(std::hypot(std::log(3.0), std::log(1.0 / 0.65)));
    const double up = std::exp(std::hypot(std::log(3.0), std::log(1.35)));
    EXPECT_NEAR(grams.low, grams.value / down, 1e-12);
    EXPECT_NEAR(grams.high, grams.value * up, 1e-12);
}

TEST(Carbon, RefusesAFigureThatIsNotPositive) {
    EXPECT_THROW(gramsPer1000Frames(Estimate{}, gridOf(400.0)), EnergyError);
    EXPECT_THROW(gramsPer1000Frames(exactly(1.0), GridIntensity{}), EnergyError);
}

} // namespace
} // namespace siskin
