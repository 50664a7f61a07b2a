// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/coordinates.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/cpu/columns.hpp"
#include "core/sparse/cpu/radix_sort.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace siskin::cpu {

namespace {

constexpr std::int64_t kGrain = 8192;

std::int64_t chunkCount(std::int64_t rows) {
    return (rows + kGrain - 1) / kGrain;
}

/// Smallest and largest coordinate per axis.
struct Box {
    Coordinate low;
    Coordinate high;

    void add(const Coordinate& c) noexcept {
        for (std::size_t axis = 0; axis < 4; ++axis) {
            low[axis] = std::min(low[axis], c[axis]);
            high[axis] = std::max(high[axis], c[axis]);
        }
    }
};

constexpr Box emptyBox() {
    constexpr auto kMin = std::numeric_limits<std::int32_t>::min();
    constexpr auto kMax = std::numeric_limits<std::int32_t>::max();
    return {{kMax, kMax, kMax, kMax}, {kMin, kMin, kMin, kMin}};
}

/// The box around `boxes`, one point at 0 when there is none.
Box joined(const Buffer<Box>& boxes) {
    if (boxes.size() == 0) {
        return {};
    }
    Box all = boxes[0];
    for (std::int64_t i = 1; i < boxes.size(); ++i) {
        all.add(boxes[i].low);
        all.add(boxes[i].high);
    }
    return all;
}

/// How the coordinates of a box become keys and come back.
class KeyLayout {
  public:
    /// Throws `DatasetError` when the extents of all axes need more than 64 bits together.
    explicit KeyLayout(const Box& box) : low_(box.low) {
        for (std::size_t axis = 4; axis-- > 0;) {
            // An axis of one value has no bits; a shift of 64 would be undefined, so it stays at 0.
            const auto extent =
                static_cast<std::uint64_t>(std::int64_t{box.high[axis]} - box.low[axis]);
            const int bits = static_cast<int>(std::bit_width(extent));
            shift_[axis] = bits == 0 ? 0 : bits_;
            mask_[axis] = (std::uint64_t{1} << bits) - 1;
            bits_ += bits;
        }
        if (bits_ > 64) {
            throw DatasetError(
                fmt::format("voxel coordinates span {} bits together, 64 fit a key", bits_),
                "remove far-away outlier points or use larger voxels"
            );
        }
    }

    int bits() const noexcept { return bits_; }

    std::uint64_t key(const Coordinate& c) const noexcept {
        std::uint64_t value = 0;
        for (std::size_t axis = 0; axis < 4; ++axis) {
            const auto offset = static_cast<std::uint64_t>(std::int64_t{c[axis]} - low_[axis]);
            value |= offset << shift_[axis];
        }
        return value;
    }

    /// The coordinate of a key, moved so that the box's lowest corner is at `low`.
    Coordinate coordinate(std::uint64_t key, const Coordinate& low) const noexcept {
        Coordinate c;
        for (std::size_t axis = 0; axis < 4; ++axis) {
            const auto offset = static_cast<std::int64_t>((key >> shift_[axis]) & mask_[axis]);
            c[axis] = static_cast<std::int32_t>(low[axis] + offset);
        }
        return c;
    }

    const Coordinate& low() const noexcept { return low_; }

  private:
    Coordinate low_;
    std::array<int, 4> shift_{};
    std::array<std::uint64_t, 4> mask_{};
    int bits_ = 0;
};

/// A key and its list row in one word, for lists whose keys leave enough bits.
struct Packed {
    std::uint64_t word;
};

struct PackedCodec {
    int rowBits;

    Packed make(std::uint64_t key, std::int64_t row) const noexcept {
        return {key << rowBits | static_cast<std::uint64_t>(row)};
    }

    std::uint64_t key(Packed item) const noexcept { return item.word >> rowBits; }

    std::int64_t row(Packed item) const noexcept {
        return static_cast<std::int64_t>(item.word & ((std::uint64_t{1} << rowBits) - 1));
    }
};

struct Wide {
    std::uint64_t key;
    std::int64_t row;
};

struct WideCodec {
    static Wide make(std::uint64_t key, std::int64_t row) noexcept { return {key, row}; }

    static std::uint64_t key(const Wide& item) noexcept { return item.key; }

    static std::int64_t row(const Wide& item) noexcept { return item.row; }
};

/// Makes one item per coordinate, in list order; returns whether their keys ascend.
template <typename Item, typename Codec>
bool makeItems(
    const Coordinate* rows, const KeyLayout& layout, const Codec& codec, Buffer<Item>& items
) {
    std::atomic<bool> sorted{true};
    parallelFor(items.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::uint64_t before = begin > 0 ? layout.key(rows[begin - 1]) : 0;
        bool ascends = true;
        for (std::int64_t i = begin; i < end; ++i) {
            const auto key = layout.key(rows[i]);
            items[i] = codec.make(key, i);
            ascends = ascends && before <= key;
            before = key;
        }
        if (!ascends) {
            sorted.store(false, std::memory_order_relaxed);
        }
    });
    return sorted;
}

