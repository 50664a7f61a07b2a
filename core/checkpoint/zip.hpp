// SPDX-License-Identifier: MIT
// Zip archives as PyTorch and NumPy write them: stored or deflated entries, zip64 tolerated.
// Layout: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3.
#pragma once

#include "core/checkpoint/byte_source.hpp"
#include "core/checkpoint/checkpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace siskin::checkpoint {

struct ZipEntry {
    std::uint64_t headerOffset = 0; ///< of the local header
    std::uint64_t dataOffset = 0;
    std::uint64_t packedBytes = 0;
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
    bool deflated = false;
};

/// The table of contents, checked when opened: entries lie inside the file and do not overlap,
/// names are unique and equal to those of the local headers, sizes are possible and within the
/// limits.
class ZipArchive {
  public:
    /// `source` must outlive the archive. Throws `CheckpointError`.
    ZipArchive(const ByteSource& source, const CheckpointLimits& limits);

    const std::map<std::string, ZipEntry>& entries() const noexcept { return entries_; }

    const ByteSource& source() const noexcept { return source_; }

    /// Unpacks an entry into `target`, which must have `entry.bytes` bytes. Throws
    /// `CheckpointError` when the data does not unpack to exactly that many bytes or its checksum
    /// differs.
    void read(const ZipEntry& entry, std::span<std::byte> target) const;
    std::vector<std::byte> read(const ZipEntry& entry) const;

  private:
    struct Directory {
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
        std::uint64_t entries = 0;
    };

    Directory findDirectory() const;
    Directory wideDirectory(std::uint64_t endRecord) const;
    void readDirectory(const Directory& directory);
    std::size_t readDirectoryEntry(std::span<const std::byte> record, std::uint64_t offset);
    void locateData(const std::string& name, ZipEntry& entry, const Directory& directory) const;
    void checkSizes(const CheckpointLimits& limits) const;
    void checkOverlap() const;
    void inflateEntry(const ZipEntry& entry, std::span<std::byte> target) const;

    const ByteSource& source_;
    std::map<std::string, ZipEntry> entries_;
};

} // namespace siskin::checkpoint
