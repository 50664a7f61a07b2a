// SPDX-License-Identifier: MIT
// Measures or estimates the energy of a stretch of CPU work.
#pragma once

#include "core/energy/energy.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace siskin {

/// Work done between `EnergyMeter::start` and `stop`, for the methods that model energy.
struct WorkDone {
    std::int64_t macs = 0;
    std::int64_t bytes = 0;
};

struct EnergyMeterOptions {
    std::filesystem::path powercapRoot = "/sys/class/powercap"; ///< replaced in tests
    std::optional<double> tdpWatts = {};      ///< rated package power, when the user knows it
    std::function<double()> wallSeconds = {}; ///< replaced in tests; default steady clock
    std::function<double()> cpuSeconds = {};  ///< replaced in tests; default process CPU time
    std::optional<int> hardwareThreads = {};  ///< replaced in tests; default this machine's
};

/// Picks the best source that this machine offers once, at construction; never throws for a missing
/// counter, the reason goes into the result.
///
/// Stretches may overlap, from any threads: counters and processor time belong to the whole machine
/// or process, so what passes while n stretches are open goes to each of them as one n-th, and the
/// sum over frames that ran side by side is what all of them took together.
///
/// The ladder: M1 counters of all packages (and of the memory, where there are any); E1 the user's
/// rated power x the share of it that this process used; E2 the per-operation model of
/// coefficients.hpp. A counter that fails during a stretch makes that stretch "not available": one
/// meter never changes its method, so its figures stay comparable.
class EnergyMeter {
    struct State;

  public:
    /// Throws `ConfigError` when `tdpWatts` is not a positive number of watts.
    explicit EnergyMeter(EnergyMeterOptions options = {});
    ~EnergyMeter();
    EnergyMeter(EnergyMeter&&) noexcept;
    EnergyMeter& operator=(EnergyMeter&&) noexcept;

    /// One open stretch of work. Ends without a figure when it is destroyed first.
    class Stretch {
      public:
        ~Stretch();
        Stretch(Stretch&&) noexcept;
        Stretch& operator=(Stretch&&) = delete;

        /// Energy since `begin()`, once. The memory's domain is listed even when it has no figure,
        /// except with E2, whose one domain covers processor and memory.
        Energy end(const WorkDone& work);

      private:
        friend EnergyMeter;
        struct Begin;
        Stretch(std::shared_ptr<State> meter, std::unique_ptr<Begin> begin);

        std::shared_ptr<State> meter_;
        std::unique_ptr<Begin> begin_;
    };

    Stretch begin();

    /// The same for one stretch at a time. `stop` throws `EnergyError` without a `start`.
    void start();
    Energy stop(const WorkDone& work);
    /// The method that `stop()` will use for the processor, and why.
    EnergyMethod method() const;
    std::string reason() const;

  private:
    std::shared_ptr<State> state_;
    std::unique_ptr<Stretch> single_; ///< between `start` and `stop`
};

} // namespace siskin
