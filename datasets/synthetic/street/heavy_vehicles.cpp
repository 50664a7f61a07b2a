// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/vehicles.hpp"

#include <numbers>

namespace siskin {

namespace {

/// A body with slightly rounded front and rear: four corners per section.
void addRoundedBox(
    Mesh& mesh, MeshTag tag, const Vec3d& centre, const Vec3d& half, double rounding
) {
    std::vector<std::vector<Vec3d>> sections;
    const double r = rounding;
    for (const auto& [x, inset] : std::initializer_list<std::pair<double, double>>{
             {-half.x, r}, {-half.x + r, 0.0}, {half.x - r, 0.0}, {half.x, r}}) {
        const double w = half.y - inset;
        const double h = half.z - inset;
        const double cut = 0.5 * r;
        std::vector<Vec3d> ring;
        for (const auto& [y, z] : std::initializer_list<std::pair<double, double>>{
                 {w - cut, -h},
                 {w, -h + cut},
                 {w, h - cut},
                 {w - cut, h},
                 {-w + cut, h},
                 {-w, h - cut},
                 {-w, -h + cut},
                 {-w + cut, -h}}) {
            ring.push_back({centre.x + x, centre.y + y, centre.z + z});
        }
        sections.push_back(ring);
    }
    addLoft(
        mesh, sections, [tag](std::size_t, std::size_t) { return tag; }, tag
    );
}

struct Wheels {
    MeshTag tyre, hub;

    explicit Wheels(const Brush& brush)
        : tyre(brush(material::kTyre)), hub(brush(material::kMetal)) {}

