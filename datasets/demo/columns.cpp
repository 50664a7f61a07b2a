// SPDX-License-Identifier: MIT
#include "datasets/demo/columns.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <zlib.h>

namespace siskin {

namespace {

constexpr std::size_t kPlanes = sizeof(std::int32_t);

std::uint32_t fold(std::uint32_t difference) {
    const std::uint32_t sign = (difference >> 31U) != 0 ? ~0U : 0U;
    return (difference << 1U) ^ sign;
}

std::uint32_t unfold(std::uint32_t folded) {
    return (folded >> 1U) ^ (0U - (folded & 1U));
}

[[noreturn]] void failDamaged(const std::string& origin) {
    throw DatasetError(
        fmt::format("{}: the packed points are damaged", origin), "restore the file"
    );
}

const Bytef* zlibBytes(const std::byte* bytes) {
    return reinterpret_cast<const Bytef*>(bytes);
}

} // namespace

std::vector<std::byte> packColumns(std::span<const IntColumn> columns) {
    std::vector<std::byte> planes;
    for (const IntColumn& column : columns) {
        const std::size_t begin = planes.size();
        planes.resize(begin + kPlanes * column.size());
        std::uint32_t previous = 0; // unsigned: differences may wrap round and come back
        for (std::size_t row = 0; row < column.size(); ++row) {
            const auto value = static_cast<std::uint32_t>(column[row]);
            const std::uint32_t folded = fold(value - previous);
            previous = value;
            for (std::size_t plane = 0; plane < kPlanes; ++plane) {
                planes[begin + plane * column.size() + row] =
                    static_cast<std::byte>(folded >> (8 * plane));
            }
        }
    }
    uLongf size = compressBound(static_cast<uLong>(planes.size()));
    std::vector<std::byte> packed(size);
    const int status = compress2(
        reinterpret_cast<Bytef*>(packed.data()),
        &size,
        zlibBytes(planes.data()),
        static_cast<uLong>(planes.size()),
        Z_BEST_COMPRESSION
    );
    if (status != Z_OK) {
        throw DatasetError(
            fmt::format("zlib cannot pack {} bytes: {}", planes.size(), zError(status))
        );
    }
    packed.resize(size);
    return packed;
}

std::vector<IntColumn> unpackColumns(
    std::span<const std::byte> packed,
    std::size_t columns,
    std::size_t rows,
    const std::string& origin
) {
    constexpr std::size_t kBestRatio =
        1032; // of zlib: do not believe, and reserve memory for, more
    const std::size_t wanted = columns * rows * kPlanes;
    if (wanted / kBestRatio > packed.size()) {
        failDamaged(origin);
    }
    std::vector<std::byte> planes(wanted);
    auto size = static_cast<uLongf>(planes.size());
    auto used = static_cast<uLong>(packed.size());
    // zlib refuses a null target, even for no bytes at all.
    Bytef nothing = 0;
    auto* target = planes.empty() ? &nothing : reinterpret_cast<Bytef*>(planes.data());
    const int status = uncompress2(target, &size, zlibBytes(packed.data()), &used);
    if (status != Z_OK || size != planes.size() || used != packed.size()) {
        failDamaged(origin);
    }
    std::vector<IntColumn> result(columns, IntColumn(rows));
    for (std::size_t column = 0; column < columns; ++column) {
        const std::byte* plane = planes.data() + column * rows * kPlanes;
        std::uint32_t value = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            std::uint32_t folded = 0;
            for (std::size_t i = 0; i < kPlanes; ++i) {
                folded |= std::to_integer<std::uint32_t>(plane[i * rows + row]) << (8 * i);
            }
            value += unfold(folded);
            result[column][row] = static_cast<std::int32_t>(value);
        }
    }
    return result;
}

std::uint32_t checksum(std::span<const std::byte> bytes) {
    return static_cast<std::uint32_t>(
        crc32(0, zlibBytes(bytes.data()), static_cast<uInt>(bytes.size()))
    );
}

} // namespace siskin
