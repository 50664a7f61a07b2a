// SPDX-License-Identifier: MIT
// Airplanes, cars and rockets. Sizes in metres, noses towards +x (a rocket's towards +y).
#include "datasets/synthetic/shapes/shape_models.hpp"
#include "datasets/synthetic/shapes/shape_parts.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

constexpr double kPi = std::numbers::pi;

/// A thin surface that sticks out of a body: root chord at `root`, tip chord `span` away.
struct Fin {
    Vec3d root;        ///< middle of the leading edge at the body
    Vec3d span;        ///< to the leading edge at the tip, sweep included
    double chord, tip; ///< lengths along -x at root and tip
    double thick;      ///< share of the chord
};

/// A wing with a lens-shaped section; thin across `side`.
void addFin(Mesh& mesh, MeshTag tag, const Fin& fin, const Vec3d& side) {
    const auto section = [&](const Vec3d& lead, double chord) {
        const Vec3d bulge = 0.5 * fin.thick * chord * side;
        const Vec3d thickest = lead - Vec3d{0.35 * chord, 0, 0};
        return std::vector<Vec3d>{
            lead, thickest + bulge, lead - Vec3d{chord, 0, 0}, thickest - bulge};
    };
    auto root = section(fin.root, fin.chord);
    auto tip = section(fin.root + fin.span, fin.tip);
    // Right-handed about the span, whichever way it points.
    if (dot(cross(root[1] - root[0], root[2] - root[0]), fin.span) < 0) {
        std::reverse(root.begin(), root.end());
        std::reverse(tip.begin(), tip.end());
    }
    addLoft(
        mesh, {root, tip}, [tag](std::size_t, std::size_t) { return tag; }, tag
    );
}

void addFuselage(Mesh& mesh, double length, double radius, Random& random) {
    const double nose = random.uniform(0.06, 0.22);
    const double tail = random.uniform(0.2, 0.4);
    const double end = random.uniform(0.1, 0.4);
    std::vector<ProfilePoint> profile;
    for (int i = 0; i <= 4; ++i) { // the tail gets wider towards the front
        const double t = i / 4.0;
        profile.push_back({radius * (end + (1 - end) * std::sin(t * kPi / 2)), length * tail * t});
    }
    for (int i = 0; i <= 6; ++i) {
        const double t = i / 6.0;
        const double round = std::sqrt(std::max(0.0, 1 - t * t));
        profile.push_back({std::max(0.02, round) * radius, length * (1 - nose + nose * t)});
    }
    addLathe(mesh, kAirplaneBody, {-length / 2, 0, 0}, {1, 0, 0}, profile, 20);
}

/// A nacelle open at the front.
void addNacelle(Mesh& mesh, const Vec3d& front, double length, double radius) {
    addLathe(
        mesh,
        kAirplaneEngine,
        front - Vec3d{length, 0, 0},
        {1, 0, 0},
        {{radius * 0.55, 0},
         {radius, length * 0.4},
         {radius * 0.95, length},
         {radius * 0.8, length},
         {radius * 0.7, length * 0.7}},
        14
    );
}

void addPropeller(Mesh& mesh, const Vec3d& hub, double radius, int blades) {
    addLathe(
        mesh,
        kAirplaneEngine,
        hub,
        {1, 0, 0},
        {{radius * 0.16, -0.1 * radius},
         {radius * 0.14, 0.1 * radius},
         {0.01 * radius, 0.3 * radius}},
        10
    );
    for (int i = 0; i < blades; ++i) {
        const double angle = 2 * kPi * i / blades + 0.4;
        const Rigid turn = Rigid::at(hub, 0, 0, angle);
        addBox(
            mesh,
            kAirplaneEngine,
            {0, radius / 2, 0},
            {0.02 * radius, radius / 2, 0.07 * radius},
            turn
        );
    }
}

void addTail(Mesh& mesh, double length, double radius, double size, Random& random) {
    const double chord = size * random.uniform(0.8, 1.2);
    const double back = -length / 2 + chord + length * 0.01;
    const double sweep = random.uniform(0.2, 0.9);
    const double height = size * random.uniform(0.9, 1.5);
    const Fin fin{
        {back, radius * 0.3, 0},
        {-sweep * height, height, 0},
        chord,
        chord * random.uniform(0.35, 0.7),
        0.10};
    addFin(mesh, kAirplaneTail, fin, {0, 0, 1});
    const bool high = random.chance(0.2); // a T tail
    const double y = high ? radius * 0.3 + height * 0.92 : radius * random.uniform(0.1, 0.4);
    const double shift = high ? -sweep * height : 0.0;
    const double span = size * random.uniform(1.0, 1.6);
    const double tip = chord * random.uniform(0.35, 0.7);
    onBothSides([&](double side) {
        const Fin flat{{back + shift, y, 0}, {-sweep * span, 0, side * span}, chord, tip, 0.08};
        addFin(mesh, kAirplaneTail, flat, {0, 1, 0});
    });
}

