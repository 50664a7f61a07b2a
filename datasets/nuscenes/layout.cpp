// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/layout.hpp"

#include "core/base/error.hpp"
#include "datasets/nuscenes/categories.hpp"
#include "datasets/nuscenes/scene_splits.hpp"
#include "datasets/nuscenes/tables.hpp"
#include "datasets/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

namespace siskin {

namespace {

namespace fs = std::filesystem;

constexpr auto kExpected = "expected: <root>/v1.0-*/*.json and <root>/samples/LIDAR_TOP/*.pcd.bin";

/// Any one of the tables will do: which one is missing is said later.
bool holdsTables(const fs::path& folder) {
    constexpr std::array kTables = {
        "scene.json", "sample.json", "sample_data.json", "calibrated_sensor.json", "ego_pose.json"};
    return std::any_of(kTables.begin(), kTables.end(), [&](const char* table) {
        return isFile(folder / table);
    });
}

bool isPointFile(const fs::path& path) {
    return isFile(path) && path.filename().string().ends_with(".pcd.bin");
}

/// The folder of the tables that `path` means.
fs::path tablesOf(const fs::path& path) {
    const auto versions = nuScenesTableFolders(path);
    if (versions.empty()) {
        throw DatasetError(
            fmt::format("{}: looks like nuScenes, but its tables are missing", path.string()),
            kExpected
        );
    }
    if (versions.size() > 1) {
        throw DatasetError(
            fmt::format(
                "{}: {} versions of the nuScenes tables lie here", path.string(), versions.size()
            ),
            fmt::format("choose one, e.g. {}", versions.front().string())
        );
    }
    return cleanPath(versions.front());
}

/// Builds the list of frames from the tables and counts what is missing on the way.
class FrameFinder {
  public:
    FrameFinder(const fs::path& folder, const NuScenesTables& tables)
        : folder_(folder), root_(folder.parent_path()), tables_(tables) {}

    NuScenesLayout find() {
        translateCategories();
        std::set<std::string> names;
        for (const NuScenesScene& scene : tables_.scenes) {
            if (!names.insert(scene.name).second) {
                fail("scene.json", fmt::format("two scenes are named '{}'", scene.name));
            }
            followScene(scene);
        }
        summarise();
        return std::move(layout_);
    }

  private:
    [[noreturn]] void fail(const char* table, const std::string& why) const {
        throw DatasetError(
            fmt::format("{}: {}", (folder_ / table).string(), why), "download the tables again"
        );
    }

    /// Category numbers come from the data set's own table, never from a list of ours.
    void translateCategories() {
        for (std::uint32_t i = 0; i < layout_.rawIds.size(); ++i) {
            layout_.rawIds[i] = static_cast<std::uint32_t>(layout_.rawIds.size()) + i; // unknown
        }
        for (const auto& [index, name] : tables_.categories) {
            const auto* found =
                std::find(kNuScenesCategories.begin(), kNuScenesCategories.end(), name);
            if (found != kNuScenesCategories.end()) {
                layout_.rawIds[index] =
                    static_cast<std::uint32_t>(found - kNuScenesCategories.begin());
            }
        }
    }

    void followScene(const NuScenesScene& scene) {
        std::unordered_set<Token> visited;
        std::int64_t previous = 0;
        Token token = scene.firstSample;
        while (!token.empty()) {
            const auto sample = tables_.samples.find(token);
            if (sample == tables_.samples.end()) {
                fail("sample.json", fmt::format("no record '{}' ({})", token, scene.name));
            }
            if (sample->second.scene != scene.token) {
                fail(
                    "sample.json",
                    fmt::format(
                        "sample '{}' is in the chain of {} but of another scene", token, scene.name
                    )
                );
            }
            if (!visited.insert(token).second) {
                fail(
                    "sample.json",
                    fmt::format("the samples of {} go round in a circle at '{}'", scene.name, token)
                );
            }
            addFrame(scene, token, visited.size() - 1);
            if (visited.size() > 1) {
                intervals_.push_back(sample->second.timestamp - previous);
            }
            previous = sample->second.timestamp;
            token = sample->second.next;
        }
        if (static_cast<std::int64_t>(visited.size()) != scene.samples) {
            layout_.warnings.push_back(fmt::format(
                "{}: {} has {} samples, its record says {}",
                (folder_ / "scene.json").string(),
                scene.name,
                visited.size(),
                scene.samples
            ));
        }
    }

