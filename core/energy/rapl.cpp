// SPDX-License-Identifier: MIT
#include "core/energy/rapl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <string_view>
#include <system_error>
#include <tuple>
#include <unistd.h>

namespace siskin {

namespace {

/// More than any one processor package draws; a "difference" above it is a reset counter, and a
/// counter cannot have wrapped before its range / this power.
constexpr double kMaxPackageWatts = 700.0;

/// The smallest range met on real parts, taken when a driver does not tell its own.
constexpr double kSmallestRangeJoules = 65'500.0;

constexpr double kJoulesPerMicrojoule = 1e-6;

/// Mirrored counters agree to 0.1 %, and better than what flows between two reads (1 J is ample);
/// the second limit keeps two busy sockets apart whose counters merely stand near each other.
constexpr double kMirrorRelative = 1e-3;
constexpr double kMirrorMicrojoules = 1e6;

struct FileText {
    std::string text;
    int error = 0; ///< errno, 0 = read
};

/// Files in /sys have no true size, so they are read in one go into a small buffer.
FileText readSmallFile(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return {.text = {}, .error = errno};
    }
    std::array<char, 128> buffer{};
    const ssize_t size = ::read(file, buffer.data(), buffer.size());
    const int error = size < 0 ? errno : 0;
    ::close(file);
    return {
        .text = std::string(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, size))),
        .error = error};
}

std::string_view trimmed(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1);
}

std::optional<std::uint64_t> parseCount(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, status] = std::from_chars(text.data(), end, value);
    if (text.empty() || status != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    return value;
}

/// Folder name "intel-rapl-mmio:0:1" -> control type "intel-rapl-mmio", index "0:1".
struct ZoneName {
    std::string controlType;
    std::string index;
    std::filesystem::path folder;

    bool operator<(const ZoneName& other) const {
        return std::tie(controlType, index) < std::tie(other.controlType, other.index);
    }
};

void collectZones(const std::filesystem::path& folder, int depth, std::vector<ZoneName>& zones) {
    std::error_code status;
    for (std::filesystem::directory_iterator entry(folder, status), end; !status && entry != end;
         entry.increment(status)) {
        const std::string name = entry->path().filename().string();
        const auto colon = name.find(':');
        if (!name.starts_with("intel-rapl") || colon == std::string::npos) {
            continue;
        }
        zones.push_back({name.substr(0, colon), name.substr(colon + 1), entry->path()});
        // The kernel lists sub-zones both flat and inside their parent.
        if (depth > 0) {
            collectZones(entry->path(), depth - 1, zones);
        }
    }
}

RaplZone openZone(const std::filesystem::path& folder) {
    const FileText range = readSmallFile(folder / "max_energy_range_uj");
    return {.folder = folder, .rangeMicrojoules = parseCount(trimmed(range.text))};
}

/// Counters that claim to be the same component, in order of preference (msr before mmio).
struct Component {
    std::string key;
    std::vector<RaplZone> candidates;
};

void addCandidate(std::vector<Component>& components, const std::string& key, RaplZone zone) {
    auto found = std::ranges::find(components, key, &Component::key);
    if (found == components.end()) {
        components.push_back({.key = key, .candidates = {}});
        found = components.end() - 1;
    }
    found->candidates.push_back(std::move(zone));
}

/// One counter per component: the first that can be read, else the first (its error is the answer).
RaplDomain chooseCounters(const std::vector<Component>& components, std::string problemIfNone) {
    if (components.empty()) {
        return RaplDomain(std::move(problemIfNone));
    }
    std::vector<RaplZone> zones;
    for (const auto& component : components) {
        const auto readable = std::ranges::find_if(component.candidates, [](const RaplZone& zone) {
            return readCounter(zone).microjoules.has_value();
        });
        zones.push_back(
            readable == component.candidates.end() ? component.candidates.front() : *readable
        );
    }
    return RaplDomain(std::move(zones));
}

/// False also when one of them could not be read: that proves nothing.
bool differ(const CounterReading& a, const CounterReading& b, const RaplZone& zone) {
    if (!a.microjoules || !b.microjoules) {
        return false;
    }
    const double valueA = static_cast<double>(*a.microjoules);
    const double valueB = static_cast<double>(*b.microjoules);
    double distance = std::abs(valueA - valueB);
    if (zone.rangeMicrojoules) { // one of the two may have wrapped a moment earlier
        distance =
            std::min(distance, std::abs(static_cast<double>(*zone.rangeMicrojoules) - distance));
    }
    return distance > std::min(kMirrorMicrojoules, kMirrorRelative * std::max(valueA, valueB));
}

} // namespace

CounterReading readCounter(const RaplZone& zone) {
    const auto path = zone.folder / "energy_uj";
    const FileText file = readSmallFile(path);
    if (file.error != 0) {
        return {{}, fmt::format("{}: {}", path.string(), std::strerror(file.error))};
    }
    const auto value = parseCount(trimmed(file.text));
    if (!value) {
        return {{}, fmt::format("{}: does not hold a number", path.string())};
    }
    if (*value == 0) {
        return {{}, fmt::format("{}: reads 0, so the counter is not working", path.string())};
    }
    return {value, {}};
}

