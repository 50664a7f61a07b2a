// SPDX-License-Identifier: MIT
// A small RGB picture: rectangles, text, PNG.
#pragma once

#include "core/scan/class_map.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// 8-bit sRGB, rows from the top.
class Image {
  public:
    /// Throws `ConfigError` unless both sides are 1 .. 16384.
    Image(int width, int height, Colour fill = {});

    int width() const noexcept { return width_; }

    int height() const noexcept { return height_; }

    Colour pixel(int x, int y) const { return pixels_.at(indexOf(x, y)); }

    void setPixel(int x, int y, Colour colour) { pixels_.at(indexOf(x, y)) = colour; }

    /// Cut to the picture; a rectangle outside it draws nothing.
    void fillRectangle(int x, int y, int width, int height, Colour colour);

    const std::vector<Colour>& pixels() const noexcept { return pixels_; }

  private:
    std::size_t indexOf(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
               static_cast<std::size_t>(x);
    }

    int width_;
    int height_;
    std::vector<Colour> pixels_;
};

/// How large letters are drawn; a capital is 7 x `scale` pixels high.
struct TextStyle {
    Colour colour{255, 255, 255};
    int scale = 2;
    bool bold = false;
};

/// Draws one line with its top left corner at (x, y). Characters outside printable ASCII show as
/// '?'.
void drawText(Image& image, int x, int y, std::string_view text, const TextStyle& style);
int textWidth(std::string_view text, const TextStyle& style);
/// `text`, or its beginning and "..", so that it is at most `width` pixels wide.
std::string fitText(std::string_view text, int width, const TextStyle& style);

std::vector<std::byte> encodePng(const Image& image);

} // namespace siskin
