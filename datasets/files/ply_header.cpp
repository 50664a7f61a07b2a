// SPDX-License-Identifier: MIT
#include "datasets/files/ply_header.hpp"

#include "core/base/error.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace siskin {

namespace {

namespace fs = std::filesystem;

struct Place {
    const fs::path& path;
    std::size_t line = 0;

    [[noreturn]] void fail(const std::string& why) const {
        throw DatasetError(
            fmt::format("{}: line {} of the PLY header: {}", path.string(), line, why),
            "the file is damaged or no PLY file: export it again"
        );
    }
};

std::optional<NumberType> typeOf(std::string_view word) {
    static constexpr std::pair<std::string_view, NumberType> kTypes[] = {
        {"char", NumberType::Int8},
        {"int8", NumberType::Int8},
        {"uchar", NumberType::UInt8},
        {"uint8", NumberType::UInt8},
        {"short", NumberType::Int16},
        {"int16", NumberType::Int16},
        {"ushort", NumberType::UInt16},
        {"uint16", NumberType::UInt16},
        {"int", NumberType::Int32},
        {"int32", NumberType::Int32},
        {"uint", NumberType::UInt32},
        {"uint32", NumberType::UInt32},
        {"int64", NumberType::Int64},
        {"uint64", NumberType::UInt64},
        {"float", NumberType::Float32},
        {"float32", NumberType::Float32},
        {"double", NumberType::Float64},
        {"float64", NumberType::Float64},
    };
    for (const auto& [name, type] : kTypes) {
        if (name == word) {
            return type;
        }
    }
    return std::nullopt;
}

NumberType requireType(std::string_view word, const Place& place) {
    const auto type = typeOf(word);
    if (!type) {
        place.fail(fmt::format("unknown type '{}'", printable(word)));
    }
    return *type;
}

PlyEncoding encodingOf(std::string_view rest, const Place& place) {
    const auto word = nextWord(rest);
    if (word == "ascii") {
        return PlyEncoding::Ascii;
    }
    if (word == "binary_little_endian") {
        return PlyEncoding::LittleEndian;
    }
    if (word == "binary_big_endian") {
        return PlyEncoding::BigEndian;
    }
    place.fail(fmt::format("unknown format '{}'", printable(word)));
}

PlyElement elementOf(std::string_view rest, const Place& place) {
    PlyElement element;
    element.name = nextWord(rest);
    const auto count = nextWord(rest);
    if (!parseNumber(count, element.count)) {
        place.fail(fmt::format("the count '{}' is not a whole number", printable(count)));
    }
    return element;
}

PlyProperty propertyOf(std::string_view rest, const Place& place) {
    PlyProperty property;
    auto type = nextWord(rest);
    if (type == "list") {
        property.isList = true;
        property.countType = requireType(nextWord(rest), place);
        if (isFloating(property.countType)) {
            place.fail("the length of a list is not a whole number");
        }
        type = nextWord(rest);
    }
    property.type = requireType(type, place);
    property.name = nextWord(rest);
    if (property.name.empty()) {
        place.fail("a property without a name");
    }
    return property;
}

} // namespace

bool PlyElement::hasLists() const noexcept {
    return std::any_of(properties.begin(), properties.end(), [](const PlyProperty& property) {
        return property.isList;
    });
}

std::size_t PlyElement::rowBytes() const noexcept {
    std::size_t bytes = 0;
    for (const PlyProperty& property : properties) {
        bytes += property.isList ? 0 : sizeOf(property.type);
    }
    return bytes;
}

PlyHeader readPlyHeader(const fs::path& path, std::string_view& rest) {
    PlyHeader header;
    Place place{path, 1};
    if (nextLine(rest) != "ply") {
        place.fail("'ply' was expected");
    }
    bool hasFormat = false;
    while (!rest.empty()) {
        std::string_view line = nextLine(rest);
        ++place.line;
        const auto key = nextWord(line);
        if (key == "end_header") {
            if (!hasFormat) {
                place.fail("there was no format line");
            }
            header.lines = place.line;
            return header;
        }
        if (key == "format") {
            header.encoding = encodingOf(line, place);
            hasFormat = true;
        } else if (key == "element") {
            header.elements.push_back(elementOf(line, place));
        } else if (key == "property" && !header.elements.empty()) {
            header.elements.back().properties.push_back(propertyOf(line, place));
        } else if (key != "comment" && key != "obj_info" && !key.empty()) {
            place.fail(fmt::format("'{}' is unexpected", printable(key)));
        }
    }
    place.fail("the file ends before end_header");
}

} // namespace siskin
