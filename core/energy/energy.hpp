// SPDX-License-Identifier: MIT
// Energy and carbon figures that always say how they were obtained and how sure they are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

inline constexpr double kJoulesPerWattHour = 3600.0;
inline constexpr double kJoulesPerKilowattHour = 3.6e6;

/// A figure with its 95 % interval, all in the same unit.
struct Estimate {
    double value = 0.0;
    double low = 0.0;
    double high = 0.0;
};

/// The figure times a constant that is exactly known and positive (a change of unit).
Estimate scaled(const Estimate& estimate, double factor);

/// Product of two figures with independent errors: the relative errors combine as the root of the
/// sum of squares in log space, upwards and downwards each on its own. Throws `EnergyError` unless
/// 0 < low <= value <= high holds for both.
Estimate product(const Estimate& a, const Estimate& b);

/// How a joule figure came to be, best first (badges M1, E1, E2; "-" is never 0).
enum class EnergyMethod {
    RaplCounter,    ///< M1: difference of the processor's own energy counter
    UtilisationTdp, ///< E1: processor time x rated power that the user gave
    PerOperation,   ///< E2: busy time, multiply-adds and bytes x coefficients, not calibrated
    NotAvailable,
};

std::string_view badge(EnergyMethod method);       ///< "M1", "E1", "E2" or "-"
std::string_view description(EnergyMethod method); ///< one short phrase for people

/// Energy of one component during one frame.
struct DomainEnergy {
    std::string domain;             ///< "cpu-package", "dram", "cpu+dram" (E2 covers both), "gpu0"
    std::optional<Estimate> joules; ///< empty when not available; never 0 for "unknown"
    EnergyMethod method = EnergyMethod::NotAvailable;
    std::string reason; ///< why this method, and what would give a better one
};

/// Energy of one frame. Domains never overlap, so their sum is the total.
struct Energy {
    std::vector<DomainEnergy> domains;
    /// Sum over the domains that have a figure; empty when none has. Joules per frame. The interval
    /// is the sum of the intervals: domains share a sensor, so their errors may well agree.
    std::optional<Estimate> total() const;
    /// The weakest method that entered the total; `NotAvailable` when nothing did.
    EnergyMethod method() const;
};

/// Carbon intensity of a place's electricity, lifecycle, yearly average.
struct GridIntensity {
    std::string code; ///< "WORLD", "FRA", ...
    std::string name;
    int year = 0;
    Estimate gramsPerKwh; ///< interval: half-width of the row's agreement class (energy.md 2.6)
    std::string basis;
    std::string source;
    std::string iso2 = {};    ///< "FR"; empty for regions
    std::string licence = {}; ///< of the source's figure
    bool region = false;      ///< several countries; one country may differ by a factor of ten
};

/// The table in `resources/carbon_intensity.csv`. Location is chosen by the user, never guessed.
class GridTable {
  public:
    /// Throws `EnergyError` naming file and row when a row is malformed or a code appears twice, or
    /// when the default row WORLD is missing; `DatasetError` when the file cannot be read.
    static GridTable fromCsvFile(const std::filesystem::path& path);

    const std::vector<GridIntensity>& rows() const noexcept { return rows_; }

    /// Looks a code up (case-insensitive ISO-3, ISO-2 or region). Throws `EnergyError` with the
    /// nearest codes when unknown.
    const GridIntensity& find(std::string_view code) const;

  private:
    std::vector<GridIntensity> rows_;
};

/// Grams of CO2-equivalent per 1000 frames; the joule figure and the grid figure are independent.
/// Throws `EnergyError` when a figure is not positive.
Estimate gramsPer1000Frames(const Estimate& joulesPerFrame, const GridIntensity& grid);

} // namespace siskin
