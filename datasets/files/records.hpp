// SPDX-License-Identifier: MIT
// What every point file comes down to: equal records of named numbers, still as the file has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace siskin {

enum class NumberType {
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float32,
    Float64,
};

std::size_t sizeOf(NumberType type) noexcept;
bool isFloating(NumberType type) noexcept;

struct RecordField {
    std::string name;         ///< as in the file
    NumberType declared{};    ///< what the file says that it is
    NumberType stored{};      ///< how `Records::bytes` holds it: text becomes Float64
    std::size_t channels = 1; ///< numbers side by side under this name
    std::size_t offset = 0;   ///< byte of the first number of the first record
    std::size_t stride = 0;   ///< bytes from one record to the next
};

struct Records {
    std::vector<std::byte> bytes;
    std::size_t count = 0; ///< records; every field of each lies inside `bytes`
    bool bigEndian = false;
    std::vector<RecordField> fields;
    std::vector<std::string> warnings; ///< one line each, without the file's name
};

/// One channel of a field of all records, in order. 64-bit integers beyond 2^53 are rounded.
std::vector<double>
columnOf(const Records& records, const RecordField& field, std::size_t channel = 0);

/// Builds records of text files: every number becomes a Float64, `columns` of them per record.
class RecordWriter {
  public:
    RecordWriter(std::size_t columns, std::size_t expectedRecords);

    void add(double value);
    /// `fields` in the order of the columns; their offsets, strides and storage are set here.
    Records finish(std::vector<RecordField> fields);

  private:
    std::size_t columns_;
    std::vector<std::byte> bytes_;
};

} // namespace siskin
