// SPDX-License-Identifier: MIT
#include "datasets/s3dis/s3dis_reader.hpp"

#include "core/base/error.hpp"
#include "datasets/ground_truth.hpp"
#include "datasets/s3dis/room_points.hpp"

#include <fmt/format.h>

#include <chrono>

namespace siskin {

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
    RoomPoints points = readRoom(room, OtherObjects::Keep);
    scan->warnings = std::move(points.warnings);
    PointField colours{"rgb", 3, {}};
    for (std::size_t i = 0; i < points.positions.size(); ++i) {
        const auto& [x, y, z] = points.positions[i];
        scan->positions.push_back(
            {static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)}
        );
        for (const double channel : points.colours[i]) {
            colours.values.push_back(static_cast<float>(channel));
        }
    }
    scan->fields.push_back(std::move(colours));
    if (room.info.hasLabels) {
        addGroundTruth(*scan, std::move(points.classes), classMap_, room.info.file);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

} // namespace siskin
