// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/json_records.hpp"

#include "core/base/error.hpp"
#include "datasets/paths.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

namespace siskin {

const char* const kTablesHint =
    "the tables of nuScenes are described at nuscenes.org (schema v1.0); download them again";

using nlohmann::json;

JsonRecord::JsonRecord(std::string file, std::initializer_list<std::string_view> keys)
    : file_(std::move(file)) {
    for (const std::string_view key : keys) {
        values_.emplace_back().key = key;
    }
}

void JsonRecord::fail(const std::string& why) const {
    throw DatasetError(fmt::format("{}: record {}: {}", file_, number_, why), kTablesHint);
}

bool JsonRecord::has(std::string_view key) const {
    return std::any_of(values_.begin(), values_.end(), [key](const Value& value) {
        return value.key == key && value.kind != Kind::Absent;
    });
}

const JsonRecord::Value& JsonRecord::at(std::string_view key) const {
    const auto found = std::find_if(values_.begin(), values_.end(), [key](const Value& value) {
        return value.key == key && value.kind != Kind::Absent;
    });
    if (found == values_.end()) {
        fail(fmt::format("'{}' is missing", key));
    }
    return *found;
}

const std::string& JsonRecord::text(std::string_view key) const {
    const Value& value = at(key);
    if (value.kind != Kind::Text) {
        fail(fmt::format("'{}' is not a text", key));
    }
    return value.text;
}

const std::string& JsonRecord::name(std::string_view key) const {
    const std::string& value = text(key);
    if (value.empty()) {
        fail(fmt::format("'{}' is empty", key));
    }
    return value;
}

std::int64_t JsonRecord::integer(std::string_view key) const {
    const Value& value = at(key);
    if (value.kind != Kind::Integer) {
        fail(fmt::format("'{}' is not a whole number", key));
    }
    return value.integer;
}

bool JsonRecord::flag(std::string_view key) const {
    const Value& value = at(key);
    if (value.kind != Kind::Flag) {
        fail(fmt::format("'{}' is neither true nor false", key));
    }
    return value.integer != 0;
}

const std::vector<double>& JsonRecord::numberList(std::string_view key, std::size_t count) const {
    const Value& value = at(key);
    if (value.kind != Kind::Numbers || value.numbers.size() != count) {
        fail(fmt::format("'{}' is not a list of {} numbers", key, count));
    }
    return value.numbers;
}

/// Fills one record over and over while the file is read.
class RecordParser final : public json::json_sax_t {
    using Kind = JsonRecord::Kind;

    /// How deep inside the table something lies.
    enum Depth : std::size_t { kOutside = 0, kBetweenRecords, kInRecord, kInValue };

  public:
    RecordParser(JsonRecord& record, const std::function<void(const JsonRecord&)>& take)
        : record_(record), take_(take) {}

    bool null() override { return scalar(Kind::Other); }

    bool boolean(bool value) override {
        const bool wanted = scalar(Kind::Flag);
        if (depth_ == kInRecord && current_ != nullptr) {
            current_->integer = value ? 1 : 0;
        }
        return wanted;
    }

    bool number_integer(std::int64_t value) override { return wholeNumber(value); }

    bool number_unsigned(std::uint64_t value) override {
        return value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
                   ? scalar(Kind::Other)
                   : wholeNumber(static_cast<std::int64_t>(value));
    }

    bool number_float(double value, const std::string& /*text*/) override {
        return addToList(value) || scalar(Kind::Other);
    }

    bool string(std::string& value) override {
        scalar(Kind::Text);
        if (depth_ == kInRecord && current_ != nullptr) {
            current_->text.swap(value);
        }
        return true;
    }

    bool binary(json::binary_t& /*value*/) override { return scalar(Kind::Other); }

    bool start_object(std::size_t /*size*/) override {
        if (depth_ == kBetweenRecords) {
            for (auto& value : record_.values_) {
                value.kind = Kind::Absent;
            }
        } else {
            scalar(Kind::Other);
        }
        ++depth_;
        return true;
    }

    bool key(std::string& name) override {
        if (depth_ == kInRecord) {
            const auto found = std::find_if(
                record_.values_.begin(),
                record_.values_.end(),
                [&name](const JsonRecord::Value& value) { return value.key == name; }
            );
            current_ = found == record_.values_.end() ? nullptr : &*found;
        }
        return true;
    }

    bool end_object() override {
        if (--depth_ == kBetweenRecords) {
            take_(record_);
            ++record_.number_;
        }
        return true;
    }

    bool start_array(std::size_t /*size*/) override {
        if (depth_ != kOutside) {
            scalar(depth_ == kInRecord ? Kind::Numbers : Kind::Other);
            if (depth_ == kInRecord && current_ != nullptr) {
                current_->numbers.clear();
            }
        }
        ++depth_;
        return true;
    }

    bool end_array() override {
        --depth_;
        return true;
    }

    bool parse_error(
        std::size_t position, const std::string& /*token*/, const json::exception& /*error*/
    ) override {
        throw DatasetError(
            fmt::format("{}: byte {}: not valid JSON", record_.file_, position), kTablesHint
        );
    }

  private:
    /// Anything that is neither the list of records nor a record: the value of a key, or a part of
    /// one, which then is no list of numbers.
    bool scalar(Kind kind) {
        if (depth_ < kInRecord) {
            throw DatasetError(
                fmt::format("{}: not a list of records", record_.file_), kTablesHint
            );
        }
        if (current_ != nullptr) {
            current_->kind = depth_ == kInRecord ? kind : Kind::Other;
        }
        return true;
    }

    bool addToList(double value) {
        const bool fits = depth_ == kInValue && current_ != nullptr;
        if (fits) {
            current_->numbers.push_back(value); // of no use, but harmless, in an Other
        }
        return fits;
    }

    bool wholeNumber(std::int64_t value) {
        if (addToList(static_cast<double>(value))) {
            return true;
        }
        scalar(Kind::Integer);
        if (depth_ == kInRecord && current_ != nullptr) {
            current_->integer = value;
        }
        return true;
    }

    JsonRecord& record_;
    const std::function<void(const JsonRecord&)>& take_;
    JsonRecord::Value* current_ = nullptr; ///< value being read; nullptr when nobody asked for it
    std::size_t depth_ = kOutside;
};

void forEachRecord(
    const std::filesystem::path& table,
    std::initializer_list<std::string_view> keys,
    const std::function<void(const JsonRecord&)>& take
) {
    if (!isFile(table)) {
        throw DatasetError(fmt::format("{}: the table is missing", table.string()), kTablesHint);
    }
    JsonRecord record(table.string(), keys);
    RecordParser parser(record, take);
    std::ifstream stream(table);
    if (!stream) {
        throw DatasetError(
            fmt::format("{}: cannot read the table", table.string()), "check the permissions"
        );
    }
    json::sax_parse(stream, &parser);
}

} // namespace siskin
