// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"
#include "datasets/demo/archive_format.hpp"
#include "datasets/demo/columns.hpp"
#include "datasets/demo/scan_archive.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace siskin {

namespace {

using nlohmann::ordered_json;

/// Every `stride`-th of `values`, from `first` on, as multiples of `step`.
template <typename T>
IntColumn quantise(
    std::span<const T> values, std::size_t first, const ArchiveField& field, const Scan& scan
) {
    IntColumn column;
    column.reserve(scan.pointCount());
    for (std::size_t i = first; i < values.size(); i += field.channels) {
        const double steps = std::nearbyint(static_cast<double>(values[i]) / field.step);
        constexpr double kLargest = 2147483647.0;
        if (!(std::abs(steps) <= kLargest)) {
            throw DatasetError(fmt::format(
                "scan {}: '{}' of point {} is {}, too large for steps of {}",
                scan.id,
                field.name,
                i / field.channels,
                values[i],
                field.step
            ));
        }
        column.push_back(static_cast<std::int32_t>(steps));
    }
    return column;
}

template <typename T>
void addColumns(
    std::vector<IntColumn>& columns,
    std::span<const T> values,
    const ArchiveField& field,
    const Scan& scan
) {
    if (values.size() != scan.pointCount() * field.channels) {
        throw DatasetError(
            fmt::format("scan {}: no '{}' with {} numbers", scan.id, field.name, field.channels)
        );
    }
    for (std::size_t channel = 0; channel < field.channels; ++channel) {
        columns.push_back(quantise(values, channel, field, scan));
    }
}

std::vector<IntColumn> columnsOf(const Scan& scan, const std::vector<ArchiveField>& fields) {
    std::vector<IntColumn> columns;
    for (const ArchiveField& field : fields) {
        if (field.name == kPositionField) {
            const std::size_t count = scan.positions.empty() ? 0 : 3 * scan.pointCount();
            const float* first = count == 0 ? nullptr : scan.positions.front().data();
            addColumns(columns, std::span(first, count), field, scan);
        } else if (field.name == kLabelField) {
            const auto rawIds = scan.groundTruth ? std::span(scan.groundTruth->rawIds)
                                                 : std::span<const std::uint32_t>();
            addColumns(columns, rawIds, field, scan);
        } else {
            const PointField* values = scan.field(field.name);
            addColumns(
                columns,
                values != nullptr ? std::span(values->values) : std::span<const float>(),
                field,
                scan
            );
        }
    }
    return columns;
}

ordered_json describeHeader(const ArchiveHeader& header) {
    ordered_json json = {
        {"format", kArchiveFormat},
        {"title", header.title},
        {"classMap", header.classMap},
        {"framesPerSecond", header.framesPerSecond},
        {"fields", ordered_json::array()},
        {"frames", ordered_json::array()}};
    for (const ArchiveField& field : header.fields) {
        json["fields"].push_back(
            {{"name", field.name}, {"channels", field.channels}, {"step", field.step}}
        );
    }
    return json;
}

} // namespace

std::vector<std::byte>
packArchive(const ArchiveHeader& header, std::span<const ArchivedScan> scans) {
    ordered_json json = describeHeader(header);
    std::vector<std::byte> frames;
    for (const auto& [scan, group] : scans) {
        const auto packed = packColumns(columnsOf(*scan, header.fields));
        ordered_json frame = {
            {"id", scan->id},
            {"group", group},
            {"points", scan->pointCount()},
            {"bytes", packed.size()},
            {"crc32", checksum(packed)}};
        if (scan->pose) {
            frame["pose"] = *scan->pose;
        }
        json["frames"].push_back(std::move(frame));
        frames.insert(frames.end(), packed.begin(), packed.end());
    }
    const std::string text = json.dump();
    const ArchivePrefix prefix{
        kArchiveMagic,
        static_cast<std::uint32_t>(text.size()),
        checksum(std::as_bytes(std::span(text)))};
    std::vector<std::byte> bytes(sizeof prefix + text.size() + frames.size());
    std::memcpy(bytes.data(), &prefix, sizeof prefix);
    std::memcpy(bytes.data() + sizeof prefix, text.data(), text.size());
    std::copy(frames.begin(), frames.end(), bytes.end() - std::ssize(frames));
    return bytes;
}

} // namespace siskin
