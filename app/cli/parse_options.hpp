// SPDX-License-Identifier: MIT
// Boost.Program_options with the manners of this program.
#pragma once

#include <boost/program_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/// --threads, 1 to 1024; 0 where it was not given: all processors this process may use. Throws
/// `ConfigError` for another number.
int takeThreads(const boost::program_options::variables_map& values);

/// What all commands take that do nothing but run networks.
struct ComputeOptions {
    std::string device = "cpu";
    int threads = 0; ///< 0 = all processors this process may use
    bool quiet = false;
    bool help = false; ///< the other options are then left as they are
};

/// Adds --device, --threads, --quiet and --help.
void addComputeOptions(boost::program_options::options_description& options);

/// Throws `ConfigError`, as `takeThreads`.
ComputeOptions takeComputeOptions(const boost::program_options::variables_map& values);

/// The one word that is the data of `siskin COMMAND`, called "data" among the options. Throws
/// `ConfigError` when there are none or several.
std::string takeOneData(
    const boost::program_options::variables_map& values,
    std::string_view command,
    const std::string& hint
);

/// The --seed of a command that makes data; its --threads (0 by default: all processors) take
/// effect at once. Throws `ConfigError` for values that are impossible.
std::uint64_t takeSeedAndThreads(const boost::program_options::variables_map& values);

} // namespace siskin::cli
