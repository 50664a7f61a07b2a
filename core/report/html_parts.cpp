// SPDX-License-Identifier: MIT
#include "core/report/html_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace siskin {

const std::string_view kHtmlStyle = R"css(
:root { color-scheme: light dark; --ink: #1b2027; --dim: #5c6672; --page: #fbfbfa; --line: #dcdfe3; --card: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebef; --dim: #9aa5b1; --page: #12151a; --line: #2d333b; --card: #1a1e25; } }
body { margin: 0 auto; max-width: 1240px; padding: 28px 24px 60px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 17px; margin: 34px 0 10px; }
p.sub, .note { color: var(--dim); margin: 4px 0 18px; } .note { margin: 6px 0; font-size: 13px; }
img { width: 100%; border-radius: 6px; display: block; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 14px; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
thead th { border-bottom: 2px solid var(--line); } tr.rule td { border-top: 1px solid var(--line); }
tbody td:first-child { color: var(--dim); }
.scroll { overflow-x: auto; }
.bar { display: flex; height: 26px; border-radius: 4px; overflow: hidden; background: var(--line); }
.bar span { display: block; min-width: 1px; }
.bar-row { display: grid; grid-template-columns: 220px 1fr 90px; gap: 12px; align-items: center; margin: 6px 0; }
.bar-row .ms { text-align: right; font-variant-numeric: tabular-nums; }
.key { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-top: 8px; font-size: 13px; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 7px;
  vertical-align: -1px; box-shadow: 0 0 0 1px #8886; }
.meter { display: inline-block; width: 90px; height: 9px; margin-left: 10px; border-radius: 2px;
  background: var(--line); overflow: hidden; }
.meter i { display: block; height: 100%; background: #3a8ede; }
.warn { color: #a85b00; font-weight: 600; } @media (prefers-color-scheme: dark) { .warn { color: #ffbe3c; } }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow-x: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 20px; margin: 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
)css";

std::string escapeHtml(std::string_view text) {
    std::string result;
    for (const char character : text) {
        switch (character) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\'':
            result += "&#39;";
            break;
        default:
            result += character;
        }
    }
    return result;
}

std::string base64(std::span<const std::byte> bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        std::uint32_t word = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            word = (word << 8U) | (i < count ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0U);
        }
        for (std::size_t digit = 0; digit < 4; ++digit) {
            text += digit <= count ? kDigits[(word >> (18U - 6U * digit)) & 63U] : '=';
        }
    }
    return text;
}

std::string cssColour(Colour colour) {
    return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

std::string htmlFact(std::string_view name, std::string_view value) {
    return fmt::format("<dt>{}</dt><dd>{}</dd>", escapeHtml(name), escapeHtml(value));
}

std::string htmlTable(std::span<const std::vector<std::string>> lines) {
    std::string html = "<div class=scroll><table>";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const char* cell = i == 0 ? "th" : "td";
        html += i == 0 ? "<thead><tr>" : "<tr>";
        for (const auto& text : lines[i]) {
            html += fmt::format("<{0}>{1}</{0}>", cell, text);
        }
        html += i == 0 ? "</tr></thead><tbody>" : "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

} // namespace siskin
