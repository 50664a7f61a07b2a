// SPDX-License-Identifier: MIT
#include "core/run/cloud_cut.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/split_mix.hpp"
#include "core/scan/shape_categories.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace siskin {

namespace {

using Indices = std::vector<std::uint32_t>;
using Point = std::array<double, 3>;

constexpr std::size_t kShapePoints = 2048;
constexpr std::size_t kColumnPoints = 4096;
constexpr double kColumnSize = 1.0; // metres
constexpr std::size_t kRoomChannels = kWindowFeatures;

/// What is cut, kept alive by the function that makes its samples.
struct RoomColumns {
    std::vector<Point> positions; ///< from the room's smallest corner
    std::vector<Point> colours;   ///< 0-1
    Point extent{};
    std::vector<Indices> columns;
    /// Of each sample: which column, and which of its clouds.
    std::vector<std::pair<std::size_t, std::size_t>> samples;
};

[[noreturn]] void refuse(const Scan& scan, std::string_view reason, std::string hint = {}) {
    throw DatasetError(fmt::format("{}: {}", scan.id, reason), std::move(hint));
}

const PointField& vectorField(const Scan& scan, std::string_view name, std::string_view reason) {
    const PointField* field = scan.field(name);
    if (field == nullptr || field->channels != 3) {
        refuse(scan, reason);
    }
    return *field;
}

void requirePoints(const Scan& scan) {
    if (scan.positions.empty()) {
        refuse(scan, "there is no point in it");
    }
    if (scan.pointCount() > std::numeric_limits<std::uint32_t>::max()) {
        refuse(scan, fmt::format("{} points are too many", scan.pointCount()));
    }
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        for (const float value : scan.positions[i]) {
            if (!std::isfinite(value)) {
                refuse(scan, fmt::format("point {} has a coordinate that is not finite", i));
            }
        }
    }
}

void requireFinite(const Scan& scan, const PointField& field) {
    const auto bad = std::find_if(field.values.begin(), field.values.end(), [](float value) {
        return !std::isfinite(value);
    });
    if (bad != field.values.end()) {
        refuse(scan, fmt::format("a value of '{}' is not finite", field.name));
    }
}

/// 0 .. count - 1 again and again, `length` in all.
Indices tiled(std::size_t count, std::size_t length) {
    Indices result(length);
    for (std::size_t i = 0; i < length; ++i) {
        result[i] = static_cast<std::uint32_t>(i % count);
    }
    return result;
}

Indices part(const Indices& all, std::size_t which, std::size_t length) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(which * length);
    return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

/// [n, C] as the (1, C, n) of a network: the same memory.
torch::Tensor asCloud(const torch::Tensor& rows) {
    return rows.t().unsqueeze(0);
}

/// Positions from their centroid, scaled so that the furthest is 1 away (models.md 4.4).
std::vector<Vec3f> inUnitBall(const std::vector<Vec3f>& positions) {
    Point sum{};
    for (const auto& position : positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            sum[axis] += position[axis];
        }
    }
    Vec3f centre{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        centre[axis] = static_cast<float>(sum[axis] / static_cast<double>(positions.size()));
    }
    std::vector<Vec3f> result = positions;
    float largest = 0.0F;
    for (auto& position : result) {
        float squared = 0.0F;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            position[axis] -= centre[axis];
            squared += position[axis] * position[axis];
        }
        largest = std::max(largest, std::sqrt(squared));
    }
    for (auto& position : result) {
        for (float& value : position) {
            value = largest > 0.0F ? value / largest : 0.0F;
        }
    }
    return result;
}

/// A row per point: x, y, z, the normal where there is one, the one-hot category.
torch::Tensor shapeRows(const Scan& scan, const PointField* normals, std::size_t category) {
    const auto positions = inUnitBall(scan.positions);
    const std::size_t first = normals == nullptr ? 3 : 6;
    const auto count = static_cast<std::int64_t>(positions.size());
    const auto width = static_cast<std::int64_t>(first + kShapeCategories.size());
    auto rows = torch::zeros({count, width});
    auto* row = rows.data_ptr<float>();
    for (std::size_t i = 0; i < positions.size(); ++i, row += width) {
        std::copy(positions[i].begin(), positions[i].end(), row);
        if (normals != nullptr) {
            std::copy_n(normals->values.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, row + 3);
        }
        row[first + category] = 1.0F;
    }
    return rows;
}

