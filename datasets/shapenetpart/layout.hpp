// SPDX-License-Identifier: MIT
// Which shapes a ShapeNetPart folder holds.
//   <root>/synsetoffset2category.txt                         category names
//   <root>/train_test_split/shuffled_{train,val,test}_file_list.json
//   <root>/<synset>/<id>.txt                                 one shape
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

struct ShapeNetPartShape {
    /// id "Chair/<id>", group "Chair"; splits: its list ("train", "val" or "test"), and "trainval"
    /// for the first two. Shapes of no list, and those opened without the lists, have none.
    FrameInfo info;
    std::size_t category = 0; ///< index in `kShapeCategories`
};

struct ShapeNetPartLayout {
    std::vector<ShapeNetPartShape> shapes; ///< never empty
    std::vector<std::string> warnings;     ///< missing lists, listed shapes that are not here
};

/// True when `path` is a data-set root (it has `train_test_split`, `synsetoffset2category.txt` or a
/// folder named like a category), a category's folder, one of its files, or a file list.
bool looksLikeShapeNetPart(const std::filesystem::path& path);

/// Finds the shapes of such a path; reads none. A root gives the lists' order, training first, then
/// whatever no list names; a file list gives that split alone; a folder is sorted by name. Listed
/// shapes that are not there are left out with a warning. Throws `DatasetError` with file and line
/// (or entry) when a list or the category table is malformed, or when nothing is found.
ShapeNetPartLayout findShapeNetPart(const std::filesystem::path& path);

} // namespace siskin
