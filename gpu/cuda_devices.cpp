// SPDX-License-Identifier: MIT
#include "gpu/cuda_devices.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <dlfcn.h>
#include <optional>
#include <utility>

namespace siskin {

namespace {

// The part of the CUDA driver's C interface that is used here. Names, numbers and signatures are
// those of the CUDA Driver API manual; they are stable, so no CUDA header is needed.
using Result = int;
using Device = int;
constexpr Result kSuccess = 0;
constexpr int kComputeCapabilityMajor = 75;
constexpr int kComputeCapabilityMinor = 76;

struct Driver {
    Result (*init)(unsigned flags) = nullptr;
    Result (*driverVersion)(int* version) = nullptr;
    Result (*deviceCount)(int* count) = nullptr;
    Result (*device)(Device* device, int index) = nullptr;
    Result (*deviceName)(char* name, int length, Device device) = nullptr;
    Result (*deviceMemory)(std::size_t* bytes, Device device) = nullptr;
    Result (*deviceAttribute)(int* value, int attribute, Device device) = nullptr;
    Result (*errorString)(Result error, const char** text) = nullptr;
};

template <typename Function>
bool bind(void* library, const char* name, Function& function, std::string& missing) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function == nullptr) {
        missing = name;
    }
    return function != nullptr;
}

/// Name of the first function that the library lacks; empty when it has them all.
std::string bindAll(void* library, Driver& driver) {
    std::string missing;
    const bool complete = bind(library, "cuInit", driver.init, missing) &&
                          bind(library, "cuDriverGetVersion", driver.driverVersion, missing) &&
                          bind(library, "cuDeviceGetCount", driver.deviceCount, missing) &&
                          bind(library, "cuDeviceGet", driver.device, missing) &&
                          bind(library, "cuDeviceGetName", driver.deviceName, missing) &&
                          bind(library, "cuDeviceTotalMem_v2", driver.deviceMemory, missing) &&
                          bind(library, "cuDeviceGetAttribute", driver.deviceAttribute, missing) &&
                          bind(library, "cuGetErrorString", driver.errorString, missing);
    return complete ? std::string{} : missing;
}

std::string describe(const Driver& driver, Result error) {
    const char* text = nullptr;
    if (driver.errorString(error, &text) == kSuccess && text != nullptr) {
        return fmt::format("{} (CUDA error {})", text, error);
    }
    return fmt::format("CUDA error {}", error);
}

std::optional<CudaDevice> readDevice(const Driver& driver, int index) {
    CudaDevice result{.index = index, .name = {}};
    Device device = 0;
    std::array<char, 256> name{};
    std::size_t bytes = 0;
    const bool good =
        driver.device(&device, index) == kSuccess &&
        driver.deviceName(name.data(), static_cast<int>(name.size()) - 1, device) == kSuccess &&
        driver.deviceMemory(&bytes, device) == kSuccess &&
        driver.deviceAttribute(&result.computeMajor, kComputeCapabilityMajor, device) == kSuccess &&
        driver.deviceAttribute(&result.computeMinor, kComputeCapabilityMinor, device) == kSuccess;
    if (!good) {
        return std::nullopt;
    }
    result.name = name.data();
    result.memoryBytes = static_cast<std::int64_t>(bytes);
    return result;
}

} // namespace

CudaDevices listCudaDevices(const std::string& driverLibrary) {
    CudaDevices result;
    // Never closed again: a driver that has been started does not like to be unmapped.
    void* const library = dlopen(driverLibrary.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        result.reason = fmt::format("no NVIDIA driver: {}", dlerror());
        return result;
    }
    Driver driver;
    if (const std::string missing = bindAll(library, driver); !missing.empty()) {
        result.reason = fmt::format("{} is no CUDA driver: it lacks {}", driverLibrary, missing);
        return result;
    }
    int version = 0;
    if (driver.driverVersion(&version) == kSuccess && version > 0) {
        result.driver = fmt::format("{}.{}", version / 1000, version % 1000 / 10);
    }
    if (const Result error = driver.init(0); error != kSuccess) {
        result.reason =
            fmt::format("the NVIDIA driver does not start: {}", describe(driver, error));
        return result;
    }
    int count = 0;
    if (const Result error = driver.deviceCount(&count); error != kSuccess) {
        result.reason = fmt::format("the driver lists no devices: {}", describe(driver, error));
        return result;
    }
    for (int index = 0; index < count; ++index) {
        if (auto device = readDevice(driver, index)) {
            result.devices.push_back(std::move(*device));
        }
    }
    if (result.devices.empty()) {
        result.reason = fmt::format("the driver lists {} device(s), none answers", count);
    }
    return result;
}

std::string toString(const CudaDevice& device) {
    constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
    return fmt::format(
        "cuda:{} {}, {:.0f} GiB, compute capability {}.{}",
        device.index,
        device.name,
        static_cast<double>(device.memoryBytes) / kGibibyte,
        device.computeMajor,
        device.computeMinor
    );
}

} // namespace siskin
