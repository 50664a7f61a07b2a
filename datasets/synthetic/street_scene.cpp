// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street_scene.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace siskin {

namespace {

// Class ids of SemanticKITTI (semantic-kitti.org/dataset.html).
constexpr std::uint32_t kCar = 10, kPerson = 30, kRoad = 40, kParking = 44, kSidewalk = 48;
constexpr std::uint32_t kBuilding = 50, kFence = 51, kLaneMarking = 60, kVegetation = 70;
constexpr std::uint32_t kTrunk = 71, kTerrain = 72, kPole = 80, kSign = 81, kMovingCar = 252;

// Cross-section of the street: distance of each strip's outer edge from the middle of the road.
constexpr double kRoadEdge = 3.6, kParkingEdge = 5.8, kSidewalkEdge = 8.2, kBuildingLine = 11.0;
constexpr double kCurb = 0.12; ///< height of the sidewalk
constexpr double kStreetEnd = 95.0;

double dot(const Vec3& a, const Vec3& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// Smallest positive t with |o + t d| = 1 over the first `axes` coordinates.
double enterRound(const Vec3& o, const Vec3& d, std::size_t axes) {
    double a = 0.0;
    double b = 0.0;
    double c = -1.0;
    for (std::size_t i = 0; i < axes; ++i) {
        a += d[i] * d[i];
        b += d[i] * o[i];
        c += o[i] * o[i];
    }
    const double discriminant = b * b - a * c;
    return discriminant < 0.0 || a == 0.0 ? -1.0 : (-b - std::sqrt(discriminant)) / a;
}

/// Where the ray o + t d enters the unit shape (t, -1 = misses), and the outward normal there.
double enterUnitShape(ShapeKind kind, const Vec3& o, const Vec3& d, Vec3& normal) {
    if (kind == ShapeKind::Ellipsoid) {
        const double t = enterRound(o, d, 3);
        normal = {o[0] + t * d[0], o[1] + t * d[1], o[2] + t * d[2]};
        return t;
    }
    const std::size_t firstSlab = kind == ShapeKind::Box ? 0 : 2; // a cylinder is cut by z only
    double enter = -std::numeric_limits<double>::infinity();
    double leave = std::numeric_limits<double>::infinity();
    for (std::size_t i = firstSlab; i < 3; ++i) {
        const double step = d[i] == 0.0 ? 1e-12 : d[i];
        const double sign = step > 0.0 ? 1.0 : -1.0;
        const double near = (-sign - o[i]) / step;
        if (near > enter) {
            enter = near;
            normal = {};
            normal[i] = -sign;
        }
        leave = std::min(leave, (sign - o[i]) / step);
    }
    if (kind == ShapeKind::Box) {
        return enter < leave ? enter : -1.0;
    }
    const double side = enterRound(o, d, 2);
    if (side >= enter && side <= leave) {
        normal = {o[0] + side * d[0], o[1] + side * d[1], 0.0};
        return side;
    }
    const bool throughLid = std::hypot(o[0] + enter * d[0], o[1] + enter * d[1]) <= 1.0;
    return throughLid ? enter : -1.0;
}

/// Into the frame of a shape turned by `yaw`.
Vec3 turnBack(const Vec3& v, double cosYaw, double sinYaw) {
    return {v[0] * cosYaw + v[1] * sinYaw, v[1] * cosYaw - v[0] * sinYaw, v[2]};
}

std::optional<Hit> castShape(const Shape& shape, const Vec3& origin, const Vec3& direction) {
    Vec3 o{};
    for (std::size_t i = 0; i < 3; ++i) {
        o[i] = origin[i] - shape.centre[i];
    }
    // Most rays miss the sphere around a shape: decide that first.
    const double along = dot(o, direction);
    if (dot(o, o) - along * along > dot(shape.half, shape.half)) {
        return std::nullopt;
    }
    const double cosYaw = std::cos(shape.yaw);
    const double sinYaw = std::sin(shape.yaw);
    const Vec3 turned = turnBack(direction, cosYaw, sinYaw);
    o = turnBack(o, cosYaw, sinYaw);
    Vec3 d = turned;
    for (std::size_t i = 0; i < 3; ++i) {
        o[i] /= shape.half[i];
        d[i] /= shape.half[i];
    }
    Vec3 normal{};
    const double range = enterUnitShape(shape.kind, o, d, normal);
    if (range <= 0.0) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < 3; ++i) {
        normal[i] /= shape.half[i]; // normals scale by the inverse
    }
    const double cosIncidence = std::abs(dot(normal, turned)) / std::sqrt(dot(normal, normal));
    return Hit{range, cosIncidence, shape.rawId};
}

/// The ground z = 0 and what it is made of.
std::optional<Hit> castGround(const Vec3& origin, const Vec3& direction) {
    if (direction[2] >= 0.0) {
        return std::nullopt;
    }
    const double range = -origin[2] / direction[2];
    const double x = origin[0] + range * direction[0];
    const double y = std::abs(origin[1] + range * direction[1]);
    std::uint32_t rawId = kTerrain;
    if (y < kRoadEdge) {
        const bool dash = y < 0.08 && x - 6.0 * std::floor(x / 6.0) < 3.0;
        const bool edgeLine = std::abs(y - (kRoadEdge - 0.2)) < 0.06;
        rawId = dash || edgeLine ? kLaneMarking : kRoad;
    } else if (y < kParkingEdge) {
        rawId = kParking;
    }
    return Hit{range, -direction[2], rawId};
}

} // namespace

