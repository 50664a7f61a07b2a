// SPDX-License-Identifier: MIT
#include "datasets/synthetic/shapes/shape_parts.hpp"

#include <algorithm>
#include <array>
#include <numbers>

namespace siskin {

namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

/// u x v = axis, for a unit `axis`.
std::array<Vec3d, 2> frameAbout(const Vec3d& axis) {
    const Vec3d helper = std::abs(axis.y) < 0.9 ? Vec3d{0, 1, 0} : Vec3d{1, 0, 0};
    const Vec3d u = normalized(cross(helper, axis));
    return {u, cross(axis, u)};
}

std::vector<Vec3d>
ring(const Vec3d& centre, const std::array<Vec3d, 2>& frame, double radius, int sides) {
    std::vector<Vec3d> points;
    for (int i = 0; i < sides; ++i) {
        const double angle = kTurn * i / sides;
        points.push_back(
            centre + radius * std::cos(angle) * frame[0] + radius * std::sin(angle) * frame[1]
        );
    }
    return points;
}

void addSkin(
    Mesh& mesh, MeshTag tag, const std::vector<std::vector<Vec3d>>& sections, bool closed = false
) {
    addLoft(
        mesh, sections, [tag](std::size_t, std::size_t) { return tag; }, tag, closed
    );
}

} // namespace

void addLathe(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& base,
    const Vec3d& axis,
    const std::vector<ProfilePoint>& profile,
    int sides
) {
    const Vec3d unit = normalized(axis);
    const auto frame = frameAbout(unit);
    std::vector<std::vector<Vec3d>> sections;
    for (const auto& [radius, height] : profile) {
        sections.push_back(ring(base + height * unit, frame, radius, sides));
    }
    const bool closed = profile.front().radius == profile.back().radius &&
                        profile.front().height == profile.back().height;
    if (closed) {
        sections.pop_back();
    }
    addSkin(mesh, tag, sections, closed);
}

void addBar(Mesh& mesh, MeshTag tag, const std::vector<Vec3d>& line, double radius, int sides) {
    std::vector<std::vector<Vec3d>> sections;
    std::array<Vec3d, 2> frame = frameAbout(normalized(line[1] - line[0]));
    for (std::size_t i = 0; i < line.size(); ++i) {
        const Vec3d& before = line[i == 0 ? 0 : i - 1];
        const Vec3d& after = line[std::min(i + 1, line.size() - 1)];
        const Vec3d along = normalized(after - before);
        // The frame is carried along, so that the skin does not twist.
        const Vec3d u = normalized(frame[0] - dot(frame[0], along) * along);
        frame = {u, cross(along, u)};
        sections.push_back(ring(line[i], frame, radius, sides));
    }
    addSkin(mesh, tag, sections);
}

void addSlab(
    Mesh& mesh, MeshTag tag, const std::vector<Vec2d>& outline, double bottom, double top
) {
    // Outline (a, b), height h -> (a, h, -b).
    addPrism(mesh, tag, outline, bottom, top, {{1, 0, 0, 0, 0, 1, 0, -1, 0}, {}});
}

std::vector<Vec2d> roundedRectangle(double halfX, double halfY, double round, int steps) {
    const double r = std::min({round, 0.98 * halfX, 0.98 * halfY});
    if (r <= 0.0) {
        return {{halfX, -halfY}, {halfX, halfY}, {-halfX, halfY}, {-halfX, -halfY}};
    }
    std::vector<Vec2d> outline;
    for (int corner = 0; corner < 4; ++corner) {
        const double x = (corner == 0 || corner == 3 ? 1.0 : -1.0) * (halfX - r);
        const double y = (corner < 2 ? 1.0 : -1.0) * (halfY - r);
        for (int i = 0; i <= steps; ++i) {
            const double angle = kTurn / 4.0 * (corner + static_cast<double>(i) / steps);
            outline.push_back({x + r * std::cos(angle), y + r * std::sin(angle)});
        }
    }
    return outline;
}

std::vector<Vec2d> ellipse(double halfX, double halfY, int steps) {
    std::vector<Vec2d> outline;
    for (int i = 0; i < steps; ++i) {
        const double angle = kTurn * i / steps;
        outline.push_back({halfX * std::cos(angle), halfY * std::sin(angle)});
    }
    return outline;
}

std::vector<Vec3d>
arcXY(const Vec3d& centre, double radiusX, double radiusY, double from, double to, int steps) {
    std::vector<Vec3d> line;
    for (int i = 0; i <= steps; ++i) {
        const double angle = from + (to - from) * i / steps;
        line.push_back(
            {centre.x + radiusX * std::cos(angle), centre.y + radiusY * std::sin(angle), centre.z}
        );
    }
    return line;
}

void addBlock(Mesh& mesh, MeshTag tag, const Vec3d& low, const Vec3d& high) {
    addBox(mesh, tag, 0.5 * (low + high), 0.5 * (high - low));
}

} // namespace siskin
