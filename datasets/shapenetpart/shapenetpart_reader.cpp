// SPDX-License-Identifier: MIT
#include "datasets/shapenetpart/shapenetpart_reader.hpp"

#include "core/base/error.hpp"
#include "core/scan/shape_categories.hpp"
#include "datasets/ground_truth.hpp"
#include "datasets/text_table.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <map>

namespace siskin {

namespace {

constexpr std::array<std::string_view, 7> kColumns = {"x", "y", "z", "nx", "ny", "nz", "part"};

/// One line about parts that this category does not have; empty when all belong to it.
std::string
describeForeignParts(const std::vector<std::uint32_t>& parts, const ShapeCategory& category) {
    std::map<std::uint32_t, std::size_t> counts;
    for (const std::uint32_t part : parts) {
        if (!category.hasPart(part) && part < kShapePartCount) {
            ++counts[part];
        }
    }
    std::string list;
    std::size_t points = 0;
    for (const auto& [part, count] : counts) {
        points += count;
        list += fmt::format("{}{} ({} points)", list.empty() ? "" : ", ", part, count);
    }
    return list.empty() ? ""
                        : fmt::format(
                              "{} points have a part that a {} does not have ({} to {}): {}",
                              points,
                              category.name,
                              category.firstPart,
                              category.firstPart + category.partCount - 1,
                              list
                          );
}

} // namespace

ShapeNetPartReader::ShapeNetPartReader(
    const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap
)
    : layout_(findShapeNetPart(path)), classMap_(std::move(classMap)) {
    if (!classMap_) {
        throw ConfigError("ShapeNetPart needs a class map");
    }
    for (const ShapeNetPartShape& shape : layout_.shapes) {
        infos_.push_back(shape.info);
    }
}

std::string ShapeNetPartReader::title() const {
    return fmt::format("ShapeNetPart, {} shape{}", infos_.size(), infos_.size() == 1 ? "" : "s");
}

std::shared_ptr<const Scan> ShapeNetPartReader::read(std::size_t index) const {
    const auto begin = std::chrono::steady_clock::now();
    if (index >= infos_.size()) {
        throw DatasetError(
            fmt::format("shape {} does not exist: there are {}", index, infos_.size())
        );
    }
    const FrameInfo& info = infos_[index];
    auto scan = std::make_shared<Scan>();
    scan->id = info.id;
    scan->benchmarkName = info.benchmarkName;
    scan->source = info.file;
    scan->shapeCategory = layout_.shapes[index].category;
    PointField normals{"normal", 3, {}};
    std::vector<std::uint32_t> parts;
    forEachRow(info.file, kColumns, [&](std::span<const double> row, std::size_t line) {
        constexpr double kLargest = 65535.0;
        const double part = row[6];
        if (part < 0.0 || part > kLargest || part != std::floor(part)) {
            throw DatasetError(
                fmt::format("{}: line {}: {} is not a part id", info.file.string(), line, part),
                "part ids are whole numbers from 0 to 49"
            );
        }
        const auto value = [&row](std::size_t column) { return static_cast<float>(row[column]); };
        scan->positions.push_back({value(0), value(1), value(2)});
        normals.values.insert(normals.values.end(), {value(3), value(4), value(5)});
        parts.push_back(static_cast<std::uint32_t>(part));
    });
    scan->fields.push_back(std::move(normals));
    const auto& category = kShapeCategories[*scan->shapeCategory];
    if (auto foreign = describeForeignParts(parts, category); !foreign.empty()) {
        scan->warnings.push_back(fmt::format("{}: {}", info.file.string(), foreign));
    }
    addGroundTruth(*scan, std::move(parts), classMap_, info.file);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

} // namespace siskin
