// SPDX-License-Identifier: MIT
// The fixed part of a scan archive, shared by reader and writer.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace siskin {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

/// First bytes of the file; the header (JSON) and the packed frames follow.
struct ArchivePrefix {
    std::array<char, 8> magic;
    std::uint32_t headerSize;     ///< bytes
    std::uint32_t headerChecksum; ///< CRC-32
};

inline constexpr std::array<char, 8> kArchiveMagic = {'s', 'i', 's', 's', 'c', 'a', 'n', 's'};
inline constexpr std::string_view kArchiveFormat = "siskin-scans-1";
inline constexpr std::string_view kPositionField = "position";
inline constexpr std::string_view kLabelField = "label";

} // namespace siskin
