// SPDX-License-Identifier: MIT
#include "core/checkpoint/zip.hpp"

#include "core/checkpoint/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <zlib.h>

namespace siskin::checkpoint {

namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kEntrySignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kWideEndSignature = 0x06064b50;
constexpr std::uint32_t kWideLocatorSignature = 0x07064b50;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kWideEndBytes = 56;
constexpr std::size_t kWideLocatorBytes = 20;
constexpr std::uint32_t kSeeWide32 = 0xFFFFFFFF;
constexpr std::uint16_t kSeeWide16 = 0xFFFF;
constexpr std::uint64_t kMostDirectoryBytes = std::uint64_t{64} << 20U;
constexpr const char* kDamaged = "the file is truncated or damaged; copy it again";

/// Replaces those of the three 32-bit fields that say "see the zip64 field"; false when it is
/// absent or too short.
bool widen(std::span<const std::byte> extra, std::span<std::uint64_t* const> fields) {
    const auto needed =
        std::count_if(fields.begin(), fields.end(), [](const auto* f) { return *f == kSeeWide32; });
    if (needed == 0) {
        return true;
    }
    while (extra.size() >= 4) {
        const auto id = littleEndian<std::uint16_t>(extra.data());
        const std::size_t bytes = littleEndian<std::uint16_t>(extra.data() + 2);
        extra = extra.subspan(4);
        if (bytes > extra.size()) {
            return false;
        }
        if (id != 1) {
            extra = extra.subspan(bytes);
            continue;
        }
        if (bytes < static_cast<std::size_t>(needed) * sizeof(std::uint64_t)) {
            return false;
        }
        for (auto* field : fields) {
            if (*field == kSeeWide32) {
                *field = littleEndian<std::uint64_t>(extra.data());
                extra = extra.subspan(sizeof(std::uint64_t));
            }
        }
        return true;
    }
    return false;
}

} // namespace

ZipArchive::ZipArchive(const ByteSource& source, const CheckpointLimits& limits) : source_(source) {
    const Directory directory = findDirectory();
    readDirectory(directory);
    checkSizes(limits);
    for (auto& [name, entry] : entries_) {
        locateData(name, entry, directory);
    }
    checkOverlap();
}

ZipArchive::Directory ZipArchive::findDirectory() const {
    constexpr std::uint64_t kLongestComment = 65535;
    const auto size = source_.size();
    std::vector<std::byte> tail(std::min(size, kLongestComment + kEndBytes));
    const auto tailStart = size - tail.size();
    source_.read(tailStart, tail);
    for (std::size_t i = tail.size() < kEndBytes ? 0 : tail.size() - kEndBytes + 1; i-- > 0;) {
        const std::byte* record = tail.data() + i;
        if (littleEndian<std::uint32_t>(record) != kEndSignature ||
            i + kEndBytes + littleEndian<std::uint16_t>(record + 20) > tail.size()) {
            continue;
        }
        const Directory directory{
            .offset = littleEndian<std::uint32_t>(record + 16),
            .bytes = littleEndian<std::uint32_t>(record + 12),
            .entries = littleEndian<std::uint16_t>(record + 10),
        };
        const auto at = tailStart + i;
        if (directory.offset == kSeeWide32 || directory.bytes == kSeeWide32 ||
            directory.entries == kSeeWide16) {
            return wideDirectory(at);
        }
        if (directory.offset > at || directory.bytes > at - directory.offset) {
            source_.fail(
                at, "the archive's directory does not lie where its end record says", kDamaged
            );
        }
        return directory;
    }
    source_.fail(size, "no end record of a zip archive", kDamaged);
}

ZipArchive::Directory ZipArchive::wideDirectory(std::uint64_t endRecord) const {
    std::byte locator[kWideLocatorBytes];
    std::byte record[kWideEndBytes];
    if (endRecord < sizeof(locator)) {
        source_.fail(endRecord, "no zip64 locator before the end record", kDamaged);
    }
    source_.read(endRecord - sizeof(locator), locator);
    if (littleEndian<std::uint32_t>(locator) != kWideLocatorSignature) {
        source_.fail(
            endRecord - sizeof(locator), "no zip64 locator before the end record", kDamaged
        );
    }
    const auto at = littleEndian<std::uint64_t>(locator + 8);
    source_.read(at, record);
    if (littleEndian<std::uint32_t>(record) != kWideEndSignature) {
        source_.fail(at, "no zip64 end record where the locator points", kDamaged);
    }
    const Directory directory{
        .offset = littleEndian<std::uint64_t>(record + 48),
        .bytes = littleEndian<std::uint64_t>(record + 40),
        .entries = littleEndian<std::uint64_t>(record + 32),
    };
    if (directory.offset > at || directory.bytes > at - directory.offset) {
        source_.fail(
            at, "the archive's directory does not lie where its end record says", kDamaged
        );
    }
    return directory;
}

