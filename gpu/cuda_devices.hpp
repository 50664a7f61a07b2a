// SPDX-License-Identifier: MIT
// Which CUDA devices this machine has. Asks the driver library at run time, so that the same
// program runs on machines with and without a GPU, and builds without a CUDA toolkit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace siskin {

struct CudaDevice {
    int index = 0;
    std::string name;
    std::int64_t memoryBytes = 0;
    int computeMajor = 0; ///< compute capability, e.g. 9.0
    int computeMinor = 0;
};

/// Either devices, or one line that says why there are none; never both, never neither.
struct CudaDevices {
    std::vector<CudaDevice> devices;
    std::string driver; ///< CUDA version of the driver, e.g. "13.0"; empty when there is no driver
    std::string reason; ///< empty when there are devices
};

/// Loads the driver library and lists its devices in the driver's order. Never throws. The first
/// call on a machine with a GPU starts the driver, which takes some tenths of a second.
CudaDevices listCudaDevices(const std::string& driverLibrary = "libcuda.so.1");

/// One line for people, e.g. "cuda:0 NVIDIA H200, 140 GiB, compute capability 9.0".
std::string toString(const CudaDevice& device);

} // namespace siskin
