// SPDX-License-Identifier: MIT
#include "datasets/synthetic/mesh.hpp"

#include <numbers>

namespace siskin {

Rigid Rigid::at(const Vec3d& position, double yaw, double pitch, double roll) {
    const double cy = std::cos(yaw), sy = std::sin(yaw);
    const double cp = std::cos(pitch), sp = std::sin(pitch);
    const double cr = std::cos(roll), sr = std::sin(roll);
    return {
        {cy * cp,
         cy * sp * sr - sy * cr,
         cy * sp * cr + sy * sr,
         sy * cp,
         sy * sp * sr + cy * cr,
         sy * sp * cr - cy * sr,
         -sp,
         cp * sr,
         cp * cr},
        position};
}

Rigid operator*(const Rigid& a, const Rigid& b) {
    Rigid result;
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            result.rotation[row * 3 + column] = a.rotation[row * 3] * b.rotation[column] +
                                                a.rotation[row * 3 + 1] * b.rotation[3 + column] +
                                                a.rotation[row * 3 + 2] * b.rotation[6 + column];
        }
    }
    result.translation = a(b.translation);
    return result;
}

Rigid Rigid::inverse() const {
    const auto& r = rotation;
    Rigid result{{r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]}, {}};
    result.translation = -1.0 * result.turn(translation);
    return result;
}

std::array<double, 16> Rigid::matrix() const {
    const auto& r = rotation;
    const auto& t = translation;
    return {r[0], r[1], r[2], t.x, r[3], r[4], r[5], t.y, r[6], r[7], r[8], t.z, 0, 0, 0, 1};
}

std::uint32_t Mesh::addVertex(const Vec3d& p) {
    vertices.push_back({static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(p.z)});
    return static_cast<std::uint32_t>(vertices.size() - 1);
}

void Mesh::addTriangle(MeshTag tag, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    triangles.push_back({a, b, c});
    tags.push_back(tag);
}

void append(Mesh& target, const Mesh& part, const Rigid& placement, double scale) {
    const auto first = static_cast<std::uint32_t>(target.vertices.size());
    for (const auto& [x, y, z] : part.vertices) {
        target.addVertex(placement({scale * x, scale * y, scale * z}));
    }
    for (const auto& [a, b, c] : part.triangles) {
        target.triangles.push_back({first + a, first + b, first + c});
    }
    target.tags.insert(target.tags.end(), part.tags.begin(), part.tags.end());
}

void addQuad(
    Mesh& mesh, MeshTag tag, const Vec3d& a, const Vec3d& b, const Vec3d& c, const Vec3d& d
) {
    const auto ia = mesh.addVertex(a);
    const auto ib = mesh.addVertex(b);
    const auto ic = mesh.addVertex(c);
    const auto id = mesh.addVertex(d);
    mesh.addTriangle(tag, ia, ib, ic);
    mesh.addTriangle(tag, ia, ic, id);
}

void addFace(Mesh& mesh, MeshTag tag, const Vec3d& a, const Vec3d& b, const Vec3d& c) {
    const auto ia = mesh.addVertex(a);
    const auto ib = mesh.addVertex(b);
    const auto ic = mesh.addVertex(c);
    mesh.addTriangle(tag, ia, ib, ic);
}

void addBox(
    Mesh& mesh, MeshTag tag, const Vec3d& centre, const Vec3d& half, const Rigid& placement
) {
    // Corner k: bit 0 is +x, bit 1 is +y, bit 2 is +z.
    std::array<std::uint32_t, 8> corner{};
    for (unsigned k = 0; k < 8; ++k) {
        corner[k] = mesh.addVertex(placement(
            {centre.x + ((k & 1U) != 0 ? half.x : -half.x),
             centre.y + ((k & 2U) != 0 ? half.y : -half.y),
             centre.z + ((k & 4U) != 0 ? half.z : -half.z)}
        ));
    }
    constexpr std::array<std::array<unsigned, 4>, 6> kFaces = {
        {{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}}};
    for (const auto& [a, b, c, d] : kFaces) {
        mesh.addTriangle(tag, corner[a], corner[b], corner[c]);
        mesh.addTriangle(tag, corner[a], corner[c], corner[d]);
    }
}

void addSheet(
    Mesh& mesh,
    MeshTag tag,
    int columns,
    int rows,
    const std::function<Vec3d(int i, int j)>& pointAt
) {
    const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
    const auto width = static_cast<std::uint32_t>(columns + 1);
    for (int j = 0; j <= rows; ++j) {
        for (int i = 0; i <= columns; ++i) {
            mesh.addVertex(pointAt(i, j));
        }
    }
    for (std::uint32_t j = 0; j < static_cast<std::uint32_t>(rows); ++j) {
        for (std::uint32_t i = 0; i + 1 < width; ++i) {
            const std::uint32_t a = first + j * width + i;
            mesh.addTriangle(tag, a, a + 1, a + width + 1);
            mesh.addTriangle(tag, a, a + width + 1, a + width);
        }
    }
}

} // namespace siskin
