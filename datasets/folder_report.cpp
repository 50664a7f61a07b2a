// SPDX-License-Identifier: MIT
#include "datasets/folder_report.hpp"

#include "datasets/nuscenes/layout.hpp"
#include "datasets/paths.hpp"
#include "datasets/s3dis/layout.hpp"
#include "datasets/semantickitti/layout.hpp"
#include "datasets/shapenetpart/layout.hpp"
#include "datasets/track/layout.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace siskin {

namespace {

namespace fs = std::filesystem;

/// Whether a folder holds a file of that ending; stops at the first.
bool holdsFile(const fs::path& folder, std::string_view ending) {
    std::error_code status;
    for (fs::directory_iterator entry(folder, status), end; !status && entry != end;
         entry.increment(status)) {
        if (entry->path().filename().string().ends_with(ending)) {
            return true;
        }
    }
    return false;
}

constexpr const char* kNeeded = "always needed";

/// `purpose` begins with `kNeeded` where nothing works without it.
void note(FolderReport& report, bool there, const std::string& what, std::string_view purpose) {
    if (there) {
        report.found.push_back(what);
        return;
    }
    report.missing.push_back(fmt::format("{} ({})", what, purpose));
    report.complete = report.complete && !purpose.starts_with(kNeeded);
}

void reportNuScenes(const fs::path& path, FolderReport& report) {
    const auto versions = nuScenesTableFolders(path);
    const bool isVersion = versions.size() == 1 && versions.front() == path;
    const fs::path root = isVersion ? path.parent_path() : path;
    note(report, !versions.empty(), "v1.0-*/*.json", "always needed: the tables");
    for (const fs::path& version : versions) {
        for (const char* table :
             {"scene", "sample", "sample_data", "sensor", "calibrated_sensor", "ego_pose"}) {
            const auto file = fmt::format("{}/{}.json", version.filename().string(), table);
            note(report, isFile(version / (std::string(table) + ".json")), file, kNeeded);
        }
        const auto labels = fs::path("lidarseg") / version.filename();
        note(
            report,
            isFile(version / "lidarseg.json") && holdsFile(root / labels, ".bin"),
            fmt::format("lidarseg.json with {}/*.bin", labels.string()),
            "labels: the nuScenes-lidarseg package"
        );
    }
    const bool points = holdsFile(root / "samples/LIDAR_TOP", ".pcd.bin");
    note(report, points, "samples/LIDAR_TOP/*.pcd.bin", "always needed: the keyframes");
    note(
        report,
        holdsFile(root / "sweeps/LIDAR_TOP", ".pcd.bin"),
        "sweeps/LIDAR_TOP/*.pcd.bin",
        "only for --sweeps"
    );
    report.complete = report.complete && versions.size() == 1;
    report.advice =
        versions.size() > 1
            ? fmt::format("several versions lie here: open one, e.g. {}", versions[0].string())
        : points ? "unpack the metadata so that v1.0-* lies beside samples"
                 : fmt::format("unpack the point files so that samples lies in {}", root.string());
}

void reportSemanticKitti(const fs::path& path, FolderReport& report) {
    const auto sequences = semanticKittiSequences(path);
    std::array<std::size_t, 4> counts{};
    for (const fs::path& sequence : sequences) {
        counts[0] += holdsFile(sequence / "velodyne", ".bin") ? 1 : 0;
        counts[1] += holdsFile(sequence / "labels", ".label") ? 1 : 0;
        counts[2] += isFile(sequence / "poses.txt") ? 1 : 0;
        counts[3] += isFile(sequence / "calib.txt") ? 1 : 0;
    }
    constexpr std::array kParts = {
        std::pair("velodyne/*.bin", "always needed: the scans"),
        std::pair("labels/*.label", "ground truth; the test sequences have none"),
        std::pair("poses.txt", "only for --sweeps"),
        std::pair("calib.txt", "only for --sweeps")};
    for (std::size_t i = 0; i < kParts.size(); ++i) {
        const auto what =
            fmt::format("{} in {} of {} sequences", kParts[i].first, counts[i], sequences.size());
        note(report, counts[i] > 0, what, kParts[i].second);
    }
    report.advice = "unpack the scans (data_odometry_velodyne.zip of KITTI) so that they lie in "
                    "sequences/NN/velodyne/FFFFFF.bin";
}

void reportShapeNetPart(const fs::path& path, FolderReport& report) {
    const auto entries = sortedEntries(path);
    const bool shapes = std::any_of(entries.begin(), entries.end(), [](const fs::path& entry) {
        return entry.filename().string().size() == 8 && holdsFile(entry, ".txt");
    });
    note(report, shapes, "NNNNNNNN/*.txt", "always needed: the shapes, a folder per category");
    for (const char* split : {"train", "val", "test"}) {
        const auto list = fmt::format("train_test_split/shuffled_{}_file_list.json", split);
        note(report, isFile(path / list), list, "which shapes belong to the split");
    }
    report.advice = "unpack shapenetcore_partanno_segmentation_benchmark_v0_normal.zip and open "
                    "the folder with the categories";
}

void reportS3dis(const fs::path& path, FolderReport& report) {
    std::size_t areas = 0;
    std::size_t rooms = 0;
    for (const fs::path& area : sortedEntries(path)) {
        areas += area.filename().string().starts_with("Area_") ? 1 : 0;
        for (const fs::path& room : sortedEntries(area)) {
            rooms += isFolder(room / "Annotations") ? 1 : 0;
        }
    }
    note(report, areas > 0, fmt::format("{} areas", areas), "always needed: Area_1 to Area_6");
    note(
        report,
        rooms > 0,
        fmt::format("{} rooms with Annotations", rooms),
        "always needed: Area_N/ROOM/Annotations/*.txt"
    );
    report.advice = "unpack Stanford3dDataset_v1.2_Aligned_Version.zip and open its folder";
}

void reportTrack(const fs::path& path, FolderReport& report) {
    const bool scans = holdsFile(path / "velodyne", ".bin");
    note(report, scans, "velodyne/*.bin", "always needed: the scans");
    const bool truth = holdsFile(path / "labels", ".label") && holdsFile(path / "cones", ".txt");
    note(report, truth, "labels/*.label and cones/*.txt", "to learn and to score");
    report.advice = "make it again with 'siskin make-dataset track'";
}

struct Kind {
    const char* name;
    bool (*recognises)(const fs::path&);
    void (*report)(const fs::path&, FolderReport&);
};

constexpr std::array kKinds = {
    Kind{"nuScenes", looksLikeNuScenes, reportNuScenes},
    Kind{"ShapeNetPart", looksLikeShapeNetPart, reportShapeNetPart},
    Kind{"S3DIS", looksLikeS3dis, reportS3dis},
    Kind{"race track", looksLikeTrack, reportTrack},
    Kind{"SemanticKITTI", looksLikeSemanticKitti, reportSemanticKitti}};

const Kind* kindOf(const fs::path& folder) {
    const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) {
        return kind.recognises(folder);
    });
    return found == kKinds.end() ? nullptr : found;
}

