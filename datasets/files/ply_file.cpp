// SPDX-License-Identifier: MIT
#include "datasets/files/ply_file.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "datasets/files/number_rows.hpp"
#include "datasets/files/ply_header.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

namespace fs = std::filesystem;

/// Walks through the rows of a binary file.
struct Cursor {
    const fs::path& path;
    const Records& file; ///< for its bytes and byte order
    std::size_t at = 0;

    [[noreturn]] void failAt(const PlyElement& element, std::size_t row) const {
        throw DatasetError(
            fmt::format(
                "{}: {} {} rows were promised, the file ends in number {}",
                path.string(),
                element.count,
                element.name,
                row
            ),
            "the file is cut short or damaged: export it again"
        );
    }

    std::size_t left() const { return file.bytes.size() - at; }

    /// Skips a list; false when the file ends before it does or its length is negative.
    bool skipList(const PlyProperty& property) {
        const std::size_t size = sizeOf(property.countType);
        if (left() < size) {
            return false;
        }
        Records one{
            {file.bytes.begin() + static_cast<std::ptrdiff_t>(at),
             file.bytes.begin() + static_cast<std::ptrdiff_t>(at + size)},
            1,
            file.bigEndian,
            {},
            {}};
        const double length =
            columnOf(one, {"", property.countType, property.countType, 1, 0, size}).front();
        at += size;
        if (!(length >= 0.0 && length <= static_cast<double>(left() / sizeOf(property.type)))) {
            return false;
        }
        at += static_cast<std::size_t>(length) * sizeOf(property.type);
        return true;
    }

    /// Goes over one row with lists; its other numbers are appended to `kept`.
    bool walkRow(const PlyElement& element, std::vector<std::byte>& kept) {
        for (const PlyProperty& property : element.properties) {
            if (property.isList) {
                if (!skipList(property)) {
                    return false;
                }
                continue;
            }
            const std::size_t size = sizeOf(property.type);
            if (left() < size) {
                return false;
            }
            const auto from = file.bytes.begin() + static_cast<std::ptrdiff_t>(at);
            kept.insert(kept.end(), from, from + static_cast<std::ptrdiff_t>(size));
            at += size;
        }
        return true;
    }

    /// Goes over all rows; what `walkRow` kept of them.
    std::vector<std::byte> walk(const PlyElement& element, bool keep) {
        std::vector<std::byte> kept;
        for (std::size_t row = 0; row < element.count; ++row) {
            if (!walkRow(element, kept)) {
                failAt(element, row);
            }
            if (!keep) {
                kept.clear();
            }
        }
        return kept;
    }

    void requireRows(const PlyElement& element) const {
        const std::size_t bytes = element.rowBytes();
        if (bytes > 0 && element.count > left() / bytes) {
            failAt(element, left() / bytes);
        }
    }
};

/// The properties that are no lists, packed one after the other.
std::vector<RecordField> fieldsOf(const PlyElement& vertices) {
    std::vector<RecordField> fields;
    std::size_t offset = 0;
    for (const PlyProperty& property : vertices.properties) {
        if (!property.isList) {
            fields.push_back(
                {property.name, property.type, property.type, 1, offset, vertices.rowBytes()}
            );
            offset += sizeOf(property.type);
        }
    }
    return fields;
}

Records readBinary(
    const fs::path& path,
    const PlyHeader& header,
    const PlyElement& vertices,
    Records records,
    std::size_t headerBytes
) {
    Cursor cursor{path, records, headerBytes};
    for (const PlyElement& element : header.elements) {
        if (&element == &vertices) {
            break;
        }
        if (element.hasLists()) {
            cursor.walk(element, false);
        } else {
            cursor.requireRows(element);
            cursor.at += element.count * element.rowBytes();
        }
    }
    std::size_t begin = cursor.at;
    cursor.requireRows(vertices);
    if (vertices.hasLists()) {
        records.bytes = cursor.walk(vertices, true);
        begin = 0;
    }
    records.count = vertices.count;
    records.fields = fieldsOf(vertices);
    for (RecordField& field : records.fields) {
        field.offset += begin;
    }
    return records;
}

/// One line of an element with lists, without its lists.
void addAsciiRow(
    NumberRows& rows, std::string_view text, const PlyElement& vertices, RecordWriter& writer
) {
    const auto take = [&rows, &text] {
        const auto word = nextWord(text);
        if (word.empty()) {
            rows.fail("the line ends too early");
        }
        return rows.number(word);
    };
    for (const PlyProperty& property : vertices.properties) {
        const double value = take();
        if (!property.isList) {
            writer.add(value);
            continue;
        }
        for (double i = 0.0; i < value; ++i) {
            take();
        }
    }
    if (!nextWord(text).empty()) {
        rows.fail("the line goes on after its last property");
    }
}

Records readAsciiLists(NumberRows rows, const PlyElement& vertices) {
    const auto fields = fieldsOf(vertices);
    RecordWriter writer(fields.size(), std::min(vertices.count, rows.rest.size()) / 2);
    for (std::size_t row = 0; row < vertices.count; ++row) {
        const std::string_view text = rows.next();
        if (text.empty()) {
            rows.fail(fmt::format(
                "{} vertices were promised, the file ends after {}", vertices.count, row
            ));
        }
        addAsciiRow(rows, text, vertices, writer);
    }
    return writer.finish(fields);
}

Records readAscii(
    const fs::path& path, const PlyHeader& header, const PlyElement& vertices, std::string_view rest
) {
    NumberRows rows{path, rest, header.lines};
    for (const PlyElement& element : header.elements) {
        if (&element == &vertices) {
            break;
        }
        for (std::size_t row = 0; row < element.count; ++row) {
            if (rows.next().empty()) {
                rows.fail(fmt::format("the file ends inside its '{}'", element.name));
            }
        }
    }
    if (vertices.hasLists()) {
        return readAsciiLists(rows, vertices);
    }
    rows.more = &vertices != &header.elements.back();
    return rows.read(vertices.properties.size(), vertices.count, fieldsOf(vertices));
}

const PlyElement& verticesOf(const fs::path& path, const PlyHeader& header) {
    const auto found =
        std::find_if(header.elements.begin(), header.elements.end(), [](const PlyElement& element) {
            return element.name == "vertex";
        });
    if (found == header.elements.end() || found->rowBytes() == 0) {
        throw DatasetError(
            fmt::format("{}: this PLY file has no element 'vertex' with numbers", path.string()),
            "export it with its points"
        );
    }
    return *found;
}

} // namespace

Records readPly(const fs::path& path) {
    Records file;
    file.bytes = readFile(path);
    const std::string_view text(
        reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()
    );
    std::string_view rest = text;
    const PlyHeader header = readPlyHeader(path, rest);
    const PlyElement& vertices = verticesOf(path, header);
    file.bigEndian = header.encoding == PlyEncoding::BigEndian;
    Records records =
        header.encoding == PlyEncoding::Ascii
            ? readAscii(path, header, vertices, rest)
            : readBinary(path, header, vertices, std::move(file), text.size() - rest.size());
    for (const PlyProperty& property : vertices.properties) {
        if (property.isList) {
            records.warnings.push_back(
                fmt::format("the list '{}' of each vertex is left out", property.name)
            );
        }
    }
    return records;
}

} // namespace siskin
