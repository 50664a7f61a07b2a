// SPDX-License-Identifier: MIT
// Pairs of voxel rows that are found chunk by chunk on several threads and then joined to one list
// per kernel offset.
#pragma once

#include "core/sparse/cpu/buffer.hpp"
#include "core/sparse/cpu/columns.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace siskin::cpu {

inline constexpr int kMaxKernelVolume = 125; ///< 5 x 5 x 5

/// The pairs of one kernel offset; both lists ascend.
struct RowPairs {
    const std::int32_t* first;
    const std::int32_t* second;
    std::int64_t count;

    RowPairs swapped() const noexcept { return {second, first, count}; }
};

/// All pairs, list after list.
class JoinedPairs {
  public:
    JoinedPairs(std::vector<std::int64_t> start)
        : start_(std::move(start)), first_(start_.back()), second_(start_.back()) {}

    RowPairs list(int i) const noexcept {
        const auto begin = start_[static_cast<std::size_t>(i)];
        return {
            first_.data() + begin,
            second_.data() + begin,
            start_[static_cast<std::size_t>(i) + 1] - begin};
    }

    std::int32_t* first() noexcept { return first_.data(); }

    std::int32_t* second() noexcept { return second_.data(); }

  private:
    std::vector<std::int64_t> start_;
    Buffer<std::int32_t> first_;
    Buffer<std::int32_t> second_;
};

class PairLists {
  public:
    /// Room for `lists` lists of the chunks of a set of `rows` rows.
    PairLists(int lists, std::int64_t chunks, std::int64_t rows);

    /// The lists of one chunk; for one thread at a time.
    class Chunk {
      public:
        void add(int list, std::int32_t first, std::int32_t second) noexcept {
            auto& count = counts_[static_cast<std::size_t>(list)];
            const std::int64_t slot = list * capacity_ + count++;
            first_[slot] = first;
            second_[slot] = second;
        }

      private:
        friend class PairLists;
        std::int64_t capacity_ = 0;
        std::int32_t* first_ = nullptr;
        std::int32_t* second_ = nullptr;
        std::array<std::int32_t, kMaxKernelVolume> counts_{};
    };

    /// A chunk that adds at most one pair per list and row of `rows`; chunks' rows are disjoint.
    Chunk open(Range rows) noexcept;
    void close(std::int64_t chunk, const Chunk& lists) noexcept;

    /// Joins all chunks in their order; `secondBase` (one per chunk) is added to the second rows.
    JoinedPairs join(const Buffer<std::int32_t>* secondBase = nullptr) const;

  private:
    int lists_;
    std::int64_t rows_;
    Buffer<std::int32_t> pairs_;
    Buffer<Chunk> chunks_;
};

} // namespace siskin::cpu
