// SPDX-License-Identifier: MIT
// Lines and words of text files of numbers.
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

namespace siskin {

/// Takes the next line off the front of `rest`, without its line end.
inline std::string_view nextLine(std::string_view& rest) {
    const std::size_t length = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, length);
    rest.remove_prefix(std::min(length + 1, rest.size()));
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

/// Takes the next word off the front of `rest`; empty at its end.
inline std::string_view nextWord(std::string_view& rest, std::string_view separators = " \t\r") {
    rest.remove_prefix(std::min(rest.find_first_not_of(separators), rest.size()));
    const auto word = rest.substr(0, rest.find_first_of(separators));
    rest.remove_prefix(word.size());
    return word;
}

/// True when the whole word is a number that `T` can hold; "nan" and "inf" are, for floating ones.
template <typename T>
bool parseNumber(std::string_view word, T& value) {
    if (word.size() > 1 && word.front() == '+') {
        word.remove_prefix(1);
    }
    const char* last = word.data() + word.size();
    const auto [end, status] = std::from_chars(word.data(), last, value);
    return status == std::errc() && end == last;
}

/// What can be shown of a damaged word: short, and free of control characters.
inline std::string printable(std::string_view word) {
    constexpr std::size_t kShown = 24;
    std::string text(word.substr(0, kShown));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?'
    );
    return word.size() > kShown ? text + "..." : text;
}

} // namespace siskin
