// SPDX-License-Identifier: MIT
// Guitars, knives, pistols, skateboards and motorbikes. Sizes in metres.
#include "datasets/synthetic/shapes/shape_models.hpp"
#include "datasets/synthetic/shapes/shape_parts.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

constexpr double kPi = std::numbers::pi;

/// Half of a guitar's body, from the end pin up: half width at heights 0 .. 1.
double guitarWidth(double t, double waist) {
    const double lower = std::sqrt(std::max(0.0, 1 - std::pow((t - 0.3) / 0.32, 2)));
    const double upper = 0.75 * std::sqrt(std::max(0.0, 1 - std::pow((t - 0.76) / 0.25, 2)));
    const double middle = t > 0.3 && t < 0.78 ? waist : 0.0;
    return std::max({lower, upper, middle});
}

/// A prism over an outline in (z, y), thin along x: seen from the front.
void addFacing(
    Mesh& mesh, MeshTag tag, const std::vector<Vec2d>& outline, double back, double front
) {
    // Outline (a, b), depth h -> (h, b, -a).
    addPrism(mesh, tag, outline, back, front, {{0, 0, 1, 0, 1, 0, -1, 0, 0}, {}});
}

/// Axles with their wheels below a skateboard of half width `width`.
void addTrucks(Mesh& mesh, double axle, double width, double wheel) {
    onBothSides([&](double end) {
        const double x = end * axle;
        addBox(mesh, kSkateboardWheel, {x, -wheel * 0.5, 0}, {0.03, wheel * 0.5, width * 0.3});
        addTube(
            mesh,
            kSkateboardWheel,
            {x, -wheel, -width * 0.8},
            {x, -wheel, width * 0.8},
            0.006,
            0.006
        );
        onBothSides([&](double side) {
            const double z = side * width * 0.8;
            addTube(
                mesh,
                kSkateboardWheel,
                {x, -wheel, z - 0.016},
                {x, -wheel, z + 0.016},
                wheel,
                wheel,
                16
            );
        });
    });
}

void addSpokedWheels(Mesh& mesh, double base, double wheel, double tyre) {
    onBothSides([&](double end) {
        addTorus(
            mesh, kMotorbikeWheel, {end * base, wheel, 0}, {0, 0, 1}, wheel - tyre, tyre, 24, 8
        );
        addTube(
            mesh,
            kMotorbikeWheel,
            {end * base, wheel, -0.05},
            {end * base, wheel, 0.05},
            0.07,
            0.07,
            12
        );
        for (int i = 0; i < 3; ++i) {
            const double angle = kPi * i / 3;
            const Vec3d spoke{
                (wheel - tyre) * std::cos(angle), (wheel - tyre) * std::sin(angle), 0};
            const Vec3d hub{end * base, wheel, 0};
            addTube(mesh, kMotorbikeWheel, hub - spoke, hub + spoke, 0.012, 0.012, 6);
        }
    });
}

} // namespace

Mesh makeGuitar(Random& random) {
    Mesh mesh;
    const double body = random.uniform(0.36, 0.5);
    const double half = body * random.uniform(0.34, 0.44);
    const bool electric = random.chance(0.5);
    const double thick = electric ? random.uniform(0.03, 0.05) : random.uniform(0.08, 0.12);
    const double waist = random.uniform(0.5, 0.72);
    std::vector<Vec2d> outline;
    constexpr int kSteps = 28;
    for (int i = 0; i <= kSteps; ++i) { // up one side
        const double t = i / static_cast<double>(kSteps);
        outline.push_back({std::max(0.12, guitarWidth(t, waist)) * half, t * body});
    }
    const double horn = electric ? random.uniform(0.0, 0.25) : 0.0;
    for (int i = kSteps; i >= 0; --i) {
        const double t = i / static_cast<double>(kSteps);
        const double width = std::max(0.12, guitarWidth(t, waist) * (1 + horn * t));
        outline.push_back({-width * half, t * body});
    }
    addFacing(mesh, kGuitarBody, outline, -thick, 0.0);
    const double neck = random.uniform(0.3, 0.45);
    const double slim = random.uniform(0.022, 0.03);
    addBlock(mesh, kGuitarNeck, {-0.018, body * 0.75, -slim}, {0.008, body + neck, slim});
    const double head = random.uniform(0.12, 0.18);
    const double flare = slim * random.uniform(1.1, 1.8);
    const double from = body + neck;
    addFacing(
        mesh,
        kGuitarHead,
        {{slim, from},
         {flare, from + head * 0.3},
         {flare * random.uniform(0.7, 1.1), from + head},
         {-flare, from + head * 0.95},
         {-flare, from + head * 0.3},
         {-slim, from}},
        -0.018,
        0.0
    );
    for (int i = 0; i < 3; ++i) {
        const double y = from + head * (0.3 + 0.25 * i);
        addTube(
            mesh,
            kGuitarHead,
            {-0.009, y, -flare - 0.02},
            {-0.009, y, flare + 0.02},
            0.004,
            0.004,
            6
        );
    }
    return mesh;
}

