// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/pair_lists.hpp"

#include "core/base/parallel.hpp"

#include <algorithm>

namespace siskin::cpu {

PairLists::PairLists(int lists, std::int64_t chunks, std::int64_t rows)
    : lists_(lists), rows_(rows), pairs_(2 * lists * rows), chunks_(chunks) {}

PairLists::Chunk PairLists::open(Range rows) noexcept {
    Chunk chunk;
    chunk.capacity_ = rows.end - rows.begin;
    chunk.first_ = pairs_.data() + lists_ * rows.begin;
    chunk.second_ = chunk.first_ + lists_ * rows_;
    return chunk;
}

void PairLists::close(std::int64_t chunk, const Chunk& lists) noexcept {
    chunks_[chunk] = lists;
}

JoinedPairs PairLists::join(const Buffer<std::int32_t>* secondBase) const {
    // Position of each chunk's part in each list, lists one after the other.
    const auto lists = static_cast<std::size_t>(lists_);
    std::vector<std::int64_t> start(lists + 1, 0);
    std::vector<std::int64_t> position(lists * static_cast<std::size_t>(chunks_.size()));
    std::int64_t next = 0;
    for (std::size_t list = 0; list < lists; ++list) {
        start[list] = next;
        for (std::int64_t chunk = 0; chunk < chunks_.size(); ++chunk) {
            position[static_cast<std::size_t>(chunk) * lists + list] = next;
            next += chunks_[chunk].counts_[list];
        }
    }
    start[lists] = next;
    JoinedPairs joined(std::move(start));
    parallelFor(chunks_.size(), 1, [&](std::int64_t begin, std::int64_t) {
        const Chunk& chunk = chunks_[begin];
        const std::int32_t base = secondBase ? (*secondBase)[begin] : 0;
        for (std::size_t list = 0; list < lists; ++list) {
            const auto from = static_cast<std::int64_t>(list) * chunk.capacity_;
            const auto to = position[static_cast<std::size_t>(begin) * lists + list];
            const auto count = chunk.counts_[list];
            std::copy_n(chunk.first_ + from, count, joined.first() + to);
            std::transform(
                chunk.second_ + from,
                chunk.second_ + from + count,
                joined.second() + to,
                [base](std::int32_t row) { return row + base; }
            );
        }
    });
    return joined;
}

} // namespace siskin::cpu
