// SPDX-License-Identifier: MIT
// Which rooms an S3DIS folder holds.
//   <root>/Area_N/<room>/<room>.txt                        all points of the room
//   <root>/Area_N/<room>/Annotations/<class>_<n>.txt       the same points, one file per object
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

struct S3disRoom {
    FrameInfo info; ///< id "Area_3/hallway_3", group "Area_3", split "area_3"
    std::vector<std::filesystem::path> annotations; ///< one per object, by name; empty: no labels
};

struct S3disLayout {
    std::vector<S3disRoom> rooms; ///< by area and name; never empty
    std::vector<std::string> warnings;
};

/// True for a data-set root (it holds an area), an area (`Area_N`), a room (it holds an
/// `Annotations` folder), an `Annotations` folder, or the text file of a room.
bool looksLikeS3dis(const std::filesystem::path& path);

/// Finds the rooms of such a path; reads none. Throws `DatasetError` when there is none.
S3disLayout findS3dis(const std::filesystem::path& path);

} // namespace siskin
