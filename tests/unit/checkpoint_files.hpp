// SPDX-License-Identifier: MIT
// Builds weight files by hand, honest and hostile: a tiny pickle assembler and both containers.
#pragma once

#include "core/checkpoint/checkpoint.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace siskin::test {

/// The little-endian bytes of a number.
template <typename T>
std::string raw(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof(T)};
}

/// The bytes of several numbers.
template <typename T>
std::string rawAll(std::initializer_list<T> values) {
    std::string bytes;
    for (const T value : values) {
        bytes += raw(value);
    }
    return bytes;
}

/// The same bytes, as sources take them.
std::vector<std::byte> bytesOf(std::string_view text);

/// Appends pickle instructions; each function is one opcode or a common group of them.
class Assembler {
  public:
    Assembler() { op('\x80').bytes("\x02"); }

    Assembler& bytes(std::string_view content) {
        code_ += content;
        return *this;
    }

    Assembler& op(char opcode) { return bytes({&opcode, 1}); }

    Assembler& mark() { return op('('); }

    Assembler& text(std::string_view value) {
        return op('X').bytes(raw(static_cast<std::uint32_t>(value.size()))).bytes(value);
    }

    Assembler& integer(std::int64_t value) { return bytes("\x8a\x08").bytes(raw(value)); }

    Assembler& global(std::string_view module, std::string_view name) {
        return op('c').bytes(module).bytes("\n").bytes(name).bytes("\n");
    }

    Assembler& numbers(const std::vector<std::int64_t>& values);

    Assembler& orderedDict() { return global("collections", "OrderedDict").bytes(")R"); }

    /// torch.<type>Storage `key` of `count` elements; with a view entry when `legacy`.
    Assembler&
    storage(std::string_view type, std::string_view key, std::int64_t count, bool legacy = false);

    /// Call after `rebuild()` and `storage(...)`; completes torch._utils._rebuild_tensor_v2.
    Assembler& rebuild() { return global("torch._utils", "_rebuild_tensor_v2").mark(); }

    Assembler& shape(
        std::int64_t offset,
        const std::vector<std::int64_t>& sizes,
        const std::vector<std::int64_t>& strides
    );

    /// A whole one-dimensional tensor.
    Assembler&
    vector(std::string_view type, std::string_view key, std::int64_t count, bool legacy = false) {
        return rebuild().storage(type, key, count, legacy).shape(0, {count}, {1});
    }

    std::string stop() const { return code_ + '.'; }

  private:
    std::string code_;
};

/// The element types that every format holds.
inline constexpr std::array kElementTypes = {
    torch::kFloat,
    torch::kDouble,
    torch::kHalf,
    torch::kBFloat16,
    torch::kLong,
    torch::kInt,
    torch::kShort,
    torch::kChar,
    torch::kByte,
    torch::kBool,
};

struct ZipItem {
    std::string name;
    std::string content;
    bool deflate = false;
};

/// An archive as zip tools write it.
std::string zipFile(const std::vector<ZipItem>& items);

/// PyTorch's zip container with the entries "w/data.pkl" and "w/data/<name>".
std::string torchZip(const std::string& pickle, const std::vector<ZipItem>& storages);

struct LegacyStorage {
    std::string key;
    std::int64_t count = 0;
    std::string content;
};

/// PyTorch's legacy container.
std::string torchLegacy(const std::string& pickle, const std::vector<LegacyStorage>& storages);

/// A small honest file of each kind with the tensors "a" (float, 2 x 3) and "b" (int64 scalar).
std::string smallZip();
std::string smallLegacy();

/// A state dict with one tensor "w": a view of a float storage 0 1 2 3 4 5 that claims `claimed`
/// elements.
std::string viewFile(
    std::int64_t offset,
    const std::vector<std::int64_t>& sizes,
    const std::vector<std::int64_t>& strides,
    std::int64_t claimed = 6
);

/// {name: [1, 2]} below the given keys, e.g. {"model"} for {"model": {"w": [1, 2]}}.
std::string wrapped(const std::vector<std::string>& keys, const std::string& name = "w");

/// The pickle as a zip container with one storage "0" of six floats, 0 1 2 3 4 5.
std::string fileOf(const Assembler& code);

/// Reads the bytes as if they were the file "weights.bin".
Checkpoint readBytes(std::string_view bytes, const CheckpointLimits& limits = {});

/// The error that reading gives, or "" when it gives none.
std::string errorOf(std::string_view bytes, const CheckpointLimits& limits = {});

} // namespace siskin::test
