// SPDX-License-Identifier: MIT
#include "core/checkpoint/checkpoint.hpp"

#include "core/base/error.hpp"
#include "core/checkpoint/containers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

namespace siskin {

namespace checkpoint {

namespace {

/// What else people download or have under such a name.
std::string unknownKindHint(std::string_view head) {
    constexpr std::size_t kTarMark = 257;
    if (head.starts_with("version https://git-lfs")) {
        return "this is a Git LFS pointer, not the weights; run `git lfs pull`";
    }
    if (head.starts_with("<") || head.starts_with("\n<")) {
        return "this is a web page, not the weights; download the file itself";
    }
    if (head.starts_with("\x1f\x8b")) {
        return "this is compressed; unpack it with gunzip first";
    }
    if (head.size() > kTarMark + 5 && head.substr(kTarMark, 5) == "ustar") {
        return "this is a tar archive; unpack it first (PyTorch 0.1 files are not supported)";
    }
    return "PyTorch files (zip and legacy) and safetensors are supported";
}

constexpr std::size_t kSafetensorsBrace = 8; ///< where the JSON of the header begins

Checkpoint readKind(const ByteSource& file, const CheckpointLimits& limits) {
    constexpr std::size_t kHeadBytes = 512;
    constexpr char kPickleStart = '\x80';
    std::array<char, kHeadBytes> bytes{};
    const auto size = std::min<std::uint64_t>(file.size(), bytes.size());
    file.read(0, std::as_writable_bytes(std::span(bytes)).first(size));
    const std::string_view head(bytes.data(), size);
    if (head.empty()) {
        file.fail(0, "the file is empty");
    }
    if (head.starts_with("PK\x03\x04")) {
        return readTorchZip(file, limits);
    }
    if (head.front() == kPickleStart) {
        return readTorchLegacy(file, limits);
    }
    if (head.size() > kSafetensorsBrace && head[kSafetensorsBrace] == '{') {
        return readSafetensors(file, limits);
    }
    file.fail(0, "not a weight file of a known kind", unknownKindHint(head));
}

} // namespace

Checkpoint readWeights(const ByteSource& file, const CheckpointLimits& limits) {
    try {
        return readKind(file, limits);
    } catch (const std::bad_alloc&) {
        throw CheckpointError(fmt::format("{}: not enough memory for these weights", file.name()));
    } catch (const c10::Error& error) {
        // LibTorch's own refusals, e.g. out of memory; its text has several lines.
        const std::string text = error.what_without_backtrace();
        throw CheckpointError(fmt::format("{}: {}", file.name(), text.substr(0, text.find('\n'))));
    }
}

} // namespace checkpoint

Checkpoint readCheckpoint(const std::filesystem::path& path, const CheckpointLimits& limits) {
    return checkpoint::readWeights(checkpoint::FileSource(path, limits.fileBytes), limits);
}

std::map<std::string, std::string>
readMetadata(const std::filesystem::path& path, const CheckpointLimits& limits) {
    const checkpoint::FileSource file(path, limits.fileBytes);
    std::array<std::byte, checkpoint::kSafetensorsBrace + 1> head{};
    if (file.size() < head.size()) {
        return {};
    }
    file.read(0, head);
    return head.back() == std::byte{'{'} ? checkpoint::readSafetensorsMetadata(file, limits)
                                         : std::map<std::string, std::string>();
}

} // namespace siskin