CounterDifference counterDifference(
    const CounterReading& before,
    const CounterReading& after,
    std::optional<std::uint64_t> rangeMicrojoules,
    double elapsedSeconds
) {
    if (!before.microjoules || !after.microjoules) {
        return {{}, before.microjoules ? after.problem : before.problem};
    }
    if (!(elapsedSeconds > 0.0)) {
        return {{}, "no time passed between the two readings"};
    }
    const double rangeJoules = rangeMicrojoules
                                   ? static_cast<double>(*rangeMicrojoules) * kJoulesPerMicrojoule
                                   : kSmallestRangeJoules;
    if (elapsedSeconds * kMaxPackageWatts > rangeJoules) {
        return {
            {},
            fmt::format(
                "{:.0f} s are long enough for an unseen counter wrap-around", elapsedSeconds
            )};
    }
    const bool wrapped = *after.microjoules < *before.microjoules;
    if (wrapped && (!rangeMicrojoules || *before.microjoules > *rangeMicrojoules)) {
        return {{}, "the counter went back and its range is unknown"};
    }
    const std::uint64_t counted = wrapped
                                      ? *rangeMicrojoules - *before.microjoules + *after.microjoules
                                      : *after.microjoules - *before.microjoules;
    if (counted == 0) {
        return {{}, "the counter did not move; it is renewed about every millisecond"};
    }
    const double joules = static_cast<double>(counted) * kJoulesPerMicrojoule;
    // The counter's step of about 1 ms may fall into a stretch that is shorter.
    constexpr double kCounterPeriod = 1e-3;
    if (joules > kMaxPackageWatts * (elapsedSeconds + kCounterPeriod)) {
        return {{}, "the counter was reset, or jumped by more than a processor can draw"};
    }
    return {joules, {}};
}

RaplDomain::RaplDomain(std::vector<RaplZone> zones) : zones_(std::move(zones)) {
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        for (std::size_t j = i + 1; j < zones_.size(); ++j) {
            agreeing_.emplace_back(i, j);
        }
    }
    const auto readings = readAll();
    keepAgreeingPairs(readings);
    for (const auto& reading : readings) {
        if (!reading.microjoules && problem_.empty()) {
            problem_ = reading.problem;
        }
    }
}

std::vector<CounterReading> RaplDomain::read() {
    auto readings = readAll();
    keepAgreeingPairs(readings);
    return readings;
}

CounterDifference
RaplDomain::since(const std::vector<CounterReading>& begin, double elapsedSeconds) {
    const auto end = read();
    double sum = 0.0;
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        const auto difference =
            counterDifference(begin[i], end[i], zones_[i].rangeMicrojoules, elapsedSeconds);
        if (!difference.joules) {
            return difference;
        }
        sum += repeatsAnother(i) ? 0.0 : *difference.joules;
    }
    return {sum, {}};
}

std::size_t RaplDomain::mirrored() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        count += repeatsAnother(i) ? 1 : 0;
    }
    return count;
}

std::vector<CounterReading> RaplDomain::readAll() const {
    std::vector<CounterReading> readings;
    for (const auto& zone : zones_) {
        readings.push_back(readCounter(zone));
    }
    return readings;
}

void RaplDomain::keepAgreeingPairs(const std::vector<CounterReading>& readings) {
    std::erase_if(agreeing_, [&](const auto& pair) {
        return differ(readings[pair.first], readings[pair.second], zones_[pair.first]);
    });
}

bool RaplDomain::repeatsAnother(std::size_t zone) const {
    return std::ranges::any_of(agreeing_, [&](const auto& pair) { return pair.second == zone; });
}

RaplPlan planRapl(const std::filesystem::path& powercapRoot) {
    std::vector<ZoneName> zones;
    collectZones(powercapRoot, 1, zones);
    std::ranges::stable_sort(zones, [](const auto& a, const auto& b) { return a < b; });
    const auto sameZone = [](const ZoneName& a, const ZoneName& b) {
        return a.controlType == b.controlType && a.index == b.index;
    };
    zones.erase(std::unique(zones.begin(), zones.end(), sameZone), zones.end());

    // Which counters overlap: a package contains its `core` and `uncore`; `psys` is the whole board
    // and contains the package; intel-rapl-mmio shows the packages of intel-rapl a second time. So
    // packages are taken once, and core, uncore and psys never. `dram` is a zone BELOW the package
    // in the tree, but the package's counter does not contain it (the memory modules are not in the
    // processor), so it is a domain of its own that may be added.
    std::vector<Component> packages;
    std::vector<Component> dram;
    std::map<std::string, std::string> topNames; // "intel-rapl:1" -> "package-1"
    for (const auto& zone : zones) {
        const std::string name(trimmed(readSmallFile(zone.folder / "name").text));
        const std::string top = zone.controlType + ':' + zone.index.substr(0, zone.index.find(':'));
        topNames.try_emplace(top, name);
        if (name.starts_with("package")) {
            addCandidate(packages, name, openZone(zone.folder));
        } else if (name == "dram") {
            addCandidate(dram, topNames.at(top), openZone(zone.folder));
        }
    }
    return {
        .packages = chooseCounters(
            packages, fmt::format("no processor counter below {}", powercapRoot.string())
        ),
        .dram = chooseCounters(dram, "this machine has no memory energy counter"),
    };
}

} // namespace siskin