/// One cross-section of a car's body: half width at floor and roof line, heights.
struct CarSection {
    double x, low, belt, top, half, roofHalf;
};

std::vector<Vec3d> carOutline(const CarSection& s) {
    // From the floor on the right (-z) over the top to the left: right-handed about +x.
    const double shoulder = s.belt - 0.06;
    return {
        {s.x, s.low, s.half * 0.92},
        {s.x, s.low, -s.half * 0.92},
        {s.x, shoulder, -s.half},
        {s.x, s.belt, -s.half * 0.95},
        {s.x, s.top, -s.roofHalf},
        {s.x, s.top + 0.02, 0},
        {s.x, s.top, s.roofHalf},
        {s.x, s.belt, s.half * 0.95},
        {s.x, shoulder, s.half}};
}

void addWheels(Mesh& mesh, MeshTag tag, double x, double z, double radius, double width) {
    onBothSides([&](double side) {
        const double middle = side * (z - width * 0.3);
        addLathe(
            mesh,
            tag,
            {x, radius, middle - width / 2},
            {0, 0, 1},
            {{radius * 0.55, 0.02 * width},
             {radius * 0.62, 0},
             {radius, 0.08 * width},
             {radius, 0.92 * width},
             {radius * 0.62, width},
             {radius * 0.55, 0.98 * width}},
            18
        );
    });
}

} // namespace

Mesh makeAirplane(Random& random) {
    Mesh mesh;
    const int style = random.integer(0, 3); // two airliners, a fighter, a small propeller plane
    const bool liner = style <= 1;
    const double length = 1.0;
    const double radius =
        length * (liner ? random.uniform(0.045, 0.07) : random.uniform(0.05, 0.08));
    addFuselage(mesh, length, radius, random);
    const double span =
        length * (style == 2 ? random.uniform(0.25, 0.4) : random.uniform(0.4, 0.6));
    const double chord =
        length * (style == 2 ? random.uniform(0.3, 0.5) : random.uniform(0.14, 0.24));
    const double sweep =
        style == 3 ? random.uniform(0, 0.12) : random.uniform(0.35, style == 2 ? 0.9 : 0.65);
    const double tip = chord * random.uniform(style == 2 ? 0.1 : 0.25, style == 3 ? 0.95 : 0.5);
    const double y = radius * (random.chance(0.3) ? 0.8 : random.uniform(-0.8, 0.0));
    const double dihedral = random.uniform(-0.02, 0.12);
    const double lead = length * random.uniform(0.02, 0.16);
    onBothSides([&](double side) {
        const Fin wing{
            {lead, y, side * radius * 0.5},
            {-sweep * span, dihedral * span, side * span},
            chord,
            tip,
            0.11};
        addFin(mesh, kAirplaneWing, wing, {0, 1, 0});
    });
    addTail(mesh, length, radius, length * random.uniform(0.12, 0.17), random);
    const double nacelle = radius * random.uniform(0.35, 0.6);
    if (liner && random.chance(0.75)) { // below the wings, one or two on each side
        const int pairs = random.integer(1, 2);
        for (int i = 1; i <= pairs; ++i) {
            const double at = (0.18 + 0.22 * i) * span;
            onBothSides([&](double side) {
                const Vec3d front{
                    lead - sweep * at + chord * 0.2, y + dihedral * at - nacelle * 1.2, side * at};
                addNacelle(mesh, front, chord * 0.75, nacelle);
            });
        }
    } else if (liner || (style == 2 && random.chance(0.5))) { // beside the tail
        onBothSides([&](double side) {
            addNacelle(
                mesh, {-0.2 * length, radius * 0.5, side * (radius + nacelle)}, 0.17, nacelle
            );
        });
    } else if (style == 3) {
        addPropeller(mesh, {length / 2, 0, 0}, random.uniform(0.1, 0.15), random.integer(2, 4));
    }
    return mesh;
}

