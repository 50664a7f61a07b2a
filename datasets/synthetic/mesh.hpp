// SPDX-License-Identifier: MIT
// Triangle meshes of made-up scenes: every triangle carries a tag that says what it belongs to.
// Bodies are closed and their triangles run counter-clockwise seen from outside.
#pragma once

#include "datasets/synthetic/vec3.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace siskin {

/// What a triangle belongs to; the meaning is the scene's own (e.g. an index into its surfaces).
using MeshTag = std::uint32_t;

struct Vec2d {
    double x = 0.0, y = 0.0;
};

/// Metres. `triangles` index `vertices`; `tags` has one entry per triangle.
struct Mesh {
    std::vector<std::array<float, 3>> vertices;
    std::vector<std::array<std::uint32_t, 3>> triangles;
    std::vector<MeshTag> tags;

    bool empty() const noexcept { return triangles.empty(); }

    std::uint32_t addVertex(const Vec3d& p);
    void addTriangle(MeshTag tag, std::uint32_t a, std::uint32_t b, std::uint32_t c);
};

/// Appends `part`, moved by `placement` (and scaled by `scale` before that).
void append(Mesh& target, const Mesh& part, const Rigid& placement = {}, double scale = 1.0);

/// One flat quadrilateral (or triangle), counter-clockwise seen from its front.
void addQuad(
    Mesh& mesh, MeshTag tag, const Vec3d& a, const Vec3d& b, const Vec3d& c, const Vec3d& d
);
void addFace(Mesh& mesh, MeshTag tag, const Vec3d& a, const Vec3d& b, const Vec3d& c);

/// Axis-aligned box of `half` sizes, placed by `placement`.
void addBox(
    Mesh& mesh, MeshTag tag, const Vec3d& centre, const Vec3d& half, const Rigid& placement = {}
);

/// Cylinder or cone with lids between two points; a radius may be 0.
void addTube(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& from,
    const Vec3d& to,
    double radiusFrom,
    double radiusTo,
    int sides = 8
);

/// Ellipsoid with its axes along x, y, z. `rings` >= 2 bands from pole to pole, `sides` >= 3.
void addEllipsoid(
    Mesh& mesh, MeshTag tag, const Vec3d& centre, const Vec3d& half, int rings = 6, int sides = 10
);

/// Flat disc, or ring when `innerRadius` > 0, facing `normal`.
void addDisc(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& centre,
    const Vec3d& normal,
    double radius,
    double innerRadius = 0.0,
    int sides = 16
);

/// Torus about `normal`: a thin bent tube.
void addTorus(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& centre,
    const Vec3d& normal,
    double radius,
    double tubeRadius,
    int steps = 16,
    int sides = 6
);

/// Simple polygon (counter-clockwise, may be concave) in x, y, extruded from `bottom` to `top` in
/// z, then moved by `placement`. Throws `ConfigError` when the outline crosses itself.
void addPrism(
    Mesh& mesh,
    MeshTag tag,
    const std::vector<Vec2d>& outline,
    double bottom,
    double top,
    const Rigid& placement = {}
);

/// Body through cross-sections of equally many points each (at least 3). The points of a section
/// run counter-clockwise seen from where the sections lead to, so that the skin faces outwards.
/// `tagOf(band, side)` names the skin between sections `band` and `band` + 1 at points `side` and
/// `side` + 1; both ends are closed by a fan about their centre with `endTag`. `closed` joins the
/// last section to the first instead. Throws `ConfigError` when the sections do not match.
void addLoft(
    Mesh& mesh,
    const std::vector<std::vector<Vec3d>>& sections,
    const std::function<MeshTag(std::size_t band, std::size_t side)>& tagOf,
    MeshTag endTag,
    bool closed = false
);

/// Sheet of (columns x rows) cells over `pointAt(i, j)`, i <= columns, j <= rows; faces the side
/// from which i runs right and j runs up.
void addSheet(
    Mesh& mesh,
    MeshTag tag,
    int columns,
    int rows,
    const std::function<Vec3d(int i, int j)>& pointAt
);

} // namespace siskin