void ZipArchive::readDirectory(const Directory& directory) {
    if (directory.bytes > kMostDirectoryBytes) {
        source_.fail(directory.offset, fmt::format("a directory of {} bytes", directory.bytes));
    }
    std::vector<std::byte> records(directory.bytes);
    source_.read(directory.offset, records);
    std::size_t cursor = 0;
    while (cursor < records.size()) {
        cursor += readDirectoryEntry(std::span(records).subspan(cursor), directory.offset + cursor);
    }
    if (entries_.size() != directory.entries) {
        source_.fail(
            directory.offset,
            fmt::format("{} entries in a directory of {}", entries_.size(), directory.entries),
            kDamaged
        );
    }
}

std::size_t
ZipArchive::readDirectoryEntry(std::span<const std::byte> record, std::uint64_t offset) {
    if (record.size() < kEntryBytes ||
        littleEndian<std::uint32_t>(record.data()) != kEntrySignature) {
        source_.fail(offset, "not an entry of a zip directory", kDamaged);
    }
    const std::byte* fields = record.data();
    const std::size_t nameBytes = littleEndian<std::uint16_t>(fields + 28);
    const std::size_t extraBytes = littleEndian<std::uint16_t>(fields + 30);
    const std::size_t bytes =
        kEntryBytes + nameBytes + extraBytes + littleEndian<std::uint16_t>(fields + 32);
    if (bytes > record.size()) {
        source_.fail(offset, "an entry that leaves the zip directory", kDamaged);
    }
    const std::string name(reinterpret_cast<const char*>(fields + kEntryBytes), nameBytes);
    const auto flags = littleEndian<std::uint16_t>(fields + 8);
    const auto method = littleEndian<std::uint16_t>(fields + 10);
    ZipEntry entry;
    entry.crc = littleEndian<std::uint32_t>(fields + 16);
    entry.packedBytes = littleEndian<std::uint32_t>(fields + 20);
    entry.bytes = littleEndian<std::uint32_t>(fields + 24);
    entry.headerOffset = littleEndian<std::uint32_t>(fields + 42);
    entry.deflated = method == Z_DEFLATED;
    std::uint64_t* const wide[] = {&entry.bytes, &entry.packedBytes, &entry.headerOffset};
    if (!widen(record.subspan(kEntryBytes + nameBytes, extraBytes), wide)) {
        source_.fail(offset, fmt::format("'{}': no zip64 sizes", printable(name)), kDamaged);
    }
    if ((flags & 1U) != 0) {
        source_.fail(offset, fmt::format("'{}' is encrypted", printable(name)));
    }
    if (method != 0 && !entry.deflated) {
        source_.fail(offset, fmt::format("'{}': compression method {}", printable(name), method));
    }
    if (!entries_.emplace(name, entry).second) {
        source_.fail(offset, fmt::format("'{}' is in the archive twice", printable(name)));
    }
    return bytes;
}

void ZipArchive::locateData(const std::string& name, ZipEntry& entry, const Directory& directory)
    const {
    std::byte header[kLocalBytes];
    source_.read(entry.headerOffset, header);
    const std::size_t nameBytes = littleEndian<std::uint16_t>(header + 26);
    std::string localName(nameBytes, '\0');
    if (littleEndian<std::uint32_t>(header) == kLocalSignature && nameBytes == name.size()) {
        source_.read(
            entry.headerOffset + kLocalBytes,
            std::as_writable_bytes(std::span(localName.data(), localName.size()))
        );
    }
    if (localName != name) {
        source_.fail(
            entry.headerOffset,
            fmt::format("no local header of '{}' here", printable(name)),
            kDamaged
        );
    }
    entry.dataOffset =
        entry.headerOffset + kLocalBytes + nameBytes + littleEndian<std::uint16_t>(header + 28);
    if (entry.dataOffset > directory.offset ||
        entry.packedBytes > directory.offset - entry.dataOffset) {
        source_.fail(
            entry.headerOffset,
            fmt::format(
                "'{}' ({} bytes) reaches into the directory", printable(name), entry.packedBytes
            ),
            kDamaged
        );
    }
}