std::vector<fs::path> foldersIn(const fs::path& folder) {
    constexpr std::size_t kMost = 200; // a home or a disk: look at some
    std::vector<fs::path> folders = sortedEntries(folder);
    std::erase_if(folders, [](const fs::path& entry) { return !isFolder(entry); });
    folders.resize(std::min(folders.size(), kMost));
    return folders;
}

bool isComplete(const fs::path& dataSet) {
    FolderReport report;
    kindOf(dataSet)->report(dataSet, report);
    return report.complete;
}

/// Data sets below or, when there is none, above; whole ones, if any is whole.
std::vector<fs::path> dataSetsAround(const fs::path& folder) {
    std::vector<fs::path> found;
    const auto children = foldersIn(folder);
    std::copy_if(children.begin(), children.end(), std::back_inserter(found), kindOf);
    for (std::size_t i = 0; found.empty() && i < children.size(); ++i) {
        const auto below = foldersIn(children[i]);
        std::copy_if(below.begin(), below.end(), std::back_inserter(found), kindOf);
    }
    constexpr int kLevelsUp = 3;
    fs::path above = folder.parent_path();
    for (int level = 0; found.empty() && level < kLevelsUp; ++level) {
        if (kindOf(above) != nullptr) {
            found.push_back(above);
        }
        above = above.parent_path();
    }
    if (std::any_of(found.begin(), found.end(), isComplete)) {
        std::erase_if(found, [](const fs::path& dataSet) { return !isComplete(dataSet); });
    }
    return found;
}

std::vector<std::string> archivesIn(const fs::path& folder) {
    constexpr std::array kEndings = {".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar"};
    std::vector<std::string> archives;
    for (const fs::path& entry : sortedEntries(folder)) {
        const std::string name = entry.filename().string();
        if (std::any_of(kEndings.begin(), kEndings.end(), [&](const char* ending) {
                return name.ends_with(ending);
            })) {
            archives.push_back(name);
        }
    }
    return archives;
}

std::string adviceAbout(const std::vector<fs::path>& dataSets) {
    constexpr std::size_t kNamed = 3;
    std::vector<std::string> list;
    for (std::size_t i = 0; i < std::min(kNamed, dataSets.size()); ++i) {
        list.push_back(fmt::format("{} ({})", dataSets[i].string(), kindOf(dataSets[i])->name));
    }
    return fmt::format("open {}", fmt::join(list, " or "));
}

} // namespace

FolderReport reportFolder(const fs::path& folder) {
    const fs::path path = cleanPath(folder);
    FolderReport report;
    if (const Kind* kind = kindOf(path)) {
        report.looksLike = kind->name;
        kind->report(path, report);
        if (report.complete) { // broken in another way
            report.advice.clear();
            return report;
        }
    } else if (const auto around = dataSetsAround(path); !around.empty()) {
        report.advice = adviceAbout(around);
        return report;
    } else {
        report.advice = "Siskin opens folders of nuScenes, SemanticKITTI, ShapeNetPart and S3DIS, "
                        "race tracks, and folders of point files";
    }
    const auto archives = archivesIn(path);
    if (!archives.empty()) {
        report.missing.push_back(
            fmt::format("what is still packed in {}", fmt::join(archives, ", "))
        );
        report.advice = fmt::format("unpack {} here", archives.front());
    }
    return report;
}

} // namespace siskin
