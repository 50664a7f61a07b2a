// SPDX-License-Identifier: MIT
// The point-voxel U-Net behind SPVCNN and SPVNAS: the sparse U-Net plus a point-wise branch at full
// resolution that meets it four times (SPVConv; Tang et al., ECCV 2020).
#pragma once

#include "core/models/network.hpp"

#include <array>

namespace siskin {

class PointVoxelUNet final : public Network {
  public:
    /// `resolution` empty: points are voxel centres with exact integer coordinates (SPVNAS).
    PointVoxelUNet(
        const UNetPlan& plan,
        const UNetNames& names,
        Parameters& parameters,
        const SparseOps& ops,
        std::optional<VoxelResolution> resolution
    );

    torch::Tensor forward(const ForwardContext& context, const NetworkInput& input) const override;

    std::int64_t classes() const override { return unet_.plan().classes; }

    int layerCount() const override;

  private:
    /// Everything that depends on coordinates only.
    struct Geometry {
        Levels levels;
        PointVoxelMap stride1;
        PointVoxelMap stride4;
        PointVoxelMap stride16;
        KernelMapPtr perPoint; ///< identity over the points
    };

    Geometry buildGeometry(const ForwardContext& context, const NetworkInput& input) const;

    UNet unet_;
    std::array<ConvLayer, 3> pointTransforms_;
    std::optional<VoxelResolution> resolution_;
};

} // namespace siskin
