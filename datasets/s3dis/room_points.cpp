// SPDX-License-Identifier: MIT
#include "datasets/s3dis/room_points.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "datasets/s3dis/classes.hpp"
#include "datasets/text_table.hpp"

#include <fmt/format.h>

#include <utility>

namespace siskin {

namespace {

constexpr std::array<std::string_view, 6> kColumns = {"x", "y", "z", "red", "green", "blue"};

/// One file of points; a damaged one carries an error instead of points.
struct Object {
    std::vector<std::array<double, 3>> positions;
    std::vector<std::array<double, 3>> colours;
    std::string error;
};

Object readObject(const std::filesystem::path& file) {
    Object object;
    forEachRow(file, kColumns, [&](std::span<const double> row, std::size_t) {
        object.positions.push_back({row[0], row[1], row[2]});
        object.colours.push_back({row[3], row[4], row[5]});
    });
    return object;
}

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

void append(const Object& object, RoomPoints& room) {
    room.positions.insert(room.positions.end(), object.positions.begin(), object.positions.end());
    room.colours.insert(room.colours.end(), object.colours.begin(), object.colours.end());
}

} // namespace

RoomPoints readRoom(const S3disRoom& room, OtherObjects others) {
    RoomPoints points;
    if (room.annotations.empty()) {
        append(readObject(room.info.file), points);
        return points;
    }
    auto objects = readObjects(room.annotations);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const Object object = std::move(objects[i]); // freed at once: rooms are large
        if (!object.error.empty()) {
            points.warnings.push_back(fmt::format("object left out: {}", object.error));
            continue;
        }
        const std::uint32_t rawId = indoorClassOf(prefixOf(room.annotations[i]));
        const bool drop = rawId == kOtherIndoorObject && others == OtherObjects::Drop;
        if (rawId == kOtherIndoorObject) {
            points.warnings.push_back(fmt::format(
                "{}: '{}' is none of the 13 classes: its {} points are {}",
                room.annotations[i].string(),
                prefixOf(room.annotations[i]),
                object.positions.size(),
                drop ? "dropped" : "ignored"
            ));
        }
        if (!drop) {
            append(object, points);
            points.classes.insert(points.classes.end(), object.positions.size(), rawId);
        }
    }
    if (points.positions.empty()) {
        throw DatasetError(
            fmt::format("no object of the room can be read; {}", points.warnings.front()),
            "fetch the room again"
        );
    }
    return points;
}

} // namespace siskin
