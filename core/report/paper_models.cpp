// SPDX-License-Identifier: MIT
#include "core/report/paper_models.hpp"

#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "core/run/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace siskin {

namespace {

namespace fs = std::filesystem;

struct Entry {
    ModelKind kind;
    double width;
    std::string_view official; ///< published file without its ending; empty = none
};

constexpr Entry kShapes[] = {
    {ModelKind::Pvcnn, 1.0, "shapenet.pvcnn.c1"},
    {ModelKind::Pvcnn, 0.5, "shapenet.pvcnn.c0p5"},
    {ModelKind::Pvcnn, 0.25, "shapenet.pvcnn.c0p25"},
    {ModelKind::PointNet, 1.0, "shapenet.pointnet"},
    {ModelKind::PointNet2Ssg, 1.0, "shapenet.pointnet2ssg"},
    {ModelKind::PointNet2Msg, 1.0, "shapenet.pointnet2msg"},
};

constexpr Entry kRooms[] = {
    {ModelKind::Pvcnn, 1.0, "s3dis.pvcnn.area5.c1"},
    {ModelKind::Pvcnn, 0.5, ""},
    {ModelKind::Pvcnn, 0.25, "s3dis.pvcnn.area5.c0p25"},
    {ModelKind::Pvcnn2, 1.0, "s3dis.pvcnn2.area5.c1"},
    {ModelKind::Pvcnn2, 0.5, "s3dis.pvcnn2.area5.c0p5"},
    {ModelKind::PointNet, 1.0, "s3dis.pointnet.area5"},
    {ModelKind::Dgcnn, 1.0, "dgcnn_semseg_s3dis_fold5"},
};

bool sameWidth(double a, double b) {
    return std::abs(a - b) < 1e-3;
}

/// A file that `siskin train` wrote.
struct OwnFile {
    ModelKind kind;
    double width;
    fs::path path;
    bool used = false;
};

std::vector<OwnFile>
ownFiles(const fs::path& folder, std::span<const Entry> entries, std::string_view ending) {
    std::vector<OwnFile> files;
    for (const Entry& entry : entries) {
        const auto path = folder / fmt::format("{}-{}.safetensors", toString(entry.kind), ending);
        const bool known = std::any_of(files.begin(), files.end(), [&](const OwnFile& file) {
            return file.path == path;
        });
        std::error_code ignored;
        if (known || !fs::is_regular_file(path, ignored)) {
            continue;
        }
        const auto described = describeModelFile(path);
        if (described && described->kind == entry.kind) {
            files.push_back({entry.kind, described->width, path});
        }
    }
    return files;
}

std::optional<fs::path> officialFile(const fs::path& folder, std::string_view name) {
    for (const char* ending : {".pth.tar", ".t7", ""}) {
        const auto path = folder / fmt::format("{}{}", name, ending);
        std::error_code ignored;
        if (!name.empty() && fs::is_regular_file(path, ignored)) {
            return path;
        }
    }
    return std::nullopt;
}

PaperModel modelOf(ModelKind kind, double width, const fs::path& weights, bool shapes) {
    PaperModel model{.name = paperName(kind, width), .spec = {}};
    model.spec.kind = kind;
    model.spec.weights = weights;
    model.spec.randomWidth = width;
    model.spec.label = weights.empty() ? model.name + " (untrained)" : model.name;
    if (weights.empty()) {
        model.spec.classMap = classMapNamed(shapes ? "shapenetpart" : "s3dis");
    }
    return model;
}

} // namespace

std::string paperName(ModelKind kind, double width) {
    return sameWidth(width, 1.0) ? std::string(titleOf(kind))
                                 : fmt::format("{} {:.4g}xC", titleOf(kind), width);
}

std::vector<PaperModel> paperModels(ModelTask task, const fs::path& asked) {
    if (task == ModelTask::LidarScene) {
        throw ConfigError(
            "the networks of the PVCNN paper label shapes and rooms, not LiDAR scans",
            "open e.g. demo:rooms; a shape in a plain file needs --category"
        );
    }
    const auto folder = asked.empty() ? resourcePath("demo") : asked;
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        throw ConfigError(
            fmt::format("{}: no such folder of weights", folder.string()),
            "give --weights-folder a folder with weight files"
        );
    }
    const bool shapes = task == ModelTask::ShapeParts;
    const auto entries = shapes ? std::span<const Entry>(kShapes) : std::span<const Entry>(kRooms);
    auto own = ownFiles(folder, entries, shapes ? "shapes" : "rooms");
    std::vector<PaperModel> models;
    for (const Entry& entry : entries) {
        auto weights = officialFile(folder, entry.official).value_or(fs::path());
        for (auto& file : own) {
            if (file.kind == entry.kind && sameWidth(file.width, entry.width)) {
                weights = weights.empty() ? file.path : weights;
                file.used = true;
            }
        }
        models.push_back(modelOf(entry.kind, entry.width, weights, shapes));
    }
    for (const auto& file : own) {
        if (!file.used) {
            models.push_back(modelOf(file.kind, file.width, file.path, shapes));
        }
    }
    return models;
}

} // namespace siskin
