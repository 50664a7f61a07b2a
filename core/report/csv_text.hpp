// SPDX-License-Identifier: MIT
// Comma-separated tables after RFC 4180, with line ends of one byte ("\n") as tools on Linux
// expect.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// The field, in quotes when it holds a comma, a quote or a line break, or begins or ends with a
/// blank.
std::string csvField(std::string_view text);

/// One line; every field is quoted as it needs.
std::string csvLine(const std::vector<std::string>& fields);

} // namespace siskin
