// SPDX-License-Identifier: MIT
// `siskin regions`: the carbon intensities that can be chosen.
#pragma once

#include "core/energy/energy.hpp"

#include <string>
#include <vector>

namespace siskin::cli {

/// Lists the regions whose code or name contains the filter (case does not count).
int regionsCommand(const std::vector<std::string>& arguments);

/// Throws `ConfigError` with the nearest codes when the code is unknown.
GridIntensity findRegion(const std::string& code);

} // namespace siskin::cli
