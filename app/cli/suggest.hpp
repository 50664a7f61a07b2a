// SPDX-License-Identifier: MIT
// "Did you mean": the known word nearest to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siskin::cli {

/// The known word with the fewest single-letter edits to `word` (case does not count), or an empty
/// string when none is closer than about a third of its length. The first of equals wins.
std::string nearestWord(std::string_view word, const std::vector<std::string>& known);

/// "did you mean 'x'?", or `otherwise` when no word is near.
std::string didYouMean(
    std::string_view word, const std::vector<std::string>& known, const std::string& otherwise = {}
);

} // namespace siskin::cli
