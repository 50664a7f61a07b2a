// SPDX-License-Identifier: MIT
#include "gpu/kernels/conv_tile.cuh"

namespace siskin::gpu {

template void launchTiles<simt::BFloat16>(Stream, const TileShape&, const ConvJob&);

} // namespace siskin::gpu
