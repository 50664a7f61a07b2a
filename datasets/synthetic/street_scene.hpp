// SPDX-License-Identifier: MIT
// A made-up street of simple solids that rays can hit.
#pragma once

#include "datasets/synthetic/random.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace siskin {

using Vec3 = std::array<double, 3>;

enum class ShapeKind { Box, Ellipsoid, Cylinder };

/// One solid: a unit shape, scaled by `half`, turned about z, moved to `centre`.
struct Shape {
    ShapeKind kind = ShapeKind::Box;
    std::uint32_t rawId = 0; ///< SemanticKITTI class id
    Vec3 centre{};           ///< metres, world
    Vec3 half{};             ///< half sizes, metres
    double yaw = 0.0;        ///< radians
};

struct Hit {
    double range = 0.0;        ///< metres along the ray
    double cosIncidence = 0.0; ///< 0 grazing .. 1 facing
    std::uint32_t rawId = 0;
};

/// The world: x along the street, y to the left, z up, road surface at z = 0.
class StreetScene {
  public:
    explicit StreetScene(std::uint64_t seed);

    /// Nearest hit of a ray with unit `direction`, up to `maxRange` metres.
    std::optional<Hit> cast(const Vec3& origin, const Vec3& direction, double maxRange) const;

  private:
    void add(ShapeKind kind, std::uint32_t rawId, Vec3 centre, Vec3 half, double yaw = 0.0);
    void addCar(Random& random, std::uint32_t rawId, double x, double y);
    void addBuildings(Random& random, double side);
    void addTrees(Random& random, double side);
    void addStreetFurniture(Random& random, double side);
    void addTraffic(Random& random);

    std::vector<Shape> shapes_;
};

} // namespace siskin
