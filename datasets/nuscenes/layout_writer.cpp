// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/layout_writer.hpp"

#include "core/base/error.hpp"
#include "datasets/nuscenes/categories.hpp"
#include "datasets/synthetic/vec3.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace siskin {

namespace {

using Table = nlohmann::ordered_json;

constexpr std::int64_t kFirstTimestamp = 1'500'000'000'000'000; ///< microseconds since 1970
constexpr std::int64_t kBetweenDrives = 1'000'000'000;
constexpr const char* kChannel = "LIDAR_TOP";

/// Where the sensor sits on the car, and that its y axis looks ahead.
Rigid sensorOnCar() {
    return Rigid::at({0.94, 0.0, 1.84}, -0.5 * std::numbers::pi);
}

/// From the sensor frame of nuScenes (x right, y ahead) to ours (x ahead, y left).
Rigid nuScenesToOurs() {
    return Rigid::at({}, -0.5 * std::numbers::pi);
}

std::int64_t timestampOf(std::size_t drive, std::size_t frame, double framesPerSecond) {
    const double sinceStart = 1e6 * static_cast<double>(frame) / framesPerSecond;
    return kFirstTimestamp + static_cast<std::int64_t>(drive) * kBetweenDrives +
           std::llround(sinceStart);
}

/// FNV-1a (Fowler, Noll, Vo).
std::uint64_t hash(std::string_view text, std::uint64_t start) {
    std::uint64_t value = start;
    for (const char character : text) {
        value = (value ^ static_cast<unsigned char>(character)) * 0x100000001B3ULL;
    }
    return value;
}

/// 32 hexadecimal digits, as all tokens of nuScenes.
std::string token(std::string_view what) {
    return fmt::format(
        "{:016x}{:016x}", hash(what, 0xCBF29CE484222325ULL), hash(what, 0x9AE16A3B2F90404FULL)
    );
}

std::string driveToken(const char* table, std::size_t drive) {
    return token(fmt::format("{} {}", table, drive));
}

std::string frameToken(const char* table, std::size_t drive, std::size_t frame) {
    return token(fmt::format("{} {} {}", table, drive, frame));
}

std::string logName(std::size_t drive) {
    return fmt::format("siskin-{:04}", drive);
}

std::string pointFile(std::size_t drive, std::size_t frame, double framesPerSecond) {
    return fmt::format(
        "samples/{0}/{1}__{0}__{2}.pcd.bin",
        kChannel,
        logName(drive),
        timestampOf(drive, frame, framesPerSecond)
    );
}

std::string labelFile(std::size_t drive, std::size_t frame) {
    return fmt::format(
        "lidarseg/{}/{}_lidarseg.bin",
        kNuScenesSyntheticVersion,
        frameToken("sample_data", drive, frame)
    );
}

/// Unit quaternion w, x, y, z of a rotation (Shepperd 1978: divide by the largest part).
std::array<double, 4> quaternionOf(const Rigid& rigid) {
    const auto& r = rigid.rotation;
    const std::array<double, 4> squares = {
        1 + r[0] + r[4] + r[8],
        1 + r[0] - r[4] - r[8],
        1 - r[0] + r[4] - r[8],
        1 - r[0] - r[4] + r[8]};
    const std::array<std::array<double, 4>, 4> candidates = {{
        {squares[0], r[7] - r[5], r[2] - r[6], r[3] - r[1]},
        {r[7] - r[5], squares[1], r[1] + r[3], r[2] + r[6]},
        {r[2] - r[6], r[1] + r[3], squares[2], r[5] + r[7]},
        {r[3] - r[1], r[2] + r[6], r[5] + r[7], squares[3]},
    }};
    const auto* largest = std::max_element(squares.begin(), squares.end());
    auto quaternion = candidates[static_cast<std::size_t>(largest - squares.begin())];
    for (double& part : quaternion) {
        part /= 2 * std::sqrt(*largest);
    }
    return quaternion;
}

Table poseRecord(const std::string& name, const Rigid& pose) {
    const auto& t = pose.translation;
    return {{"token", name}, {"translation", {t.x, t.y, t.z}}, {"rotation", quaternionOf(pose)}};
}

/// All tables; each a list of records.
struct Tables {
    Table category = Table::array(), visibility = Table::array(), sensor = Table::array(),
          calibrated = Table::array(), egoPose = Table::array(), log = Table::array(),
          scene = Table::array(), sample = Table::array(), sampleData = Table::array(),
          lidarseg = Table::array();
};

void addFixedTables(Tables& tables) {
    for (std::size_t i = 0; i < kNuScenesCategories.size(); ++i) {
        const auto name = kNuScenesCategories[i];
        tables.category.push_back(
            {{"token", token(fmt::format("category {}", name))},
             {"name", name},
             {"description", ""},
             {"index", i}}
        );
    }
    constexpr std::array kLevels = {"v0-40", "v40-60", "v60-80", "v80-100"};
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
        tables.visibility.push_back(
            {{"token", fmt::format("{}", i + 1)}, {"level", kLevels[i]}, {"description", ""}}
        );
    }
    tables.sensor.push_back(
        {{"token", token("sensor")}, {"channel", kChannel}, {"modality", "lidar"}}
    );
    Table calibrated = poseRecord(token("calibrated_sensor"), sensorOnCar());
    calibrated["sensor_token"] = token("sensor");
    calibrated["camera_intrinsic"] = Table::array();
    tables.calibrated.push_back(std::move(calibrated));
}

