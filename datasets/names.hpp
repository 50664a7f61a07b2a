// SPDX-License-Identifier: MIT
// Names of fields and files, compared without regard to case.
#pragma once

#include <algorithm>
#include <string>

namespace siskin {

/// ASCII letters only; everything else stays.
inline std::string lowerCase(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

} // namespace siskin
