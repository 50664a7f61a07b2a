// SPDX-License-Identifier: MIT
#include "gpu/platform.hpp"

namespace siskin::gpu {

void requireDevice() {}

std::string deviceName() {
    return "emulated on the processor";
}

torch::Device device() {
    return torch::kCPU;
}

std::shared_ptr<DeviceTimer> newTimer() {
    return {}; // everything is done when it returns
}

void synchronize() {}

simt::Stream currentStream() {
    return {};
}

} // namespace siskin::gpu
