// SPDX-License-Identifier: MIT
// Bodies of mesh.hpp that are swept: lofts, tubes, ellipsoids, discs, tori, prisms.
#include "core/base/error.hpp"
#include "datasets/synthetic/mesh.hpp"

#include <algorithm>
#include <numbers>
#include <numeric>

namespace siskin {

namespace {

/// Two unit vectors that form a right-handed frame with the unit vector `axis`: u x v = axis.
std::array<Vec3d, 2> frameAbout(const Vec3d& axis) {
    const Vec3d helper = std::abs(axis.z) < 0.9 ? Vec3d{0, 0, 1} : Vec3d{1, 0, 0};
    const Vec3d u = normalized(cross(helper, axis));
    return {u, cross(axis, u)};
}

std::vector<Vec3d>
circle(const Vec3d& centre, const Vec3d& u, const Vec3d& v, double radius, int sides) {
    std::vector<Vec3d> points;
    for (int i = 0; i < sides; ++i) {
        const double angle = 2.0 * std::numbers::pi * i / sides;
        points.push_back(centre + radius * std::cos(angle) * u + radius * std::sin(angle) * v);
    }
    return points;
}

double turnOf(const Vec2d& a, const Vec2d& b, const Vec2d& c) {
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool isInside(const Vec2d& p, const Vec2d& a, const Vec2d& b, const Vec2d& c) {
    return turnOf(a, b, p) >= 0 && turnOf(b, c, p) >= 0 && turnOf(c, a, p) >= 0;
}

/// Triangles of a simple counter-clockwise polygon, by cutting off one ear after the other.
std::vector<std::array<std::size_t, 3>> triangulate(const std::vector<Vec2d>& outline) {
    std::vector<std::size_t> open(outline.size());
    std::iota(open.begin(), open.end(), std::size_t{0});
    std::vector<std::array<std::size_t, 3>> triangles;
    const auto isEar = [&](std::size_t i) {
        const std::size_t n = open.size();
        const std::array ear{open[(i + n - 1) % n], open[i], open[(i + 1) % n]};
        const auto& [a, b, c] = ear;
        if (turnOf(outline[a], outline[b], outline[c]) <= 0) {
            return false;
        }
        return std::none_of(open.begin(), open.end(), [&](std::size_t p) {
            return p != a && p != b && p != c &&
                   isInside(outline[p], outline[a], outline[b], outline[c]);
        });
    };
    while (open.size() >= 3) {
        std::size_t i = 0;
        while (i < open.size() && !isEar(i)) {
            ++i;
        }
        if (i == open.size()) {
            throw ConfigError(
                "the outline of a prism crosses itself", "list its points counter-clockwise"
            );
        }
        const std::size_t n = open.size();
        triangles.push_back({open[(i + n - 1) % n], open[i], open[(i + 1) % n]});
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return triangles;
}

/// Closes one end of a loft; `flip` for the end that looks backwards.
void addLid(Mesh& mesh, MeshTag tag, std::uint32_t first, std::uint32_t count, bool flip) {
    Vec3d middle;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto& [x, y, z] = mesh.vertices[first + i];
        middle = middle + Vec3d{x, y, z};
    }
    const std::uint32_t hub = mesh.addVertex(1.0 / count * middle);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t a = first + i;
        const std::uint32_t b = first + (i + 1) % count;
        mesh.addTriangle(tag, hub, flip ? b : a, flip ? a : b);
    }
}

} // namespace

void addLoft(
    Mesh& mesh,
    const std::vector<std::vector<Vec3d>>& sections,
    const std::function<MeshTag(std::size_t band, std::size_t side)>& tagOf,
    MeshTag endTag,
    bool closed
) {
    if (sections.size() < 2) {
        throw ConfigError("a loft needs two sections");
    }
    const auto sides = static_cast<std::uint32_t>(sections.front().size());
    const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
    for (const auto& section : sections) {
        if (section.size() != sides || sides < 3) {
            throw ConfigError("the sections of a loft must have equally many points, at least 3");
        }
        for (const Vec3d& p : section) {
            mesh.addVertex(p);
        }
    }
    const std::size_t bands = closed ? sections.size() : sections.size() - 1;
    for (std::size_t band = 0; band < bands; ++band) {
        const std::uint32_t here = first + static_cast<std::uint32_t>(band) * sides;
        const std::uint32_t next =
            first + static_cast<std::uint32_t>((band + 1) % sections.size()) * sides;
        for (std::uint32_t i = 0; i < sides; ++i) {
            const std::uint32_t j = (i + 1) % sides;
            const MeshTag tag = tagOf(band, i);
            mesh.addTriangle(tag, here + i, here + j, next + j);
            mesh.addTriangle(tag, here + i, next + j, next + i);
        }
    }
    if (!closed) {
        const auto last = first + static_cast<std::uint32_t>(sections.size() - 1) * sides;
        addLid(mesh, endTag, first, sides, true);
        addLid(mesh, endTag, last, sides, false);
    }
}

void addTube(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& from,
    const Vec3d& to,
    double radiusFrom,
    double radiusTo,
    int sides
) {
    const auto [u, v] = frameAbout(normalized(to - from));
    const std::vector sections{
        circle(from, u, v, radiusFrom, sides), circle(to, u, v, radiusTo, sides)};
    addLoft(
        mesh, sections, [tag](std::size_t, std::size_t) { return tag; }, tag
    );
}

void addEllipsoid(
    Mesh& mesh, MeshTag tag, const Vec3d& centre, const Vec3d& half, int rings, int sides
) {
    const std::uint32_t south = mesh.addVertex({centre.x, centre.y, centre.z - half.z});
    const auto first = south + 1;
    const auto count = static_cast<std::uint32_t>(sides);
    for (int ring = 1; ring < rings; ++ring) {
        const double latitude = std::numbers::pi * (static_cast<double>(ring) / rings - 0.5);
        for (int i = 0; i < sides; ++i) {
            const double angle = 2.0 * std::numbers::pi * i / sides;
            mesh.addVertex(
                {centre.x + half.x * std::cos(latitude) * std::cos(angle),
                 centre.y + half.y * std::cos(latitude) * std::sin(angle),
                 centre.z + half.z * std::sin(latitude)}
            );
        }
    }
    const std::uint32_t north = mesh.addVertex({centre.x, centre.y, centre.z + half.z});
    const std::uint32_t top = first + static_cast<std::uint32_t>(rings - 2) * count;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t j = (i + 1) % count;
        mesh.addTriangle(tag, south, first + j, first + i);
        mesh.addTriangle(tag, north, top + i, top + j);
        for (std::uint32_t here = first; here < top; here += count) {
            mesh.addTriangle(tag, here + i, here + j, here + count + j);
            mesh.addTriangle(tag, here + i, here + count + j, here + count + i);
        }
    }
}

