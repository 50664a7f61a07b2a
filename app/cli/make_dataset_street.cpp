// SPDX-License-Identifier: MIT
#include "app/cli/make_dataset_generators.hpp"
#include "app/cli/parse_options.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/report/format.hpp"
#include "datasets/nuscenes/street_writer.hpp"
#include "datasets/synthetic/street/semantickitti_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;

constexpr const char* kSeeHelp = "see 'siskin make-dataset street --help'";
constexpr std::size_t kMostFrames = 1'000'000;

/// How the frames are laid down.
struct Layout {
    std::string_view name;
    void (*write
    )(const StreetSetPlan& plan,
      const OutputFolder& folder,
      const std::stop_token& stop,
      const StreetProgress& progress);
};

constexpr std::array kLayouts = {
    Layout{"semantickitti", writeSemanticKittiStreet},
    Layout{"nuscenes", writeNuScenesStreet},
};

struct StreetRequest {
    StreetSetPlan plan;
    std::string out;
    const Layout* layout = &kLayouts.front();
    bool quiet = false;
};

po::options_description streetOptions() {
    constexpr unsigned kWidth = 100;
    const auto number = [](const char* name) {
        return po::value<std::int64_t>()->value_name(name);
    };
    po::options_description options("Options", kWidth);
    options.add_options()(
        "out", po::value<std::string>()->value_name("DIR"), "new folder for the data set"
    )("frames", number("N"), "scans in all (default 200)"
    )("seed", number("N"), "same seed, same bytes (default 1)"
    )("split",
      po::value<std::string>()->value_name("NAME"),
      "train (default), val or test: the official sequence numbers; no street is in two splits"
    )("frames-per-drive",
      number("N"),
      "scans of one street (default 5); many short drives teach more, one long one shows more"
    )("drives", number("N"), "instead of --frames-per-drive: so many streets"
    )("stride-seconds",
      po::value<double>()->value_name("S"),
      "time between two scans of a drive (default 1.5; the sensor's own is 0.1)"
    )("layout",
      po::value<std::string>()->value_name("NAME"),
      "semantickitti (default; 64 beams) or nuscenes (32 beams)"
    )("threads", number("N"), "processor threads (default: all)"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
    return options;
}

/// A whole number in its limits, or what `target` holds.
void takeCount(
    const po::variables_map& values,
    const char* name,
    std::size_t least,
    std::size_t most,
    std::size_t& target
) {
    if (values.count(name) == 0) {
        return;
    }
    const auto value = values[name].as<std::int64_t>();
    if (value < static_cast<std::int64_t>(least) || value > static_cast<std::int64_t>(most)) {
        throw ConfigError(
            fmt::format("--{} {} is impossible", name, value),
            fmt::format("give {} to {}", least, most)
        );
    }
    target = static_cast<std::size_t>(value);
}

const Layout* layoutNamed(const std::string& name) {
    std::vector<std::string> names;
    for (const Layout& layout : kLayouts) {
        if (layout.name == name) {
            return &layout;
        }
        names.emplace_back(layout.name);
    }
    throw ConfigError(
        fmt::format("unknown layout '{}'", name),
        didYouMean(name, names, fmt::format("choose {}", fmt::join(names, ", ")))
    );
}

StreetSetPlan planOf(const po::variables_map& values) {
    StreetSetPlan plan;
    takeCount(values, "frames", 1, kMostFrames, plan.frames);
    std::size_t seed = plan.seed;
    takeCount(values, "seed", 0, std::size_t{1} << 62U, seed);
    plan.seed = seed;
    if (values.count("drives") != 0 && values.count("frames-per-drive") != 0) {
        throw ConfigError("--drives and --frames-per-drive say the same twice", "drop one of them");
    }
    takeCount(values, "frames-per-drive", 1, 1000, plan.framesPerDrive);
    if (values.count("drives") != 0) {
        std::size_t drives = 1;
        takeCount(values, "drives", 1, plan.frames, drives);
        plan.framesPerDrive = (plan.frames + drives - 1) / drives;
    }
    take(values, "stride-seconds", plan.strideSeconds);
    const double seconds = plan.strideSeconds * static_cast<double>(plan.framesPerDrive);
    if (!(plan.strideSeconds > 0.0) || !(seconds <= 600.0)) {
        throw ConfigError(
            fmt::format(
                "a drive of {} scans every {} s is impossible",
                plan.framesPerDrive,
                plan.strideSeconds
            ),
            "it may last ten minutes"
        );
    }
    if (values.count("split") != 0) {
        plan.split = streetSplitFromName(values["split"].as<std::string>());
    }
    return plan;
}

StreetRequest parse(const std::vector<std::string>& arguments) {
    const auto values = parseOptions(arguments, streetOptions(), "", kSeeHelp);
    StreetRequest request;
    request.plan = planOf(values);
    take(values, "out", request.out);
    if (request.out.empty()) {
        throw ConfigError("no folder for the data set", "name a new one with --out DIR");
    }
    if (values.count("layout") != 0) {
        request.layout = layoutNamed(values["layout"].as<std::string>());
    }
    std::size_t threads = 0;
    takeCount(values, "threads", 1, 1024, threads);
    if (threads > 0) {
        setThreadCount(static_cast<int>(threads));
    }
    request.quiet = values["quiet"].as<bool>();
    return request;
}

} // namespace

std::string streetHelp() {
    std::ostringstream options;
    options << streetOptions();
    return "Usage: siskin make-dataset street --out DIR [options]\n\n"
           "Drives through made-up streets, scanned by a simulated LiDAR, with labels, "
           "instances and poses.\n\n" +
           options.str() +
           "\nExamples:\n"
           "  siskin make-dataset street --out train --frames 2000 --seed 1\n"
           "  siskin make-dataset street --out val --frames 100 --seed 1 --split val\n"
           "  siskin make-dataset street --out drive --frames 20 --drives 1 --stride-seconds 0.1\n"
           "  siskin info train\n";
}

void makeStreet(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const StreetRequest request = parse(arguments);
    OutputFolder folder(request.out);
    Progress progress(Progress::styleFor(request.quiet));
    progress.begin(fmt::format(
        "{} of {}",
        formatCounted(request.plan.frames, "frame"),
        formatCounted(request.plan.drives(), "street")
    ));
    request.layout->write(request.plan, folder, stop, [&](std::size_t done, std::size_t all) {
        progress.update(
            static_cast<double>(done) / static_cast<double>(all), fmt::format("{} of {}", done, all)
        );
    });
    folder.finish();
    progress.note(fmt::format("wrote {}", request.out));
}

} // namespace siskin::cli
