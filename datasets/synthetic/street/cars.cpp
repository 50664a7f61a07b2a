// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/vehicles.hpp"

#include <array>

namespace siskin {

namespace {

/// One cross-section of a car's body; x as a share of the length (-0.5 rear .. 0.5 front), heights
/// as shares of the car's height, width as a share of its half width.
struct Station {
    double x, belt, top, width;
};

/// Which parts of the skin between a station and the next one are glass.
enum class Band { Closed, SideGlass, TopGlass };

struct Body {
    double lengthLow, lengthHigh, heightLow, heightHigh;
    std::vector<Station> stations;
    std::vector<Band> bands; ///< one less than stations
};

Body hatchback() {
    using enum Band;
    return {
        3.6,
        4.2,
        1.42,
        1.56,
        {{-0.50, 0.40, 0.46, 0.88},
         {-0.475, 0.56, 0.64, 0.96},
         {-0.39, 0.60, 0.95, 1.0},
         {-0.10, 0.62, 1.00, 1.0},
         {0.07, 0.61, 0.96, 1.0},
         {0.25, 0.60, 0.65, 1.0},
         {0.44, 0.50, 0.54, 0.95},
         {0.50, 0.36, 0.40, 0.84}},
        {Closed, TopGlass, SideGlass, SideGlass, TopGlass, Closed, Closed}};
}

Body sedan() {
    using enum Band;
    return {
        4.3,
        4.9,
        1.38,
        1.48,
        {{-0.50, 0.42, 0.50, 0.88},
         {-0.475, 0.58, 0.66, 0.96},
         {-0.33, 0.62, 0.69, 1.0},
         {-0.17, 0.62, 0.97, 1.0},
         {-0.04, 0.62, 1.00, 1.0},
         {0.08, 0.61, 0.96, 1.0},
         {0.24, 0.60, 0.66, 1.0},
         {0.44, 0.52, 0.56, 0.95},
         {0.50, 0.38, 0.42, 0.84}},
        {Closed, Closed, TopGlass, SideGlass, SideGlass, TopGlass, Closed, Closed}};
}

Body estate() {
    using enum Band;
    return {
        4.4,
        4.85,
        1.42,
        1.55,
        {{-0.50, 0.42, 0.48, 0.90},
         {-0.48, 0.58, 0.66, 0.97},
         {-0.43, 0.62, 0.92, 1.0},
         {-0.12, 0.62, 1.00, 1.0},
         {0.08, 0.61, 0.96, 1.0},
         {0.24, 0.60, 0.65, 1.0},
         {0.44, 0.50, 0.55, 0.95},
         {0.50, 0.36, 0.40, 0.84}},
        {Closed, TopGlass, SideGlass, SideGlass, TopGlass, Closed, Closed}};
}

Body suv() {
    using enum Band;
    return {
        4.3,
        4.9,
        1.62,
        1.82,
        {{-0.50, 0.40, 0.50, 0.92},
         {-0.48, 0.58, 0.68, 0.98},
         {-0.42, 0.60, 0.94, 1.0},
         {-0.10, 0.61, 1.00, 1.0},
         {0.08, 0.61, 0.96, 1.0},
         {0.22, 0.60, 0.67, 1.0},
         {0.44, 0.54, 0.60, 0.97},
         {0.50, 0.36, 0.44, 0.88}},
        {Closed, TopGlass, SideGlass, SideGlass, TopGlass, Closed, Closed}};
}

Body van() {
    using enum Band;
    return {
        4.7,
        5.6,
        1.90,
        2.35,
        {{-0.50, 0.52, 0.97, 0.97},
         {-0.49, 0.54, 1.00, 1.0},
         {-0.05, 0.54, 1.00, 1.0},
         {0.14, 0.54, 1.00, 1.0},
         {0.26, 0.53, 0.95, 1.0},
         {0.40, 0.50, 0.56, 1.0},
         {0.47, 0.44, 0.48, 0.96},
         {0.50, 0.30, 0.36, 0.90}},
        {Closed, Closed, Closed, SideGlass, TopGlass, Closed, Closed}};
}

const std::array<Body, 5>& bodies() {
    static const std::array kBodies = {hatchback(), sedan(), estate(), suv(), van()};
    return kBodies;
}

constexpr double kSill = 0.20; ///< metres below the body

/// Right-handed about +x, from the lower right: sill, door, window, roof, window, door, sill,
/// floor.
std::vector<Vec3d> section(const Station& station, const Vec3d& size) {
    const double w = station.width * size.y;
    const double belt = station.belt * size.z;
    const double top = station.top * size.z;
    // Windows lean inwards with their height.
    const double roof = w - 0.28 * (top - belt) - 0.04;
    const double x = station.x * size.x;
    const double waist = std::min(kSill + 0.15, belt);
    return {
        {x, 0.88 * w, kSill},
        {x, w, waist},
        {x, w, belt},
        {x, roof, top},
        {x, -roof, top},
        {x, -w, belt},
        {x, -w, waist},
        {x, -0.88 * w, kSill}};
}

void addBody(
    Mesh& mesh, const Body& body, const Vec3d& size, MeshTag paint, MeshTag glass, bool panelVan
) {
    std::vector<std::vector<Vec3d>> sections;
    for (const Station& station : body.stations) {
        sections.push_back(section(station, size));
    }
    const auto tagOf = [&](std::size_t band, std::size_t side) {
        const bool isSide = side == 2 || side == 4;
        const bool isTop = side == 3;
        const Band what = body.bands[band];
        const bool sideGlass = what != Band::Closed && isSide && !panelVan;
        return sideGlass || (what == Band::TopGlass && isTop) ? glass : paint;
    };
    addLoft(mesh, sections, tagOf, paint);
}

} // namespace

Material randomPaint(Random& random) {
    const double kind = random.uniform();
    Material paint{0.0F, 0.09F, 0.0F, 0.12F, 0.0F};
    if (kind < 0.4) { // dark
        paint.remission = static_cast<float>(random.uniform(0.03, 0.12));
        paint.loss = static_cast<float>(random.uniform(0.15, 0.3));
    } else if (kind < 0.75) { // metallic and colours
        paint.remission = static_cast<float>(random.uniform(0.15, 0.38));
    } else {
        paint.remission = static_cast<float>(random.uniform(0.4, 0.6));
        paint.loss = 0.06F;
    }
    return paint;
}

void addWheel(
    Mesh& mesh,
    MeshTag tyre,
    MeshTag hub,
    const Vec3d& centre,
    double radius,
    double width,
    int sides
) {
    const Vec3d axle{0, width / 2, 0};
    addTube(mesh, tyre, centre - axle, centre + axle, radius, radius, sides);
    for (const double side : {-1.0, 1.0}) {
        const Vec3d out{0, side * (width / 2 + 0.01), 0};
        addDisc(mesh, hub, centre + out, {0, side, 0}, 0.62 * radius, 0.0, sides);
    }
}

void addCar(Mesh& mesh, const Brush& brush, Random& random) {
    const double pick = random.uniform();
    const std::size_t index = pick < 0.32   ? 0U
                              : pick < 0.55 ? 1U
                              : pick < 0.70 ? 2U
                              : pick < 0.87 ? 3U
                                            : 4U;
    const Body& body = bodies()[index];
    const bool van = index == 4;
    const Vec3d size{
        random.uniform(body.lengthLow, body.lengthHigh),
        van ? random.uniform(0.92, 1.0) : random.uniform(0.82, 0.92),
        random.uniform(body.heightLow, body.heightHigh)};
    const MeshTag paint = brush(randomPaint(random));
    const MeshTag dark = brush(material::kDarkMetal);
    const MeshTag tyre = brush(material::kTyre);
    const MeshTag hub = brush(material::kMetal);
    const MeshTag plate = brush(material::kReflector);
    addBody(mesh, body, size, paint, brush(material::kGlass), van && random.chance(0.6));
    const double radius = random.uniform(0.30, 0.34) + (size.z > 1.6 ? 0.03 : 0.0);
    for (const double side : {-1.0, 1.0}) {
        for (const double axle : {-0.30, 0.315}) {
            addWheel(mesh, tyre, hub, {axle * size.x, side * (size.y - 0.10), radius}, radius, 0.2);
        }
        addBox(
            mesh, paint, {0.19 * size.x, side * (size.y + 0.09), 0.64 * size.z}, {0.05, 0.09, 0.06}
        );
        for (const double seat : {-0.16, 0.04}) { // seen through the windows
            addBox(
                mesh, dark, {seat * size.x, side * 0.36, 0.5 * size.z}, {0.12, 0.24, 0.27 * size.z}
            );
        }
    }
    addBox(mesh, plate, {-0.503 * size.x, 0, 0.42 * size.z}, {0.01, 0.26, 0.055});
    addBox(mesh, plate, {0.503 * size.x, 0, 0.30 * size.z}, {0.01, 0.26, 0.055});
    for (const double side : {-1.0, 1.0}) {
        addBox(
            mesh, plate, {-0.492 * size.x, side * 0.74 * size.y, 0.5 * size.z}, {0.015, 0.09, 0.07}
        );
        addBox(
            mesh, plate, {0.488 * size.x, side * 0.66 * size.y, 0.40 * size.z}, {0.02, 0.12, 0.06}
        );
    }
}

} // namespace siskin
