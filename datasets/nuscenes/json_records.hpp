// SPDX-License-Identifier: MIT
// Tables of nuScenes: JSON files that hold one list of flat records.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// One record of a table, with the keys that were asked for and the place it came from. Every
/// access throws `DatasetError` naming file, record and key where the value is not what it should
/// be.
class JsonRecord {
  public:
    JsonRecord(std::string file, std::initializer_list<std::string_view> keys);

    /// Throws: the record is no good because of `why`.
    [[noreturn]] void fail(const std::string& why) const;

    std::size_t number() const noexcept { return number_; } ///< from 0

    bool has(std::string_view key) const;
    const std::string& text(std::string_view key) const;
    /// A text that may not be empty: a token, a name, a file.
    const std::string& name(std::string_view key) const;
    std::int64_t integer(std::string_view key) const;
    bool flag(std::string_view key) const;

    template <std::size_t N>
    std::array<double, N> numbers(std::string_view key) const {
        const std::vector<double>& list = numberList(key, N);
        std::array<double, N> values{};
        std::copy(list.begin(), list.end(), values.begin());
        return values;
    }

  private:
    friend class RecordParser;
    enum class Kind { Absent, Text, Integer, Flag, Numbers, Other };

    struct Value {
        std::string_view key;
        Kind kind = Kind::Absent;
        std::string text;
        std::int64_t integer = 0; ///< also a flag: 0 or 1
        std::vector<double> numbers;
    };

    const Value& at(std::string_view key) const;
    const std::vector<double>& numberList(std::string_view key, std::size_t count) const;

    std::string file_;
    std::size_t number_ = 0;
    std::vector<Value> values_;
};

/// Hands over the records of the table one by one, with the named keys (which outlive the call),
/// and keeps none of them: sample_data.json of the whole data set has more than a gigabyte. A
/// record dies with the call. Throws `DatasetError` naming the file, and the byte where it is not
/// JSON, when it is missing or not a list of records.
void forEachRecord(
    const std::filesystem::path& table,
    std::initializer_list<std::string_view> keys,
    const std::function<void(const JsonRecord&)>& take
);

/// What a person can do about broken tables.
extern const char* const kTablesHint;

} // namespace siskin
