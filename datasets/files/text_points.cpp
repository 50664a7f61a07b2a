// SPDX-License-Identifier: MIT
#include "datasets/files/text_points.hpp"

#include "core/base/file.hpp"
#include "datasets/files/number_rows.hpp"
#include "datasets/names.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace siskin {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSeparators = " \t\r,;";
constexpr std::size_t kMaxBytes = std::size_t{1} << 34U;

using Names = std::vector<std::string>;

Names wordsOf(std::string_view line) {
    Names words;
    for (auto word = nextWord(line, kSeparators); !word.empty();
         word = nextWord(line, kSeparators)) {
        words.emplace_back(word);
    }
    return words;
}

bool isComment(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(kSeparators), line.size()));
    return line.starts_with('#') || line.starts_with("//");
}

/// The columns that a comment names; empty when it names none.
Names namedColumns(std::string_view comment) {
    comment.remove_prefix(std::min(comment.find_first_not_of("#/ \t"), comment.size()));
    Names names = wordsOf(comment);
    const bool named = names.size() >= 3 && lowerCase(names[0]) == "x" &&
                       lowerCase(names[1]) == "y" && lowerCase(names[2]) == "z";
    return named ? names : Names();
}

Names columnsOf(const std::string& extension, std::size_t count) {
    Names names = {"x", "y", "z"};
    const auto add = [&names](std::initializer_list<const char*> more) {
        names.insert(names.end(), more.begin(), more.end());
    };
    if (extension == ".xyzn") {
        add({"nx", "ny", "nz"});
    } else if (extension == ".xyzrgb") {
        add({"red", "green", "blue"});
    } else if (extension == ".xyzi") {
        add({"intensity"});
    } else if (extension == ".pts" && (count == 4 || count >= 7)) {
        add({"intensity"});
    }
    if (extension == ".pts" && count >= 6) {
        add({"red", "green", "blue"});
    }
    while (names.size() < count) {
        names.push_back(fmt::format("column{}", names.size() + 1));
    }
    return names;
}

std::vector<RecordField> fieldsOf(const Names& names, const std::string& extension) {
    std::vector<RecordField> fields;
    for (const std::string& name : names) {
        // .pts has colours of 0-255, .xyzrgb of 0-1.
        const bool byte =
            extension == ".pts" && (name == "red" || name == "green" || name == "blue");
        RecordField field;
        field.name = name;
        field.declared = byte ? NumberType::UInt8 : NumberType::Float64;
        fields.push_back(std::move(field));
    }
    return fields;
}

/// Comments are blanked out, so that line numbers stay.
Names blankComments(std::string& text) {
    Names names;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line(text.data() + begin, end - begin);
        if (isComment(line)) {
            if (names.empty()) {
                names = namedColumns(line);
            }
            std::fill(
                text.begin() + static_cast<std::ptrdiff_t>(begin),
                text.begin() + static_cast<std::ptrdiff_t>(end),
                ' '
            );
        }
        begin = end + 1;
    }
    return names;
}

} // namespace

Records readTextPoints(const fs::path& path) {
    std::string text = readTextFile(path, kMaxBytes);
    const Names named = blankComments(text);
    const std::string extension = lowerCase(path.extension().string());
    NumberRows rows{path, text, 0, kSeparators};
    NumberRows start = rows;
    std::string_view first = start.next();
    std::optional<std::size_t> promised;
    std::size_t number = 0;
    if (const Names words = wordsOf(first); words.size() == 1 && parseNumber(words[0], number)) {
        promised = number;
        rows = start;
        first = start.next();
    }
    const std::size_t columns = wordsOf(first).size();
    const std::size_t wanted = columnsOf(extension, 3).size();
    if (!first.empty() && columns < wanted) {
        start.fail(fmt::format("at least {} numbers were expected, found {}", wanted, columns));
    }
    if (first.empty() && promised.value_or(0) == 0) {
        return {};
    }
    const Names names = named.size() == columns ? named : columnsOf(extension, columns);
    return rows.read(std::max(columns, wanted), promised, fieldsOf(names, extension));
}

} // namespace siskin
