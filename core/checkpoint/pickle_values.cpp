// SPDX-License-Identifier: MIT
// The opcodes that push one number or one piece of text.
#include "core/checkpoint/pickle_machine.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cstring>

namespace siskin::checkpoint {

std::string PickleMachine::popText() {
    const Node& node = graph_[pop()];
    if (node.kind != NodeKind::Text) {
        fail("a name that is not text");
    }
    return node.text();
}

std::uint64_t PickleMachine::length(std::int64_t count) const {
    if (count < 0) {
        fail(fmt::format("a length of {}", count));
    }
    return static_cast<std::uint64_t>(count);
}

void PickleMachine::pushDecimal(std::string text) {
    if (text.ends_with('L')) {
        text.pop_back();
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || error == std::errc::invalid_argument) {
        fail(fmt::format("'{}' is not an integer", printable(text)));
    }
    if (error == std::errc()) {
        push(NodeKind::Integer, value);
    } else {
        push(NodeKind::BigInteger, std::move(text));
    }
}

void PickleMachine::pushLong(std::uint64_t bytes) {
    constexpr std::uint64_t kLongest = 1024;
    if (bytes > kLongest) {
        fail(fmt::format("an integer of {} bytes", bytes));
    }
    const std::string raw = reader_.text(bytes);
    if (bytes <= sizeof(std::int64_t)) {
        // Two's complement, shortest form: the sign is that of the last byte.
        std::uint64_t value = !raw.empty() && (raw.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
        std::memcpy(&value, raw.data(), raw.size());
        push(NodeKind::Integer, std::bit_cast<std::int64_t>(value));
        return;
    }
    std::string digits = "0x";
    for (auto byte = raw.rbegin(); byte != raw.rend(); ++byte) {
        digits += fmt::format("{:02x}", static_cast<unsigned char>(*byte));
    }
    push(NodeKind::BigInteger, std::move(digits));
}

bool PickleMachine::stepNumber(char op) {
    switch (op) {
    case 'N':
        push(NodeKind::None, std::monostate{});
        return true;
    case '\x88':
    case '\x89':
        push(NodeKind::Bool, std::int64_t{op == '\x88'});
        return true;
    case 'I': {
        auto text = reader_.line();
        if (text == "00" || text == "01") {
            push(NodeKind::Bool, std::int64_t{text == "01"});
        } else {
            pushDecimal(std::move(text));
        }
        return true;
    }
    case 'L':
        pushDecimal(reader_.line());
        return true;
    case 'J':
        push(NodeKind::Integer, std::int64_t{reader_.number<std::int32_t>()});
        return true;
    case 'K':
        push(NodeKind::Integer, std::int64_t{reader_.number<std::uint8_t>()});
        return true;
    case 'M':
        push(NodeKind::Integer, std::int64_t{reader_.number<std::uint16_t>()});
        return true;
    case '\x8a':
        pushLong(reader_.number<std::uint8_t>());
        return true;
    case '\x8b':
        pushLong(length(reader_.number<std::int32_t>()));
        return true;
    case 'F': {
        const auto text = reader_.line();
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (end != text.data() + text.size() || error == std::errc::invalid_argument) {
            fail(fmt::format("'{}' is not a number", printable(text)));
        }
        push(NodeKind::Real, value);
        return true;
    }
    case 'G':
        push(
            NodeKind::Real,
            std::bit_cast<double>(__builtin_bswap64(reader_.number<std::uint64_t>()))
        );
        return true;
    default:
        return false;
    }
}

bool PickleMachine::stepText(char op) {
    switch (op) {
    case 'S':
    case 'V':
        push(NodeKind::Text, reader_.line());
        return true;
    case 'T':
        push(NodeKind::Text, reader_.text(length(reader_.number<std::int32_t>())));
        return true;
    case 'U':
    case '\x8c':
        push(NodeKind::Text, reader_.text(reader_.number<std::uint8_t>()));
        return true;
    case 'X':
        push(NodeKind::Text, reader_.text(reader_.number<std::uint32_t>()));
        return true;
    case '\x8d':
        push(NodeKind::Text, reader_.text(reader_.number<std::uint64_t>()));
        return true;
    case 'C':
        push(NodeKind::Bytes, reader_.text(reader_.number<std::uint8_t>()));
        return true;
    case 'B':
        push(NodeKind::Bytes, reader_.text(reader_.number<std::uint32_t>()));
        return true;
    case '\x8e':
    case '\x96':
        push(NodeKind::Bytes, reader_.text(reader_.number<std::uint64_t>()));
        return true;
    default:
        return false;
    }
}

} // namespace siskin::checkpoint
