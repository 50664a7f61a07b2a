// SPDX-License-Identifier: MIT
// Boost.Program_options with the manners of this program.
#pragma once

#include <boost/program_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace siskin::cli {

/// Options without abbreviations, which would make every new option a breaking change. Throws
/// `ConfigError`, with the nearest known option or else `hint`. `positional`: name of the option
/// that takes the remaining words; empty = there may be none.
boost::program_options::variables_map parseOptions(
    const std::vector<std::string>& arguments,
    const boost::program_options::options_description& options,
    const std::string& positional,
    const std::string& hint
);

/// Leaves `target` as it is when the option was not given.
template <typename T>
void take(const boost::program_options::variables_map& values, const char* name, T& target) {
    if (values.count(name) != 0) {
        target = values[name].as<T>();
    }
}

template <typename T>
void take(
    const boost::program_options::variables_map& values, const char* name, std::optional<T>& target
) {
    if (values.count(name) != 0) {
        target = values[name].as<T>();
    }
}

/// The --seed of a command that makes data; its --threads (0 by default: all processors) take
/// effect at once. Throws `ConfigError` for values that are impossible.
std::uint64_t takeSeedAndThreads(const boost::program_options::variables_map& values);

} // namespace siskin::cli
