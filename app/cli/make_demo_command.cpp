// SPDX-License-Identifier: MIT
#include "app/cli/make_demo_command.hpp"

#include "app/cli/parse_options.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "datasets/demo/demo_maker.hpp"
#include "datasets/open.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;

constexpr auto kHint = "see 'siskin make-demo --help'";

po::options_description makeDemoOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options()(
        "street",
        po::value<std::string>()->value_name("DIR"),
        "SemanticKITTI layout: its first 20 frames"
    )("shapes",
      po::value<std::string>()->value_name("DIR"),
      "ShapeNetPart layout: one shape of each of 12 categories"
    )("rooms", po::value<std::string>()->value_name("DIR"), "S3DIS layout: its first 2 rooms"
    )("out",
      po::value<std::string>()->value_name("DIR"),
      "where NAME.scans goes, e.g. resources/demo")("help,h", po::bool_switch(), "this text");
    return options;
}

} // namespace

int makeDemoCommand(const std::vector<std::string>& arguments) {
    const auto options = makeDemoOptions();
    const auto values = parseOptions(arguments, options, "", kHint);
    if (values["help"].as<bool>()) {
        std::ostringstream text;
        text << options;
        fmt::print(
            "Usage: siskin make-demo --out DIR [--street DIR] [--shapes DIR] [--rooms DIR]\n\n"
            "Packs the scans that come with the program (resources/demo/README.md).\n\n{}",
            text.str()
        );
        return static_cast<int>(ExitCode::Ok);
    }
    std::string out;
    take(values, "out", out);
    if (out.empty()) {
        throw ConfigError("no --out folder", kHint);
    }
    std::size_t files = 0;
    for (const DemoRecipe& recipe : demoRecipes()) {
        std::string source;
        take(values, recipe.name.c_str(), source);
        if (source.empty()) {
            continue;
        }
        const auto bytes = makeDemo(recipe.name, *openDataset(source));
        const auto file = std::filesystem::path(out) / (recipe.name + ".scans");
        writeFileAtomically(file, bytes);
        fmt::print("{}: {} scans, {} bytes\n", file.string(), recipe.scans, bytes.size());
        ++files;
    }
    if (files == 0) {
        throw ConfigError("nothing to pack", "give --street, --shapes or --rooms");
    }
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
