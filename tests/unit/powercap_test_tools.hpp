// SPDX-License-Identifier: MIT
// A fake powercap tree and simulated clocks for tests of the energy meter.
#pragma once

#include "core/base/file.hpp"
#include "core/energy/meter.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace siskin::test {

inline constexpr std::uint64_t kRange = 262'143'328'850; // of real processors, microjoules

/// A powercap tree in a temporary folder, and clocks that only move when told to.
class PowercapTree : public testing::Test {
  protected:
    std::filesystem::path root() const { return folder_.path(); }

    void zone(const std::string& folder, const std::string& name, std::uint64_t microjoules) {
        writeFileAtomically(root() / folder / "name", name + "\n");
        writeFileAtomically(root() / folder / "max_energy_range_uj", std::to_string(kRange) + "\n");
        set(folder, microjoules);
    }

    void set(const std::string& folder, std::uint64_t microjoules) {
        writeFileAtomically(root() / folder / "energy_uj", std::to_string(microjoules) + "\n");
    }

    void pass(double wallSeconds, double cpuSeconds = 0.0) {
        wall_ += wallSeconds;
        cpu_ += cpuSeconds;
    }

    EnergyMeterOptions options() {
        return {
            .powercapRoot = root(),
            .wallSeconds = [this] { return wall_; },
            .cpuSeconds = [this] { return cpu_; },
            .hardwareThreads = 8,
        };
    }

    /// A folder where the file should be: unreadable even for root, unlike mode 000.
    void makeUnreadable(const std::string& folder) {
        std::filesystem::remove(root() / folder / "energy_uj");
        std::filesystem::create_directory(root() / folder / "energy_uj");
    }

    TemporaryFolder folder_;
    double wall_ = 1000.0;
    double cpu_ = 50.0;
};

inline const DomainEnergy* domain(const Energy& energy, std::string_view name) {
    for (const auto& candidate : energy.domains) {
        if (candidate.domain == name) {
            return &candidate;
        }
    }
    return nullptr;
}

inline double joulesOf(const Energy& energy, std::string_view name) {
    const DomainEnergy* found = domain(energy, name);
    return found != nullptr && found->joules ? found->joules->value : -1.0;
}

} // namespace siskin::test
