// SPDX-License-Identifier: MIT
// SPVCNN: MinkUNet plus the point branch, with MinkUNet's layer names (models.md 3.4, appendix A).
#include "core/models/point_voxel_unet.hpp"

namespace siskin {

std::unique_ptr<Network> makeSpvcnn(
    const UNetPlan& plan, Parameters& parameters, const SparseOps& ops, VoxelResolution resolution
) {
    return std::make_unique<PointVoxelUNet>(plan, minkUNetNames(), parameters, ops, resolution);
}

} // namespace siskin
