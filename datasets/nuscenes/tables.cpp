// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/tables.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>
#include <tuple>
#include <unordered_set>

namespace siskin {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr auto kHint =
    "the tables of nuScenes are described at nuscenes.org (schema v1.0); download "
    "them again";
constexpr std::string_view kLidar = "LIDAR_TOP";

/// One record of a table, with the place it came from for messages.
struct Record {
    const json& fields;
    const std::string& file;
    std::size_t number;

    [[noreturn]] void fail(const std::string& why) const {
        throw DatasetError(fmt::format("{}: record {}: {}", file, number, why), kHint);
    }

    const json& at(const char* key) const {
        const auto found = fields.find(key);
        if (found == fields.end()) {
            fail(fmt::format("'{}' is missing", key));
        }
        return *found;
    }

    std::string text(const char* key) const {
        const json& value = at(key);
        if (!value.is_string()) {
            fail(fmt::format("'{}' is not a text", key));
        }
        return value.get<std::string>();
    }

    /// A text that may not be empty: a token, a name, a file.
    std::string name(const char* key) const {
        std::string value = text(key);
        if (value.empty()) {
            fail(fmt::format("'{}' is empty", key));
        }
        return value;
    }

    std::int64_t integer(const char* key) const {
        const json& value = at(key);
        if (!value.is_number_integer()) {
            fail(fmt::format("'{}' is not a whole number", key));
        }
        return value.get<std::int64_t>();
    }

