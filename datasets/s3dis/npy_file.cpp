// SPDX-License-Identifier: MIT
#include "datasets/s3dis/npy_file.hpp"

#include "core/base/file.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace siskin {

void writeNpy(
    const std::filesystem::path& path,
    std::string_view type,
    std::size_t rows,
    std::size_t columns,
    std::span<const std::byte> values
) {
    using namespace std::string_literals;
    constexpr std::size_t kAlignment = 64; // of the values, says the format
    constexpr std::size_t kPreamble = 10;  // magic, version, length
    std::string header = fmt::format(
        "{{'descr': '{}', 'fortran_order': False, 'shape': ({},{}), }}",
        type,
        rows,
        columns == 0 ? "" : fmt::format(" {}", columns)
    );
    const std::size_t used = (kPreamble + header.size() + 1) % kAlignment;
    header.append(used == 0 ? 0 : kAlignment - used, ' ');
    header += '\n';
    std::string content = "\x93NUMPY\x01\0"s;
    content += static_cast<char>(header.size() % 256);
    content += static_cast<char>(header.size() / 256);
    content += header;
    content.append(reinterpret_cast<const char*>(values.data()), values.size());
    writeFileAtomically(path, content);
}

} // namespace siskin
