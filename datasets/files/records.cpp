// SPDX-License-Identifier: MIT
#include "datasets/files/records.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace siskin {

namespace {

static_assert(std::endian::native == std::endian::little);

template <typename T>
void convert(
    const Records& records, const RecordField& field, std::size_t channel, std::vector<double>& out
) {
    const std::byte* from = records.bytes.data() + field.offset + channel * sizeof(T);
    for (std::size_t i = 0; i < records.count; ++i, from += field.stride) {
        std::array<std::byte, sizeof(T)> bytes;
        std::memcpy(bytes.data(), from, sizeof(T));
        if (records.bigEndian) {
            std::reverse(bytes.begin(), bytes.end());
        }
        out[i] = static_cast<double>(std::bit_cast<T>(bytes));
    }
}

} // namespace

std::size_t sizeOf(NumberType type) noexcept {
    switch (type) {
    case NumberType::Int8:
    case NumberType::UInt8:
        return 1;
    case NumberType::Int16:
    case NumberType::UInt16:
        return 2;
    case NumberType::Int32:
    case NumberType::UInt32:
    case NumberType::Float32:
        return 4;
    case NumberType::Int64:
    case NumberType::UInt64:
    case NumberType::Float64:
        return 8;
    }
    return 0;
}

bool isFloating(NumberType type) noexcept {
    return type == NumberType::Float32 || type == NumberType::Float64;
}

std::vector<double>
columnOf(const Records& records, const RecordField& field, std::size_t channel) {
    std::vector<double> column(records.count);
    switch (field.stored) {
    case NumberType::Int8:
        convert<std::int8_t>(records, field, channel, column);
        break;
    case NumberType::UInt8:
        convert<std::uint8_t>(records, field, channel, column);
        break;
    case NumberType::Int16:
        convert<std::int16_t>(records, field, channel, column);
        break;
    case NumberType::UInt16:
        convert<std::uint16_t>(records, field, channel, column);
        break;
    case NumberType::Int32:
        convert<std::int32_t>(records, field, channel, column);
        break;
    case NumberType::UInt32:
        convert<std::uint32_t>(records, field, channel, column);
        break;
    case NumberType::Int64:
        convert<std::int64_t>(records, field, channel, column);
        break;
    case NumberType::UInt64:
        convert<std::uint64_t>(records, field, channel, column);
        break;
    case NumberType::Float32:
        convert<float>(records, field, channel, column);
        break;
    case NumberType::Float64:
        convert<double>(records, field, channel, column);
        break;
    }
    return column;
}

RecordWriter::RecordWriter(std::size_t columns, std::size_t expectedRecords) : columns_(columns) {
    bytes_.reserve(columns * expectedRecords * sizeof(double));
}

void RecordWriter::add(double value) {
    const auto bytes = std::bit_cast<std::array<std::byte, sizeof(double)>>(value);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

Records RecordWriter::finish(std::vector<RecordField> fields) {
    Records records;
    const std::size_t stride = columns_ * sizeof(double);
    records.count = bytes_.size() / stride;
    records.bytes = std::move(bytes_);
    std::size_t offset = 0;
    for (RecordField& field : fields) {
        field.stored = NumberType::Float64;
        field.offset = offset;
        field.stride = stride;
        offset += field.channels * sizeof(double);
    }
    records.fields = std::move(fields);
    return records;
}

} // namespace siskin
