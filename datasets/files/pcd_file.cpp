// SPDX-License-Identifier: MIT
#include "datasets/files/pcd_file.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "datasets/files/lzf.hpp"
#include "datasets/files/number_rows.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>

#include <cstring>
#include <optional>

namespace siskin {

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string_view>;

constexpr const char* kAgain = "the file is cut short or damaged: export it again";
constexpr std::size_t kMostChannels = std::size_t{1} << 16U; // of one field

/// The header as it stands in the file.
struct Header {
    Words names;
    Words sizes;
    Words types;
    Words counts;
    std::optional<std::size_t> width;
    std::optional<std::size_t> height;
    std::optional<std::size_t> points;
    std::string_view data; ///< ascii, binary, binary_compressed
    std::size_t lines = 0; ///< of the header
};

[[noreturn]] void fail(const fs::path& path, const std::string& why, const char* hint = kAgain) {
    throw DatasetError(fmt::format("{}: {}", path.string(), why), hint);
}

std::size_t wholeNumber(const fs::path& path, std::string_view key, std::string_view word) {
    std::size_t value = 0;
    if (!parseNumber(word, value)) {
        fail(path, fmt::format("{} '{}' is not a whole number", key, printable(word)));
    }
    return value;
}

/// Takes the header off the front of `rest`.
Header readHeader(const fs::path& path, std::string_view& rest) {
    Header header;
    while (!rest.empty() && header.data.empty()) {
        std::string_view line = nextLine(rest);
        ++header.lines;
        line = line.substr(0, line.find('#'));
        const std::string_view key = nextWord(line);
        Words values;
        for (auto word = nextWord(line); !word.empty(); word = nextWord(line)) {
            values.push_back(word);
        }
        const std::string_view first = values.empty() ? std::string_view() : values.front();
        if (key == "FIELDS" || key == "COLUMNS") {
            header.names = values;
        } else if (key == "SIZE") {
            header.sizes = values;
        } else if (key == "TYPE") {
            header.types = values;
        } else if (key == "COUNT") {
            header.counts = values;
        } else if (key == "WIDTH") {
            header.width = wholeNumber(path, key, first);
        } else if (key == "HEIGHT") {
            header.height = wholeNumber(path, key, first);
        } else if (key == "POINTS") {
            header.points = wholeNumber(path, key, first);
        } else if (key == "DATA") {
            header.data = first;
        } else if (!key.empty() && key != "VERSION" && key != "VIEWPOINT") {
            fail(
                path,
                fmt::format("line {}: '{}' is no key of a PCD header", header.lines, printable(key))
            );
        }
    }
    if (header.data.empty()) {
        fail(path, "the PCD header ends before its DATA line");
    }
    return header;
}

std::optional<NumberType> typeOf(std::string_view type, std::string_view size) {
    struct Known {
        std::string_view type;
        std::string_view size;
        NumberType number;
    };

    static constexpr Known kKnown[] = {
        {"I", "1", NumberType::Int8},
        {"I", "2", NumberType::Int16},
        {"I", "4", NumberType::Int32},
        {"I", "8", NumberType::Int64},
        {"U", "1", NumberType::UInt8},
        {"U", "2", NumberType::UInt16},
        {"U", "4", NumberType::UInt32},
        {"U", "8", NumberType::UInt64},
        {"F", "4", NumberType::Float32},
        {"F", "8", NumberType::Float64},
    };
    for (const Known& known : kKnown) {
        if (known.type == type && known.size == size) {
            return known.number;
        }
    }
    return std::nullopt;
}

/// The fields, with offset and stride of uncompressed records.
std::vector<RecordField> fieldsOf(const fs::path& path, const Header& header) {
    const std::size_t count = header.names.size();
    if (count == 0 || header.sizes.size() != count || header.types.size() != count ||
        (!header.counts.empty() && header.counts.size() != count)) {
        fail(
            path,
            fmt::format(
                "the PCD header names {} FIELDS, {} SIZE, {} TYPE and {} COUNT",
                count,
                header.sizes.size(),
                header.types.size(),
                header.counts.size()
            ),
            "each line needs one entry per field"
        );
    }
    std::vector<RecordField> fields;
    std::size_t record = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto type = typeOf(header.types[i], header.sizes[i]);
        if (!type) {
            fail(
                path,
                fmt::format(
                    "field '{}': unknown type {} of {} bytes",
                    printable(header.names[i]),
                    printable(header.types[i]),
                    printable(header.sizes[i])
                ),
                "known are I and U of 1, 2, 4 and 8 bytes, F of 4 and 8"
            );
        }
        const std::size_t channels =
            header.counts.empty() ? 1 : wholeNumber(path, "COUNT", header.counts[i]);
        if (channels < 1 || channels > kMostChannels) {
            fail(path, fmt::format("field '{}': COUNT {}", printable(header.names[i]), channels));
        }
        fields.push_back({std::string(header.names[i]), *type, *type, channels, record, 0});
        record += channels * sizeOf(*type);
    }
    for (RecordField& field : fields) {
        field.stride = record;
    }
    return fields;
}

