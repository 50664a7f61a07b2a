// SPDX-License-Identifier: MIT
#include "datasets/track/layout.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/json_text.hpp"
#include "datasets/paths.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormat = "siskin-track-1";
constexpr const char* kDescription = "track.json";

/// The folder with track.json that `path` belongs to; empty when there is none.
fs::path rootOf(const fs::path& path) {
    fs::path root = cleanPath(path);
    const bool scan = root.extension() == ".bin" && root.parent_path().filename() == "velodyne";
    if (root.filename() == kDescription) {
        root = root.parent_path();
    } else if (scan && isFile(root)) {
        root = root.parent_path().parent_path();
    }
    return isFile(root / kDescription) ? root : fs::path();
}

struct Description {
    int beams = 0;
    std::size_t framesPerTrack = 1;
};

Description describe(const fs::path& file) {
    const auto [json, trouble] = parseJson(readTextFile(file));
    if (!trouble.empty()) {
        throw DatasetError(
            fmt::format("{}: {}", file.string(), trouble), "repair it or make the data again"
        );
    }
    if (!json.is_object() || json.value("format", nlohmann::ordered_json()) != kFormat) {
        throw DatasetError(
            fmt::format("{}: not of the format '{}'", file.string(), kFormat),
            "it is written by 'siskin make-dataset track'; see datasets/track/README.md"
        );
    }
    const auto number = [&, &object = json](const char* key) {
        constexpr std::uint64_t kMost = 1'000'000; // far from what overflows, too
        const auto found = object.find(key);
        const bool whole = found != object.end() && found->is_number_unsigned();
        const auto value = whole ? found->get<std::uint64_t>() : 0;
        if (value < 1 || value > kMost) {
            throw DatasetError(
                fmt::format(
                    "{}: \"{}\" is not a whole number from 1 to {}", file.string(), key, kMost
                ),
                "datasets/track/README.md describes the file"
            );
        }
        return value;
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
    const auto [beams, framesPerTrack] = describe(layout.root / kDescription);
    const bool single = isFile(path) && path.filename() != kDescription;
    layout.beams = beams;
    std::size_t number = 0;
    for (const fs::path& file : sortedEntries(layout.root / "velodyne")) {
        if (file.extension() != ".bin") {
            continue;
        }
        const auto group = fmt::format("track {}", number++ / framesPerTrack);
        if (single && file != cleanPath(path)) {
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
