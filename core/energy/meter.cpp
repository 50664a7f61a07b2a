// SPDX-License-Identifier: MIT
#include "core/energy/meter.hpp"

#include "core/base/error.hpp"
#include "core/energy/coefficients.hpp"
#include "core/energy/rapl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <unistd.h>
#include <utility>

namespace siskin {

namespace {

double steadySeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double processCpuSeconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    constexpr double kNanoseconds = 1e-9;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * kNanoseconds;
}

int onlineThreads() {
    return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

/// Half-widths of energy.md 3.5, as borders around 1. The sensor shows the truth times 0.95
/// to 1.05, so the truth is what it shows divided by that.
constexpr Estimate kRaplSensor{1.0, 1.0 / 1.05, 1.0 / 0.95};
constexpr Estimate kTdpModel{1.0, 0.5, 2.0};
constexpr Estimate kUncalibratedModel{1.0, 1.0 / 3.0, 3.0};

/// A counter is renewed about every millisecond, so each end of the stretch is uncertain by up to
/// that much; together +-1 ms covers more than 95 % of the triangular distribution.
Estimate timingUncertainty(double elapsedSeconds) {
    constexpr double kCounterPeriod = 1e-3;
    const double ratio = 1.0 + kCounterPeriod / elapsedSeconds;
    return {1.0, 1.0 / ratio, ratio};
}

/// Gives the user's own group read access, once and after every start of the machine. Never 0444:
/// fine-grained energy leaks secrets of other users (CVE-2020-8694).
constexpr std::string_view kPermissionFix =
    R"fix(echo "z /sys/class/powercap/intel-rapl*:*/energy_uj 0440 root $(id -gn)" )fix"
    "| sudo tee /etc/tmpfiles.d/siskin-rapl.conf && "
    "sudo systemd-tmpfiles --create siskin-rapl.conf";

std::string whyNoCounter(const std::string& problem) {
    if (problem.find("Permission denied") != std::string::npos) {
        return fmt::format(
            "energy counter (RAPL) not readable: {}; to allow your group (do not run as root): {}",
            problem,
            kPermissionFix
        );
    }
    return fmt::format(
        "no usable energy counter (RAPL): {}; usual in virtual machines and containers", problem
    );
}

DomainEnergy measured(std::string domain, RaplDomain& counters, double elapsedSeconds) {
    DomainEnergy energy{.domain = std::move(domain), .joules = {}, .reason = {}};
    const CounterDifference difference = counters.stop(elapsedSeconds);
    if (!difference.joules) {
        energy.reason = fmt::format("energy counter (RAPL): {}", difference.problem);
        return energy;
    }
    energy.joules =
        scaled(product(kRaplSensor, timingUncertainty(elapsedSeconds)), *difference.joules);
    energy.method = EnergyMethod::RaplCounter;
    energy.reason = fmt::format(
        "energy counter (RAPL) of {} unit(s), idle power and other programs included; "
        "interval: sensor 5 %, timing 1 ms of {:.0f} ms",
        counters.counters() - counters.mirrored(),
        elapsedSeconds * 1e3
    );
    if (counters.mirrored() > 0) {
        energy.reason += fmt::format(
            "; {} counter(s) mirror another one and were left out", counters.mirrored()
        );
    }
    return energy;
}

} // namespace

struct EnergyMeter::State {
    EnergyMeterOptions options;
    RaplPlan plan;
    EnergyMethod method = EnergyMethod::NotAvailable;
    std::string reason;
    bool started = false;
    double wallBegin = 0.0;
    double cpuBegin = 0.0;

    explicit State(EnergyMeterOptions chosen)
        : options(std::move(chosen)), plan(planRapl(options.powercapRoot)) {}

