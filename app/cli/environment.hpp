// SPDX-License-Identifier: MIT
// Where and how a command's numbers were made.
#pragma once

#include "core/report/frame_report.hpp"

#include <string>
#include <vector>

namespace siskin::cli {

/// `command`: "run", "eval" ...; its arguments are quoted for a POSIX shell where that is needed.
Environment describeEnvironment(
    const std::string& command, const std::string& device, const std::vector<std::string>& arguments
);

} // namespace siskin::cli
