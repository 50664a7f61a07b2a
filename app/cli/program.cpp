// SPDX-License-Identifier: MIT
#include "app/cli/program.hpp"

#include "app/cli/compare_command.hpp"
#include "app/cli/cones_command.hpp"
#include "app/cli/eval_command.hpp"
#include "app/cli/frustums_command.hpp"
#include "app/cli/info_command.hpp"
#include "app/cli/make_dataset_command.hpp"
#include "app/cli/make_demo_command.hpp"
#include "app/cli/merge_command.hpp"
#include "app/cli/prepare_command.hpp"
#include "app/cli/regions_command.hpp"
#include "app/cli/run_command.hpp"
#include "app/cli/suggest.hpp"
#include "app/cli/train_command.hpp"
#include "app/cli/verify_command.hpp"
#include "app/cli/version.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace siskin::cli {

namespace {

using Arguments = std::vector<std::string>;

struct Command {
    std::string_view name;
    std::string_view usage;   ///< what follows the name; empty = not shown in the help
    std::string_view purpose; ///< a few words
    int (*run)(const Arguments&, const std::stop_token&);
};

/// In the order of the help.
constexpr std::array kCommands = {
    Command{"run", "SCAN... --model MODEL", "run networks on scans", runCommand},
    Command{"eval", "DATA --model MODEL --out DIR", "score a whole data set", evalCommand},
    Command{"merge", "DIR... --out DIR", "join the shards of an evaluation", mergeCommand},
    Command{
        "compare",
        "A B [--max-latency +5%]",
        "two evaluations, with gates",
        [](const Arguments& arguments, const std::stop_token&) {
            return compareCommand(arguments);
        }},
    Command{
        "verify",
        "SCAN --model MODEL --device cuda",
        "check a device, layer by layer",
        verifyCommand},
    Command{"cones", "TRACK --model MODEL", "find the cones of a race track", conesCommand},
    Command{"frustums", "KITTI --model MODEL --out DIR", "3D boxes from 2D boxes", frustumsCommand},
    Command{"train", "--data PATH --out DIR", "learn weights", trainCommand},
    Command{
        "make-dataset",
        "street|shapes|rooms|track --out DIR",
        "make labelled data",
        makeDatasetCommand},
    Command{
        "prepare", "s3dis ROOT --out DIR", "rooms as training programs read them", prepareCommand},
    Command{
        "info",
        "SCAN|FOLDER|CHECKPOINT...",
        "what a file or folder holds",
        [](const Arguments& arguments, const std::stop_token&) { return infoCommand(arguments); }},
    Command{
        "regions",
        "[FILTER]",
        "carbon intensities to choose from",
        [](const Arguments& arguments, const std::stop_token&) {
            return regionsCommand(arguments);
        }},
    Command{
        "make-demo",
        "",
        "",
        [](const Arguments& arguments, const std::stop_token&) {
            return makeDemoCommand(arguments);
        }},
};

[[noreturn]] void refuse(const std::string& command) {
    if (command.empty()) {
        throw ConfigError("no command", "see 'siskin --help'");
    }
    std::vector<std::string> known{"--help", "--version"};
    for (const Command& one : kCommands) {
        known.emplace_back(one.name);
    }
    throw ConfigError(
        fmt::format("unknown command '{}'", command),
        didYouMean(command, known, "see 'siskin --help'")
    );
}

} // namespace

std::string programHelp() {
    std::string text =
        "Siskin runs 3D perception networks on LiDAR scans, shapes and rooms, scores them, and "
        "accounts for\ntime, energy and carbon.\n\nUsage:\n";
    for (const Command& command : kCommands) {
        if (!command.usage.empty()) {
            const auto call = fmt::format("siskin {} {}", command.name, command.usage);
            text += fmt::format("  {:<50}  {}\n", call, command.purpose);
        }
    }
    return text + "  siskin COMMAND --help                               options and examples\n"
                  "  siskin --help | --version\n\n"
                  "Examples:\n"
                  "  siskin run demo:street --frame 000000 --model demo:spvcnn-0.25 --png\n"
                  "  siskin eval demo:street --model demo:spvcnn-0.25 --model demo:spvnas-small "
                  "--out demo\n"
                  "  siskin info sequences/00/velodyne/000000.bin\n"
                  "  siskin regions united\n\n"
                  "Results go to standard output, progress and warnings to standard error.\n\n"
                  "Exit codes:\n"
                  "  0  done                         4  device not available\n"
                  "  1  the run failed               5  a gate tripped (compare, verify)\n"
                  "  2  wrong command line           130  interrupted with Ctrl-C\n"
                  "  3  a scan, label or weight file is missing or bad\n";
}

int runProgram(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const std::string command = arguments.empty() ? "" : arguments.front();
    const Arguments rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
    const bool wantsHelp = std::find(rest.begin(), rest.end(), "--help") != rest.end();
    if (command == "--help" || command == "-h" || command == "help" ||
        (wantsHelp && (command == "info" || command == "regions"))) {
        std::fputs(programHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    if (command == "--version") {
        std::fputs(versionText().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    const auto* known = std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& one) {
        return one.name == command;
    });
    if (known == kCommands.end()) {
        refuse(command);
    }
    return known->run(rest, stop);
}

} // namespace siskin::cli
