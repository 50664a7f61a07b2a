// SPDX-License-Identifier: MIT
#include "core/submission/label_bytes.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace siskin {

namespace {

std::int64_t lineValue(std::string_view line, std::size_t number, const std::string& origin) {
    constexpr std::string_view kBlank = " \t\r";
    const auto begin = line.find_first_not_of(kBlank);
    const auto word = begin == std::string_view::npos
                          ? std::string_view()
                          : line.substr(begin, line.find_last_not_of(kBlank) - begin + 1);
    double value = 0.0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    constexpr double kLargest = std::numeric_limits<std::uint32_t>::max();
    const bool isLabel = error == std::errc() && end == word.data() + word.size() &&
                         value >= -1.0 && value <= kLargest && value == std::floor(value);
    if (!isLabel) {
        constexpr std::size_t kShown = 40;
        throw DatasetError(
            fmt::format("{}: line {}: '{}' is no label", origin, number, word.substr(0, kShown)),
            "each line holds one whole number: a class, or -1 for none"
        );
    }
    return static_cast<std::int64_t>(value);
}

std::vector<std::int64_t> readLines(std::span<const std::byte> content, const std::string& origin) {
    std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
    std::vector<std::int64_t> values;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        values.push_back(lineValue(text.substr(0, end), values.size() + 1, origin));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return values;
}

} // namespace

std::size_t bytesPerPoint(LabelEncoding encoding) noexcept {
    switch (encoding) {
    case LabelEncoding::Raw32:
        return 4;
    case LabelEncoding::Challenge8:
        return 1;
    case LabelEncoding::NumberLines:
        break;
    }
    return 0;
}

LabelWriter::LabelWriter(LabelEncoding encoding, std::size_t points) : encoding_(encoding) {
    constexpr std::size_t kUsualLine = 3;
    const auto size = bytesPerPoint(encoding);
    bytes_.reserve(points * (size > 0 ? size : kUsualLine));
}

void LabelWriter::add(std::int64_t value) {
    if (encoding_ == LabelEncoding::NumberLines) {
        for (const char character : fmt::format("{}\n", value)) {
            bytes_.push_back(static_cast<std::byte>(character));
        }
        return;
    }
    for (std::size_t i = 0; i < bytesPerPoint(encoding_); ++i) {
        bytes_.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xFF));
    }
}

std::vector<std::int64_t>
readLabels(std::span<const std::byte> content, LabelEncoding encoding, const std::string& origin) {
    const auto size = bytesPerPoint(encoding);
    if (size == 0) {
        return readLines(content, origin);
    }
    if (content.size() % size != 0) {
        throw DatasetError(
            fmt::format(
                "{}: {} bytes are no whole number of labels of {} bytes",
                origin,
                content.size(),
                size
            ),
            "the file is cut off or of another format"
        );
    }
    std::vector<std::int64_t> values(content.size() / size);
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t b = 0; b < size; ++b) {
            values[i] |= std::to_integer<std::int64_t>(content[i * size + b]) << (8 * b);
        }
    }
    return values;
}

} // namespace siskin
