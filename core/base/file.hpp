// SPDX-License-Identifier: MIT
// Whole-file reading and all-or-nothing writing.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// Reads a whole file. Throws `DatasetError` naming the path when it is missing, is a folder,
/// cannot be read, or is larger than `maxBytes`.
std::vector<std::byte>
readFile(const std::filesystem::path& path, std::size_t maxBytes = std::size_t{1} << 32U);

/// Same, as text.
std::string
readTextFile(const std::filesystem::path& path, std::size_t maxBytes = std::size_t{1} << 28U);

/// Writes to a temporary file beside `path`, then renames it, so that a reader sees either the old
/// content or the new one. Creates missing parent folders. Throws `DatasetError` on failure.
void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> content);
void writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// For results that take long to come by: makes the folder now. Throws `DatasetError` when it
/// cannot be made or nothing can be written into it.
void requireWritableFolder(const std::filesystem::path& folder);

} // namespace siskin
