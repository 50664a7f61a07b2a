// SPDX-License-Identifier: MIT
// When a device that works behind the program's back was done with what it had been asked for.
#pragma once

#include <string_view>
#include <vector>

namespace siskin {

/// For one thread. Names may show up in a profiler.
class DeviceTimer {
  public:
    virtual ~DeviceTimer() = default;

    /// Notes, in the order of the device's work, that a stage or layer begins.
    virtual void enter(std::string_view name) = 0;
    /// ... and that the one entered last ends.
    virtual void leave() = 0;

    /// Seconds from the first note to each note; waits until the device is done with all of them.
    virtual std::vector<double> seconds() = 0;
};

} // namespace siskin
