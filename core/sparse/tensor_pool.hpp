// SPDX-License-Identifier: MIT
// Memory of tensors, kept for the next frame instead of given back to the system: after the first
// frame nothing is mapped, cleared or faulted in again.
#pragma once

#include <c10/core/Allocator.h>

#include <cstdint>

namespace siskin {

struct TensorPoolStats {
    std::int64_t bytesInUse = 0;     ///< in living tensors
    std::int64_t bytesHeld = 0;      ///< taken from the system, in use or idle
    std::int64_t peakBytesInUse = 0; ///< since the start, the last `trimTensorPool` or
                                     ///< the last `TensorPeak`
    std::int64_t growths = 0;        ///< how often memory was taken from the system
};

/// Puts the pool behind LibTorch's CPU allocator, for the rest of the process; later calls do
/// nothing. Tensors made before stay as they are. Under the address sanitizer it does nothing at
/// all, so that every tensor keeps its own guards.
void installTensorPool();

/// The pool itself: hands out 64-byte-aligned memory; throws `std::bad_alloc`. Safe from any
/// thread.
c10::Allocator& tensorPool();

TensorPoolStats tensorPoolStats();

/// Watches how much memory the tensors made in its lifetime take at once. Safe from any thread; two
/// at the same time cannot tell whose tensors they see.
class TensorPeak {
  public:
    TensorPeak();
    ~TensorPeak();
    TensorPeak(const TensorPeak&) = delete;
    TensorPeak& operator=(const TensorPeak&) = delete;

    /// Largest growth so far, bytes; 0 when another one lived meanwhile, or without the pool.
    std::int64_t bytes() const;

  private:
    std::int64_t before_;
};

/// Gives those segments back to the system in which nothing is in use.
void trimTensorPool();

} // namespace siskin
