// SPDX-License-Identifier: MIT
// Numbers per point as the bytes of a prediction file, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace siskin {

/// How a prediction file stores one label per point, in the order of the scan file.
enum class LabelEncoding {
    Raw32,       ///< little-endian uint32: raw ids (semantic-kitti-api, "Data organization")
    Challenge8,  ///< uint8, 1..16: classes of the nuScenes-lidarseg challenge
    NumberLines, ///< text: a raw id per line, -1 for none
};

/// 4, 1, or 0 for text.
std::size_t bytesPerPoint(LabelEncoding encoding) noexcept;

class LabelWriter {
  public:
    LabelWriter(LabelEncoding encoding, std::size_t points);

    void add(std::int64_t value); ///< that the encoding can hold

    std::vector<std::byte> take() { return std::move(bytes_); }

  private:
    LabelEncoding encoding_;
    std::vector<std::byte> bytes_;
};

/// One value per point. Text: whole numbers, -1 or any raw id, also written as "1.2e+01"; the last
/// line may be empty. Throws `DatasetError` naming `origin` and the byte or line.
std::vector<std::int64_t>
readLabels(std::span<const std::byte> content, LabelEncoding encoding, const std::string& origin);

} // namespace siskin