StreetScene::StreetScene(std::uint64_t seed) {
    Random random(seed);
    for (const double side : {-1.0, 1.0}) {
        const double middle = side * (kParkingEdge + kSidewalkEdge) / 2;
        const double halfWidth = (kSidewalkEdge - kParkingEdge) / 2;
        add(ShapeKind::Box, kSidewalk, {0, middle, kCurb / 2}, {kStreetEnd, halfWidth, kCurb / 2});
        addBuildings(random, side);
        addTrees(random, side);
        addStreetFurniture(random, side);
    }
    addTraffic(random);
}

void StreetScene::add(ShapeKind kind, std::uint32_t rawId, Vec3 centre, Vec3 half, double yaw) {
    shapes_.push_back({kind, rawId, centre, half, yaw});
}

/// Houses along the building line; gaps between them are closed by fences or hedges.
void StreetScene::addBuildings(Random& random, double side) {
    for (double x = -kStreetEnd; x < kStreetEnd;) {
        const double width = random.uniform(9, 18);
        const double height = random.uniform(5, 12);
        const double y = side * (kBuildingLine + random.uniform(4, 6));
        add(ShapeKind::Box, kBuilding, {x + width / 2, y, height / 2}, {width / 2, 4, height / 2});
        const double gap = random.uniform(2, 11);
        const bool hedge = random.uniform() < 0.4;
        const double half = hedge ? random.uniform(0.6, 1.0) : 0.7;
        add(ShapeKind::Box,
            hedge ? kVegetation : kFence,
            {x + width + gap / 2, side * kBuildingLine, half},
            {gap / 2, hedge ? 0.4 : 0.04, half});
        x += width + gap;
    }
}

/// Trunks with crowns of a few overlapping ellipsoids, and bushes, on the green strip.
void StreetScene::addTrees(Random& random, double side) {
    for (double x = -kStreetEnd + 5; x < kStreetEnd; x += random.uniform(7, 15)) {
        const double y = side * random.uniform(kSidewalkEdge + 0.6, kBuildingLine - 0.8);
        const double height = random.uniform(2.2, 3.4);
        const double radius = random.uniform(0.12, 0.25);
        add(ShapeKind::Cylinder, kTrunk, {x, y, height / 2}, {radius, radius, height / 2});
        for (int part = 0; part < 4; ++part) {
            const double size = random.uniform(0.8, 1.6);
            const Vec3 centre{
                x + random.gaussian() * 0.7,
                y + random.gaussian() * 0.7,
                height + random.uniform(0, 2)};
            add(ShapeKind::Ellipsoid, kVegetation, centre, {size, size, size * 0.8});
        }
        const double bush = random.uniform(0.4, 0.8);
        const double bushX = x + random.uniform(2, 5);
        add(ShapeKind::Ellipsoid, kVegetation, {bushX, y, bush * 0.7}, {bush * 1.4, bush, bush});
    }
}

/// Lamp posts, signs and people on the sidewalk, parked cars beside it.
void StreetScene::addStreetFurniture(Random& random, double side) {
    const double edge = side * (kParkingEdge + 0.35);
    for (double x = -80 + random.uniform(0, 12); x < 80; x += random.uniform(18, 26)) {
        add(ShapeKind::Cylinder, kPole, {x, edge, 3}, {0.08, 0.08, 3});
        add(ShapeKind::Cylinder, kPole, {x + 7, edge, 1.2}, {0.04, 0.04, 1.2});
        add(ShapeKind::Box, kSign, {x + 7, edge, 2.6}, {0.02, 0.35, 0.35}, random.uniform(-0.3, 0.3)
        );
        const double personX = x + random.uniform(-6, 6);
        const double personY = side * random.uniform(kParkingEdge + 0.8, kSidewalkEdge - 0.4);
        add(ShapeKind::Cylinder, kPerson, {personX, personY, 0.85}, {0.24, 0.24, 0.7});
        add(ShapeKind::Ellipsoid, kPerson, {personX, personY, 1.7}, {0.12, 0.12, 0.15});
    }
    for (double x = -70; x < 70; x += random.uniform(6, 16)) {
        addCar(random, kCar, x, side * (kRoadEdge + kParkingEdge) / 2);
    }
}

void StreetScene::addCar(Random& random, std::uint32_t rawId, double x, double y) {
    const double yaw = random.uniform(-0.04, 0.04);
    const double length = random.uniform(1.9, 2.3); // half
    const double top = random.uniform(1.4, 1.75);
    add(ShapeKind::Box, rawId, {x, y, 0.6}, {length, 0.86, 0.35}, yaw);
    add(ShapeKind::Ellipsoid, rawId, {x, y, 0.9}, {length * 0.75, 0.78, top - 0.9}, yaw);
    for (const double front : {-0.62, 0.62}) {
        const double wheelX = x + front * length * std::cos(yaw);
        const double wheelY = y + front * length * std::sin(yaw);
        add(ShapeKind::Ellipsoid, rawId, {wheelX, wheelY, 0.32}, {0.32, 0.9, 0.32}, yaw);
    }
}

/// The street's own direction drives at y < 0; the sensor's car takes x = 0 .. 12 there.
void StreetScene::addTraffic(Random& random) {
    addCar(random, kMovingCar, 24 + random.uniform(0, 8), -1.8);
    addCar(random, kMovingCar, -16 - random.uniform(0, 8), -1.8);
    addCar(random, kMovingCar, 12 + random.uniform(0, 10), 1.8);
    addCar(random, kMovingCar, -30 + random.uniform(0, 10), 1.8);
}

std::optional<Hit>
StreetScene::cast(const Vec3& origin, const Vec3& direction, double maxRange) const {
    std::optional<Hit> nearest = castGround(origin, direction);
    for (const Shape& shape : shapes_) {
        const auto hit = castShape(shape, origin, direction);
        if (hit && (!nearest || hit->range < nearest->range)) {
            nearest = hit;
        }
    }
    return nearest && nearest->range <= maxRange ? nearest : std::nullopt;
}

} // namespace siskin
