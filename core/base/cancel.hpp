// SPDX-License-Identifier: MIT
// Cooperative cancellation: long work takes a std::stop_token and asks it between steps.
#pragma once

#include "core/base/error.hpp"

#include <stop_token>

namespace siskin {

/// Throws `Cancelled` when a stop was requested. Cheap enough to call per network layer.
inline void throwIfStopRequested(const std::stop_token& stop) {
    if (stop.stop_requested()) {
        throw Cancelled();
    }
}

} // namespace siskin
