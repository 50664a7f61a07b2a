// SPDX-License-Identifier: MIT
#include "core/checkpoint/byte_source.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace siskin::checkpoint {

std::string printable(std::string_view text) {
    constexpr std::size_t kLongest = 80;
    std::string shown(text.substr(0, kLongest));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?'
    );
    return text.size() > kLongest ? shown + "..." : shown;
}

void ByteSource::read(std::uint64_t offset, std::span<std::byte> target) const {
    if (offset > size_ || target.size() > size_ - offset) {
        fail(
            std::min(offset, size_),
            fmt::format("{} bytes expected, the end is at byte {}", target.size(), size_),
            "the file is truncated or damaged; copy it again"
        );
    }
    readUnchecked(offset, target);
}

void ByteSource::fail(std::uint64_t offset, const std::string& why, const std::string& hint) const {
    throw CheckpointError(fmt::format("{}: byte {}: {}", name_, offset, why), hint);
}

FileSource::FileSource(const std::filesystem::path& path, std::int64_t maxBytes)
    : ByteSource(path.string()) {
    // Not blocking: opening a named pipe must not hang.
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    struct stat status {};

    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
        const std::string reason = std::strerror(errno);
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
        throw CheckpointError(
            fmt::format("{}: {}", name(), reason), "check the path and the permissions"
        );
    }
    const char* trouble = nullptr;
    if (!S_ISREG(status.st_mode)) {
        trouble = "not a regular file";
    } else if (status.st_size > maxBytes) {
        trouble = "larger than accepted";
    }
    if (trouble != nullptr) {
        ::close(descriptor_);
        throw CheckpointError(fmt::format("{}: {} ({} bytes)", name(), trouble, status.st_size));
    }
    setSize(static_cast<std::uint64_t>(status.st_size));
}

FileSource::~FileSource() {
    ::close(descriptor_);
}

void FileSource::readUnchecked(std::uint64_t offset, std::span<std::byte> target) const {
    while (!target.empty()) {
        const auto got =
            ::pread(descriptor_, target.data(), target.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            fail(offset, got == 0 ? "the file shrank while it was read" : std::strerror(errno));
        }
        offset += static_cast<std::uint64_t>(got);
        target = target.subspan(static_cast<std::size_t>(got));
    }
}

MemorySource::MemorySource(std::string name, std::vector<std::byte> bytes)
    : ByteSource(std::move(name)), bytes_(std::move(bytes)) {
    setSize(bytes_.size());
}

void MemorySource::readUnchecked(std::uint64_t offset, std::span<std::byte> target) const {
    std::copy_n(
        bytes_.begin() + static_cast<std::ptrdiff_t>(offset), target.size(), target.begin()
    );
}

ByteReader::ByteReader(const ByteSource& source, std::uint64_t offset, std::uint64_t limit)
    : source_(source), blockStart_(std::min(offset, source.size())) {
    limited_ = source.size() - blockStart_ > limit;
    end_ = limited_ ? blockStart_ + limit : source.size();
}

std::string ByteReader::text(std::uint64_t count) {
    if (count > remaining()) {
        source_.fail(
            position(),
            fmt::format("a string of {} bytes where only {} are left", count, remaining()),
            "the file is truncated or damaged; copy it again"
        );
    }
    std::string result(count, '\0');
    copyTo(std::as_writable_bytes(std::span(result.data(), result.size())));
    return result;
}

std::string ByteReader::line() {
    constexpr std::size_t kLongest = 65536;
    std::string result;
    for (char c = number<char>(); c != '\n'; c = number<char>()) {
        if (result.size() == kLongest) {
            source_.fail(position(), fmt::format("a line of more than {} bytes", kLongest));
        }
        result.push_back(c);
    }
    return result;
}

void ByteReader::copyTo(std::span<std::byte> target) {
    while (!target.empty()) {
        if (cursor_ == block_.size()) {
            refill();
        }
        const auto count = std::min(target.size(), block_.size() - cursor_);
        std::memcpy(target.data(), block_.data() + cursor_, count);
        cursor_ += count;
        target = target.subspan(count);
    }
}

void ByteReader::refill() {
    constexpr std::uint64_t kBlock = 1U << 16U;
    const auto next = position();
    if (next >= end_) {
        source_.fail(
            next,
            limited_ ? "the pickle is longer than accepted"
                     : "the file ends in the middle of its content",
            limited_ ? "" : "the file is truncated; copy it again"
        );
    }
    blockStart_ = next;
    cursor_ = 0;
    block_.resize(std::min(kBlock, end_ - next));
    source_.read(blockStart_, block_);
}

} // namespace siskin::checkpoint
