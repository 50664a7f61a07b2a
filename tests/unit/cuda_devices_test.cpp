// SPDX-License-Identifier: MIT
// The list of CUDA devices: with a stand-in driver, with none, and with this machine's own.
#include "gpu/cuda_devices.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <gmock/gmock.h>

namespace siskin {
namespace {

using testing::HasSubstr;

CudaDevices listFake(const char* behaviour) {
    setenv("SISKIN_FAKE_CUDA", behaviour, 1);
    return listCudaDevices(SISKIN_FAKE_CUDA_DRIVER);
}

TEST(CudaDevices, ListsWhatTheDriverSays) {
    const CudaDevices found = listFake("two");
    EXPECT_EQ(found.driver, "12.4");
    EXPECT_EQ(found.reason, "");
    ASSERT_EQ(found.devices.size(), 2U);
    EXPECT_EQ(found.devices[1].index, 1);
    EXPECT_EQ(found.devices[1].name, "Fake GPU 1");
    EXPECT_EQ(found.devices[1].memoryBytes, std::int64_t{2} << 30);
    EXPECT_EQ(toString(found.devices[0]), "cuda:0 Fake GPU 0, 1 GiB, compute capability 8.6");
}

TEST(CudaDevices, SaysWhyThereAreNone) {
    EXPECT_THAT(listFake("none").reason, HasSubstr("0 device(s)"));
    EXPECT_THAT(listFake("mute").reason, HasSubstr("1 device(s), none answers"));
    const CudaDevices broken = listFake("broken");
    EXPECT_THAT(broken.reason, HasSubstr("no CUDA-capable device is detected (CUDA error 100)"));
    EXPECT_EQ(broken.driver, "12.4");
}

TEST(CudaDevices, AMissingOrForeignLibraryIsNoError) {
    const CudaDevices missing = listCudaDevices("libsiskin-no-such-driver.so.1");
    EXPECT_TRUE(missing.devices.empty());
    EXPECT_THAT(missing.reason, HasSubstr("no NVIDIA driver: libsiskin-no-such-driver.so.1"));
    EXPECT_THAT(listCudaDevices("libm.so.6").reason, HasSubstr("lacks cuInit"));
}

TEST(CudaDevices, ThisMachineHasEitherDevicesOrAReason) {
    const CudaDevices found = listCudaDevices();
    EXPECT_NE(found.devices.empty(), found.reason.empty());
    for (const auto& device : found.devices) {
        EXPECT_FALSE(device.name.empty());
        EXPECT_GT(device.memoryBytes, 0);
        EXPECT_GT(device.computeMajor, 0);
        RecordProperty("device", toString(device));
    }
}

} // namespace
} // namespace siskin
