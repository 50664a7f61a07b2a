// SPDX-License-Identifier: MIT
#include "tests/support/npz.hpp"

#include "core/checkpoint/zip.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <string_view>
#include <vector>

namespace siskin::test {

namespace {

using checkpoint::littleEndian;
using checkpoint::MemorySource;

struct ArrayHeader {
    std::string type;
    std::vector<std::int64_t> shape;
    std::size_t dataOffset = 0;
};

/// The text behind `'key': ` in NumPy's header, a Python dictionary written in a fixed manner.
std::string_view
headerValue(const MemorySource& file, std::string_view header, std::string_view key) {
    const auto mark = fmt::format("'{}': ", key);
    const auto at = header.find(mark);
    if (at == std::string_view::npos) {
        file.fail(0, fmt::format("no '{}' in the NumPy header", key));
    }
    return header.substr(at + mark.size());
}

ArrayHeader parseHeader(const MemorySource& file, const std::vector<std::byte>& content) {
    constexpr std::string_view kMagic = "\x93NUMPY";
    constexpr std::size_t kShortStart = 10;
    constexpr std::size_t kLongStart = 12;
    if (content.size() < kLongStart ||
        std::memcmp(content.data(), kMagic.data(), kMagic.size()) != 0) {
        file.fail(0, "not a NumPy array");
    }
    const bool isShort = content[6] == std::byte{1};
    const std::size_t start = isShort ? kShortStart : kLongStart;
    const std::size_t length = isShort ? littleEndian<std::uint16_t>(content.data() + 8)
                                       : littleEndian<std::uint32_t>(content.data() + 8);
    if (length > content.size() - start) {
        file.fail(start, "a NumPy header that leaves its file");
    }
    const std::string_view text(reinterpret_cast<const char*>(content.data()) + start, length);
    if (!headerValue(file, text, "fortran_order").starts_with("False")) {
        file.fail(start, "arrays in Fortran order are not supported");
    }
    ArrayHeader header;
    header.dataOffset = start + length;
    const auto type = headerValue(file, text, "descr");
    header.type = type.substr(1, type.find('\'', 1) - 1);
    auto shape = headerValue(file, text, "shape");
    shape = shape.substr(0, shape.find(')'));
    const char* cursor = shape.data();
    const char* const end = shape.data() + shape.size();
    while (cursor != end) {
        std::int64_t value = 0;
        const auto [next, error] = std::from_chars(cursor, end, value);
        if (error == std::errc()) {
            header.shape.push_back(value);
        }
        cursor = error == std::errc() ? next : cursor + 1;
    }
    return header;
}

struct ElementType {
    std::string_view name;
    torch::ScalarType stored;
    torch::ScalarType result;
};

const ElementType& elementType(const MemorySource& file, const std::string& name) {
    static constexpr ElementType kTypes[] = {
        {"<f2", torch::kHalf, torch::kHalf},
        {"<f4", torch::kFloat, torch::kFloat},
        {"<f8", torch::kDouble, torch::kDouble},
        {"|i1", torch::kChar, torch::kChar},
        {"<i2", torch::kShort, torch::kShort},
        {"<i4", torch::kInt, torch::kInt},
        {"<i8", torch::kLong, torch::kLong},
        {"|u1", torch::kByte, torch::kByte},
        {"|b1", torch::kBool, torch::kBool},
        {"<u2", torch::kShort, torch::kInt},
        {"<u4", torch::kInt, torch::kLong}};
    for (const auto& type : kTypes) {
        if (type.name == name) {
            return type;
        }
    }
    file.fail(0, fmt::format("element type '{}' is not supported", name));
}

torch::Tensor parseArray(const MemorySource& file, const std::vector<std::byte>& content) {
    const ArrayHeader header = parseHeader(file, content);
    const ElementType& type = elementType(file, header.type);
    auto tensor = torch::empty(header.shape, type.stored);
    if (tensor.nbytes() != content.size() - header.dataOffset) {
        file.fail(
            header.dataOffset,
            fmt::format(
                "{} bytes of data, {} expected", content.size() - header.dataOffset, tensor.nbytes()
            )
        );
    }
    if (tensor.nbytes() > 0) {
        std::memcpy(tensor.data_ptr(), content.data() + header.dataOffset, tensor.nbytes());
    }
    if (type.stored == type.result) {
        return tensor;
    }
    // Unsigned: the negative values of the signed type of this width stand for the upper half.
    const std::int64_t mask = (std::int64_t{1} << (8 * tensor.element_size())) - 1;
    return tensor.to(torch::kLong).bitwise_and(mask).to(type.result);
}

} // namespace

std::map<std::string, torch::Tensor> readNpz(const std::filesystem::path& path) {
    constexpr std::string_view kSuffix = ".npy";
    CheckpointLimits limits;
    limits.expansion = 1024;
    const checkpoint::FileSource file(path, limits.fileBytes);
    const checkpoint::ZipArchive archive(file, limits);
    std::map<std::string, torch::Tensor> arrays;
    for (const auto& [name, entry] : archive.entries()) {
        if (!name.ends_with(kSuffix)) {
            file.fail(entry.headerOffset, fmt::format("'{}' is not a NumPy array", name));
        }
        const MemorySource source(file.name() + ": " + name, archive.read(entry));
        std::vector<std::byte> content(source.size());
        source.read(0, content);
        arrays.emplace(name.substr(0, name.size() - kSuffix.size()), parseArray(source, content));
    }
    return arrays;
}

} // namespace siskin::test
