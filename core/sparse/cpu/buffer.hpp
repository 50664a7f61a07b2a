// SPDX-License-Identifier: MIT
// Uninitialised arrays from LibTorch's allocator, which may reuse memory from frame to frame.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <type_traits>

namespace siskin::cpu {

template <typename T>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 64);

  public:
    explicit Buffer(std::int64_t size)
        : size_(size),
          bytes_(torch::empty({size * static_cast<std::int64_t>(sizeof(T))}, torch::kUInt8)),
          data_(reinterpret_cast<T*>(bytes_.data_ptr<std::uint8_t>())) {}

    std::int64_t size() const noexcept { return size_; }

    T* data() noexcept { return data_; }

    const T* data() const noexcept { return data_; }

    T& operator[](std::int64_t i) noexcept { return data_[i]; }

    const T& operator[](std::int64_t i) const noexcept { return data_[i]; }

  private:
    std::int64_t size_;
    torch::Tensor bytes_;
    T* data_;
};

} // namespace siskin::cpu
