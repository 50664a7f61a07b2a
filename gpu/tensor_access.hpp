// SPDX-License-Identifier: MIT
// Tensors as the plain pointers that kernels take. Keys are unsigned; LibTorch has int64 for them.
#pragma once

#include "gpu/platform.hpp"

namespace siskin::gpu {

inline std::int32_t* ints(const torch::Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<std::int32_t>() : nullptr;
}

inline float* floats(const torch::Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<float>() : nullptr;
}

inline std::uint32_t* words(const torch::Tensor& tensor) {
    return reinterpret_cast<std::uint32_t*>(ints(tensor));
}

inline std::uint64_t* keysOf(const torch::Tensor& tensor) {
    return reinterpret_cast<std::uint64_t*>(tensor.data_ptr<std::int64_t>());
}

/// A plain struct in device memory.
template <typename T>
torch::Tensor newStruct() {
    return newTensor({static_cast<std::int64_t>(sizeof(T))}, torch::kUInt8);
}

template <typename T>
T* structIn(const torch::Tensor& tensor) {
    return reinterpret_cast<T*>(tensor.data_ptr<std::uint8_t>());
}

/// Waits for the device and copies a struct from it.
template <typename T>
T readStruct(const torch::Tensor& tensor) {
    const auto host = tensor.cpu();
    return *structIn<T>(host);
}

} // namespace siskin::gpu
