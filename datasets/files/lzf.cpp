// SPDX-License-Identifier: MIT
#include "datasets/files/lzf.hpp"

namespace siskin {

namespace {

constexpr std::size_t kLiteralRuns = 32;          // control bytes below: that many literals + 1
constexpr std::size_t kLongest = 7;               // length 7 of a reference: one more length byte
constexpr std::size_t kMostPerByte = 264 / 3 + 1; // 3 bytes stand for at most 264

/// Reads the compressed bytes; remembers when they ran out.
struct Source {
    std::span<const std::byte> rest;
    bool failed = false;

    std::size_t take() {
        if (rest.empty()) {
            failed = true;
            return 0;
        }
        const auto value = std::to_integer<std::size_t>(rest.front());
        rest = rest.subspan(1);
        return value;
    }
};

} // namespace

std::optional<std::vector<std::byte>>
decompressLzf(std::span<const std::byte> compressed, std::size_t size) {
    if (size / kMostPerByte > compressed.size()) {
        return std::nullopt;
    }
    std::vector<std::byte> out;
    out.reserve(size);
    Source source{compressed};
    while (!source.rest.empty()) {
        const std::size_t control = source.take();
        if (control < kLiteralRuns) {
            for (std::size_t i = 0; i <= control; ++i) {
                out.push_back(static_cast<std::byte>(source.take()));
            }
        } else {
            std::size_t length = control >> 5U;
            length += length == kLongest ? source.take() : 0;
            const std::size_t back = ((control & 31U) << 8U) + source.take() + 1;
            if (back > out.size()) {
                return std::nullopt;
            }
            for (std::size_t i = 0; i < length + 2; ++i) {
                out.push_back(out[out.size() - back]); // may repeat what it writes
            }
        }
        if (source.failed || out.size() > size) {
            return std::nullopt;
        }
    }
    return out.size() == size ? std::make_optional(std::move(out)) : std::nullopt;
}

} // namespace siskin
