// SPDX-License-Identifier: MIT
// DGCNN (Wang et al., ACM TOG 2019) for indoor scenes, as the public PyTorch implementation of
// Stanford's rooms stores it: three edge convolutions over graphs of the 20 nearest neighbours, the
// first in space and the others among features. No layer has a bias, all but the last have
// batch-norm and LeakyReLU(0.2).
#pragma once

#include "core/models/point_network.hpp"

namespace siskin {

/// Nine channels (models.md 4.3), of which 6-8 (place in the room) make the first graph, -> 13
/// classes. Keys `conv1.0` (weights) and `conv1.1` (batch-norm) ... `conv8`, `conv9`; the public
/// file holds every batch-norm a second time as `bn1` ... `bn8`, which must then be equal.
std::unique_ptr<PointNetwork>
makeDgcnn(double width, Parameters& parameters, const SparseOps& rows);

} // namespace siskin
