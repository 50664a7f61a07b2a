// SPDX-License-Identifier: MIT
#include "app/cli/make_dataset_command.hpp"

#include "app/cli/make_dataset_generators.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace siskin::cli {

namespace {

const std::vector<Generator>& generators() {
    static const std::vector<Generator> kGenerators = {
        {"street", "drives through streets, as a LiDAR sees them", streetHelp, makeStreet},
        {"shapes", "objects whose points name their part", shapesHelp, makeShapes},
        {"rooms", "furnished rooms in colour", roomsHelp, makeRooms},
        {"track", "laps of race tracks with cones, as a LiDAR sees them", trackHelp, makeTrack},
    };
    return kGenerators;
}

std::string overview() {
    std::string text =
        "Usage: siskin make-dataset WHAT --out DIR [options]\n\n"
        "Makes synthetic data: streets, shapes and rooms in the layout of a real data "
        "set, so that everything\nthat reads the real one reads them, and race tracks "
        "for 'siskin cones'. One seed gives the same\nbytes on any number of "
        "threads.\n\nWHAT:\n";
    for (const Generator& generator : generators()) {
        text += fmt::format("  {:<8} {}\n", generator.name, generator.summary);
    }
    return text + "\n'siskin make-dataset WHAT --help' lists the options of one.\n";
}

} // namespace

int makeDatasetCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const bool help = std::any_of(arguments.begin(), arguments.end(), [](const auto& word) {
        return word == "--help" || word == "-h";
    });
    const std::string what = arguments.empty() ? "" : arguments.front();
    const auto& known = generators();
    const auto generator = std::find_if(known.begin(), known.end(), [&](const Generator& one) {
        return one.name == what;
    });
    if (generator != known.end()) {
        if (help) {
            std::fputs(generator->help().c_str(), stdout);
        } else {
            generator->make({arguments.begin() + 1, arguments.end()}, stop);
        }
        return static_cast<int>(ExitCode::Ok);
    }
    if (help) {
        std::fputs(overview().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    std::vector<std::string> names;
    for (const Generator& one : known) {
        names.push_back(one.name);
    }
    throw ConfigError(
        what.empty() ? "make-dataset: what?" : fmt::format("cannot make '{}'", what),
        didYouMean(what, names, fmt::format("choose {}", fmt::join(names, ", ")))
    );
}

} // namespace siskin::cli