    void addFrame(const NuScenesScene& scene, const Token& sample, std::size_t number) {
        const auto keyframe = tables_.keyframes.find(sample);
        if (keyframe == tables_.keyframes.end()) {
            ++withoutKeyframe_;
            return;
        }
        NuScenesFrame frame;
        frame.info.id = fmt::format("{}/{:03}", scene.name, number);
        frame.info.group = scene.name;
        frame.info.file = root_ / keyframe->second.file;
        frame.info.benchmarkName = keyframe->second.token;
        frame.info.splits = splits_.of(scene.name);
        frame.scan = keyframe->second.scan;
        if (!isFile(frame.info.file)) {
            absent_.push_back(frame.info.file);
            return;
        }
        frame.labelFile = labelFileOf(keyframe->second.token);
        frame.info.hasLabels = !frame.labelFile.empty();
        unlabelled_ += frame.info.hasLabels ? 0 : 1;
        frame.pose = product(
            tables_.egoPoses.at(keyframe->second.egoPose).matrix(),
            tables_.calibrations.at(keyframe->second.calibratedSensor).matrix()
        );
        layout_.frames.push_back(std::move(frame));
    }

    fs::path labelFileOf(const Token& keyframe) const {
        const auto label = tables_.labelFiles.find(keyframe);
        if (label == tables_.labelFiles.end() || tables_.categories.empty()) {
            return {};
        }
        fs::path file = root_ / label->second;
        return isFile(file) ? file : fs::path();
    }

    void summarise() {
        const std::size_t frames = layout_.frames.size();
        if (!absent_.empty()) {
            layout_.warnings.push_back(fmt::format(
                "{}: {} of {} keyframes are left out: their files are not there, the first is {}",
                folder_.string(),
                absent_.size(),
                absent_.size() + frames,
                absent_.front().string()
            ));
        }
        if (frames == 0) {
            throw DatasetError(
                absent_.empty() ? fmt::format("{}: no LIDAR_TOP keyframe in it", folder_.string())
                                : layout_.warnings.back(),
                kExpected
            );
        }
        if (withoutKeyframe_ > 0) {
            layout_.warnings.push_back(fmt::format(
                "{}: {} samples have no LIDAR_TOP keyframe", folder_.string(), withoutKeyframe_
            ));
        }
        if (unlabelled_ > 0) {
            layout_.warnings.push_back(fmt::format(
                "{}: {} of {} keyframes have no labels: {}",
                folder_.string(),
                unlabelled_,
                frames,
                whyUnlabelled()
            ));
        }
        if (!intervals_.empty()) {
            const auto middle =
                intervals_.begin() + static_cast<std::ptrdiff_t>(intervals_.size() / 2);
            std::nth_element(intervals_.begin(), middle, intervals_.end());
            constexpr double kMicroseconds = 1e6;
            layout_.framesPerSecond = *middle > 0 ? kMicroseconds / static_cast<double>(*middle)
                                                  : layout_.framesPerSecond;
        }
    }

    std::string whyUnlabelled() const {
        if (tables_.labelFiles.empty()) {
            return "lidarseg.json is missing or empty (it comes with the nuScenes-lidarseg "
                   "package)";
        }
        return tables_.categories.empty()
                   ? "category.json has no 'index' (take the one of the nuScenes-lidarseg package)"
                   : "lidarseg.json does not list them, or their files are not there";
    }

    fs::path folder_;
    fs::path root_;
    const NuScenesTables& tables_;
    SceneSplits splits_ = SceneSplits::official();
    NuScenesLayout layout_;
    std::vector<fs::path> absent_;
    std::vector<std::int64_t> intervals_; ///< microseconds between frames of one scene
    std::size_t withoutKeyframe_ = 0;
    std::size_t unlabelled_ = 0;
};

NuScenesLayout layoutOfFile(const fs::path& file) {
    NuScenesFrame frame;
    frame.info.id = file.stem().stem().string();
    frame.info.file = file;
    NuScenesLayout layout;
    layout.frames.push_back(std::move(frame));
    return layout;
}

} // namespace

bool looksLikeNuScenes(const fs::path& path) {
    return isPointFile(path) || isFolder(path / "samples" / "LIDAR_TOP") ||
           !nuScenesTableFolders(path).empty();
}

std::vector<fs::path> nuScenesTableFolders(const fs::path& path) {
    if (holdsTables(path)) {
        return {path};
    }
    std::vector<fs::path> versions = sortedEntries(path);
    std::erase_if(versions, [](const fs::path& entry) { return !holdsTables(entry); });
    return versions;
}

NuScenesLayout findNuScenes(const fs::path& path, bool withSweeps) {
    if (isFile(path) && withSweeps) {
        throw DatasetError(
            fmt::format("{}: a single file has no earlier scans", path.string()),
            "open the root of the data set, with its tables"
        );
    }
    if (isFile(path)) {
        return layoutOfFile(path);
    }
    const fs::path folder = tablesOf(path);
    NuScenesTables tables = readNuScenesTables(folder, withSweeps);
    NuScenesLayout layout = FrameFinder(folder, tables).find();
    layout.chain = std::move(tables.chain);
    layout.root = folder.parent_path();
    return layout;
}

} // namespace siskin
