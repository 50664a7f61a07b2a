// SPDX-License-Identifier: MIT
// Runs the built `siskin` program; its path comes from CMake.
#pragma once

#include "core/base/file.hpp"
#include "tests/support/shared_data.hpp"

#include <cstdlib>
#include <string>
#include <sys/wait.h>

namespace siskin::test {

struct ProcessResult {
    int exitCode = -1;
    std::string out;
    std::string err;
};

/// `arguments` go through the shell; `prefix` comes before the program, e.g. "timeout 5".
inline ProcessResult runSiskin(const std::string& arguments, const std::string& prefix = {}) {
    const TemporaryFolder folder;
    const auto out = folder.path() / "out";
    const auto err = folder.path() / "err";
    const std::string command = prefix + " '" SISKIN_PROGRAM "' " + arguments + " >'" +
                                out.string() + "' 2>'" + err.string() + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, readTextFile(out), readTextFile(err)};
}

} // namespace siskin::test
