// SPDX-License-Identifier: MIT
// Points on the skin of a mesh.
#pragma once

#include "datasets/synthetic/mesh.hpp"
#include "datasets/synthetic/random.hpp"

#include <cstddef>
#include <vector>

namespace siskin {

/// N points, each with the normal (unit length, outwards where the mesh is closed) and the tag of
/// its triangle.
struct SurfaceSample {
    std::vector<Vec3d> positions;
    std::vector<Vec3d> normals;
    std::vector<MeshTag> tags;
};

/// `count` independent points, uniform over the area. Throws `ConfigError` when the mesh has no
/// area.
SurfaceSample sampleSurface(const Mesh& mesh, std::size_t count, Random& random);

/// Moves the middle of the bounding box into the origin and scales its diagonal to 1, as the models
/// of ShapeNet are.
void normalizeShape(Mesh& mesh);

} // namespace siskin
