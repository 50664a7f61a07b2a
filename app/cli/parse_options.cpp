// SPDX-License-Identifier: MIT
#include "app/cli/parse_options.hpp"

#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

namespace siskin::cli {

namespace po = boost::program_options;

namespace {

std::vector<std::string> namesOf(const po::options_description& options) {
    std::vector<std::string> names;
    for (const auto& option : options.options()) {
        names.push_back(fmt::format("--{}", option->long_name()));
    }
    return names;
}

} // namespace

po::variables_map parseOptions(
    const std::vector<std::string>& arguments,
    const po::options_description& options,
    const std::string& positional,
    const std::string& hint
) {
    po::options_description all;
    all.add(options);
    po::positional_options_description rest;
    if (!positional.empty()) {
        all.add_options()(positional.c_str(), po::value<std::vector<std::string>>());
        rest.add(positional.c_str(), -1);
    }
    constexpr int kStyle =
        po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::variables_map values;
    try {
        po::store(
            po::command_line_parser(arguments).options(all).positional(rest).style(kStyle).run(),
            values
        );
    } catch (const po::unknown_option& error) {
        const std::string name = error.get_option_name();
        throw ConfigError(
            fmt::format("unknown option '{}'", name), didYouMean(name, namesOf(options), hint)
        );
    } catch (const po::error& error) {
        throw ConfigError(error.what(), hint);
    }
    return values;
}

int takeThreads(const po::variables_map& values) {
    if (values.count("threads") == 0 || values["threads"].defaulted()) {
        return 0;
    }
    const int threads = values["threads"].as<int>();
    if (threads < 1 || threads > 1024) {
        throw ConfigError(fmt::format("--threads {} is impossible", threads), "give 1 to 1024");
    }
    return threads;
}

void addComputeOptions(po::options_description& options) {
    options.add_options()(
        "device", po::value<std::string>()->value_name("NAME"), "cpu (default), reference or cuda"
    )("threads", po::value<int>()->value_name("N"), "processor threads (default: all)"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
}

ComputeOptions takeComputeOptions(const po::variables_map& values) {
    ComputeOptions options{.help = values["help"].as<bool>()};
    if (!options.help) {
        take(values, "device", options.device);
        options.threads = takeThreads(values);
        options.quiet = values["quiet"].as<bool>();
    }
    return options;
}

std::string
takeOneData(const po::variables_map& values, std::string_view command, const std::string& hint) {
    std::vector<std::string> data;
    take(values, "data", data);
    if (data.size() != 1) {
        throw ConfigError(fmt::format("'siskin {}' takes one data set", command), hint);
    }
    return data.front();
}

std::uint64_t takeSeedAndThreads(const po::variables_map& values) {
    const auto seed = values["seed"].as<std::int64_t>();
    if (seed < 0) {
        throw ConfigError(fmt::format("--seed {} is impossible", seed), "give 0 or more");
    }
    if (const int threads = takeThreads(values); threads > 0) {
        setThreadCount(threads);
    }
    return static_cast<std::uint64_t>(seed);
}

} // namespace siskin::cli
