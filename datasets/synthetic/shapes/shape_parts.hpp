// SPDX-License-Identifier: MIT
// Bodies that the shapes are put together from, in ShapeNet's frame: +y up, +x front, z sideways.
#pragma once

#include "datasets/synthetic/mesh.hpp"
#include "datasets/synthetic/random.hpp"

#include <vector>

namespace siskin {

/// A point of a profile: distance from the axis, and position along it.
struct ProfilePoint {
    double radius = 0.0;
    double height = 0.0;
};

/// Body of revolution about `axis` through `base`. The profile runs along the axis on the outside
/// and may come back on the inside (a cup). Its two ends are closed by discs, or joined when they
/// are the same point (a lampshade).
void addLathe(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& base,
    const Vec3d& axis,
    const std::vector<ProfilePoint>& profile,
    int sides = 24
);

/// Round bar along a bent line of at least two different points.
void addBar(Mesh& mesh, MeshTag tag, const std::vector<Vec3d>& line, double radius, int sides = 8);

/// Vertical prism over an outline in (x, z), counter-clockwise seen from above with z down the
/// page, from y = `bottom` to `top`.
void addSlab(Mesh& mesh, MeshTag tag, const std::vector<Vec2d>& outline, double bottom, double top);

/// Rectangle about the origin with rounded corners (`round` may be 0), counter-clockwise.
std::vector<Vec2d> roundedRectangle(double halfX, double halfY, double round, int steps = 4);

/// Ellipse about the origin, counter-clockwise.
std::vector<Vec2d> ellipse(double halfX, double halfY, int steps = 28);

/// Points of a circular arc in the plane x, y of constant z, from angle `from` to `to` (radians).
std::vector<Vec3d>
arcXY(const Vec3d& centre, double radiusX, double radiusY, double from, double to, int steps = 10);

/// Box between two corners.
void addBlock(Mesh& mesh, MeshTag tag, const Vec3d& low, const Vec3d& high);

/// `make(side)` for side = -1 and +1.
template <typename Make>
void onBothSides(Make make) {
    make(-1.0);
    make(1.0);
}

} // namespace siskin
