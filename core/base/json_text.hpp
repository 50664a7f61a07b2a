// SPDX-License-Identifier: MIT
// JSON from people and other programs: whatever it is, the answer is a value or one line.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace siskin {

struct ParsedJson {
    nlohmann::ordered_json value;
    std::string trouble; ///< empty, or what is wrong: "byte 12: not valid JSON"
};

/// Also refuses a key that occurs twice in one object, of which parsers keep one or the other, and
/// nesting so deep that working with the value would overflow the stack.
ParsedJson parseJson(const std::string& text);

} // namespace siskin
