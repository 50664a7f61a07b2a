// SPDX-License-Identifier: MIT
#include "app/cli/regions_command.hpp"

#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "core/report/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace siskin::cli {

namespace {

bool containsIgnoringCase(std::string_view text, std::string_view part) {
    const auto same = [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
    };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

GridTable loadTable() {
    return GridTable::fromCsvFile(resourcePath("carbon_intensity.csv"));
}

} // namespace

GridIntensity findRegion(const std::string& code) {
    const auto table = loadTable();
    try {
        return table.find(code);
    } catch (const EnergyError& error) {
        // Asked for on the command line, so a usage error, not a failed run.
        throw ConfigError(error.what(), error.hint() + "; 'siskin regions' lists all");
    }
}

int regionsCommand(const std::vector<std::string>& arguments) {
    if (arguments.size() > 1 || (arguments.size() == 1 && arguments.front().starts_with("-"))) {
        throw ConfigError(
            "'siskin regions' takes one filter at most", "e.g. siskin regions united"
        );
    }
    const std::string filter = arguments.empty() ? std::string() : arguments.front();
    const auto table = loadTable();
    std::string text =
        fmt::format("{:<16} {:<34} {:>4}  {}\n", "code", "name", "year", "gCO2e/kWh (95 %)");
    std::size_t found = 0;
    for (const auto& row : table.rows()) {
        if (containsIgnoringCase(row.code, filter) || containsIgnoringCase(row.name, filter)) {
            text += fmt::format(
                "{:<16} {:<34} {:>4}  {}\n",
                row.code,
                row.name,
                row.year,
                formatEstimate(row.gramsPerKwh)
            );
            ++found;
        }
    }
    if (found == 0) {
        throw ConfigError(
            fmt::format("no region matches '{}'", filter), "'siskin regions' lists all"
        );
    }
    std::fputs(text.c_str(), stdout);
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
