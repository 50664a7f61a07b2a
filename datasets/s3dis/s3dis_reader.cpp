// SPDX-License-Identifier: MIT
#include "datasets/s3dis/s3dis_reader.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "datasets/ground_truth.hpp"
#include "datasets/s3dis/classes.hpp"
#include "datasets/text_table.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace siskin {

namespace {

constexpr std::array<std::string_view, 6> kColumns = {"x", "y", "z", "red", "green", "blue"};

/// One file of points.
struct Object {
    std::vector<Vec3f> positions;
    std::vector<float> colours; ///< 3 per point
    std::string error;          ///< why it could not be read
};

Object readObject(const std::filesystem::path& file) {
    Object object;
    forEachRow(file, kColumns, [&](std::span<const float> row, std::size_t) {
        object.positions.push_back({row[0], row[1], row[2]});
        object.colours.insert(object.colours.end(), row.begin() + 3, row.end());
    });
    return object;
}

/// All objects of a room; damaged ones carry an error instead of points.
std::vector<Object> readObjects(const std::vector<std::filesystem::path>& files) {
    std::vector<Object> objects(files.size());
    const auto count = static_cast<std::int64_t>(files.size());
    parallelFor(count, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
            const auto index = static_cast<std::size_t>(i);
            try {
                objects[index] = readObject(files[index]);
            } catch (const DatasetError& error) {
                objects[index].error = error.what();
            }
        }
    });
    return objects;
}

/// "chair" of ".../chair_3.txt".
std::string prefixOf(const std::filesystem::path& file) {
    const std::string stem = file.stem().string();
    return stem.substr(0, stem.find('_'));
}

void append(const Object& object, Scan& scan) {
    auto& colours = scan.fields.front().values;
    scan.positions.insert(scan.positions.end(), object.positions.begin(), object.positions.end());
    colours.insert(colours.end(), object.colours.begin(), object.colours.end());
}

void appendAnnotations(const S3disRoom& room, Scan& scan, std::vector<std::uint32_t>& rawIds) {
    const auto objects = readObjects(room.annotations);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const Object& object = objects[i];
        if (!object.error.empty()) {
            scan.warnings.push_back(fmt::format("object left out: {}", object.error));
            continue;
        }
        const std::uint32_t rawId = indoorClassOf(prefixOf(room.annotations[i]));
        if (rawId == kOtherIndoorObject) {
            scan.warnings.push_back(fmt::format(
                "{}: '{}' is none of the 13 classes: its {} points are ignored",
                room.annotations[i].string(),
                prefixOf(room.annotations[i]),
                object.positions.size()
            ));
        }
        append(object, scan);
        rawIds.insert(rawIds.end(), object.positions.size(), rawId);
    }
    if (scan.positions.empty()) {
        throw DatasetError(
            fmt::format("no object of the room can be read; {}", scan.warnings.front()),
            "fetch the room again"
        );
    }
}

} // namespace

S3disReader::S3disReader(
    const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap
)
    : layout_(findS3dis(path)), classMap_(std::move(classMap)) {
    if (!classMap_) {
        throw ConfigError("S3DIS needs a class map");
    }
    for (const S3disRoom& room : layout_.rooms) {
        infos_.push_back(room.info);
    }
}

std::string S3disReader::title() const {
    return fmt::format("S3DIS, {} room{}", infos_.size(), infos_.size() == 1 ? "" : "s");
}

std::shared_ptr<const Scan> S3disReader::read(std::size_t index) const {
    const auto begin = std::chrono::steady_clock::now();
    if (index >= infos_.size()) {
        throw DatasetError(fmt::format("room {} does not exist: there are {}", index, infos_.size())
        );
    }
    const S3disRoom& room = layout_.rooms[index];
    auto scan = std::make_shared<Scan>();
    scan->id = room.info.id;
    scan->source = room.info.file;
    scan->fields.push_back({"rgb", 3, {}});
    if (room.annotations.empty()) {
        append(readObject(room.info.file), *scan);
    } else {
        std::vector<std::uint32_t> rawIds;
        appendAnnotations(room, *scan, rawIds);
        addGroundTruth(*scan, std::move(rawIds), classMap_, room.info.file);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

} // namespace siskin
