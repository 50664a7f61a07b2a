// SPDX-License-Identifier: MIT
// Where the tensors of `gpu/` live. One of two files implements it: platform_cuda.cpp for a GPU,
// platform_emulated.cpp for the tests of machines without one.
#pragma once

#include "core/base/device_timer.hpp"
#include "gpu/simt/primitives.hpp"
#include "gpu/simt/stream.hpp"

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

namespace siskin::gpu {

/// Throws `DeviceError` with the reason when nothing can run here.
void requireDevice();

/// E.g. "NVIDIA H200", or what the emulator calls itself.
std::string deviceName();

torch::Device device();

/// LibTorch's current stream on that device: its own operations run there too.
simt::Stream currentStream();

/// Times what runs on the current stream.
std::shared_ptr<DeviceTimer> newTimer();

/// Waits until the current stream is done.
void synchronize();

/// Uninitialised memory on the device.
inline torch::Tensor newTensor(torch::IntArrayRef sizes, torch::ScalarType type) {
    return torch::empty(sizes, torch::TensorOptions().dtype(type).device(device()));
}

/// Memory for the sorts and scans of one operation. LibTorch's allocator hands it on in stream
/// order, so it may end before the device is done.
class ScratchMemory {
  public:
    void* take(std::size_t bytes) {
        pieces_.push_back(newTensor({static_cast<std::int64_t>(bytes) + 1}, torch::kUInt8));
        return pieces_.back().data_ptr();
    }

    simt::Scratch function() {
        return [this](std::size_t bytes) { return take(bytes); };
    }

  private:
    std::vector<torch::Tensor> pieces_;
};

} // namespace siskin::gpu
