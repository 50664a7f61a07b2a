// SPDX-License-Identifier: MIT
// make-dataset shapes, make-dataset rooms.
#include "app/cli/make_dataset_generators.hpp"
#include "app/cli/parse_options.hpp"
#include "app/cli/progress.hpp"
#include "core/base/error.hpp"
#include "core/report/format.hpp"
#include "datasets/synthetic/rooms/room_set.hpp"
#include "datasets/synthetic/shapes/shape_set.hpp"

#include <fmt/format.h>

#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;

/// Options that both have, after the generator's own.
void addCommonOptions(po::options_description& options) {
    options.add_options()(
        "out", po::value<std::string>()->value_name("DIR"), "new folder for the data set"
    )("seed",
      po::value<std::int64_t>()->value_name("N")->default_value(1, ""),
      "same seed, same bytes (default 1)"
    )("threads",
      po::value<int>()->value_name("N")->default_value(0, ""),
      "processor threads (default: all)"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
}

po::options_description shapeOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options(
    )("count",
      po::value<int>()->value_name("N")->default_value(400, ""),
      "shapes, dealt to the 16 categories in turn (default 400)");
    addCommonOptions(options);
    return options;
}

po::options_description roomOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options()(
        "areas", po::value<int>()->value_name("N")->default_value(6, ""), "areas (default 6)"
    )("rooms",
      po::value<int>()->value_name("N")->default_value(4, ""),
      "rooms of each area: office, conference room, hallway, lounge, and again (default 4)"
    )("points",
      po::value<int>()->value_name("N")->default_value(600'000, ""),
      "points drawn per room at most (default 600000); about half of them are seen");
    addCommonOptions(options);
    return options;
}

std::string helpOf(
    const char* name, const char* text, const po::options_description& options, const char* examples
) {
    std::ostringstream listed;
    listed << options;
    return fmt::format(
        "Usage: siskin make-dataset {} --out DIR [options]\n\n{}\n\n{}\nExamples:\n{}",
        name,
        text,
        listed.str(),
        examples
    );
}

/// What both generators are told alike.
struct CommonRequest {
    std::string out;
    std::uint64_t seed = 1;
    bool quiet = false;
};

CommonRequest takeCommon(const po::variables_map& values) {
    CommonRequest request;
    take(values, "out", request.out);
    if (request.out.empty()) {
        throw ConfigError("no folder for the data set", "name a new one with --out DIR");
    }
    request.seed = takeSeedAndThreads(values);
    request.quiet = values["quiet"].as<bool>();
    return request;
}

/// Runs `make(progress callback)` with a bar, which begins when the request was found possible.
template <typename Make>
void makeWithProgress(const CommonRequest& request, const std::string& work, Make make) {
    Progress progress(Progress::styleFor(request.quiet));
    progress.begin(work);
    make([&progress](double fraction, const std::string& text) { progress.update(fraction, text); }
    );
    progress.note(fmt::format("wrote {}", request.out));
}

} // namespace

std::string shapesHelp() {
    return helpOf(
        "shapes",
        "Shapes of all categories of ShapeNetPart from parametric parts, with normals and part "
        "labels.",
        shapeOptions(),
        "  siskin make-dataset shapes --out shapes --count 1600 --seed 1\n"
        "  siskin info shapes/train_test_split/shuffled_val_file_list.json\n"
    );
}

void makeShapes(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const auto values =
        parseOptions(arguments, shapeOptions(), "", "see 'siskin make-dataset shapes --help'");
    const CommonRequest request = takeCommon(values);
    const ShapeSetOptions options{values["count"].as<int>(), request.seed};
    makeWithProgress(request, formatCounted(options.count, "shape"), [&](const auto& progress) {
        makeShapeSet(request.out, options, stop, progress);
    });
}

std::string roomsHelp() {
    return helpOf(
        "rooms",
        "Furnished rooms with the thirteen classes of S3DIS, colours, scan noise and hidden "
        "corners.",
        roomOptions(),
        "  siskin make-dataset rooms --out rooms --areas 6 --rooms 4 --seed 1\n"
        "  siskin info rooms/Area_5\n"
    );
}

void makeRooms(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const auto values =
        parseOptions(arguments, roomOptions(), "", "see 'siskin make-dataset rooms --help'");
    const CommonRequest request = takeCommon(values);
    const RoomSetOptions options{
        values["areas"].as<int>(),
        values["rooms"].as<int>(),
        request.seed,
        values["points"].as<int>()};
    const auto work = fmt::format(
        "{} of {}", formatCounted(options.areas, "area"), formatCounted(options.rooms, "room")
    );
    makeWithProgress(request, work, [&](const auto& progress) {
        makeRoomSet(request.out, options, stop, progress);
    });
}

} // namespace siskin::cli
