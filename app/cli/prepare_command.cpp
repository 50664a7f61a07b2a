// SPDX-License-Identifier: MIT
#include "app/cli/prepare_command.hpp"

#include "app/cli/parse_options.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/cancel.hpp"
#include "datasets/s3dis/prepared_room.hpp"
#include "datasets/s3dis/window_file.hpp"
#include "datasets/synthetic/output_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;

constexpr const char* kHint = "siskin prepare s3dis ROOT --out DIR [--seed N]";

po::options_description prepareOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options()(
        "out", po::value<std::string>()->value_name("DIR"), "new folder for the prepared rooms"
    )("seed",
      po::value<std::int64_t>()->value_name("N")->default_value(1, ""),
      "of the shuffles: same seed, same bytes (default 1)"
    )("threads",
      po::value<int>()->value_name("N")->default_value(0, ""),
      "processor threads (default: all)"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
    return options;
}

std::string prepareHelp() {
    std::ostringstream listed;
    listed << prepareOptions();
    return fmt::format(
        "Usage: siskin prepare s3dis ROOT --out DIR [options]\n\n"
        "Cuts the rooms of S3DIS (a root, an area or a room) into the windows that PVCNN's and "
        "PointCNN's\nprograms read: per room xyzrgb.npy, label.npy, zero_0.h5 and half_0.h5.\n\n"
        "{}\nExample:\n  siskin prepare s3dis Stanford3dDataset_v1.2_Aligned_Version --out "
        "s3dis-prepared\n",
        listed.str()
    );
}

struct PrepareRequest {
    std::string root;
    std::string out;
    std::uint64_t seed = 1;
    bool quiet = false;
};

PrepareRequest parseRequest(const std::vector<std::string>& arguments) {
    const std::string what = arguments.empty() ? "" : arguments.front();
    if (what != "s3dis") {
        throw ConfigError(
            what.empty() ? "prepare: what?" : fmt::format("cannot prepare '{}'", what),
            didYouMean(what, {"s3dis"}, kHint)
        );
    }
    const bool hasRoot = arguments.size() > 1 && !arguments[1].starts_with("-");
    const std::vector<std::string> rest(arguments.begin() + (hasRoot ? 2 : 1), arguments.end());
    const auto values = parseOptions(rest, prepareOptions(), "", "see 'siskin prepare --help'");
    PrepareRequest request;
    request.root = hasRoot ? arguments[1] : "";
    take(values, "out", request.out);
    if (request.root.empty() || request.out.empty()) {
        throw ConfigError(
            request.root.empty() ? "no data set to prepare" : "no folder for the prepared rooms",
            kHint
        );
    }
    request.seed = takeSeedAndThreads(values);
    request.quiet = values["quiet"].as<bool>();
    return request;
}

/// False, with a warning, when the room cannot be prepared.
bool prepareRoom(
    const S3disRoom& room,
    const PrepareRequest& request,
    const OutputFolder& folder,
    const std::stop_token& stop,
    Progress& progress
) {
    if (!room.info.hasLabels) {
        progress.warn(fmt::format("{}: left out: it has no Annotations", room.info.id));
        return false;
    }
    RoomPoints points;
    try {
        points = readRoom(room, OtherObjects::Drop);
    } catch (const DatasetError& error) {
        progress.warn(fmt::format("{}: left out: {}", room.info.id, error.line()));
        return false;
    }
    for (const std::string& warning : points.warnings) {
        progress.warn(warning);
    }
    writePreparedRoom(folder.place(room.info.id), room.info.id, points, request.seed, stop);
    return true;
}

} // namespace

int prepareCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const bool help = std::any_of(arguments.begin(), arguments.end(), [](const auto& word) {
        return word == "--help" || word == "-h";
    });
    if (help) {
        std::fputs(prepareHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    const PrepareRequest request = parseRequest(arguments);
    requireWindowFiles();
    const S3disLayout layout = findS3dis(request.root);
    OutputFolder folder(request.out);
    Progress progress(Progress::styleFor(request.quiet));
    for (const std::string& warning : layout.warnings) {
        progress.warn(warning);
    }
    progress.begin(fmt::format("{} rooms", layout.rooms.size()));
    std::size_t prepared = 0;
    for (std::size_t i = 0; i < layout.rooms.size(); ++i) {
        throwIfStopRequested(stop);
        progress.update(
            static_cast<double>(i) / static_cast<double>(layout.rooms.size()),
            layout.rooms[i].info.id
        );
        prepared += prepareRoom(layout.rooms[i], request, folder, stop, progress) ? 1 : 0;
    }
    if (prepared == 0) {
        throw DatasetError(
            fmt::format("{}: no room of it can be prepared", request.root),
            "rooms need an Annotations folder"
        );
    }
    folder.finish();
    progress.note(
        fmt::format("prepared {} of {} rooms in {}", prepared, layout.rooms.size(), request.out)
    );
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