    void chooseMethod();
    DomainEnergy processor(const WorkDone& work, double wall, double cpu);
    DomainEnergy fromTdp(double cpu) const;
    DomainEnergy fromOperations(const WorkDone& work, double cpu) const;
};

void EnergyMeter::State::chooseMethod() {
    if (plan.packages.usable()) {
        method = EnergyMethod::RaplCounter;
        reason = "the processor's own energy counter (RAPL) is readable";
        return;
    }
    reason = whyNoCounter(plan.packages.problem());
    if (options.tdpWatts) {
        method = EnergyMethod::UtilisationTdp;
        reason = fmt::format("rated power of {} W as given; {}", *options.tdpWatts, reason);
        return;
    }
    method = EnergyMethod::PerOperation;
    reason = fmt::format("right within a factor of 3; {}", reason);
}

DomainEnergy EnergyMeter::State::processor(const WorkDone& work, double wall, double cpu) {
    switch (method) {
    case EnergyMethod::RaplCounter:
        return measured("cpu-package", plan.packages, wall);
    case EnergyMethod::UtilisationTdp:
        return fromTdp(cpu);
    default:
        return fromOperations(work, cpu);
    }
}

DomainEnergy EnergyMeter::State::fromTdp(double cpu) const {
    DomainEnergy energy{.domain = "cpu-package", .joules = {}, .reason = reason};
    if (!(cpu > 0.0)) {
        energy.reason = "no processor time was counted";
        return energy;
    }
    energy.method = method;
    energy.joules = scaled(kTdpModel, *options.tdpWatts * cpu / *options.hardwareThreads);
    return energy;
}

DomainEnergy EnergyMeter::State::fromOperations(const WorkDone& work, double cpu) const {
    DomainEnergy energy{.domain = "cpu+dram", .joules = {}, .reason = reason};
    constexpr CpuCoefficients kCoefficients;
    const double joules = kCoefficients.busyWattsPerThread * cpu +
                          kCoefficients.joulesPerMac * static_cast<double>(work.macs) +
                          kCoefficients.joulesPerByte * static_cast<double>(work.bytes);
    if (!(joules > 0.0)) {
        energy.reason = "neither processor time nor work was counted";
        return energy;
    }
    energy.method = method;
    energy.joules = scaled(kUncalibratedModel, joules);
    return energy;
}

EnergyMeter::EnergyMeter(EnergyMeterOptions options) {
    if (options.tdpWatts && !(*options.tdpWatts > 0.0 && std::isfinite(*options.tdpWatts))) {
        throw ConfigError(
            fmt::format("rated power of {} W is not possible", *options.tdpWatts),
            "give the processor's TDP in watts, e.g. 65"
        );
    }
    if (!options.wallSeconds) {
        options.wallSeconds = steadySeconds;
    }
    if (!options.cpuSeconds) {
        options.cpuSeconds = processCpuSeconds;
    }
    if (!options.hardwareThreads) {
        options.hardwareThreads = onlineThreads();
    }
    state_ = std::make_unique<State>(std::move(options));
    state_->chooseMethod();
}

EnergyMeter::~EnergyMeter() = default;
EnergyMeter::EnergyMeter(EnergyMeter&&) noexcept = default;
EnergyMeter& EnergyMeter::operator=(EnergyMeter&&) noexcept = default;

void EnergyMeter::start() {
    state_->plan.packages.start();
    state_->plan.dram.start();
    state_->wallBegin = state_->options.wallSeconds();
    state_->cpuBegin = state_->options.cpuSeconds();
    state_->started = true;
}

Energy EnergyMeter::stop(const WorkDone& work) {
    if (!std::exchange(state_->started, false)) {
        throw EnergyError("the energy meter was stopped without having been started");
    }
    const double wall = state_->options.wallSeconds() - state_->wallBegin;
    const double cpu = state_->options.cpuSeconds() - state_->cpuBegin;
    Energy energy;
    energy.domains.push_back(state_->processor(work, wall, cpu));
    if (state_->method == EnergyMethod::PerOperation) {
        return energy; // it models the memory too; adding its counter would count it twice
    }
    if (state_->plan.dram.usable()) {
        energy.domains.push_back(measured("dram", state_->plan.dram, wall));
    } else {
        energy.domains.push_back(
            {.domain = "dram", .joules = {}, .reason = state_->plan.dram.problem()}
        );
    }
    return energy;
}

EnergyMethod EnergyMeter::method() const {
    return state_->method;
}

std::string EnergyMeter::reason() const {
    return state_->reason;
}

} // namespace siskin
