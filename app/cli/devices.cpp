// SPDX-License-Identifier: MIT
#include "app/cli/devices.hpp"

#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"
#include "core/sparse/sparse_ops.hpp"
#include "gpu/cuda_devices.hpp"

#ifdef SISKIN_HAS_CUDA
#include "gpu/cuda_ops.hpp"
#endif

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace siskin::cli {

namespace {

#ifdef SISKIN_HAS_CUDA
constexpr bool kHasKernels = true;

void addCuda(DeviceRegistry& registry) {
    for (const char* name : {"cuda", "cuda:0"}) {
        // The layers of networks on clouds read the processor's memory still: without PointOps the
        // registry says that they do not run here.
        registry.add(name, [] { return makeCudaOps(); });
    }
}
#else
constexpr bool kHasKernels = false;

void addCuda(DeviceRegistry&) {}
#endif

/// With the GPU, where there is one; looked for once.
const DeviceRegistry& registry() {
    static const DeviceRegistry& complete = []() -> const DeviceRegistry& {
        if (kHasKernels && !listCudaDevices().devices.empty()) {
            addCuda(deviceRegistry());
        }
        return deviceRegistry();
    }();
    return complete;
}

} // namespace

std::vector<std::string> deviceNames() {
    return registry().names();
}

std::string whyNoCuda() {
    const auto cuda = listCudaDevices();
    if (cuda.devices.empty()) {
        return cuda.reason;
    }
    return kHasKernels ? std::string()
                       : fmt::format(
                             "this build has no CUDA kernels; the machine has {}",
                             toString(cuda.devices.front())
                         );
}

std::string cudaNote() {
    const auto why = whyNoCuda();
    return why.empty() ? toString(listCudaDevices().devices.front()) : "none: " + why;
}

std::shared_ptr<const SparseOps> openDevice(const std::string& name) {
    const auto names = deviceNames();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        const auto offered = fmt::format("this build has: {}", fmt::join(names, ", "));
        if (name.starts_with("cuda")) {
            throw DeviceError(
                fmt::format("device '{}' is not available: {}", name, whyNoCuda()), offered
            );
        }
        throw DeviceError(
            fmt::format("device '{}' is not available", name), didYouMean(name, names, offered)
        );
    }
    return registry().open(name);
}

} // namespace siskin::cli
