// SPDX-License-Identifier: MIT
#include "core/energy/csv.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace siskin {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::size_t line, std::string_view what) {
    throw EnergyError(
        fmt::format("{}:{}: {}", path.string(), line, what), "correct the row or restore the table"
    );
}

/// Walks over the text once, one field at a time.
class CsvScanner {
  public:
    CsvScanner(const std::filesystem::path& path, std::string_view text)
        : path_(path), text_(text) {}

    bool atEnd() const { return position_ == text_.size(); }

    CsvTable::Row row() {
        CsvTable::Row row{.line = line_, .fields = {}};
        row.fields.push_back(field());
        while (!atEnd() && text_[position_] == ',') {
            ++position_;
            row.fields.push_back(field());
        }
        skipLineEnd();
        return row;
    }

  private:
    std::string field() {
        if (!atEnd() && text_[position_] == '"') {
            return quotedField();
        }
        const std::size_t end = std::min(text_.find_first_of(",\r\n\"", position_), text_.size());
        std::string value(text_.substr(position_, end - position_));
        position_ = end;
        if (!atEnd() && text_[position_] == '"') {
            fail(path_, line_, "a quote inside an unquoted field");
        }
        return value;
    }

    std::string quotedField() {
        const std::size_t firstLine = line_;
        std::string value;
        ++position_;
        for (; !atEnd(); ++position_) {
            const char character = text_[position_];
            if (character == '"') {
                const bool doubled = position_ + 1 < text_.size() && text_[position_ + 1] == '"';
                if (!doubled) {
                    ++position_;
                    return value;
                }
                ++position_;
            }
            line_ += character == '\n' ? 1 : 0;
            value += character;
        }
        fail(path_, firstLine, "a quoted field is not closed");
    }

    void skipLineEnd() {
        if (!atEnd() && text_[position_] == '\r') {
            ++position_;
        }
        if (atEnd()) {
            return;
        }
        if (text_[position_] != '\n') {
            fail(path_, line_, "text after a closing quote or a stray carriage return");
        }
        ++position_;
        ++line_;
    }

    const std::filesystem::path& path_;
    std::string_view text_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
};

bool isEmptyLine(const CsvTable::Row& row) {
    return row.fields.size() == 1 && row.fields.front().empty();
}

} // namespace

std::size_t CsvTable::column(std::string_view name, const std::filesystem::path& path) const {
    const auto found = std::ranges::find(header, name);
    if (found == header.end()) {
        fail(path, 1, fmt::format("the header has no column '{}'", name));
    }
    return static_cast<std::size_t>(found - header.begin());
}

CsvTable readCsvFile(const std::filesystem::path& path) {
    const std::string text = readTextFile(path);
    CsvScanner scanner(path, text);
    CsvTable table;
    while (!scanner.atEnd()) {
        CsvTable::Row row = scanner.row();
        if (isEmptyLine(row)) {
            continue;
        }
        if (table.header.empty()) {
            table.header = std::move(row.fields);
        } else if (row.fields.size() != table.header.size()) {
            fail(
                path,
                row.line,
                fmt::format("{} fields, the header has {}", row.fields.size(), table.header.size())
            );
        } else {
            table.rows.push_back(std::move(row));
        }
    }
    if (table.header.empty()) {
        fail(path, 1, "the file is empty");
    }
    return table;
}

} // namespace siskin
