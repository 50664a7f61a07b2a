// SPDX-License-Identifier: MIT
// The networks that the PVCNN paper compares (Liu et al., NeurIPS 2019), for running them side by
// side on one shape or room.
#pragma once

#include "core/run/pipeline.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

/// One network of the comparison.
struct PaperModel {
    std::string name; ///< as the paper's tables have it, e.g. "PVCNN 0.25xC"
    ModelSpec spec;   ///< random weights of the paper's width where no file was found
};

/// For shapes PVCNN (full, half and quarter width), PointNet and PointNet++ (SSG, MSG); for rooms
/// PVCNN (the same), PVCNN++ (full, half), PointNet and DGCNN. `folder` is searched for the weight
/// files that are published, under their own names ("shapenet.pvcnn.c1.pth.tar", or without the
/// ending; DGCNN's "dgcnn_semseg_s3dis_fold5.t7"), and for what `siskin train` wrote as
/// "pvcnn-shapes.safetensors", "dgcnn-rooms..." and so on: of a width that the paper does not have,
/// such a network stands at the end, under its own name. Empty: resources/demo. Throws
/// `ConfigError` for LiDAR scenes and when there is no such folder, `CheckpointError` when a file
/// of ours is damaged.
std::vector<PaperModel> paperModels(ModelTask task, const std::filesystem::path& folder = {});

/// "PVCNN", "PVCNN 0.5xC", "PointNet++ MSG 0.25xC" ...
std::string paperName(ModelKind kind, double width);

} // namespace siskin