void addFrame(Tables& tables, const NuScenesDrive& drive, std::size_t number, std::size_t frame) {
    const auto timestamp = timestampOf(number, frame, drive.framesPerSecond);
    const auto linked = [&](const char* table, std::ptrdiff_t step) -> std::string {
        const std::ptrdiff_t other = static_cast<std::ptrdiff_t>(frame) + step;
        return other < 0 || other >= std::ssize(drive.poses)
                   ? ""
                   : frameToken(table, number, static_cast<std::size_t>(other));
    };
    tables.sample.push_back(
        {{"token", frameToken("sample", number, frame)},
         {"timestamp", timestamp},
         {"scene_token", driveToken("scene", number)},
         {"prev", linked("sample", -1)},
         {"next", linked("sample", 1)}}
    );
    Table ego = poseRecord(
        frameToken("ego_pose", number, frame),
        Rigid::fromMatrix(drive.poses[frame]) * nuScenesToOurs() * sensorOnCar().inverse()
    );
    ego["timestamp"] = timestamp;
    tables.egoPose.push_back(std::move(ego));
    const auto data = frameToken("sample_data", number, frame);
    tables.sampleData.push_back(
        {{"token", data},
         {"sample_token", frameToken("sample", number, frame)},
         {"ego_pose_token", frameToken("ego_pose", number, frame)},
         {"calibrated_sensor_token", token("calibrated_sensor")},
         {"timestamp", timestamp},
         {"fileformat", "pcd"},
         {"is_key_frame", true},
         {"height", 0},
         {"width", 0},
         {"filename", pointFile(number, frame, drive.framesPerSecond)},
         {"prev", linked("sample_data", -1)},
         {"next", linked("sample_data", 1)}}
    );
    tables.lidarseg.push_back(
        {{"token", data}, {"sample_data_token", data}, {"filename", labelFile(number, frame)}}
    );
}

void addDrive(Tables& tables, const NuScenesDrive& drive, std::size_t number) {
    if (drive.poses.empty()) {
        throw DatasetError(fmt::format("drive {} has no frame", drive.name));
    }
    tables.log.push_back(
        {{"token", driveToken("log", number)},
         {"logfile", logName(number)},
         {"vehicle", "siskin"},
         {"date_captured", "2017-07-14"}, // the day of kFirstTimestamp
         {"location", "made-up"}}
    );
    tables.scene.push_back(
        {{"token", driveToken("scene", number)},
         {"log_token", driveToken("log", number)},
         {"nbr_samples", drive.poses.size()},
         {"first_sample_token", frameToken("sample", number, 0)},
         {"last_sample_token", frameToken("sample", number, drive.poses.size() - 1)},
         {"name", drive.name},
         {"description", drive.description}}
    );
    for (std::size_t frame = 0; frame < drive.poses.size(); ++frame) {
        addFrame(tables, drive, number, frame);
    }
}

} // namespace

void writeNuScenesFrame(
    const OutputFolder& output,
    std::size_t drive,
    std::size_t frame,
    double framesPerSecond,
    const NuScenesPoints& points
) {
    std::vector<float> values;
    values.reserve(5 * points.positions.size());
    for (std::size_t i = 0; i < points.positions.size(); ++i) {
        const auto [ahead, left, up] = points.positions[i];
        const auto ring = static_cast<float>(points.ring[i]);
        values.insert(values.end(), {-left, ahead, up, points.intensity[i], ring});
    }
    output.write(pointFile(drive, frame, framesPerSecond), std::as_bytes(std::span(values)));
    output.write(labelFile(drive, frame), std::as_bytes(points.category));
}

void writeNuScenesTables(const OutputFolder& output, std::span<const NuScenesDrive> drives) {
    Tables tables;
    addFixedTables(tables);
    for (std::size_t i = 0; i < drives.size(); ++i) {
        addDrive(tables, drives[i], i);
    }
    const auto write = [&](const char* name, const Table& table) {
        output.write(
            fmt::format("{}/{}.json", kNuScenesSyntheticVersion, name), table.dump(1) + "\n"
        );
    };
    write("category", tables.category);
    write("visibility", tables.visibility);
    write("sensor", tables.sensor);
    write("calibrated_sensor", tables.calibrated);
    write("ego_pose", tables.egoPose);
    write("log", tables.log);
    write("scene", tables.scene);
    write("sample", tables.sample);
    write("sample_data", tables.sampleData);
    write("lidarseg", tables.lidarseg);
    for (const char* empty : {"attribute", "instance", "sample_annotation", "map"}) {
        write(empty, Table::array());
    }
}

} // namespace siskin
