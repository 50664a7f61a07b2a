// SPDX-License-Identifier: MIT
// `simt.cuh` for the emulator: CUDA's words with the meaning that the CUDA C++ manual gives them,
// for the threads of one block after another. Included by simt.cuh alone.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <type_traits>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
// Blocks run one after another on one thread of the processor, so one copy is that of the block.
#define __shared__ static thread_local

#define SISKIN_UNROLL

struct EmulatedIndex {
    unsigned x = 0;
    unsigned y = 0;
    unsigned z = 0;
};

extern thread_local EmulatedIndex threadIdx;
extern thread_local EmulatedIndex blockIdx;
extern thread_local EmulatedIndex blockDim;
extern thread_local EmulatedIndex gridDim;

namespace siskin::simt {

namespace emulator {

inline constexpr std::size_t kSlotBytes = 96; ///< largest value that a lane can show its warp

/// In which order the warps of a block run between barriers; a kernel without races does not see
/// it.
enum class WarpOrder { Forward, Backward };
void setWarpOrder(WarpOrder order);

void runGrid(const LaunchShape& shape, const std::function<void()>& thread);
void blockBarrier();
void warpBarrier();
/// Shows `value` to the warp; returns the slots of its 32 lanes once all living lanes have shown
/// theirs. They stay until the lane's next call but one.
const std::byte* exchange(const void* value, std::size_t bytes);
/// Whether that lane of this thread's warp has shown a value in this thread's last exchange.
bool isAlive(unsigned lane);
unsigned char* sharedBuffer();
void copyLater(void* to, const void* from, int bytes);
void endGroup();
void finishGroups(int pending);

template <typename T>
T laneValue(const std::byte* slots, unsigned lane) {
    T value;
    std::memcpy(&value, slots + lane * kSlotBytes, sizeof(T));
    return value;
}

inline unsigned laneIndex() {
    return threadIdx.x % kWarp;
}

} // namespace emulator

template <typename... Parameters, typename... Arguments>
void launch(
    Stream, const LaunchShape& shape, void (*kernel)(Parameters...), Arguments... arguments
) {
    emulator::runGrid(shape, [&] { kernel(Parameters(arguments)...); });
}

inline unsigned char* dynamicShared() {
    return emulator::sharedBuffer();
}

// Copies happen as late as allowed, so that a kernel that reads too early reads stale bytes.
inline void copyAsync16(void* shared, const void* global, int bytes) {
    emulator::copyLater(shared, global, bytes);
}

inline void commitCopies() {
    emulator::endGroup();
}

template <int Pending>
void waitCopies() {
    emulator::finishGroups(Pending);
}

} // namespace siskin::simt

inline void __syncthreads() {
    siskin::simt::emulator::blockBarrier();
}

inline void __syncwarp(unsigned = ~0U) {
    siskin::simt::emulator::warpBarrier();
}

template <typename T>
T __shfl_sync(unsigned, T value, int lane) {
    using namespace siskin::simt::emulator;
    return laneValue<T>(exchange(&value, sizeof(T)), static_cast<unsigned>(lane) % 32U);
}

template <typename T>
T __shfl_xor_sync(unsigned mask, T value, int bits) {
    using namespace siskin::simt::emulator;
    return __shfl_sync(mask, value, static_cast<int>(laneIndex()) ^ bits);
}

template <typename T>
T __shfl_up_sync(unsigned mask, T value, unsigned by) {
    using namespace siskin::simt::emulator;
    const unsigned lane = laneIndex();
    return __shfl_sync(mask, value, static_cast<int>(lane < by ? lane : lane - by));
}

template <typename T>
T __shfl_down_sync(unsigned mask, T value, unsigned by) {
    using namespace siskin::simt::emulator;
    const unsigned lane = laneIndex();
    return __shfl_sync(mask, value, static_cast<int>(lane + by > 31U ? lane : lane + by));
}

template <typename T>
unsigned __match_any_sync(unsigned, T value) {
    using namespace siskin::simt::emulator;
    const auto* slots = exchange(&value, sizeof(T));
    unsigned same = 0;
    for (unsigned lane = 0; lane < 32; ++lane) {
        same |= isAlive(lane) && laneValue<T>(slots, lane) == value ? 1U << lane : 0U;
    }
    return same;
}

inline unsigned __ballot_sync(unsigned, int predicate) {
    using namespace siskin::simt::emulator;
    const auto* slots = exchange(&predicate, sizeof(predicate));
    unsigned votes = 0;
    for (unsigned lane = 0; lane < 32; ++lane) {
        votes |= isAlive(lane) && laneValue<int>(slots, lane) != 0 ? 1U << lane : 0U;
    }
    return votes;
}

inline int __any_sync(unsigned mask, int predicate) {
    return __ballot_sync(mask, predicate) != 0U ? 1 : 0;
}

template <typename T>
T __reduce_max_sync(unsigned, T value) {
    using namespace siskin::simt::emulator;
    const auto* slots = exchange(&value, sizeof(T));
    for (unsigned lane = 0; lane < 32; ++lane) {
        const bool larger = isAlive(lane) && laneValue<T>(slots, lane) > value;
        value = larger ? laneValue<T>(slots, lane) : value;
    }
    return value;
}

template <typename T>
T __reduce_min_sync(unsigned, T value) {
    using namespace siskin::simt::emulator;
    const auto* slots = exchange(&value, sizeof(T));
    for (unsigned lane = 0; lane < 32; ++lane) {
        const bool smaller = isAlive(lane) && laneValue<T>(slots, lane) < value;
        value = smaller ? laneValue<T>(slots, lane) : value;
    }
    return value;
}

inline int __popc(unsigned bits) {
    return std::popcount(bits);
}

inline int __popcll(unsigned long long bits) {
    return std::popcount(bits);
}

inline int __ffs(int bits) {
    return bits == 0 ? 0 : std::countr_zero(static_cast<unsigned>(bits)) + 1;
}

inline int __clz(int bits) {
    return std::countl_zero(static_cast<unsigned>(bits));
}

inline float __fdiv_rn(float a, float b) {
    return a / b;
}

inline float __fmul_rn(float a, float b) {
    return a * b;
}

inline float __fadd_rn(float a, float b) {
    return a + b;
}

inline float __fsub_rn(float a, float b) {
    return a - b;
}

inline float __fsqrt_rn(float value) {
    return std::sqrt(value);
}

inline unsigned __float_as_uint(float value) {
    return std::bit_cast<unsigned>(value);
}

inline int __float_as_int(float value) {
    return std::bit_cast<int>(value);
}

inline float __int_as_float(int bits) {
    return std::bit_cast<float>(bits);
}

inline float __uint_as_float(unsigned bits) {
    return std::bit_cast<float>(bits);
}

template <typename T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
    const T before = *address;
    *address = before + value;
    return before;
}

template <typename T>
T atomicMin(T* address, std::type_identity_t<T> value) {
    const T before = *address;
    *address = value < before ? value : before;
    return before;
}

template <typename T>
T atomicMax(T* address, std::type_identity_t<T> value) {
    const T before = *address;
    *address = before < value ? value : before;
    return before;
}

template <typename T>
T atomicOr(T* address, std::type_identity_t<T> value) {
    const T before = *address;
    *address = before | value;
    return before;
}

template <typename T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
    const T before = *address;
    *address = before == expected ? value : before;
    return before;
}
