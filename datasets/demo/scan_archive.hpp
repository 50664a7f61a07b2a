// SPDX-License-Identifier: MIT
// Several scans in one small file: the format of `resources/demo/*.scans` ("siskin-scans-1").
#pragma once

#include "core/scan/scan.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace siskin {

/// What is kept of every point: `channels` numbers, each as a whole multiple of `step`.
struct ArchiveField {
    std::string name; ///< "position" (first), names of `Scan::fields`, "label" (last; raw ids)
    std::size_t channels = 1;
    double step = 1.0;
};

struct ArchiveHeader {
    std::string title;    ///< for people, e.g. "synthetic street (procedural)"
    std::string classMap; ///< name in resources/classmaps
    double framesPerSecond = 10.0;
    std::vector<ArchiveField> fields;
};

struct ArchivedScan {
    std::shared_ptr<const Scan> scan;
    std::string group;
};

/// The bytes of a file with these scans; the same input gives the same bytes. Numbers are rounded
/// to the nearest multiple of their field's step. Throws `DatasetError` when a scan lacks a field
/// or labels, or a number is not finite or beyond 2^31 steps.
std::vector<std::byte>
packArchive(const ArchiveHeader& header, std::span<const ArchivedScan> scans);

/// A file in memory. Immutable; `read` may be called from any thread.
class ScanArchive {
  public:
    struct Frame {
        std::string id;
        std::string group;
        std::size_t points = 0;
        std::optional<std::array<double, 16>> pose;
        std::span<const std::byte> packed; ///< into the file
        std::uint32_t checksum = 0;        ///< CRC-32 of `packed`
    };

    /// Throws `DatasetError` naming the file and what is wrong: missing, of another format or
    /// version, cut short, longer than it says, damaged header.
    explicit ScanArchive(const std::filesystem::path& path);
    ScanArchive(ScanArchive&&) = default;
    ScanArchive(const ScanArchive&) = delete; // frames point into the bytes

    const ArchiveHeader& header() const noexcept { return header_; }

    const std::vector<Frame>& frames() const noexcept { return frames_; }

    /// Ground truth without classes: `classIds` and `classMap` are left empty. Throws
    /// `DatasetError` when the frame's bytes do not match its checksum.
    Scan read(std::size_t index) const;

  private:
    void readHeader();

    std::filesystem::path path_;
    std::vector<std::byte> bytes_;
    ArchiveHeader header_;
    std::vector<Frame> frames_;
};

} // namespace siskin
