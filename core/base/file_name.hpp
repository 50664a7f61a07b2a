// SPDX-License-Identifier: MIT
// Names for files from whatever people or data sets call things.
#pragma once

#include <string>
#include <string_view>

namespace siskin {

/// Lower-case letters, digits, '.' and '-' only; never empty and never a path.
std::string fileNameFrom(std::string_view text);

} // namespace siskin
