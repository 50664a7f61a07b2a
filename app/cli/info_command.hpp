// SPDX-License-Identifier: MIT
// `siskin info`: what a scan, a data-set folder or a weight file holds.
#pragma once

#include <string>
#include <vector>

namespace siskin::cli {

/// Arguments after "info": any number of paths, and --class-map NAME|FILE. Throws `Error`.
int infoCommand(const std::vector<std::string>& arguments);

} // namespace siskin::cli
