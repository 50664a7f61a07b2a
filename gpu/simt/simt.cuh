// SPDX-License-Identifier: MIT
// The few things that kernels are written in: CUDA's own names for threads, barriers, shuffles and
// atomics, a launch, asynchronous copies and shared memory. nvcc compiles them for a GPU; any C++
// compiler compiles the same kernels for the emulator, which runs every thread of a block on the
// processor, so that a machine without a GPU can test them.
//
// Rules for kernels, which the emulator enforces: warp collectives and barriers are reached by all
// living threads of the warp or block; 1-dimensional blocks of whole warps.
#pragma once

#include "gpu/simt/stream.hpp"

#if defined(__CUDACC__)
#include "gpu/simt/device.cuh"
#else
#include "gpu/simt/emulated.hpp"
#endif
