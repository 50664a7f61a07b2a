// SPDX-License-Identifier: MIT
// Chairs, armchairs and sofas. Sizes in metres.
#include "datasets/synthetic/shapes/shape_models.hpp"
#include "datasets/synthetic/shapes/shape_parts.hpp"
#include "datasets/synthetic/shapes/supports.hpp"

namespace siskin {

namespace {

struct Chair {
    double depth, width, seat, thick; ///< half depth (x), half width (z), height of the seat's top
};

/// Two frames of bent tube, one per side, that slide on the floor.
void addSled(Mesh& mesh, MeshTag tag, const Chair& chair, Random& random) {
    const double radius = random.uniform(0.012, 0.02);
    const bool cantilever = random.chance(0.5);
    const double top = chair.seat - chair.thick;
    onBothSides([&](double side) {
        const double z = side * (chair.width - radius);
        std::vector<Vec3d> line{
            {chair.depth * 0.9, top, z}, {chair.depth, radius, z}, {-chair.depth, radius, z}};
        if (!cantilever) {
            line.push_back({-chair.depth * 0.9, top, z});
        }
        addBar(mesh, tag, line, radius);
    });
    addTube(
        mesh,
        tag,
        {-chair.depth, radius, -chair.width},
        {-chair.depth, radius, chair.width},
        radius,
        radius
    );
}

void addChairBack(Mesh& mesh, const Chair& chair, double height, Random& random) {
    Mesh back; // upright in the plane x = 0, from y = 0; leaned and moved below
    const double half = chair.width * random.uniform(0.85, 1.0);
    const double thick = random.uniform(0.012, 0.05);
    const double post = random.uniform(0.012, 0.028);
    const int style = random.integer(0, 4);
    const double bow = random.uniform(0.0, 0.08);
    if (style <= 1) { // a panel, flat or hollowed; style 1 stands clear of the seat
        const double low = style == 0 ? 0.0 : height * random.uniform(0.2, 0.4);
        const int steps = 10;
        std::vector<Vec2d> outline; // seen from above: (x, -z)
        for (int i = 0; i <= steps; ++i) {
            const double z = -half + 2 * half * i / steps;
            outline.push_back({thick / 2 - bow * (1.0 - z * z / (half * half)), z});
        }
        for (int i = steps; i >= 0; --i) {
            outline.push_back(
                {outline[static_cast<std::size_t>(i)].x - thick,
                 outline[static_cast<std::size_t>(i)].y}
            );
        }
        addSlab(back, kChairBack, outline, low, height);
    }
    if (style >= 1) {
        onBothSides([&](double side) {
            const double z = side * (half - post);
            addTube(back, kChairBack, {0, 0, z}, {0, height, z}, post, post, 8);
        });
    }
    if (style == 2 || style == 4) { // upright slats below a rail
        addBox(back, kChairBack, {0, height - 0.04, 0}, {post, 0.04, half});
        const int slats = random.integer(2, 7);
        for (int i = 1; i <= slats; ++i) {
            const double z = -half + 2 * half * i / (slats + 1);
            addBox(back, kChairBack, {0, height / 2, z}, {0.008, height / 2, 0.012});
        }
    }
    if (style == 3) { // a ladder
        const int rungs = random.integer(2, 5);
        for (int i = 1; i <= rungs; ++i) {
            const double y = height * i / rungs - 0.03;
            addBox(back, kChairBack, {0, y, 0}, {0.01, 0.03, half});
        }
    }
    const double lean = random.uniform(0.0, 0.28);
    append(mesh, back, Rigid::at({-chair.depth + thick / 2, chair.seat, 0}, lean));
}

void addArms(Mesh& mesh, const Chair& chair, Random& random) {
    const double height = random.uniform(0.16, 0.26);
    const double radius = random.uniform(0.015, 0.03);
    const double y = chair.seat + height;
    const double reach = chair.depth * random.uniform(0.5, 1.0);
    const bool solid = random.chance(0.25);
    const bool loop = random.chance(0.4);
    onBothSides([&](double side) {
        const double z = side * (chair.width + radius);
        if (solid) {
            addBox(
                mesh,
                kChairArm,
                {0, (chair.seat * 0.4 + y) / 2, side * (chair.width + 0.045)},
                {chair.depth, (y - chair.seat * 0.4) / 2, 0.045}
            );
        } else if (loop) {
            addBar(
                mesh,
                kChairArm,
                {{-chair.depth, y, z},
                 {reach - 0.05, y, z},
                 {reach, y - 0.06, z},
                 {reach, chair.seat - chair.thick / 2, z}},
                radius
            );
        } else {
            addBox(
                mesh,
                kChairArm,
                {(reach - chair.depth) / 2, y, z},
                {(reach + chair.depth) / 2, radius * 0.6, radius * 1.5}
            );
            const double at = random.uniform(0.3, 0.9) * reach;
            addTube(mesh, kChairArm, {at, chair.seat - 0.02, z}, {at, y, z}, radius, radius, 8);
        }
    });
}

/// Short blocks, or a plinth, under something heavy.
void addFeet(Mesh& mesh, MeshTag tag, double halfX, double halfZ, double height) {
    onBothSides([&](double x) {
        onBothSides([&](double z) {
            addBox(
                mesh,
                tag,
                {x * (halfX - 0.05), height / 2, z * (halfZ - 0.05)},
                {0.03, height / 2, 0.03}
            );
        });
    });
}

} // namespace

Mesh makeSofa(Random& random) {
    Mesh mesh;
    const double depth = random.uniform(0.35, 0.5);
    const double width = random.uniform(0.3, 0.95);
    const double feet = random.uniform(0.04, 0.15);
    const double seat = random.uniform(0.36, 0.45);
    const double back = random.uniform(0.7, 1.0);
    const double arm = random.uniform(0.06, 0.13);
    const double armTop = random.uniform(0.5, 0.66);
    addFeet(mesh, kChairLeg, depth, width, feet);
    addBlock(mesh, kChairSeat, {-depth + 0.15, feet, -width}, {depth, seat, width});
    Mesh panel;
    addBlock(panel, kChairBack, {-0.18, 0, -width}, {0, back - feet, width});
    append(mesh, panel, Rigid::at({-depth + 0.17, feet, 0}, random.uniform(0.0, 0.2)));
    if (random.chance(0.85)) {
        const bool rolled = random.chance(0.4);
        onBothSides([&](double side) {
            const double z = side * (width + arm);
            addBlock(mesh, kChairArm, {-depth, feet, z - arm}, {depth, armTop, z + arm});
            if (rolled) {
                addTube(
                    mesh,
                    kChairArm,
                    {-depth, armTop, z},
                    {depth, armTop, z},
                    arm * 1.15,
                    arm * 1.15,
                    14
                );
            }
        });
    }
    return mesh;
}

Mesh makePlainChair(Random& random) {
    Mesh mesh;
    const Chair chair{
        random.uniform(0.19, 0.27),
        random.uniform(0.19, 0.30),
        random.uniform(0.40, 0.52),
        random.uniform(0.02, 0.09)};
    const double underside = chair.seat - chair.thick;
    const double round = random.chance(0.5) ? random.uniform(0.02, 0.18) : 0.0;
    addSlab(
        mesh, kChairSeat, roundedRectangle(chair.depth, chair.width, round), underside, chair.seat
    );
    addChairBack(mesh, chair, random.uniform(0.28, 0.75), random);
    if (random.chance(0.42)) {
        addArms(mesh, chair, random);
    }
    const double style = random.uniform();
    if (style < 0.65) {
        addFourLegs(mesh, kChairLeg, chair.depth, chair.width, underside, random);
    } else if (style < 0.85) {
        addPedestal(mesh, kChairLeg, random.uniform(0.22, 0.33), underside, random);
    } else {
        addSled(mesh, kChairLeg, chair, random);
    }
    return mesh;
}

Mesh makeChair(Random& random) {
    return random.chance(0.15) ? makeSofa(random) : makePlainChair(random);
}

} // namespace siskin