    template <std::size_t N>
    std::array<double, N> numbers(const char* key) const {
        const json& list = at(key);
        std::array<double, N> values{};
        bool good = list.is_array() && list.size() == N;
        for (std::size_t i = 0; good && i < N; ++i) {
            good = list[i].is_number();
            values[i] = good ? list[i].get<double>() : 0.0;
        }
        if (!good) {
            fail(fmt::format("'{}' is not a list of {} numbers", key, N));
        }
        return values;
    }
};

using TakeRecord = std::function<void(const Record&)>;

/// Hands over the records of a table one by one and keeps none of them: sample_data.json of the
/// whole data set has more than a gigabyte.
void forEachRecord(const fs::path& path, const TakeRecord& take) {
    std::error_code status;
    if (!fs::is_regular_file(path, status)) {
        throw DatasetError(fmt::format("{}: the table is missing", path.string()), kHint);
    }
    const std::string file = path.string();
    std::size_t number = 0;
    const auto event = [&](int depth, json::parse_event_t what, json& value) {
        using Event = json::parse_event_t;
        const bool begins =
            what == Event::array_start || what == Event::object_start || what == Event::value;
        if (begins && depth <= 1 &&
            what != (depth == 0 ? Event::array_start : Event::object_start)) {
            throw DatasetError(fmt::format("{}: not a list of records", file), kHint);
        }
        if (what != Event::object_end || depth != 1) {
            return true;
        }
        take(Record{value, file, number++});
        return false; // drop it
    };
    try {
        std::ifstream stream(path);
        std::ignore = json::parse(stream, event);
    } catch (const json::parse_error& error) {
        throw DatasetError(fmt::format("{}: byte {}: not valid JSON", file, error.byte), kHint);
    }
}

/// Puts a record into `table`; two with one key are an error.
template <typename T>
void insert(std::unordered_map<Token, T>& table, const Record& record, const char* key, T value) {
    const Token token = record.name(key);
    if (!table.emplace(token, std::move(value)).second) {
        record.fail(fmt::format("a second record with {} '{}'", key, token));
    }
}

/// Tokens of the calibrations, and which of them are of the LiDAR.
struct Calibrations {
    std::unordered_set<Token> all;
    std::unordered_map<Token, NuScenesPose> lidar;
};

NuScenesPose readPose(const Record& record) {
    NuScenesPose pose{record.numbers<3>("translation"), record.numbers<4>("rotation")};
    double norm = 0.0;
    for (const double part : pose.rotation) {
        norm += part * part;
    }
    if (!(norm > 0.5 && norm < 2.0)) {
        record.fail("'rotation' is not a unit quaternion");
    }
    return pose;
}

Calibrations readCalibrations(const fs::path& folder) {
    std::unordered_map<Token, std::string> channels;
    forEachRecord(folder / "sensor.json", [&](const Record& record) {
        insert(channels, record, "token", record.name("channel"));
    });
    Calibrations result;
    forEachRecord(folder / "calibrated_sensor.json", [&](const Record& record) {
        result.all.insert(record.name("token"));
        const auto sensor = channels.find(record.name("sensor_token"));
        if (sensor == channels.end()) {
            record.fail(fmt::format(
                "sensor_token '{}' leads to no record of sensor.json", record.name("sensor_token")
            ));
        }
        if (sensor->second == kLidar) {
            insert(result.lidar, record, "token", readPose(record));
        }
    });
    return result;
}

void readKeyframes(const fs::path& folder, const Calibrations& known, NuScenesTables& tables) {
    forEachRecord(folder / "sample_data.json", [&](const Record& record) {
        const Token token = record.name("token");
        const json& keyframe = record.at("is_key_frame");
        if (!keyframe.is_boolean()) {
            record.fail("'is_key_frame' is neither true nor false");
        }
        if (!keyframe.get<bool>()) {
            return;
        }
        const Token calibration = record.name("calibrated_sensor_token");
        const auto lidar = known.lidar.find(calibration);
        if (!known.all.contains(calibration)) {
            record.fail(fmt::format(
                "calibrated_sensor_token '{}' leads to no record of calibrated_sensor.json",
                calibration
            ));
        }
        if (lidar == known.lidar.end()) {
            return;
        }
        if (!tables.samples.contains(record.name("sample_token"))) {
            record.fail(fmt::format(
                "sample_token '{}' leads to no record of sample.json", record.name("sample_token")
            ));
        }
        NuScenesKeyframe frame{
            token, record.name("ego_pose_token"), calibration, record.name("filename")};
        insert(tables.keyframes, record, "sample_token", std::move(frame));
    });
}

void readEgoPoses(const fs::path& folder, NuScenesTables& tables) {
    std::unordered_set<Token> wanted;
    for (const auto& [sample, keyframe] : tables.keyframes) {
        wanted.insert(keyframe.egoPose);
    }
    const fs::path path = folder / "ego_pose.json";
    forEachRecord(path, [&](const Record& record) {
        if (wanted.contains(record.name("token"))) {
            insert(tables.egoPoses, record, "token", readPose(record));
        }
    });
    for (const auto& [sample, keyframe] : tables.keyframes) {
        if (!tables.egoPoses.contains(keyframe.egoPose)) {
            throw DatasetError(
                fmt::format(
                    "{}: no record '{}', the ego_pose_token of keyframe {}",
                    path.string(),
                    keyframe.egoPose,
                    keyframe.file
                ),
                kHint
            );
        }
    }
}

/// The devkit fetches a label record with the token of its sample_data record; older packages have
/// tokens of their own and say so in sample_data_token.
void readLabels(const fs::path& folder, NuScenesTables& tables) {
    std::error_code ignored;
    if (fs::exists(folder / "lidarseg.json", ignored)) {
        std::unordered_map<Token, std::string> byReference;
        forEachRecord(folder / "lidarseg.json", [&](const Record& record) {
            insert(tables.labelFiles, record, "token", record.name("filename"));
            byReference.emplace(record.name("sample_data_token"), record.name("filename"));
        });
        tables.labelFiles.merge(byReference);
    }
    if (!fs::exists(folder / "category.json", ignored)) {
        return;
    }
    forEachRecord(folder / "category.json", [&](const Record& record) {
        if (!record.fields.contains("index")) {
            return; // the table without lidarseg
        }
        const std::int64_t index = record.integer("index");
        if (index < 0 || index > 255) {
            record.fail(fmt::format("'index' {} is not in 0..255", index));
        }
        if (!tables.categories.emplace(static_cast<std::uint32_t>(index), record.name("name"))
                 .second) {
            record.fail(fmt::format("a second category with index {}", index));
        }
    });
}

} // namespace

NuScenesTables readNuScenesTables(const fs::path& folder) {
    NuScenesTables tables;
    forEachRecord(folder / "scene.json", [&](const Record& record) {
        tables.scenes.push_back(
            {record.name("token"),
             record.name("name"),
             record.name("first_sample_token"),
             record.integer("nbr_samples")}
        );
    });
    forEachRecord(folder / "sample.json", [&](const Record& record) {
        NuScenesSample sample{
            record.name("scene_token"), record.text("next"), record.integer("timestamp")};
        insert(tables.samples, record, "token", std::move(sample));
    });
    Calibrations calibrations = readCalibrations(folder);
    readKeyframes(folder, calibrations, tables);
    tables.calibrations = std::move(calibrations.lidar);
    readEgoPoses(folder, tables);
    readLabels(folder, tables);
    return tables;
}

} // namespace siskin
