// SPDX-License-Identifier: MIT
// The processor's energy counters (RAPL) through Linux's powercap tree: which of them may be added
// up, and what a difference of two readings is worth. Facts: energy.md 2.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace siskin {

/// One counter: the folder that holds `energy_uj`.
struct RaplZone {
    std::filesystem::path folder;
    std::optional<std::uint64_t> rangeMicrojoules; ///< the counter wraps after this value
};

/// A value, or one line that says why there is none.
struct CounterReading {
    std::optional<std::uint64_t> microjoules;
    std::string problem;
};

CounterReading readCounter(const RaplZone& zone);

/// Joules, or one line that says why there are none.
struct CounterDifference {
    std::optional<double> joules;
    std::string problem;
};

/// What a counter counted in `elapsedSeconds`. A smaller second value is one wrap-around if that
/// gives a power that a processor can have, else a reset. Not available when either reading is
/// missing or 0 (a transient failure of some drivers), when nothing was counted, or when the
/// stretch is so long that a wrap-around could have gone unseen.
CounterDifference counterDifference(
    const CounterReading& before,
    const CounterReading& after,
    std::optional<std::uint64_t> rangeMicrojoules,
    double elapsedSeconds
);

/// Counters of one kind (all packages, or all memory controllers) that add up to one figure.
class RaplDomain {
  public:
    /// A domain that cannot be measured, and why.
    explicit RaplDomain(std::string problem) : problem_(std::move(problem)) {}

    /// Reads each counter once; the domain is unusable when one of them cannot be read, because a
    /// sum over some of the packages is not the energy of the machine.
    explicit RaplDomain(std::vector<RaplZone> zones);

    bool usable() const noexcept { return problem_.empty(); }

    const std::string& problem() const noexcept { return problem_; }

    /// What the counters show now, for a later `since`.
    std::vector<CounterReading> read();
    /// What they counted since they were read `elapsedSeconds` ago.
    CounterDifference since(const std::vector<CounterReading>& begin, double elapsedSeconds);

    /// Number of counters that repeat another one: on some two-die processors both dies show the
    /// same counter. Two counters that agreed at every reading so far are counted once.
    std::size_t mirrored() const;

    std::size_t counters() const noexcept { return zones_.size(); }

  private:
    std::vector<CounterReading> readAll() const;
    void keepAgreeingPairs(const std::vector<CounterReading>& readings);
    bool repeatsAnother(std::size_t zone) const;

    std::vector<RaplZone> zones_;
    std::vector<std::pair<std::size_t, std::size_t>> agreeing_; ///< (first, its mirror)
    std::string problem_;
};

/// The counters of a machine that do not overlap.
struct RaplPlan {
    RaplDomain packages;
    RaplDomain dram;
};

/// Looks through a powercap tree (normally /sys/class/powercap). Never throws; what is missing or
/// unreadable becomes the domain's problem text.
RaplPlan planRapl(const std::filesystem::path& powercapRoot);

} // namespace siskin