std::size_t pointCount(const fs::path& path, const Header& header) {
    const std::size_t width = header.width.value_or(header.points.value_or(0));
    const std::size_t height = header.height.value_or(1);
    const bool overflows = height > 0 && width > SIZE_MAX / height;
    if (overflows || (header.points && *header.points != width * height)) {
        fail(
            path,
            fmt::format(
                "WIDTH {} x HEIGHT {} is not POINTS {}", width, height, header.points.value_or(0)
            )
        );
    }
    return width * height;
}

Records readAscii(
    const fs::path& path,
    const Header& header,
    std::vector<RecordField> fields,
    std::string_view rest
) {
    std::size_t columns = 0;
    for (const RecordField& field : fields) {
        columns += field.channels;
    }
    NumberRows rows{path, rest, header.lines};
    return rows.read(columns, pointCount(path, header), std::move(fields));
}

void readBinary(
    const fs::path& path,
    const Header& header,
    Records& records,
    std::vector<std::byte> file,
    std::size_t begin
) {
    const std::size_t record = records.fields.front().stride;
    records.count = pointCount(path, header);
    const std::size_t held = (file.size() - begin) / record;
    if (records.count > held) {
        fail(
            path,
            fmt::format(
                "{} points of {} bytes were promised, {} are there", records.count, record, held
            )
        );
    }
    if (const auto left = file.size() - begin - records.count * record; left > 0) {
        records.warnings.push_back(fmt::format("{} bytes after the last point are not used", left));
    }
    for (RecordField& field : records.fields) {
        field.offset += begin;
    }
    records.bytes = std::move(file);
}

/// Compressed points lie field by field: all x, all y, ...
void readCompressed(
    const fs::path& path, const Header& header, Records& records, std::span<const std::byte> data
) {
    std::uint32_t sizes[2] = {}; // compressed, uncompressed
    if (data.size() < sizeof(sizes)) {
        fail(path, "the compressed points are missing");
    }
    std::memcpy(sizes, data.data(), sizeof(sizes));
    data = data.subspan(sizeof(sizes));
    records.count = pointCount(path, header);
    const std::size_t record = records.fields.front().stride;
    if (sizes[0] > data.size() || records.count != sizes[1] / record || sizes[1] % record != 0) {
        fail(
            path,
            fmt::format(
                "{} points of {} bytes in {} compressed bytes were promised; there are {} bytes "
                "that claim to hold {}",
                records.count,
                record,
                sizes[0],
                data.size(),
                sizes[1]
            )
        );
    }
    auto bytes = decompressLzf(data.first(sizes[0]), sizes[1]);
    if (!bytes) {
        fail(path, "the compressed points are damaged");
    }
    records.bytes = std::move(*bytes);
    for (RecordField& field : records.fields) {
        field.offset *= records.count;
        field.stride = field.channels * sizeOf(field.stored);
    }
}

} // namespace

Records readPcd(const fs::path& path) {
    std::vector<std::byte> file = readFile(path);
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    std::string_view rest = text;
    const Header header = readHeader(path, rest);
    Records records;
    records.fields = fieldsOf(path, header);
    const std::size_t begin = text.size() - rest.size();
    if (header.data == "ascii") {
        return readAscii(path, header, std::move(records.fields), rest);
    }
    if (header.data == "binary") {
        readBinary(path, header, records, std::move(file), begin);
    } else if (header.data == "binary_compressed") {
        readCompressed(path, header, records, std::span(file).subspan(begin));
    } else {
        fail(
            path,
            fmt::format("line {}: DATA '{}' is unknown", header.lines, printable(header.data)),
            "known are ascii, binary and binary_compressed"
        );
    }
    return records;
}

} // namespace siskin