Mesh makeKnife(Random& random) {
    Mesh mesh;
    const double blade = random.uniform(0.1, 0.25);
    const double handle = blade * random.uniform(0.45, 1.0);
    const double wide = blade * random.uniform(0.08, 0.22);
    const double tip = random.uniform(0.0, 1.0); // where between edge and back the point is
    const double thin = random.uniform(0.0008, 0.002);
    std::vector<Vec2d> outline{{0, -wide / 2}};
    for (int i = 0; i <= 8; ++i) {
        const double t = i / 8.0;
        const double x = blade * (0.6 + 0.4 * t);
        outline.push_back({x, -wide / 2 + wide * tip * t * t});
    }
    outline.push_back({blade * random.uniform(0.6, 0.85), wide / 2});
    outline.push_back({0, wide / 2});
    if (tip > 0.98) {
        outline.erase(outline.end() - 2);
    }
    addPrism(mesh, kKnifeBlade, outline, -thin, thin);
    const double grip = random.uniform(0.007, 0.012);
    const double fat = std::clamp(wide * random.uniform(0.3, 0.5), grip, 2.0 * grip);
    Mesh bar;
    addPrism(bar, kKnifeHandle, roundedRectangle(handle / 2, fat, fat * 0.8), -grip, grip);
    append(mesh, bar, Rigid::at({-handle / 2, 0, 0}, random.uniform(-0.1, 0.1)));
    if (random.chance(0.3)) {
        addBox(mesh, kKnifeHandle, {0, 0, 0}, {0.004, wide * 0.8, grip * 1.3});
    }
    return mesh;
}

Mesh makePistol(Random& random) {
    Mesh mesh;
    const double length = random.uniform(0.16, 0.26);
    const double half = random.uniform(0.011, 0.016);
    const bool revolver = random.chance(0.3);
    const double tall = random.uniform(0.012, 0.02);
    if (revolver) {
        addTube(mesh, kPistolBarrel, {0, 0, 0}, {length * 0.65, 0, 0}, half * 0.7, half * 0.65, 14);
        addTube(
            mesh,
            kPistolBarrel,
            {-length * 0.15, -half * 0.3, 0},
            {length * 0.1, -half * 0.3, 0},
            half * 1.6,
            half * 1.6,
            12
        );
        addBox(
            mesh, kPistolBarrel, {-length * 0.1, -half * 0.3, 0}, {length * 0.18, tall, half * 0.6}
        );
    } else {
        addBox(mesh, kPistolBarrel, {length * 0.2, 0, 0}, {length / 2, tall, half});
        addTube(
            mesh,
            kPistolBarrel,
            {length * 0.6, 0, 0},
            {length * 0.75, 0, 0},
            half * 0.6,
            half * 0.6,
            12
        );
    }
    const double grip = random.uniform(0.09, 0.13);
    const double wide = random.uniform(0.018, 0.026);
    const double lean = random.uniform(0.1, 0.45);
    const double back = revolver ? -length * 0.25 : -length * 0.2;
    Mesh stock;
    addBox(stock, kPistolGrip, {0, -grip / 2, 0}, {wide, grip / 2, half * 1.1});
    append(mesh, stock, Rigid::at({back, -tall * 0.5, 0}, -lean));
    const double guard = random.uniform(0.014, 0.022);
    const Vec3d middle{back + wide + guard * 1.2, -tall, 0};
    addBar(mesh, kPistolTrigger, arcXY(middle, guard * 1.2, guard * 1.6, -kPi, 0, 10), 0.0025, 6);
    addBar(
        mesh,
        kPistolTrigger,
        {middle, middle + Vec3d{0.003, -guard * 0.7, 0}, middle + Vec3d{0.008, -guard * 1.1, 0}},
        0.0025,
        6
    );
    return mesh;
}

