// SPDX-License-Identifier: MIT
#include "gpu/kernels/conv_tile.cuh"

namespace siskin::gpu {

template void launchTiles<simt::Half>(Stream, const TileShape&, const ConvJob&);

} // namespace siskin::gpu
