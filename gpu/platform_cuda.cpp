// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"
#include "gpu/cuda_devices.hpp"
#include "gpu/platform.hpp"

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAStream.h>
#include <fmt/format.h>
#include <torch/cuda.h>

#include <deque>
#include <nvtx3/nvToolsExt.h>

namespace siskin::gpu {

namespace {

constexpr int kOldestMajor = 8; ///< compute capability that the kernels are compiled for

/// Events on the stream, and ranges for NVIDIA's profilers.
class EventTimer final : public DeviceTimer {
  public:
    void enter(std::string_view name) override {
        nvtxRangePushA(std::string(name).c_str());
        note();
    }

    void leave() override {
        note();
        nvtxRangePop();
    }

    std::vector<double> seconds() override {
        constexpr double kMilli = 1e-3;
        std::vector<double> times;
        for (auto& event : events_) {
            event.synchronize();
            times.push_back(static_cast<double>(events_.front().elapsed_time(event)) * kMilli);
        }
        return times;
    }

  private:
    void note() { events_.emplace_back(cudaEventDefault).record(); }

    std::deque<at::cuda::CUDAEvent> events_; // references stay valid, and events cannot be copied
};

} // namespace

void requireDevice() {
    const auto found = listCudaDevices();
    if (found.devices.empty()) {
        throw DeviceError("no CUDA device: " + found.reason, "choose --device cpu");
    }
    if (!torch::cuda::is_available()) {
        throw DeviceError(
            fmt::format(
                "LibTorch cannot use {} (driver for CUDA {})",
                found.devices.front().name,
                found.driver
            ),
            "update the NVIDIA driver, or choose --device cpu"
        );
    }
    const auto* properties = at::cuda::getCurrentDeviceProperties();
    if (properties->major < kOldestMajor) {
        throw DeviceError(
            fmt::format(
                "{} has compute capability {}.{}; {}.0 is needed",
                properties->name,
                properties->major,
                properties->minor,
                kOldestMajor
            ),
            "choose --device cpu"
        );
    }
}

std::string deviceName() {
    return at::cuda::getCurrentDeviceProperties()->name;
}

torch::Device device() {
    return {torch::kCUDA, c10::cuda::current_device()};
}

std::shared_ptr<DeviceTimer> newTimer() {
    return std::make_shared<EventTimer>();
}

void synchronize() {
    c10::cuda::getCurrentCUDAStream().synchronize();
}

simt::Stream currentStream() {
    return {c10::cuda::getCurrentCUDAStream().stream()};
}

} // namespace siskin::gpu
