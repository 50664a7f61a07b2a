// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/tables.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace siskin {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLidar = "LIDAR_TOP";

/// Puts a record into `table`; two with one key are an error.
template <typename T>
void insert(
    std::unordered_map<Token, T>& table, const JsonRecord& record, const char* key, T value
) {
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

Calibrations readCalibrations(const fs::path& folder) {
    std::unordered_map<Token, std::string> channels;
    forEachRecord(folder / "sensor.json", {"token", "channel"}, [&](const JsonRecord& record) {
        insert(channels, record, "token", record.name("channel"));
    });
    Calibrations result;
    const auto take = [&](const JsonRecord& record) {
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
    };
    forEachRecord(
        folder / "calibrated_sensor.json",
        {"token", "sensor_token", "translation", "rotation"},
        take
    );
    return result;
}

/// Takes the keyframes of the LiDAR out of sample_data and, for `chain`, its other scans.
class LidarData {
  public:
    LidarData(const Calibrations& known, NuScenesTables& tables, LidarChainBuilder* chain)
        : known_(known), tables_(tables), chain_(chain) {}

    void take(const JsonRecord& record) {
        const Token& token = record.name("token");
        const bool keyframe = record.flag("is_key_frame");
        if (!keyframe && chain_ == nullptr) {
            return;
        }
        const Token& calibration = record.name("calibrated_sensor_token");
        const auto lidar = known_.lidar.find(calibration);
        if (lidar == known_.lidar.end()) {
            if (!known_.all.contains(calibration)) {
                record.fail(fmt::format(
                    "calibrated_sensor_token '{}' leads to no record of calibrated_sensor.json",
                    calibration
                ));
            }
            return;
        }
        if (keyframe) {
            takeKeyframe(record, token, calibration);
        }
        if (chain_ != nullptr) {
            chain_->add(record, calibration, lidar->second);
        }
    }

  private:
    void takeKeyframe(const JsonRecord& record, const Token& token, const Token& calibration) {
        if (!tables_.samples.contains(record.name("sample_token"))) {
            record.fail(fmt::format(
                "sample_token '{}' leads to no record of sample.json", record.name("sample_token")
            ));
        }
        NuScenesKeyframe frame;
        frame.token = token;
        frame.egoPose = record.name("ego_pose_token");
        frame.calibratedSensor = calibration;
        frame.file = record.name("filename");
        insert(tables_.keyframes, record, "sample_token", std::move(frame));
    }

    const Calibrations& known_;
    NuScenesTables& tables_;
    LidarChainBuilder* chain_; ///< nullptr: keyframes only
};

void readSampleData(
    const fs::path& folder,
    const Calibrations& known,
    NuScenesTables& tables,
    LidarChainBuilder* chain
) {
    const fs::path path = folder / "sample_data.json";
    LidarData lidar(known, tables, chain);
    forEachRecord(
        path,
        {"token",
         "sample_token",
         "is_key_frame",
         "calibrated_sensor_token",
         "ego_pose_token",
         "filename",
         "timestamp",
         "prev",
         "next"},
        [&lidar](const JsonRecord& record) { lidar.take(record); }
    );
    if (chain != nullptr) {
        chain->link(path);
        for (auto& [sample, keyframe] : tables.keyframes) {
            keyframe.scan = chain->indexOf(keyframe.token);
        }
    }
}

void readEgoPoses(const fs::path& folder, NuScenesTables& tables, LidarChainBuilder* chain) {
    std::unordered_set<Token> wanted;
    for (const auto& [sample, keyframe] : tables.keyframes) {
        wanted.insert(keyframe.egoPose);
    }
    const fs::path path = folder / "ego_pose.json";
    forEachRecord(path, {"token", "translation", "rotation"}, [&](const JsonRecord& record) {
        if (wanted.contains(record.name("token"))) {
            insert(tables.egoPoses, record, "token", readPose(record));
        }
        if (chain != nullptr) {
            chain->addEgoPose(record);
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
                kTablesHint
            );
        }
    }
    if (chain != nullptr) {
        tables.chain = chain->take(path);
    }
}

/// The devkit fetches a label record with the token of its sample_data record; older packages have
/// tokens of their own and say so in sample_data_token.
void readLabels(const fs::path& folder, NuScenesTables& tables) {
    std::error_code ignored;
    if (fs::exists(folder / "lidarseg.json", ignored)) {
        std::unordered_map<Token, std::string> byReference;
        const auto take = [&](const JsonRecord& record) {
            insert(tables.labelFiles, record, "token", record.name("filename"));
            byReference.emplace(record.name("sample_data_token"), record.name("filename"));
        };
        forEachRecord(folder / "lidarseg.json", {"token", "sample_data_token", "filename"}, take);
        tables.labelFiles.merge(byReference);
    }
    if (!fs::exists(folder / "category.json", ignored)) {
        return;
    }
    forEachRecord(folder / "category.json", {"index", "name"}, [&](const JsonRecord& record) {
        if (!record.has("index")) {
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

NuScenesTables readNuScenesTables(const fs::path& folder, bool withSweeps) {
    NuScenesTables tables;
    const auto takeScene = [&](const JsonRecord& record) {
        tables.scenes.push_back(
            {record.name("token"),
             record.name("name"),
             record.name("first_sample_token"),
             record.integer("nbr_samples")}
        );
    };
    forEachRecord(
        folder / "scene.json", {"token", "name", "first_sample_token", "nbr_samples"}, takeScene
    );
    const auto takeSample = [&](const JsonRecord& record) {
        NuScenesSample sample{
            record.name("scene_token"), record.text("next"), record.integer("timestamp")};
        insert(tables.samples, record, "token", std::move(sample));
    };
    forEachRecord(
        folder / "sample.json", {"token", "scene_token", "next", "timestamp"}, takeSample
    );
    Calibrations calibrations = readCalibrations(folder);
    LidarChainBuilder builder;
    LidarChainBuilder* chain = withSweeps ? &builder : nullptr;
    readSampleData(folder, calibrations, tables, chain);
    tables.calibrations = std::move(calibrations.lidar);
    readEgoPoses(folder, tables, chain);
    readLabels(folder, tables);
    return tables;
}

} // namespace siskin
