// SPDX-License-Identifier: MIT
// The devices that this program can compute on.
#pragma once

#include "core/run/devices.hpp"

#include <memory>
#include <string>
#include <vector>

namespace siskin::cli {

/// Names of the devices of this build and machine.
std::vector<std::string> deviceNames();

/// Why there is no device "cuda"; empty when there is one.
std::string whyNoCuda();

/// The GPU that "cuda" is, or "none: " and why.
std::string cudaNote();

/// Opens a device by name. Throws `DeviceError` with the reason and what this build offers.
std::shared_ptr<const SparseOps> openDevice(const std::string& name);

} // namespace siskin::cli
