// SPDX-License-Identifier: MIT
// LZF, the compression inside `DATA binary_compressed` of PCD files (format of Marc Lehmann's
// LibLZF).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace siskin {

/// Decompresses to exactly `size` bytes; nothing when the data are damaged or of another size. No
/// more memory is taken than the compressed bytes can stand for.
std::optional<std::vector<std::byte>>
decompressLzf(std::span<const std::byte> compressed, std::size_t size);

} // namespace siskin