Mesh makeCar(Random& random) {
    Mesh mesh;
    const double length = random.uniform(3.6, 5.0);
    const double half = random.uniform(0.8, 0.98);
    const double height = random.uniform(1.25, 1.8);
    const double wheel = random.uniform(0.29, 0.38);
    const double low = wheel * random.uniform(0.5, 0.8);
    const double belt = height * random.uniform(0.55, 0.64);
    const double cabin = half * random.uniform(0.68, 0.88);
    const bool boxy = random.chance(0.35); // an estate or a van: the roof reaches the rear
    const double front = length / 2;
    const double hood = length * random.uniform(0.2, 0.30);
    const double slope = length * random.uniform(0.08, 0.16);
    const double trunk = boxy ? length * 0.02 : length * random.uniform(0.1, 0.2);
    const double nose = belt * random.uniform(0.75, 0.92);
    const double flat = belt + 0.01;
    const std::vector<CarSection> sections{
        {-front, low + 0.1, belt * 0.8, belt * 0.86, half * 0.85, half * 0.7},
        {-front + 0.12, low, belt, flat, half * 0.96, half * 0.85},
        {-front + trunk + 0.14, low, belt, flat, half, half * 0.85},
        {-front + trunk + (boxy ? 0.25 : 0.14 + slope), low, belt, height, half, cabin},
        {front - hood - slope, low, belt, height, half, cabin},
        {front - hood, low, belt, flat, half, half * 0.85},
        {front - 0.2, low, (belt + nose) / 2, (belt + nose) / 2 + 0.01, half * 0.97, half * 0.8},
        {front, low + 0.08, nose * 0.8, nose * 0.85, half * 0.85, half * 0.7}};
    std::vector<std::vector<Vec3d>> outlines;
    for (const CarSection& section : sections) {
        outlines.push_back(carOutline(section));
    }
    addLoft(
        mesh,
        outlines,
        [](std::size_t band, std::size_t side) -> MeshTag {
            const bool top = side == 4 || side == 5;
            if (top && band == 3) {
                return kCarRoof;
            }
            return top && (band == 5 || band == 6) ? kCarHood : kCarBody;
        },
        kCarBody
    );
    const double axle = length * random.uniform(0.29, 0.33);
    const double width = random.uniform(0.18, 0.26);
    addWheels(mesh, kCarWheel, axle, half, wheel, width);
    addWheels(mesh, kCarWheel, -axle, half, wheel, width);
    return mesh;
}

Mesh makeRocket(Random& random) {
    Mesh mesh;
    const double radius = random.uniform(0.04, 0.13);
    const double nose = random.uniform(0.12, 0.35);
    const bool fat = random.chance(0.35); // a comic rocket with a belly
    const double tail = fat ? radius * 0.6 : radius * random.uniform(0.8, 1.1);
    addLathe(
        mesh,
        kRocketBody,
        {0, 0, 0},
        {0, 1, 0},
        {{tail, 0},
         {fat ? radius * 1.15 : radius, 0.3},
         {fat ? radius * 1.2 : radius, 0.6},
         {radius, 1 - nose}}
    );
    std::vector<ProfilePoint> tip;
    const double sharp = random.uniform(0.5, 1.3);
    for (int i = 0; i <= 6; ++i) {
        const double t = i / 6.0;
        tip.push_back({radius * std::max(0.02, 1 - std::pow(t, 2 - sharp + 0.5)), nose * t});
    }
    addLathe(mesh, kRocketNose, {0, 1 - nose, 0}, {0, 1, 0}, tip);
    const int fins = random.integer(3, 4);
    const double reach = random.uniform(0.07, 0.18);
    const double high = random.uniform(0.12, 0.3);
    const double hang = random.uniform(-0.08, 0.1);
    for (int i = 0; i < fins; ++i) {
        const double angle = 2 * kPi * i / fins;
        Mesh fin; // in the plane x, y; thin across z
        addPrism(
            fin,
            kRocketFin,
            {{tail * 0.7, 0.02},
             {radius + reach, hang},
             {radius + reach, hang + high * 0.4},
             {tail * 0.8, high}},
            -0.008,
            0.008
        );
        // A turn about y.
        append(mesh, fin, Rigid::at({}, 0, angle));
    }
    if (random.chance(0.5)) {
        addTube(mesh, kRocketBody, {0, -0.05, 0}, {0, 0.01, 0}, tail * 0.8, tail * 0.45, 16);
    }
    return mesh;
}

} // namespace siskin