torch::Tensor rowsOf(const torch::Tensor& all, const Indices& points) {
    std::vector<std::int64_t> index(points.begin(), points.end());
    return all.index_select(0, torch::tensor(index));
}

CloudSample windowSample(
    const RoomWindow& window, std::size_t cloud, std::size_t cloudPoints, SplitMix64 random
) {
    const std::size_t clouds = (kWindowPoints + cloudPoints - 1) / cloudPoints;
    Indices order = tiled(window.points.size(), clouds * cloudPoints);
    random.shuffle(order);
    CloudSample sample;
    auto rows = torch::empty(
        {static_cast<std::int64_t>(cloudPoints), static_cast<std::int64_t>(kRoomChannels)}
    );
    auto* row = rows.data_ptr<float>();
    for (const std::uint32_t i : part(order, cloud, cloudPoints)) {
        sample.points.push_back(window.points[i]);
        row = std::copy(window.features[i].begin(), window.features[i].end(), row);
    }
    sample.features = asCloud(rows);
    return sample;
}

/// Still without columns.
RoomColumns placedInRoom(const Scan& scan, const PointField& colours) {
    RoomColumns room;
    Point corner{};
    corner.fill(std::numeric_limits<double>::infinity());
    for (const auto& position : scan.positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            corner[axis] = std::min(corner[axis], static_cast<double>(position[axis]));
        }
    }
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        Point position{};
        Point colour{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            position[axis] = scan.positions[i][axis] - corner[axis];
            colour[axis] = colours.values[3 * i + axis] / 255.0;
            room.extent[axis] = std::max(room.extent[axis], position[axis]);
        }
        room.positions.push_back(position);
        room.colours.push_back(colour);
    }
    const double largest = *std::max_element(room.extent.begin(), room.extent.end());
    if (largest > kLargestRoom) { // the numbers of its columns would not fit
        refuse(
            scan,
            fmt::format("a room of {:.0f} m cannot be cut", largest),
            "positions are in metres"
        );
    }
    return room;
}

/// `room.columns` and `room.samples`.
void cutIntoColumns(RoomColumns& room) {
    std::map<std::pair<std::int64_t, std::int64_t>, Indices> columns;
    for (std::size_t i = 0; i < room.positions.size(); ++i) {
        const auto place = [&](std::size_t axis) {
            return static_cast<std::int64_t>(std::floor(room.positions[i][axis] / kColumnSize));
        };
        columns[{place(0), place(1)}].push_back(static_cast<std::uint32_t>(i));
    }
    for (auto& [place, points] : columns) {
        const std::size_t clouds = (points.size() + kColumnPoints - 1) / kColumnPoints;
        for (std::size_t cloud = 0; cloud < clouds; ++cloud) {
            room.samples.emplace_back(room.columns.size(), cloud);
        }
        room.columns.push_back(std::move(points));
    }
}

CloudSample
columnSample(const RoomColumns& room, std::size_t column, std::size_t cloud, SplitMix64 random) {
    const Indices& points = room.columns[column];
    const std::size_t clouds = (points.size() + kColumnPoints - 1) / kColumnPoints;
    Indices order = tiled(points.size(), clouds * kColumnPoints);
    random.shuffle(order);
    const Point& any = room.positions[points.front()];
    const auto middle = [&any](std::size_t axis) {
        return (std::floor(any[axis] / kColumnSize) + 0.5) * kColumnSize;
    };
    const Point centre = {middle(0), middle(1), 0.0};
    CloudSample sample;
    auto rows = torch::empty(
        {static_cast<std::int64_t>(kColumnPoints), static_cast<std::int64_t>(kRoomChannels)}
    );
    auto* row = rows.data_ptr<float>();
    for (const std::uint32_t i : part(order, cloud, kColumnPoints)) {
        const std::uint32_t point = points[i];
        sample.points.push_back(point);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double value = room.positions[point][axis];
            const double extent = room.extent[axis];
            row[axis] = static_cast<float>(value - centre[axis]);
            row[3 + axis] = static_cast<float>(room.colours[point][axis]);
            row[6 + axis] = static_cast<float>(extent > 0.0 ? value / extent : 0.0);
        }
        row += kRoomChannels;
    }
    sample.features = asCloud(rows);
    return sample;
}

} // namespace