void ZipArchive::checkSizes(const CheckpointLimits& limits) const {
    // One deflate block codes at most 258 bytes in two bits: no honest ratio is above 1032.
    constexpr std::uint64_t kBestRatio = 1032;
    std::uint64_t left = expansionLimit(source_.size(), limits.unpackedBytes, limits);
    for (const auto& [name, entry] : entries_) {
        const bool possible = entry.deflated ? entry.bytes / kBestRatio <= entry.packedBytes
                                             : entry.bytes == entry.packedBytes;
        if (!possible || entry.packedBytes > source_.size()) {
            source_.fail(
                entry.headerOffset,
                fmt::format(
                    "'{}': {} bytes cannot unpack to {}",
                    printable(name),
                    entry.packedBytes,
                    entry.bytes
                ),
                kDamaged
            );
        }
        if (entry.bytes > left) {
            source_.fail(
                entry.headerOffset,
                fmt::format(
                    "'{}' ({} bytes) passes the limit of unpacked data",
                    printable(name),
                    entry.bytes
                )
            );
        }
        left -= entry.bytes;
    }
}

void ZipArchive::checkOverlap() const {
    std::vector<const ZipEntry*> order;
    order.reserve(entries_.size());
    for (const auto& [name, entry] : entries_) {
        order.push_back(&entry);
    }
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return a->headerOffset < b->headerOffset;
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
        if (order[i - 1]->dataOffset + order[i - 1]->packedBytes > order[i]->headerOffset) {
            source_.fail(order[i]->headerOffset, "two entries of the archive overlap", kDamaged);
        }
    }
}

void ZipArchive::read(const ZipEntry& entry, std::span<std::byte> target) const {
    if (entry.deflated) {
        inflateEntry(entry, target);
    } else {
        source_.read(entry.dataOffset, target);
    }
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(target.data()), target.size());
    if (crc != entry.crc) {
        source_.fail(entry.dataOffset, "the checksum of this entry differs", kDamaged);
    }
}

std::vector<std::byte> ZipArchive::read(const ZipEntry& entry) const {
    std::vector<std::byte> content(entry.bytes);
    read(entry, content);
    return content;
}

void ZipArchive::inflateEntry(const ZipEntry& entry, std::span<std::byte> target) const {
    constexpr std::uint64_t kBlock = 1U << 18U;
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
        source_.fail(entry.dataOffset, "zlib does not start");
    }
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, &inflateEnd);
    std::vector<std::byte> block;
    std::uint64_t used = 0;
    int status = Z_OK;
    // One spare byte of room, so that output beyond the declared size is noticed and never stored.
    Bytef surplus = 0;
    std::uint64_t produced = 0;
    while (status == Z_OK) {
        if (stream.avail_in == 0 && used < entry.packedBytes) {
            block.resize(std::min(kBlock, entry.packedBytes - used));
            source_.read(entry.dataOffset + used, block);
            used += block.size();
            stream.next_in = reinterpret_cast<Bytef*>(block.data());
            stream.avail_in = static_cast<uInt>(block.size());
        }
        const auto room = std::min(kBlock, target.size() - produced);
        stream.next_out = room == 0 ? &surplus : reinterpret_cast<Bytef*>(target.data() + produced);
        stream.avail_out = room == 0 ? 1 : static_cast<uInt>(room);
        const auto before = stream.avail_out;
        status = inflate(&stream, Z_NO_FLUSH);
        produced += before - stream.avail_out;
        if (produced > target.size()) {
            break;
        }
    }
    if (status != Z_STREAM_END || produced != target.size()) {
        source_.fail(
            entry.dataOffset + used - stream.avail_in,
            fmt::format("deflated data gives {} bytes instead of {}", produced, target.size()),
            kDamaged
        );
    }
}

} // namespace siskin::checkpoint