/// Distinct keys of sorted items; the items of a voxel are in list order.
template <typename Item, typename Codec>
UniqueVoxels distinct(
    const Buffer<Item>& items, const KeyLayout& layout, const Codec& codec, const Coordinate& low
) {
    const auto isFirst = [&](std::int64_t i) {
        return i == 0 || codec.key(items[i]) != codec.key(items[i - 1]);
    };
    Buffer<std::int64_t> base(chunkCount(items.size()));
    parallelFor(items.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::int64_t firsts = 0;
        for (std::int64_t i = begin; i < end; ++i) {
            firsts += isFirst(i) ? 1 : 0;
        }
        base[begin / kGrain] = firsts;
    });
    std::int64_t voxels = 0;
    for (std::int64_t chunk = 0; chunk < base.size(); ++chunk) {
        voxels += std::exchange(base[chunk], voxels);
    }
    UniqueVoxels result;
    result.voxels.coords = torch::empty({voxels, 4}, torch::kInt32);
    result.firstRow = torch::empty({voxels}, torch::kInt64);
    result.inverse = torch::empty({items.size()}, torch::kInt64);
    auto* coords = reinterpret_cast<Coordinate*>(result.voxels.coords.data_ptr<std::int32_t>());
    auto* firstRow = result.firstRow.data_ptr<std::int64_t>();
    auto* inverse = result.inverse.data_ptr<std::int64_t>();
    parallelFor(items.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::int64_t voxel = base[begin / kGrain] - 1;
        for (std::int64_t i = begin; i < end; ++i) {
            if (isFirst(i)) {
                ++voxel;
                coords[voxel] = layout.coordinate(codec.key(items[i]), low);
                firstRow[voxel] = codec.row(items[i]);
            }
            inverse[codec.row(items[i])] = voxel;
        }
    });
    return result;
}

template <typename Item, typename Codec>
UniqueVoxels sortAndJoin(
    const Coordinate* rows,
    std::int64_t count,
    const KeyLayout& layout,
    const Codec& codec,
    const Coordinate& low
) {
    Buffer<Item> items(count);
    if (!makeItems(rows, layout, codec, items)) {
        radixSort(items, layout.bits(), [&codec](const Item& item) { return codec.key(item); });
    }
    return distinct(items, layout, codec, low);
}

/// Distinct rows inside `box`, moved so that the box's lowest corner is at `low`.
UniqueVoxels
uniqueInBox(const Coordinate* rows, std::int64_t count, const Box& box, const Coordinate& low) {
    const KeyLayout layout(box);
    const int rowBits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count)));
    return layout.bits() + rowBits <= 64
               ? sortAndJoin<Packed>(rows, count, layout, PackedCodec{rowBits}, low)
               : sortAndJoin<Wide>(rows, count, layout, WideCodec{}, low);
}

void requireRowCount(std::int64_t rows) {
    if (rows > std::numeric_limits<std::int32_t>::max()) {
        throw DatasetError(fmt::format("{} points or voxels in one scan, at most 2^31-1 fit", rows)
        );
    }
}

/// Rounds ties to even, as the training data was made. Adding 2^23 leaves no bit for a fraction, so
/// the addition itself rounds; larger values are whole numbers already.
float roundToEven(float value) noexcept {
    constexpr float kWhole = 8388608.0F; // 2^23
    const float size = std::abs(value);
    return size < kWhole ? std::copysign((size + kWhole) - kWhole, value) : value;
}

} // namespace

UniqueVoxels uniqueVoxels(const torch::Tensor& coords) {
    requireCoordinates(coords);
    const std::int64_t count = coords.size(0);
    requireRowCount(count);
    const auto contiguous = coords.contiguous();
    const Coordinate* rows = coordinatesOf(contiguous);
    Buffer<Box> boxes(chunkCount(count));
    parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        Box box = emptyBox();
        for (std::int64_t i = begin; i < end; ++i) {
            box.add(rows[i]);
        }
        boxes[begin / kGrain] = box;
    });
    const Box box = joined(boxes);
    return uniqueInBox(rows, count, box, box.low);
}

UniqueVoxels quantizePositions(const torch::Tensor& positions, float voxelSize) {
    requirePositions(positions);
    const std::int64_t count = positions.size(0);
    requireRowCount(count);
    const auto contiguous = positions.contiguous();
    const float* source = contiguous.data_ptr<float>();
    Buffer<Coordinate> rows(count);
    Buffer<Box> boxes(chunkCount(count));
    std::atomic<std::int64_t> outside{-1};
    parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        Box box = emptyBox();
        for (std::int64_t i = begin; i < end; ++i) {
            const float* p = source + i * 3;
            const float x = roundToEven(p[0] / voxelSize);
            const float y = roundToEven(p[1] / voxelSize);
            const float z = roundToEven(p[2] / voxelSize);
            const auto fits = [](float value) { return std::abs(value) <= kLargestCoordinate; };
            if (!(fits(x) && fits(y) && fits(z))) {
                outside = i;
                return;
            }
            rows[i] = {
                0,
                static_cast<std::int32_t>(x),
                static_cast<std::int32_t>(y),
                static_cast<std::int32_t>(z)};
            box.add(rows[i]);
        }
        boxes[begin / kGrain] = box;
    });
    if (outside >= 0) {
        throwCoordinateTooLarge(outside, voxelSize);
    }
    return uniqueInBox(rows.data(), count, joined(boxes), {0, 0, 0, 0});
}

} // namespace siskin::cpu
