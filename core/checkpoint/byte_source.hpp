// SPDX-License-Identifier: MIT
// Bounds-checked reading from a file or from memory. Every complaint names the file and the byte.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siskin::checkpoint {

static_assert(
    std::endian::native == std::endian::little, "weights are read as they lie in the file"
);

/// The little-endian number at the start of `bytes`, which must be long enough.
template <typename T>
T littleEndian(const std::byte* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return value;
}

/// `text` fit for a one-line message: at most 80 characters, unprintable ones replaced by '?'.
std::string printable(std::string_view text);

/// Something of known size that can be read at any place.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    std::uint64_t size() const noexcept { return size_; }

    const std::string& name() const noexcept { return name_; }

    /// Fills `target` from `offset` on; throws `CheckpointError` when that passes the end.
    void read(std::uint64_t offset, std::span<std::byte> target) const;
    /// Throws `CheckpointError`: name, byte, reason.
    [[noreturn]] void
    fail(std::uint64_t offset, const std::string& why, const std::string& hint = {}) const;

  protected:
    explicit ByteSource(std::string name) : name_(std::move(name)) {}

    void setSize(std::uint64_t size) noexcept { size_ = size; }

  private:
    virtual void readUnchecked(std::uint64_t offset, std::span<std::byte> target) const = 0;

    std::string name_;
    std::uint64_t size_ = 0;
};

/// A regular file, read on demand: nothing is mapped, so a file that shrinks meanwhile is an error
/// and not a signal.
class FileSource final : public ByteSource {
  public:
    /// Throws `CheckpointError` when the file is missing, not regular, unreadable, or larger than
    /// `maxBytes`.
    FileSource(const std::filesystem::path& path, std::int64_t maxBytes);
    ~FileSource() override;

  private:
    void readUnchecked(std::uint64_t offset, std::span<std::byte> target) const override;

    int descriptor_ = -1;
};

/// Bytes in memory, e.g. an unpacked archive entry.
class MemorySource final : public ByteSource {
  public:
    MemorySource(std::string name, std::vector<std::byte> bytes);

  private:
    void readUnchecked(std::uint64_t offset, std::span<std::byte> target) const override;

    std::vector<std::byte> bytes_;
};

/// Reads a source front to back, in blocks.
class ByteReader {
  public:
    /// `limit`: how many bytes from `offset` on may be read in all.
    ByteReader(const ByteSource& source, std::uint64_t offset, std::uint64_t limit);

    const ByteSource& source() const noexcept { return source_; }

    std::uint64_t position() const noexcept { return blockStart_ + cursor_; }

    std::uint64_t remaining() const noexcept { return end_ - position(); }

    template <typename T>
    T number() {
        std::byte bytes[sizeof(T)];
        copyTo(bytes);
        return littleEndian<T>(bytes);
    }

    std::string text(std::uint64_t count);
    /// Up to a line feed, which is consumed and not returned.
    std::string line();

  private:
    void copyTo(std::span<std::byte> target);
    void refill();

    const ByteSource& source_;
    std::uint64_t end_;
    bool limited_;
    std::uint64_t blockStart_;
    std::size_t cursor_ = 0;
    std::vector<std::byte> block_;
};

} // namespace siskin::checkpoint
