// SPDX-License-Identifier: MIT
#include "app/cli/program.hpp"

#include "app/cli/info_command.hpp"
#include "app/cli/make_dataset_command.hpp"
#include "app/cli/make_demo_command.hpp"
#include "app/cli/regions_command.hpp"
#include "app/cli/run_command.hpp"
#include "app/cli/suggest.hpp"
#include "app/cli/train_command.hpp"
#include "app/cli/version.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace siskin::cli {

std::string programHelp() {
    return "Siskin runs 3D perception networks on LiDAR scans and accounts for time, energy and "
           "carbon.\n\n"
           "Usage:\n"
           "  siskin run SCAN... --model KIND --weights FILE   run networks; 'siskin run --help'\n"
           "  siskin train --data PATH --out DIR               learn weights; 'siskin train "
           "--help'\n"
           "  siskin make-dataset street --out DIR             make synthetic data with labels\n"
           "  siskin info SCAN|FOLDER|CHECKPOINT...            what a file or folder holds\n"
           "  siskin regions [FILTER]                          carbon intensities to choose from\n"
           "  siskin --help | --version\n\n"
           "Examples:\n"
           "  siskin run demo:street --frame 000000 --model spvcnn:random:0.25 --png\n"
           "  siskin info sequences/00/velodyne/000000.bin\n"
           "  siskin regions united\n\n"
           "Results go to standard output, progress and warnings to standard error.\n\n"
           "Exit codes:\n"
           "  0  done                         4  device not available\n"
           "  1  the run failed               5  a regression gate tripped\n"
           "  2  wrong command line           130  interrupted with Ctrl-C\n"
           "  3  a scan, label or weight file is missing or bad\n";
}

int runProgram(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const std::string command = arguments.empty() ? "" : arguments.front();
    const std::vector<std::string> rest(
        arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end()
    );
    const bool wantsHelp = std::find(rest.begin(), rest.end(), "--help") != rest.end();
    if (command == "run") {
        return runCommand(rest, stop);
    }
    if (command == "train") {
        return trainCommand(rest, stop);
    }
    if (command == "make-dataset") {
        return makeDatasetCommand(rest, stop);
    }
    if (command == "--help" || command == "-h" || command == "help" ||
        (wantsHelp && (command == "info" || command == "regions"))) {
        std::fputs(programHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    if (command == "info") {
        return infoCommand(rest);
    }
    if (command == "regions") {
        return regionsCommand(rest);
    }
    if (command == "make-demo") {
        return makeDemoCommand(rest);
    }
    if (command == "--version") {
        std::fputs(versionText().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    if (command.empty()) {
        throw ConfigError("no command", "see 'siskin --help'");
    }
    throw ConfigError(
        fmt::format("unknown command '{}'", command),
        didYouMean(
            command,
            {"run", "train", "make-dataset", "info", "regions", "--help", "--version"},
            "see 'siskin --help'"
        )
    );
}

} // namespace siskin::cli