void addDisc(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& centre,
    const Vec3d& normal,
    double radius,
    double innerRadius,
    int sides
) {
    const auto [u, v] = frameAbout(normalized(normal));
    const auto outer = circle(centre, u, v, radius, sides);
    const auto inner = circle(centre, u, v, innerRadius, sides);
    for (std::size_t i = 0; i < outer.size(); ++i) {
        const std::size_t j = (i + 1) % outer.size();
        if (innerRadius > 0.0) {
            addQuad(mesh, tag, outer[i], outer[j], inner[j], inner[i]);
        } else {
            addFace(mesh, tag, centre, outer[i], outer[j]);
        }
    }
}

void addTorus(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& centre,
    const Vec3d& normal,
    double radius,
    double tubeRadius,
    int steps,
    int sides
) {
    const Vec3d axis = normalized(normal);
    const auto [u, v] = frameAbout(axis);
    std::vector<std::vector<Vec3d>> sections;
    for (int i = 0; i < steps; ++i) {
        const double angle = 2.0 * std::numbers::pi * i / steps;
        const Vec3d outwards = std::cos(angle) * u + std::sin(angle) * v;
        // Seen along the direction of advance, the section must turn right-handed.
        sections.push_back(circle(centre + radius * outwards, axis, outwards, tubeRadius, sides));
    }
    addLoft(
        mesh, sections, [tag](std::size_t, std::size_t) { return tag; }, tag, true
    );
}

void addPrism(
    Mesh& mesh,
    MeshTag tag,
    const std::vector<Vec2d>& outline,
    double bottom,
    double top,
    const Rigid& placement
) {
    const auto triangles = triangulate(outline);
    const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
    const auto count = static_cast<std::uint32_t>(outline.size());
    for (const double z : {bottom, top}) {
        for (const auto& [x, y] : outline) {
            mesh.addVertex(placement({x, y, z}));
        }
    }
    for (const auto& triangle : triangles) {
        const auto a = first + static_cast<std::uint32_t>(triangle[0]);
        const auto b = first + static_cast<std::uint32_t>(triangle[1]);
        const auto c = first + static_cast<std::uint32_t>(triangle[2]);
        mesh.addTriangle(tag, a, c, b);
        mesh.addTriangle(tag, count + a, count + b, count + c);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t a = first + i;
        const std::uint32_t b = first + (i + 1) % count;
        mesh.addTriangle(tag, a, b, count + b);
        mesh.addTriangle(tag, a, count + b, count + a);
    }
}

} // namespace siskin
