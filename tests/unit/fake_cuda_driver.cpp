// SPDX-License-Identifier: MIT
// A stand-in for libcuda.so.1, loaded by cuda_devices_test. SISKIN_FAKE_CUDA says how it behaves:
// "two" devices, "none", "broken" (does not start) or "mute" (one device that does not answer).
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

constexpr int kSuccess = 0;
constexpr int kNoDevice = 100;

std::string_view behaviour() {
    const char* chosen = std::getenv("SISKIN_FAKE_CUDA");
    return chosen == nullptr ? "none" : chosen;
}

} // namespace

extern "C" {

int cuInit(unsigned /*flags*/) {
    return behaviour() == "broken" ? kNoDevice : kSuccess;
}

int cuDriverGetVersion(int* version) {
    *version = 12040;
    return kSuccess;
}

int cuDeviceGetCount(int* count) {
    *count = behaviour() == "two" ? 2 : behaviour() == "mute" ? 1 : 0;
    return kSuccess;
}

int cuDeviceGet(int* device, int index) {
    *device = index + 7; // a handle is not an index
    return behaviour() == "mute" ? kNoDevice : kSuccess;
}

int cuDeviceGetName(char* name, int length, int device) {
    std::snprintf(name, static_cast<std::size_t>(length), "Fake GPU %d", device - 7);
    return kSuccess;
}

int cuDeviceTotalMem_v2(std::size_t* bytes, int device) {
    *bytes = static_cast<std::size_t>(device - 6) << 30U;
    return kSuccess;
}

int cuDeviceGetAttribute(int* value, int attribute, int /*device*/) {
    *value = attribute == 75 ? 8 : attribute == 76 ? 6 : -1;
    return kSuccess;
}

int cuGetErrorString(int /*error*/, const char** text) {
    *text = "no CUDA-capable device is detected";
    return kSuccess;
}

} // extern "C"
