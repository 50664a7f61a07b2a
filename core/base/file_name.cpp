// SPDX-License-Identifier: MIT
#include "core/base/file_name.hpp"

#include <cctype>

namespace siskin {

std::string fileNameFrom(std::string_view text) {
    std::string name;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (std::isalnum(byte) != 0 || character == '.') {
            name += static_cast<char>(std::tolower(byte));
        } else if (!name.empty() && name.back() != '-') {
            name += '-';
        }
    }
    while (!name.empty() && (name.back() == '-' || name.back() == '.')) {
        name.pop_back();
    }
    name.erase(0, name.find_first_not_of("-."));
    return name.empty() ? "unnamed" : name;
}

} // namespace siskin
