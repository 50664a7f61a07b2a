// SPDX-License-Identifier: MIT
#include "core/report/image.hpp"

#include "core/base/error.hpp"

#include <stb/stb_easy_font.h>
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stb/stb_image_write.h>
#include <string>

namespace siskin {

static_assert(sizeof(Colour) == 3, "pixels are handed to the PNG writer as packed RGB bytes");

namespace {

/// stb_easy_font's vertex: four of them are one axis-parallel rectangle.
struct FontVertex {
    float x;
    float y;
    float z;
    std::array<unsigned char, 4> colour;
};

/// Letters a little closer than the font's own spacing, which is made for its smallest size.
void useTightSpacing() {
    [[maybe_unused]] static const bool done = [] {
        stb_easy_font_spacing(-0.5F);
        return true;
    }();
}

/// Font units to pixels.
int scaled(float value, int scale) {
    return static_cast<int>(std::lround(value * static_cast<float>(scale)));
}

std::string printable(std::string_view text) {
    std::string result;
    for (const char character : text) {
        const bool continuation = (static_cast<unsigned char>(character) & 0xC0U) == 0x80U;
        if (!continuation) { // of a UTF-8 sequence: its first byte has made the '?'
            result += character >= ' ' && character <= '~' ? character : '?';
        }
    }
    return result;
}

void appendBytes(void* context, void* data, int size) {
    auto& target = *static_cast<std::vector<std::byte>*>(context);
    const auto* begin = static_cast<const std::byte*>(data);
    target.insert(target.end(), begin, begin + size);
}

} // namespace

Image::Image(int width, int height, Colour fill) : width_(width), height_(height) {
    constexpr int kLargest = 16384;
    if (width < 1 || height < 1 || width > kLargest || height > kLargest) {
        throw ConfigError(fmt::format(
            "a picture of {} x {} pixels is impossible; both sides must be 1 to {}",
            width,
            height,
            kLargest
        ));
    }
    pixels_.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), fill);
}

void Image::fillRectangle(int x, int y, int width, int height, Colour colour) {
    const int left = std::max(0, x);
    const int right = std::min(width_, x + width);
    for (int row = std::max(0, y); row < std::min(height_, y + height); ++row) {
        for (int column = left; column < right; ++column) {
            pixels_[indexOf(column, row)] = colour;
        }
    }
}

void drawText(Image& image, int x, int y, std::string_view text, const TextStyle& style) {
    useTightSpacing();
    std::string line = printable(text);
    constexpr std::size_t kBytesPerCharacter = 512; // stb_easy_font.h asks for about 270
    std::vector<FontVertex> vertices(kBytesPerCharacter * (line.size() + 1) / sizeof(FontVertex));
    const int quads = stb_easy_font_print(
        0.0F,
        0.0F,
        line.data(),
        nullptr,
        vertices.data(),
        static_cast<int>(vertices.size() * sizeof(FontVertex))
    );
    for (int quad = 0; quad < quads; ++quad) {
        const auto& topLeft = vertices[4 * static_cast<std::size_t>(quad)];
        const auto& bottomRight = vertices[4 * static_cast<std::size_t>(quad) + 2];
        const int left = scaled(topLeft.x, style.scale);
        const int top = scaled(topLeft.y, style.scale);
        const int width = scaled(bottomRight.x, style.scale) - left;
        const int height = scaled(bottomRight.y, style.scale) - top;
        image.fillRectangle(x + left, y + top, width + (style.bold ? 1 : 0), height, style.colour);
    }
}

int textWidth(std::string_view text, const TextStyle& style) {
    useTightSpacing();
    std::string line = printable(text);
    return stb_easy_font_width(line.data()) * style.scale;
}

std::string fitText(std::string_view text, int width, const TextStyle& style) {
    std::string line = printable(text);
    if (textWidth(line, style) <= width) {
        return line;
    }
    while (!line.empty() && textWidth(line + "..", style) > width) {
        line.pop_back();
    }
    return line + "..";
}

std::vector<std::byte> encodePng(const Image& image) {
    std::vector<std::byte> png;
    stbi_write_png_to_func(
        appendBytes,
        &png,
        image.width(),
        image.height(),
        3,
        image.pixels().data(),
        3 * image.width()
    );
    return png;
}

} // namespace siskin
