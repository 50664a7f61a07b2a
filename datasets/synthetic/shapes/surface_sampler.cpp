// SPDX-License-Identifier: MIT
#include "datasets/synthetic/shapes/surface_sampler.hpp"

#include "core/base/error.hpp"

#include <algorithm>
#include <cmath>

namespace siskin {

namespace {

Vec3d corner(const Mesh& mesh, std::size_t triangle, std::size_t k) {
    const auto& [x, y, z] = mesh.vertices[mesh.triangles[triangle][k]];
    return {x, y, z};
}

/// Twice the area along the normal.
Vec3d areaVector(const Mesh& mesh, std::size_t triangle) {
    const Vec3d a = corner(mesh, triangle, 0);
    return cross(corner(mesh, triangle, 1) - a, corner(mesh, triangle, 2) - a);
}

} // namespace

SurfaceSample sampleSurface(const Mesh& mesh, std::size_t count, Random& random) {
    std::vector<double> upTo; // area of the triangles so far
    double total = 0.0;
    for (std::size_t i = 0; i < mesh.triangles.size(); ++i) {
        total += length(areaVector(mesh, i));
        upTo.push_back(total);
    }
    if (total <= 0.0) {
        throw ConfigError("a mesh without area cannot be sampled");
    }
    SurfaceSample sample;
    for (std::size_t i = 0; i < count; ++i) {
        const double at = random.uniform(0.0, total);
        const auto found = std::upper_bound(upTo.begin(), upTo.end(), at);
        const auto triangle =
            static_cast<std::size_t>(std::min(found, upTo.end() - 1) - upTo.begin());
        // Uniform in the triangle: Turk, Graphics Gems (1990).
        const double s = std::sqrt(random.uniform());
        const double t = random.uniform();
        const Vec3d point = (1.0 - s) * corner(mesh, triangle, 0) +
                            s * (1.0 - t) * corner(mesh, triangle, 1) +
                            s * t * corner(mesh, triangle, 2);
        sample.positions.push_back(point);
        sample.normals.push_back(normalized(areaVector(mesh, triangle)));
        sample.tags.push_back(mesh.tags[triangle]);
    }
    return sample;
}

void normalizeShape(Mesh& mesh) {
    if (mesh.vertices.empty()) {
        return;
    }
    auto low = mesh.vertices.front();
    auto high = low;
    for (const auto& vertex : mesh.vertices) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            low[axis] = std::min(low[axis], vertex[axis]);
            high[axis] = std::max(high[axis], vertex[axis]);
        }
    }
    const float diagonal = std::hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]);
    const float scale = diagonal > 0.0F ? 1.0F / diagonal : 1.0F;
    for (auto& vertex : mesh.vertices) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            vertex[axis] = (vertex[axis] - (low[axis] + high[axis]) / 2.0F) * scale;
        }
    }
}

} // namespace siskin