CloudCut cutShape(const Scan& scan, bool normals, int votes, std::uint64_t seed) {
    if (!scan.shapeCategory || *scan.shapeCategory >= kShapeCategories.size()) {
        refuse(scan, kNeedsCategory, kCategoryHint);
    }
    requirePoints(scan);
    const PointField* field = normals ? &vectorField(scan, "normal", kNeedsNormals) : nullptr;
    if (field != nullptr) {
        requireFinite(scan, *field);
    }
    const std::size_t count = scan.pointCount();
    CloudCut cut;
    cut.samples = static_cast<std::size_t>(votes) * ((count + kShapePoints - 1) / kShapePoints);
    auto order = tiled(count, cut.samples * kShapePoints);
    SplitMix64(seed).shuffle(order);
    cut.sample = [rows = shapeRows(scan, field, *scan.shapeCategory),
                  order = std::move(order)](std::size_t which) {
        auto points = part(order, which, kShapePoints);
        auto features = asCloud(rowsOf(rows, points));
        return CloudSample{std::move(features), std::move(points)};
    };
    const auto& category = kShapeCategories[*scan.shapeCategory];
    cut.firstClass = static_cast<ClassId>(category.firstPart);
    cut.classCount = category.partCount;
    return cut;
}

std::vector<RoomWindow>
windowsOfRoom(const Scan& scan, std::uint64_t seed, const std::stop_token& stop) {
    constexpr std::array kOffsets = {0.0, 0.75}; // metres
    requirePoints(scan);
    const auto& field = vectorField(scan, "rgb", kNeedsColours);
    std::vector<Point> positions;
    std::vector<Point> colours;
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        const auto& position = scan.positions[i];
        const auto* colour = field.values.data() + 3 * i;
        positions.push_back({position[0], position[1], position[2]});
        colours.push_back({colour[0], colour[1], colour[2]});
    }
    std::vector<RoomWindow> windows;
    for (std::size_t i = 0; i < kOffsets.size(); ++i) {
        const auto streamSeed = SplitMix64(seed, i).bits();
        auto ofOffset = cutRoom(positions, colours, kOffsets[i], streamSeed, stop);
        std::move(ofOffset.begin(), ofOffset.end(), std::back_inserter(windows));
    }
    return windows;
}

CloudCut cutRoomWindows(
    const Scan& scan, std::int64_t cloudPoints, std::uint64_t seed, const std::stop_token& stop
) {
    const auto windows =
        std::make_shared<const std::vector<RoomWindow>>(windowsOfRoom(scan, seed, stop));
    const auto points = static_cast<std::size_t>(cloudPoints);
    const std::size_t clouds = (kWindowPoints + points - 1) / points;
    CloudCut cut;
    cut.samples = windows->size() * clouds;
    cut.sample = [windows, points, clouds, seed](std::size_t which) {
        const std::size_t window = which / clouds;
        const SplitMix64 random(~seed, window); // a stream per window, as long as the cut's own
        return windowSample((*windows)[window], which % clouds, points, random);
    };
    return cut;
}

CloudCut cutRoomColumns(const Scan& scan, std::uint64_t seed, const std::stop_token& stop) {
    requirePoints(scan);
    const auto& colours = vectorField(scan, "rgb", kNeedsColours);
    requireFinite(scan, colours);
    throwIfStopRequested(stop);
    auto room = std::make_shared<RoomColumns>(placedInRoom(scan, colours));
    cutIntoColumns(*room);
    CloudCut cut;
    cut.samples = room->samples.size();
    cut.sample = [room, seed](std::size_t which) {
        const auto [column, cloud] = room->samples[which];
        return columnSample(*room, column, cloud, SplitMix64(seed, column));
    };
    return cut;
}

CloudCut cutForNetwork(
    const Scan& scan,
    const PointNetworkPlan& network,
    std::int64_t inputChannels,
    int votes,
    std::uint64_t seed,
    const std::stop_token& stop
) {
    constexpr std::int64_t kCloud = 4096; // models.md 4.3: points of a cloud
    constexpr std::int64_t kCloudPvcnn2 = 8192;
    if (network.task == ModelTask::ShapeParts) {
        constexpr auto kWithoutNormals = static_cast<std::int64_t>(3 + kShapeCategories.size());
        return cutShape(scan, inputChannels > kWithoutNormals, votes, seed);
    }
    if (network.kind == ModelKind::Dgcnn) {
        return cutRoomColumns(scan, seed, stop);
    }
    const auto cloud = network.kind == ModelKind::Pvcnn2 ? kCloudPvcnn2 : kCloud;
    return cutRoomWindows(scan, cloud, seed, stop);
}

} // namespace siskin
