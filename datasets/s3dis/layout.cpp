// SPDX-License-Identifier: MIT
#include "datasets/s3dis/layout.hpp"

#include "core/base/error.hpp"
#include "datasets/names.hpp"
#include "datasets/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace siskin {

namespace {

namespace fs = std::filesystem;

const fs::path kAnnotations = "Annotations";
constexpr std::string_view kArea = "Area_";
constexpr const char* kExpected =
    "expected: <root>/Area_N/<room>/Annotations/<class>_<n>.txt, one area, or one room";

std::string nameOf(const fs::path& path) {
    return cleanPath(path).filename().string();
}

bool isArea(const fs::path& path) {
    return nameOf(path).starts_with(kArea) && isFolder(path);
}

/// The text file of a whole room, or nothing.
fs::path fileOfRoom(const fs::path& room) {
    const fs::path file = room / (nameOf(room) + ".txt");
    return isFile(file) ? file : fs::path();
}

std::optional<S3disRoom> roomAt(const fs::path& folder) {
    S3disRoom room;
    for (const fs::path& file : sortedEntries(folder / kAnnotations)) {
        if (file.extension() == ".txt") {
            room.annotations.push_back(file);
        }
    }
    const fs::path whole = fileOfRoom(folder);
    if (room.annotations.empty() && whole.empty()) {
        return std::nullopt;
    }
    const std::string area = nameOf(folder.parent_path());
    room.info.group = area.starts_with(kArea) ? area : "";
    room.info.id = room.info.group.empty() ? nameOf(folder) : area + "/" + nameOf(folder);
    if (!room.info.group.empty()) {
        room.info.splits = {lowerCase(room.info.group)};
    }
    room.info.hasLabels = !room.annotations.empty();
    room.info.file = room.info.hasLabels ? folder / kAnnotations : whole;
    return room;
}

void addArea(const fs::path& area, S3disLayout& layout) {
    for (const fs::path& folder : sortedEntries(area)) {
        if (auto room = roomAt(folder)) {
            layout.rooms.push_back(std::move(*room));
        } else if (isFolder(folder)) {
            layout.warnings.push_back(fmt::format(
                "{}: left out: neither Annotations/*.txt nor {}.txt is in it",
                folder.string(),
                nameOf(folder)
            ));
        }
    }
}

/// The folder of the room that `path` is or lies in; empty when it is none of a room's.
fs::path roomOf(const fs::path& path) {
    if (isFile(path)) {
        const fs::path folder = path.parent_path();
        return fileOfRoom(folder) == path && !folder.empty() ? folder : fs::path();
    }
    if (nameOf(path) == kAnnotations) {
        return path.parent_path();
    }
    return isFolder(path / kAnnotations) ? path : fs::path();
}

} // namespace

bool looksLikeS3dis(const fs::path& path) {
    const fs::path place = cleanPath(path);
    const auto entries = sortedEntries(place);
    return !roomOf(place).empty() || isArea(place) ||
           std::any_of(entries.begin(), entries.end(), isArea);
}

S3disLayout findS3dis(const fs::path& path) {
    const fs::path place = cleanPath(path);
    S3disLayout layout;
    if (const fs::path room = roomOf(place); !room.empty()) {
        if (auto found = roomAt(room)) {
            layout.rooms.push_back(std::move(*found));
        }
    } else if (isArea(place)) {
        addArea(place, layout);
    } else {
        for (const fs::path& entry : sortedEntries(place)) {
            if (isArea(entry)) {
                addArea(entry, layout);
            }
        }
    }
    if (layout.rooms.empty()) {
        throw DatasetError(
            fmt::format(
                "{}: no room of S3DIS is here{}",
                path.string(),
                layout.warnings.empty() ? "" : "; " + layout.warnings.front()
            ),
            kExpected
        );
    }
    return layout;
}

} // namespace siskin