Mesh makeSkateboard(Random& random) {
    Mesh mesh;
    const double half = random.uniform(0.35, 0.5);
    const double width = half * random.uniform(0.2, 0.3);
    const double kick = random.uniform(0.0, 0.09);
    const double bend = half * random.uniform(0.6, 0.78);
    const double thick = random.uniform(0.008, 0.015);
    const double pointed = random.uniform(0.6, 1.0);
    std::vector<std::vector<Vec3d>> sections; // along x: rectangles, right-handed about +x
    constexpr int kSteps = 24;
    for (int i = 0; i <= kSteps; ++i) {
        const double x = half * (2.0 * i / kSteps - 1);
        const double over = std::max(0.0, std::abs(x) - bend) / (half - bend);
        const double z = width * std::max(0.15, std::sqrt(1 - pointed * over * over));
        const double y = kick * over * over;
        sections.push_back({{x, y, z}, {x, y, -z}, {x, y + thick, -z}, {x, y + thick, z}});
    }
    addLoft(
        mesh, sections, [](std::size_t, std::size_t) { return kSkateboardDeck; }, kSkateboardDeck
    );
    if (random.chance(0.15)) { // some of the real ones are just a deck
        return mesh;
    }
    const double axle = bend * random.uniform(0.75, 0.95);
    addTrucks(mesh, axle, width, random.uniform(0.022, 0.035));
    if (random.chance(0.2)) {
        onBothSides([&](double end) {
            std::vector<Vec3d> line;
            for (int i = 0; i <= 8; ++i) {
                const double angle = kPi * i / 8;
                line.push_back(
                    {end * axle * 0.8,
                     thick + 0.07 * std::sin(angle),
                     width * 0.85 * std::cos(angle)}
                );
            }
            addBar(mesh, kSkateboardStrap, line, 0.012, 6);
        });
    }
    return mesh;
}

Mesh makeMotorbike(Random& random) {
    Mesh mesh;
    const double base = random.uniform(0.62, 0.78); // half the wheelbase
    const double wheel = random.uniform(0.28, 0.35);
    const double tyre = random.uniform(0.045, 0.08);
    addSpokedWheels(mesh, base, wheel, tyre);
    const double seat = random.uniform(0.72, 0.86);
    const double neck = seat + random.uniform(0.05, 0.2);
    const Vec3d head{base * random.uniform(0.45, 0.62), neck, 0};
    onBothSides([&](double side) { // fork, swing arm
        const double z = side * (tyre + 0.03);
        addTube(mesh, kMotorbikeFrame, {base, wheel, z}, {head.x, head.y, z * 0.8}, 0.022, 0.022);
        addTube(mesh, kMotorbikeFrame, {-base, wheel, z}, {-0.1, wheel * 1.1, z}, 0.025, 0.03);
        addTube(mesh, kMotorbikeFrame, {-0.1, wheel * 1.1, z}, {-0.35, seat - 0.05, z}, 0.02, 0.02);
    });
    addBox(mesh, kMotorbikeFrame, {0.08, wheel * 1.25, 0}, {0.22, wheel * 0.5, 0.12});
    addBar(
        mesh,
        kMotorbikeFrame,
        {{0.2, wheel, 0.14}, {-0.2, wheel * 0.7, 0.16}, {-base - 0.1, wheel * 0.9, 0.16}},
        0.035
    );
    addBox(mesh, kMotorbikeFrame, {-base * 0.85, seat - 0.02, 0}, {0.18, 0.02, 0.07});
    addEllipsoid(
        mesh,
        kMotorbikeTank,
        {head.x - 0.26, seat + 0.03, 0},
        {random.uniform(0.2, 0.27), random.uniform(0.09, 0.13), random.uniform(0.11, 0.16)},
        10,
        16
    );
    Mesh saddle;
    addSlab(
        saddle, kMotorbikeSeat, roundedRectangle(random.uniform(0.2, 0.32), 0.12, 0.08), -0.05, 0.04
    );
    append(mesh, saddle, Rigid::at({-0.33, seat, 0}, random.uniform(-0.12, 0.1)));
    const double bar = random.uniform(0.3, 0.42);
    const double rise = random.uniform(0.02, 0.2);
    addBar(
        mesh,
        kMotorbikeHandlebar,
        {{head.x - 0.12, neck + rise, -bar},
         {head.x - 0.04, neck + rise, -bar * 0.5},
         {head.x, neck + 0.01, 0},
         {head.x - 0.04, neck + rise, bar * 0.5},
         {head.x - 0.12, neck + rise, bar}},
        0.016
    );
    if (random.chance(0.85)) {
        addEllipsoid(
            mesh, kMotorbikeLight, {head.x + 0.1, neck - 0.05, 0}, {0.07, 0.08, 0.08}, 8, 12
        );
    }
    return mesh;
}

} // namespace siskin
