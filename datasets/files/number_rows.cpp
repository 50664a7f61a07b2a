// SPDX-License-Identifier: MIT
#include "datasets/files/number_rows.hpp"

#include "core/base/error.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

void NumberRows::fail(std::string_view why) const {
    throw DatasetError(
        fmt::format("{}: line {}: {}", path.string(), line, why),
        "repair the line or export the file again"
    );
}

std::string_view NumberRows::next() {
    while (!rest.empty()) {
        const std::string_view text = nextLine(rest);
        ++line;
        if (text.find_first_not_of(separators) != std::string_view::npos) {
            return text;
        }
    }
    return {};
}

double NumberRows::number(std::string_view word) const {
    double value = 0.0;
    if (!parseNumber(word, value)) {
        fail(fmt::format("'{}' is not a number", printable(word)));
    }
    return value;
}

Records NumberRows::read(
    std::size_t columns, std::optional<std::size_t> count, std::vector<RecordField> fields
) {
    // A row of n numbers takes 2 n bytes at least, so a lying header cannot ask for much memory.
    RecordWriter writer(columns, std::min(count.value_or(0), rest.size() / (2 * columns) + 1));
    std::size_t rows = 0;
    for (std::string_view text = next(); !text.empty(); text = next(), ++rows) {
        if (rows == count) {
            if (more) {
                break;
            }
            fail(fmt::format("{} points were promised, here is one more", *count));
        }
        std::size_t words = 0;
        for (auto word = nextWord(text, separators); !word.empty();
             word = nextWord(text, separators), ++words) {
            if (words < columns) {
                writer.add(number(word));
            }
        }
        if (words != columns) {
            fail(fmt::format("{} numbers were expected, found {}", columns, words));
        }
    }
    if (count && rows < *count) {
        fail(fmt::format("{} points were promised, the file ends after {}", *count, rows));
    }
    return writer.finish(std::move(fields));
}

} // namespace siskin
