// SPDX-License-Identifier: MIT
// make-dataset track.
#include "app/cli/make_dataset_generators.hpp"
#include "app/cli/parse_options.hpp"
#include "app/cli/progress.hpp"
#include "core/base/error.hpp"
#include "core/report/format.hpp"
#include "datasets/synthetic/track/track_set.hpp"

#include <fmt/format.h>

#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;

po::options_description trackOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    const auto number = [](std::int64_t usual) {
        return po::value<std::int64_t>()->value_name("N")->default_value(usual, "");
    };
    options.add_options()(
        "out", po::value<std::string>()->value_name("DIR"), "new folder for the data set"
    )("frames", number(200), "scans in all (default 200)"
    )("frames-per-track", number(10), "scans of one lap; then comes another track (default 10)"
    )("beams", number(64), "of the LiDAR: 64 (default) or 32"
    )("seed", number(1), "same seed, same bytes (default 1); no two seeds share a track"
    )("threads",
      po::value<int>()->value_name("N")->default_value(0, ""),
      "processor threads (default: all)"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
    return options;
}

std::size_t countOf(const po::variables_map& values, const char* name) {
    constexpr std::int64_t kMost = 1'000'000;
    const auto value = values[name].as<std::int64_t>();
    if (value < 1 || value > kMost) {
        throw ConfigError(
            fmt::format("--{} {} is impossible", name, value), fmt::format("give 1 to {}", kMost)
        );
    }
    return static_cast<std::size_t>(value);
}

} // namespace

std::string trackHelp() {
    std::ostringstream options;
    options << trackOptions();
    return "Usage: siskin make-dataset track --out DIR [options]\n\n"
           "Laps of made-up driverless race tracks, as the LiDAR of the car sees them: blue cones "
           "on the left, yellow\nones on the right, orange ones at the start, and what could be "
           "mistaken for cones.\n\n" +
           options.str() +
           "\nExamples:\n"
           "  siskin make-dataset track --out track --frames 400 --beams 64 --seed 1\n"
           "  siskin make-dataset track --out track-val --frames 50 --beams 64 --seed 2\n"
           "  siskin cones track-val --model demo:cones-pvcnn\n";
}

void makeTrack(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const auto values =
        parseOptions(arguments, trackOptions(), "", "see 'siskin make-dataset track --help'");
    std::string out;
    take(values, "out", out);
    if (out.empty()) {
        throw ConfigError("no folder for the data set", "name a new one with --out DIR");
    }
    TrackSetPlan plan;
    plan.frames = countOf(values, "frames");
    plan.framesPerTrack = countOf(values, "frames-per-track");
    plan.beams = static_cast<int>(countOf(values, "beams"));
    plan.seed = takeSeedAndThreads(values);
    trackLidar(plan.beams); // refuses unknown ones before anything is written
    OutputFolder folder(out);
    Progress progress(Progress::styleFor(values["quiet"].as<bool>()));
    progress.begin(fmt::format(
        "{} of {}", formatCounted(plan.frames, "frame"), formatCounted(plan.tracks(), "race track")
    ));
    writeTrackSet(plan, folder, stop, [&](std::size_t done, std::size_t all) {
        progress.update(
            static_cast<double>(done) / static_cast<double>(all), fmt::format("{} of {}", done, all)
        );
    });
    folder.finish();
    progress.note(fmt::format("wrote {}", out));
}

} // namespace siskin::cli
