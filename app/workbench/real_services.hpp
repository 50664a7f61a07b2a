// SPDX-License-Identifier: MIT
// The services of the widgets, made of the real readers and networks.
#pragma once

#include "widgets/controller/services.hpp"

#include <string>

namespace siskin::workbench {

/// Readers, and networks (or folders of predictions) that speak the classes of the SPVNAS papers,
/// on the device of that name. Throws `DeviceError`, or `ConfigError` when a resource file is
/// missing.
ui::Services realServices(const std::string& device);

} // namespace siskin::workbench