    void axle(Mesh& mesh, double x, double halfTrack, double radius, double width) const {
        for (const double side : {-1.0, 1.0}) {
            addWheel(mesh, tyre, hub, {x, side * halfTrack, radius}, radius, width, 16);
        }
    }
};

/// Panes on both sides of a body, proud of it by a centimetre.
void addSidePanes(
    Mesh& mesh,
    MeshTag glass,
    double from,
    double to,
    double halfWidth,
    double low,
    double high,
    int panes
) {
    const double step = (to - from) / panes;
    for (int i = 0; i < panes; ++i) {
        const double x = from + (i + 0.5) * step;
        for (const double side : {-1.0, 1.0}) {
            addBox(
                mesh,
                glass,
                {x, side * (halfWidth + 0.005), (low + high) / 2},
                {0.44 * step, 0.01, (high - low) / 2}
            );
        }
    }
}

void addCab(
    Mesh& mesh, const Brush& brush, MeshTag paint, double front, double cabLength, double height
) {
    const MeshTag glass = brush(material::kWindow);
    const MeshTag plate = brush(material::kReflector);
    const double low = 0.55;
    addRoundedBox(
        mesh,
        paint,
        {front - cabLength / 2, 0, (low + height) / 2},
        {cabLength / 2, 1.2, (height - low) / 2},
        0.15
    );
    const double paneLow = 0.55 * height;
    addBox(mesh, glass, {front + 0.005, 0, 0.7 * height}, {0.01, 1.0, 0.13 * height});
    addSidePanes(
        mesh, glass, front - 0.8 * cabLength, front - 0.15, 1.2, paneLow, 0.82 * height, 1
    );
    for (const double side : {-1.0, 1.0}) {
        addBox(mesh, paint, {front - 0.1, side * 1.38, 0.68 * height}, {0.06, 0.1, 0.25}); // mirror
        addBox(mesh, plate, {front + 0.01, side * 0.9, 0.75}, {0.02, 0.15, 0.08});
    }
    addBox(mesh, brush(material::kDarkMetal), {front - 0.05, 0, 0.5}, {0.1, 1.18, 0.17});
}

void addLoad(Mesh& mesh, const Brush& brush, Random& random, double rear, double length) {
    const Vec3d middle{rear + length / 2, 0, 0};
    const double kind = random.uniform();
    const MeshTag tag = brush(randomPaint(random));
    if (kind < 0.6) { // box
        const double top = random.uniform(3.1, 3.9);
        addBox(
            mesh, tag, middle + Vec3d{0, 0, (1.0 + top) / 2}, {length / 2, 1.23, (top - 1.0) / 2}
        );
    } else if (kind < 0.75) { // tank
        addTube(mesh, tag, {rear, 0, 2.15}, {rear + length, 0, 2.15}, 1.1, 1.1, 16);
    } else if (kind < 0.9) { // tipper: an open trough
        const double top = random.uniform(1.9, 2.5);
        addBox(mesh, tag, middle + Vec3d{0, 0, 1.05}, {length / 2, 1.2, 0.08});
        for (const double side : {-1.0, 1.0}) {
            addBox(
                mesh,
                tag,
                middle + Vec3d{0, side * 1.2, (1.0 + top) / 2},
                {length / 2, 0.05, (top - 1.0) / 2}
            );
            addBox(
                mesh,
                tag,
                middle + Vec3d{side * length / 2, 0, (1.0 + top) / 2},
                {0.05, 1.2, (top - 1.0) / 2}
            );
        }
    } else { // flat bed with pallets
        addBox(mesh, tag, middle + Vec3d{0, 0, 1.1}, {length / 2, 1.22, 0.1});
        for (double x = rear + 0.8; x < rear + length - 0.6; x += 1.5) {
            const double h = random.uniform(0.3, 0.8);
            addBox(mesh, tag, {x, random.uniform(-0.4, 0.4), 1.2 + h}, {0.6, 0.7, h});
        }
    }
}

} // namespace

void addTruck(Mesh& mesh, const Brush& brush, Random& random) {
    const double length = random.uniform(6.2, 9.6);
    const double cabLength = random.uniform(1.7, 2.2);
    const double height = random.uniform(2.6, 3.1);
    const double front = length / 2;
    const MeshTag dark = brush(material::kDarkMetal);
    addCab(mesh, brush, brush(randomPaint(random)), front, cabLength, height);
    const double bed = length - cabLength - 0.35;
    addBox(mesh, dark, {-cabLength / 2, 0, 0.82}, {(length - cabLength) / 2, 0.5, 0.14});
    addLoad(mesh, brush, random, -front, bed);
    const Wheels wheels(brush);
    wheels.axle(mesh, front - 0.9, 1.05, 0.48, 0.32);
    wheels.axle(mesh, -front + 0.27 * bed, 0.98, 0.48, 0.5);
    if (length > 7.8) {
        wheels.axle(mesh, -front + 0.27 * bed + 1.3, 0.98, 0.48, 0.5);
    }
    for (const double side : {-1.0, 1.0}) {
        addBox(mesh, dark, {0.1 * length, side * 1.05, 0.7}, {0.5, 0.16, 0.22}); // tank and tools
    }
    addBox(mesh, dark, {-front + 0.1, 0, 0.55}, {0.05, 1.15, 0.07});
    addBox(mesh, brush(material::kReflector), {-front - 0.02, 0, 0.95}, {0.01, 0.25, 0.06});
}

void addBus(Mesh& mesh, const Brush& brush, Random& random) {
    const double length = random.uniform(9.5, 12.0);
    const double height = random.uniform(2.85, 3.2);
    const MeshTag paint = brush(randomPaint(random));
    const MeshTag glass = brush(material::kWindow);
    addRoundedBox(
        mesh,
        paint,
        {0, 0, 0.32 + (height - 0.32) / 2},
        {length / 2, 1.25, (height - 0.32) / 2},
        0.2
    );
    addSidePanes(mesh, glass, -0.46 * length, 0.46 * length, 1.25, 1.25, 2.35, 8);
    addBox(mesh, glass, {length / 2 + 0.005, 0, 1.75}, {0.01, 1.05, 0.65});
    addBox(mesh, glass, {-length / 2 - 0.005, 0, 1.9}, {0.01, 1.0, 0.4});
    addBox(mesh, brush(material::kDarkMetal), {-0.2 * length, 0, height + 0.1}, {1.4, 0.8, 0.12});
    const Wheels wheels(brush);
    wheels.axle(mesh, 0.28 * length, 1.12, 0.48, 0.3);
    wheels.axle(mesh, -0.24 * length, 1.12, 0.48, 0.3);
    for (const double side : {-1.0, 1.0}) {
        addBox(mesh, paint, {length / 2 + 0.2, side * 1.3, 2.1}, {0.08, 0.1, 0.22});
    }
}

void addCaravan(Mesh& mesh, const Brush& brush, Random& random) {
    const double length = random.uniform(3.8, 5.6);
    const double top = random.uniform(2.3, 2.6);
    const MeshTag shell = brush({0.5F, 0.08F, 0.0F, 0.05F, 0.0F});
    addRoundedBox(
        mesh, shell, {0, 0, 0.45 + (top - 0.45) / 2}, {length / 2, 1.08, (top - 0.45) / 2}, 0.45
    );
    addSidePanes(mesh, brush(material::kWindow), -0.35 * length, 0.3 * length, 1.08, 1.3, 1.85, 2);
    const MeshTag metal = brush(material::kMetal);
    for (const double side : {-1.0, 1.0}) {
        addTube(
            mesh, metal, {length / 2, side * 0.5, 0.5}, {length / 2 + 1.2, 0, 0.45}, 0.04, 0.04, 6
        );
    }
    addTube(mesh, metal, {length / 2 + 1.1, 0, 0.0}, {length / 2 + 1.1, 0, 0.6}, 0.04, 0.04, 6);
    const Wheels wheels(brush);
    wheels.axle(mesh, -0.05 * length, 0.98, 0.33, 0.2);
    if (length > 5.0) {
        wheels.axle(mesh, -0.05 * length - 0.75, 0.98, 0.33, 0.2);
    }
}

void addTractor(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag paint = brush({0.3F, 0.08F, 0.0F, 0.08F, 0.0F});
    const MeshTag glass = brush(material::kGlass);
    const double scale = random.uniform(0.9, 1.1);
    const double big = 0.82 * scale;
    addBox(mesh, paint, {1.0 * scale, 0, 1.2}, {0.95 * scale, 0.38, 0.32}); // bonnet
    addBox(mesh, paint, {-0.5 * scale, 0, 1.0}, {0.75 * scale, 0.45, 0.3}); // gearbox
    addBox(mesh, paint, {-0.55 * scale, 0, 2.72}, {0.8 * scale, 0.78, 0.07});
    addBox(mesh, glass, {-0.55 * scale, 0, 2.0}, {0.72 * scale, 0.7, 0.65});
    for (const double x : {-1.25, 0.15}) {
        for (const double side : {-1.0, 1.0}) {
            addTube(
                mesh,
                paint,
                {x * scale, side * 0.72, 1.3},
                {x * scale, side * 0.72, 2.7},
                0.05,
                0.05,
                6
            );
        }
    }
    addTube(
        mesh, paint, {1.5 * scale, 0.3, 1.4}, {1.5 * scale, 0.3, 2.5}, 0.05, 0.05, 6
    ); // exhaust
    const Wheels wheels(brush);
    wheels.axle(mesh, -0.75 * scale, 0.92, big, 0.46);
    wheels.axle(mesh, 1.45 * scale, 0.82, 0.52 * scale, 0.32);
    for (const double side : {-1.0, 1.0}) {
        addBox(mesh, paint, {-0.75 * scale, side * 0.92, 2 * big + 0.06}, {0.5, 0.26, 0.03});
    }
}

void addExcavator(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag paint = brush({0.42F, 0.08F, 0.0F, 0.05F, 0.0F});
    const MeshTag dark = brush(material::kDarkMetal);
    for (const double side : {-1.0, 1.0}) { // tracks
        addBox(mesh, dark, {0, side * 1.05, 0.42}, {1.35, 0.25, 0.38});
        for (const double end : {-1.35, 1.35}) {
            addTube(
                mesh,
                dark,
                {end, side * 1.05 - 0.25, 0.42},
                {end, side * 1.05 + 0.25, 0.42},
                0.4,
                0.4,
                12
            );
        }
    }
    Mesh upper;
    addBox(upper, paint, {-0.5, 0, 1.45}, {1.35, 1.2, 0.5});
    addBox(upper, brush(material::kWindow), {0.6, 0.7, 2.1}, {0.6, 0.45, 0.75});
    addBox(upper, paint, {0.6, 0.7, 2.88}, {0.65, 0.5, 0.05});
    const double lift = random.uniform(3.4, 4.3);
    const Vec3d elbow{random.uniform(2.6, 3.4), -0.2, lift};
    const Vec3d wrist{elbow.x + random.uniform(0.6, 1.8), -0.2, random.uniform(0.9, 2.0)};
    addTube(upper, paint, {0.6, -0.2, 1.5}, elbow, 0.24, 0.2, 4);
    addTube(upper, paint, elbow, wrist, 0.2, 0.13, 4);
    addTube(upper, dark, {0.9, -0.2, 1.7}, {0.5 * elbow.x + 0.4, -0.2, 0.62 * lift}, 0.08, 0.08, 6);
    addBox(upper, dark, {wrist.x - 0.2, -0.2, wrist.z - 0.35}, {0.35, 0.45, 0.4});
    append(mesh, upper, Rigid::at({}, random.uniform(0, 2 * std::numbers::pi)));
}

} // namespace siskin
