// SPDX-License-Identifier: MIT
#include "datasets/track/layout.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "datasets/paths.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace siskin {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormat = "siskin-track-1";

/// The folder with track.json that `path` belongs to; empty when there is none.
fs::path rootOf(const fs::path& path) {
    const fs::path clean = cleanPath(path);
    const fs::path root =
        isFile(clean) && clean.extension() == ".bin" && clean.parent_path().filename() == "velodyne"
            ? clean.parent_path().parent_path()
            : clean;
    return isFile(root / "track.json") ? root : fs::path();
}

struct Description {
    int beams = 0;
    std::size_t framesPerTrack = 1;
};

Description describe(const fs::path& file) {
    const auto json = nlohmann::json::parse(readTextFile(file), nullptr, false);
    if (!json.is_object() || json.value("format", nlohmann::json()) != kFormat) {
        throw DatasetError(
            fmt::format("{}: not of the format '{}'", file.string(), kFormat),
            "it is written by 'siskin make-dataset track'; see datasets/track/README.md"
        );
    }
    const auto number = [&](const char* key) {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_number_unsigned() || *found == 0) {
            throw DatasetError(
                fmt::format("{}: \"{}\" is not a whole number above 0", file.string(), key)
            );
        }
        return found->get<std::uint32_t>();
    };
    return {static_cast<int>(number("beams")), number("framesPerTrack")};
}

} // namespace

fs::path trackFileBeside(const fs::path& scan, const char* folder, const char* ending) {
    return scan.parent_path().parent_path() / folder / (scan.stem().string() + ending);
}

bool looksLikeTrack(const fs::path& path) {
    return !rootOf(path).empty();
}

TrackLayout findTrack(const fs::path& path) {
    TrackLayout layout;
    layout.root = rootOf(path);
    const auto [beams, framesPerTrack] = describe(layout.root / "track.json");
    layout.beams = beams;
    std::size_t number = 0;
    for (const fs::path& file : sortedEntries(layout.root / "velodyne")) {
        if (file.extension() != ".bin") {
            continue;
        }
        const auto group = fmt::format("track {}", number++ / framesPerTrack);
        if (isFile(path) && file != cleanPath(path)) {
            continue;
        }
        FrameInfo info;
        info.id = file.stem().string();
        info.group = group;
        info.file = file;
        info.hasLabels = isFile(trackFileBeside(file, "labels", ".label"));
        layout.frames.push_back(std::move(info));
    }
    if (layout.frames.empty()) {
        throw DatasetError(
            fmt::format("{}: no scans", (layout.root / "velodyne").string()),
            "the scans of a track are velodyne/*.bin"
        );
    }
    return layout;
}

} // namespace siskin
