// SPDX-License-Identifier: MIT
// Where rays first hit a mesh.
#pragma once

#include "datasets/synthetic/mesh.hpp"

#include <limits>
#include <span>
#include <vector>

namespace siskin {

struct Ray {
    std::array<float, 3> origin;    ///< metres
    std::array<float, 3> direction; ///< unit length
};

struct RayHit {
    float range = std::numeric_limits<float>::infinity(); ///< metres; infinite without a hit
    float cosIncidence = 0.0F;                            ///< 0 grazing .. 1 facing
    MeshTag tag = 0;
    std::uint32_t triangle = 0; ///< index into the mesh

    bool isHit() const noexcept { return range < std::numeric_limits<float>::infinity(); }
};

/// A tree of bounding boxes over the triangles (binned surface-area heuristic: Wald, "On fast
/// construction of SAH-based bounding volume hierarchies", RT 2007). Both sides of a triangle stop
/// a ray; of triangles at one range the first of the mesh wins. Work stays on the calling thread:
/// run several casters, or several parts of the rays, side by side with `parallelFor`.
///
/// Our own instead of Open3D's RaycastingScene: in Debian 12 that one hits nothing (it casts rays
/// with mask 0 through an Embree that was built to obey masks), and the bytes of a data set must
/// not depend on which instructions Embree finds on a machine.
class RayCaster {
  public:
    /// Copies what it needs from `mesh`, which may be empty.
    explicit RayCaster(const Mesh& mesh);

    /// One hit per ray, in their order. May be called from several threads at once.
    std::vector<RayHit> cast(std::span<const Ray> rays) const;

    /// Only hits nearer than `limit` metres count.
    RayHit cast(const Ray& ray, float limit = std::numeric_limits<float>::infinity()) const;

  private:
    /// The boxes of a node's two children, side by side for the processor's vectors.
    struct Node {
        std::array<std::array<float, 4>, 3> bounds; ///< per axis: low, low, high, high
        std::array<std::uint32_t, 2> first;         ///< triangle of a leaf, else node; 0: no child
        std::array<std::uint32_t, 2> count;         ///< triangles of a leaf; 0: not a leaf
    };

    struct Triangle {
        std::array<float, 3> corner, edge1, edge2;
        std::uint32_t index; ///< in the mesh
        MeshTag tag;
    };

    struct Builder;

    static RayHit hitOf(const Triangle& triangle, const Ray& ray, float range);

    std::vector<Node> nodes_;
    std::vector<Triangle> triangles_;
};

} // namespace siskin
