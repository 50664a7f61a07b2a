// SPDX-License-Identifier: MIT
// The LibTorch that is linked is one for CUDA, starts without a GPU, and finds the GPU where there
// is one.
#include "gpu/cuda_devices.hpp"

#include <gtest/gtest.h>
#include <torch/cuda.h>
#include <torch/types.h>

#include <oneapi/dnnl/dnnl.h>
#include <vector>

namespace siskin {

namespace {

TEST(CudaTorch, IsBuiltForCuda) {
    // Answered by libtorch_cuda.so, which no symbol of ours asks for; without it this throws.
    EXPECT_GE(at::globalContext().versionCUDART(), 13000);
}

TEST(CudaTorch, LeavesOurOneDnnAlone) {
    // LibTorch has a oneDNN, too (.cmake/Dependencies.cmake).
    constexpr dnnl_dim_t kSize = 32;
    const std::vector<float> ones(kSize * kSize, 1.0F);
    std::vector<float> product(kSize * kSize, 0.0F);
    const auto status = dnnl_sgemm(
        'N',
        'N',
        kSize,
        kSize,
        kSize,
        1.0F,
        ones.data(),
        kSize,
        ones.data(),
        kSize,
        0.0F,
        product.data(),
        kSize
    );
    ASSERT_EQ(status, dnnl_success);
    EXPECT_EQ(product, std::vector<float>(kSize * kSize, static_cast<float>(kSize)));
}

TEST(CudaTorch, FindsTheDevicesOfTheDriver) {
    const auto driver = listCudaDevices();
    EXPECT_EQ(torch::cuda::device_count(), driver.devices.size()) << driver.reason;
}

TEST(CudaTorch, Computes) {
    if (!torch::cuda::is_available()) {
        GTEST_SKIP() << listCudaDevices().reason;
    }
    const auto values = torch::arange(1000, torch::kFloat32);
    const auto sum = values.to(torch::kCUDA).square().sum().to(torch::kCPU);
    EXPECT_FLOAT_EQ(sum.item<float>(), 999.0F * 1000.0F * 1999.0F / 6.0F);
}

} // namespace

} // namespace siskin
