// SPDX-License-Identifier: MIT
#include "core/report/csv_text.hpp"

namespace siskin {

std::string csvField(std::string_view text) {
    const bool blanks = text.starts_with(' ') || text.ends_with(' ');
    if (!blanks && text.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string field = "\"";
    for (const char character : text) {
        field += character;
        if (character == '"') {
            field += '"';
        }
    }
    return field + "\"";
}

std::string csvLine(const std::vector<std::string>& fields) {
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        line += i == 0 ? "" : ",";
        line += csvField(fields[i]);
    }
    return line + "\n";
}

} // namespace siskin
