// SPDX-License-Identifier: MIT
#include "core/energy/energy.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace siskin {

namespace {

void requirePositive(const Estimate& estimate) {
    // Written so that a NaN fails as well.
    const bool good = estimate.low > 0.0 && estimate.low <= estimate.value &&
                      estimate.value <= estimate.high && std::isfinite(estimate.high);
    if (!good) {
        throw EnergyError(fmt::format(
            "energy figure {} [{}, {}] is not positive or not inside its interval",
            estimate.value,
            estimate.low,
            estimate.high
        ));
    }
}

} // namespace

Estimate scaled(const Estimate& estimate, double factor) {
    return {estimate.value * factor, estimate.low * factor, estimate.high * factor};
}

Estimate product(const Estimate& a, const Estimate& b) {
    requirePositive(a);
    requirePositive(b);
    const double value = a.value * b.value;
    const double down = std::hypot(std::log(a.value / a.low), std::log(b.value / b.low));
    const double up = std::hypot(std::log(a.high / a.value), std::log(b.high / b.value));
    return {value, value * std::exp(-down), value * std::exp(up)};
}

std::string_view badge(EnergyMethod method) {
    switch (method) {
    case EnergyMethod::RaplCounter:
        return "M1";
    case EnergyMethod::UtilisationTdp:
        return "E1";
    case EnergyMethod::PerOperation:
        return "E2";
    case EnergyMethod::NotAvailable:
        break;
    }
    return "-";
}

std::string_view description(EnergyMethod method) {
    switch (method) {
    case EnergyMethod::RaplCounter:
        return "measured by the processor's energy counter";
    case EnergyMethod::UtilisationTdp:
        return "estimated from processor time and rated power";
    case EnergyMethod::PerOperation:
        return "modelled from processor time, multiply-adds and bytes, not calibrated";
    case EnergyMethod::NotAvailable:
        break;
    }
    return "not available";
}

std::optional<Estimate> Energy::total() const {
    std::optional<Estimate> sum;
    for (const auto& domain : domains) {
        if (domain.joules) {
            const Estimate old = sum.value_or(Estimate{});
            sum = Estimate{
                old.value + domain.joules->value,
                old.low + domain.joules->low,
                old.high + domain.joules->high};
        }
    }
    return sum;
}

EnergyMethod Energy::method() const {
    std::optional<EnergyMethod> weakest;
    for (const auto& domain : domains) {
        if (domain.joules) {
            weakest = std::max(weakest.value_or(domain.method), domain.method);
        }
    }
    return weakest.value_or(EnergyMethod::NotAvailable);
}

Estimate gramsPer1000Frames(const Estimate& joulesPerFrame, const GridIntensity& grid) {
    constexpr double kFrames = 1000.0;
    return scaled(product(joulesPerFrame, grid.gramsPerKwh), kFrames / kJoulesPerKilowattHour);
}

} // namespace siskin
