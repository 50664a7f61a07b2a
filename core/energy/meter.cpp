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
#include <mutex>
#include <unistd.h>
#include <utility>
#include <vector>

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

constexpr std::string_view kSharedEqually = "; shared equally among the frames that ran meanwhile";

/// What passed during a stretch. `share` of it belongs to the stretch: 1 unless others overlapped.
struct Passed {
    double wallSeconds = 0.0;
    double cpuSeconds = 0.0;
    double share = 1.0;
};

DomainEnergy measured(
    std::string domain,
    RaplDomain& counters,
    const std::vector<CounterReading>& begin,
    const Passed& passed
) {
    DomainEnergy energy{.domain = std::move(domain), .joules = {}, .reason = {}};
    const double elapsedSeconds = passed.wallSeconds;
    const CounterDifference difference = counters.since(begin, elapsedSeconds);
    if (!difference.joules) {
        energy.reason = fmt::format("energy counter (RAPL): {}", difference.problem);
        return energy;
    }
    energy.joules = scaled(
        product(kRaplSensor, timingUncertainty(elapsedSeconds)), *difference.joules * passed.share
    );
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

struct EnergyMeter::Stretch::Begin {
    std::vector<CounterReading> packages;
    std::vector<CounterReading> dram;
    double wall = 0.0;
    double cpu = 0.0;
    double taken = 0.0;
};

struct EnergyMeter::State {
    EnergyMeterOptions options;
    RaplPlan plan;
    EnergyMethod method = EnergyMethod::NotAvailable;
    std::string reason;

    std::mutex mutex; ///< guards what follows, and `plan`
    int open = 0;
    double changed = 0.0; ///< wall clock when `open` changed last
    double taken = 0.0;   ///< seconds that other stretches have taken from each open one, so far

    explicit State(EnergyMeterOptions chosen)
        : options(std::move(chosen)), plan(planRapl(options.powercapRoot)) {}

    void chooseMethod();
    void changeOpen(int by, double wall);
    Passed passedSince(const Stretch::Begin& begin, double wall) const;
    Energy energySince(const Stretch::Begin& begin, const WorkDone& work);
    DomainEnergy processor(const Stretch::Begin& begin, const Passed& passed, const WorkDone& work);
    DomainEnergy fromTdp(const Passed& passed) const;
    DomainEnergy fromOperations(const Passed& passed, const WorkDone& work) const;
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

void EnergyMeter::State::changeOpen(int by, double wall) {
    if (open > 1) { // exactly nothing is taken from a stretch that is alone
        taken += (wall - changed) * (1.0 - 1.0 / open);
    }
    changed = wall;
    open += by;
}

Passed EnergyMeter::State::passedSince(const Stretch::Begin& begin, double wall) const {
    Passed passed;
    passed.wallSeconds = wall - begin.wall;
    passed.cpuSeconds = options.cpuSeconds() - begin.cpu;
    if (passed.wallSeconds > 0.0) {
        passed.share = 1.0 - (taken - begin.taken) / passed.wallSeconds;
    }
    return passed;
}

Energy EnergyMeter::State::energySince(const Stretch::Begin& begin, const WorkDone& work) {
    const std::scoped_lock lock(mutex);
    const double wall = options.wallSeconds();
    changeOpen(-1, wall);
    const Passed passed = passedSince(begin, wall);
    Energy energy;
    energy.domains.push_back(processor(begin, passed, work));
    // The per-operation model covers the memory too; adding its counter would count it twice.
    if (method != EnergyMethod::PerOperation && plan.dram.usable()) {
        energy.domains.push_back(measured("dram", plan.dram, begin.dram, passed));
    } else if (method != EnergyMethod::PerOperation) {
        energy.domains.push_back({.domain = "dram", .joules = {}, .reason = plan.dram.problem()});
    }
    for (auto& domain : energy.domains) {
        if (passed.share < 1.0 && domain.joules) {
            domain.reason += kSharedEqually;
        }
    }
    return energy;
}

DomainEnergy EnergyMeter::State::processor(
    const Stretch::Begin& begin, const Passed& passed, const WorkDone& work
) {
    switch (method) {
    case EnergyMethod::RaplCounter:
        return measured("cpu-package", plan.packages, begin.packages, passed);
    case EnergyMethod::UtilisationTdp:
        return fromTdp(passed);
    default:
        return fromOperations(passed, work);
    }
}

DomainEnergy EnergyMeter::State::fromTdp(const Passed& passed) const {
    DomainEnergy energy{.domain = "cpu-package", .joules = {}, .reason = reason};
    const double cpu = passed.cpuSeconds * passed.share;
    if (!(cpu > 0.0)) {
        energy.reason = "no processor time was counted";
        return energy;
    }
    energy.method = method;
    energy.joules = scaled(kTdpModel, *options.tdpWatts * cpu / *options.hardwareThreads);
    return energy;
}

DomainEnergy EnergyMeter::State::fromOperations(const Passed& passed, const WorkDone& work) const {
    DomainEnergy energy{.domain = "cpu+dram", .joules = {}, .reason = reason};
    constexpr CpuCoefficients kCoefficients;
    // Time is the process's and is shared; multiply-adds and bytes are this stretch's own.
    const double joules = kCoefficients.busyWattsPerThread * passed.cpuSeconds * passed.share +
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

EnergyMeter::Stretch::Stretch(std::shared_ptr<State> meter, std::unique_ptr<Begin> begin)
    : meter_(std::move(meter)), begin_(std::move(begin)) {}

EnergyMeter::Stretch::Stretch(Stretch&&) noexcept = default;

EnergyMeter::Stretch::~Stretch() {
    if (begin_) {
        const std::scoped_lock lock(meter_->mutex);
        meter_->changeOpen(-1, meter_->options.wallSeconds());
    }
}

Energy EnergyMeter::Stretch::end(const WorkDone& work) {
    const std::unique_ptr<Begin> begin = std::exchange(begin_, nullptr);
    if (!begin) {
        throw EnergyError("a stretch of the energy meter was ended twice");
    }
    return meter_->energySince(*begin, work);
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
    state_ = std::make_shared<State>(std::move(options));
    state_->chooseMethod();
}

EnergyMeter::~EnergyMeter() = default;
EnergyMeter::EnergyMeter(EnergyMeter&&) noexcept = default;
EnergyMeter& EnergyMeter::operator=(EnergyMeter&&) noexcept = default;

EnergyMeter::Stretch EnergyMeter::begin() {
    auto begin = std::make_unique<Stretch::Begin>();
    const std::scoped_lock lock(state_->mutex);
    begin->packages = state_->plan.packages.read();
    begin->dram = state_->plan.dram.read();
    begin->wall = state_->options.wallSeconds();
    begin->cpu = state_->options.cpuSeconds();
    state_->changeOpen(1, begin->wall);
    begin->taken = state_->taken;
    return {state_, std::move(begin)};
}

void EnergyMeter::start() {
    single_.reset(); // an abandoned one must not share
    single_ = std::make_unique<Stretch>(begin());
}

Energy EnergyMeter::stop(const WorkDone& work) {
    if (!single_) {
        throw EnergyError("the energy meter was stopped without having been started");
    }
    Energy energy = single_->end(work);
    single_.reset();
    return energy;
}

EnergyMethod EnergyMeter::method() const {
    return state_->method;
}

std::string EnergyMeter::reason() const {
    return state_->reason;
}

} // namespace siskin
