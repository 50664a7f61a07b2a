// SPDX-License-Identifier: MIT
// Triangles of the ground: sheets along the road, kerbs between them, markings on top.
#include "datasets/synthetic/street/ground.hpp"

#include <algorithm>
#include <array>

namespace siskin {

namespace {

/// Materials differ a little from street to street.
struct GroundTags {
    MeshTag road, parking, sidewalk, other, terrain, marking;

    GroundTags(SurfaceTable& surfaces, Random& random) {
        const auto tag = [&](StreetKind kind, Material material, double vary) {
            material.remission += static_cast<float>(random.uniform(-vary, vary));
            return Brush(surfaces, kind)(material);
        };
        road = tag(StreetKind::Road, {0.22F, 0.055F, 0.0F, 0.02F, 0.0F}, 0.03);
        parking = tag(StreetKind::Parking, {0.30F, 0.045F, 0.003F, 0.02F, 0.0F}, 0.02);
        sidewalk = tag(StreetKind::Sidewalk, {0.36F, 0.05F, 0.0F, 0.02F, 0.0F}, 0.02);
        other = tag(StreetKind::OtherGround, {0.47F, 0.07F, 0.015F, 0.02F, 0.0F}, 0.03);
        terrain = tag(StreetKind::Terrain, {0.31F, 0.08F, 0.025F, 0.04F, 0.0F}, 0.03);
        marking = tag(StreetKind::LaneMarking, material::kMarking, 0.05);
    }

    MeshTag of(StreetKind kind) const {
        switch (kind) {
        case StreetKind::Parking:
            return parking;
        case StreetKind::Sidewalk:
            return sidewalk;
        case StreetKind::OtherGround:
            return other;
        case StreetKind::Terrain:
            return terrain;
        default:
            return road;
        }
    }
};

using HeightAt = std::function<double(double s, double d)>;

/// Ground between two distances (signed, d0 < d1), facing up.
void addGround(
    Mesh& mesh,
    MeshTag tag,
    const RoadLine& line,
    Vec2d s,
    Vec2d d,
    double cell,
    double cellAcross,
    const HeightAt& height
) {
    const int columns = std::max(1, static_cast<int>(std::ceil((s.y - s.x) / cell)));
    const int rows = std::max(1, static_cast<int>(std::ceil((d.y - d.x) / cellAcross)));
    addSheet(mesh, tag, columns, rows, [&](int i, int j) {
        const double along = s.x + (s.y - s.x) * i / columns;
        const double across = d.x + (d.y - d.x) * j / rows;
        return line.at(along, across, height(along, across));
    });
}

/// An upright face along the road from height `low` to `high` (kerb).
void addKerb(
    Mesh& mesh, MeshTag tag, const RoadLine& line, Vec2d s, double d, double low, double high
) {
    const int columns = std::max(1, static_cast<int>(std::ceil((s.y - s.x) / 2.0)));
    addSheet(mesh, tag, columns, 1, [&](int i, int j) {
        return line.at(s.x + (s.y - s.x) * i / columns, d, j == 0 ? low : high);
    });
}

/// Paint lies a few millimetres above the road.
void addPaint(Mesh& mesh, MeshTag tag, const RoadLine& line, Vec2d s, Vec2d d, double z = 0.006) {
    addGround(mesh, tag, line, s, d, 2.0, 100.0, [z](double, double) { return z; });
}

void addMarkings(Mesh& mesh, MeshTag paint, const Ground& ground, Random& random) {
    const RoadLine& line = ground.line();
    const double length = line.length();
    const double half = ground.roadHalf();
    const auto dashes = [&](double d, double dash, double gap) {
        for (double s = 0; s + dash < length; s += dash + gap) {
            addPaint(mesh, paint, line, {s, s + dash}, {d - 0.07, d + 0.07});
        }
    };
    if (ground.median() == Median::None) {
        dashes(0.0, 3.0, random.uniform(3, 7));
    } else if (ground.median() == Median::Islands) {
        dashes(-ground.medianHalf(), 3.0, 0.0);
        dashes(ground.medianHalf(), 3.0, 0.0);
    }
    if (half > ground.medianHalf() + 1.5 * ground.lane()) {
        dashes(half - ground.lane(), 3.0, 6.0);
        dashes(-half + ground.lane(), 3.0, 6.0);
    }
    if (random.chance(0.5)) {
        dashes(half - 0.12, 3.0, 0.0);
        dashes(-half + 0.12, 3.0, 0.0);
    }
    for (double s = random.uniform(10, 60); s + 4 < length; s += random.uniform(50, 110)) { // zebra
        for (double d = -half + 0.4; d + 0.5 < half; d += 1.0) {
            addPaint(mesh, paint, line, {s, s + 3.0}, {d, d + 0.5});
        }
    }
}

/// Rough ground needs small cells, but only near the road.
void addStrip(
    Mesh& mesh,
    MeshTag tag,
    const RoadLine& line,
    Vec2d s,
    const Strip& strip,
    int side,
    const HeightAt& height
) {
    constexpr std::array<Vec2d, 3> kCells = {{{20.0, 0.55}, {40.0, 1.5}, {1e9, 4.0}}};
    double from = strip.from;
    for (const auto& [until, cell] : kCells) {
        const double to = std::min(strip.to, std::max(from, until));
        if (to <= from) {
            continue;
        }
        const bool flat = strip.unevenness == 0.0;
        const Vec2d d = side > 0 ? Vec2d{from, to} : Vec2d{-to, -from};
        addGround(mesh, tag, line, s, d, flat ? 2.0 : cell, flat ? 50.0 : cell, height);
        from = to;
    }
}

/// Everything on top of each other, as `Ground` says.
struct GroundBuilder {
    Mesh& mesh;
    const Ground& ground;
    const GroundTags& tags;
    Vec2d all; ///< begin and end of the road

    const RoadLine& line() const { return ground.line(); }

    static HeightAt level(double z) {
        return [z](double, double) { return z; };
    }

    void addBase() const {
        const double half = ground.roadHalf();
        addGround(mesh, tags.road, line(), all, {-half, half}, 2.0, 100.0, level(0.0));
        const Vec2d wide{-kFarGround, kFarGround};
        addGround(mesh, tags.terrain, line(), all, wide, 4.0, 200.0, level(-1.6));
    }

    void addTramBed(MeshTag rail) const {
        const double half = ground.medianHalf();
        const HeightAt gravel = [&](double s, double d) {
            return 0.06 + 0.02 * ground.noise(2 * s, 2 * d);
        };
        addGround(mesh, tags.other, line(), all, {-half, half}, 0.6, 0.5, gravel);
        for (const double d : {-0.72, 0.72}) {
            addGround(mesh, rail, line(), all, {d - 0.04, d + 0.04}, 2.0, 1.0, level(0.15));
        }
        for (const double d : {-half, half}) {
            addKerb(mesh, tags.other, line(), all, d, 0.0, 0.07);
        }
    }

    void addIsland(const Ground::Island& island) const {
        constexpr double kHalf = 0.9, kTop = 0.14;
        const Vec2d s{island.begin, std::min(island.end, all.y)};
        addGround(mesh, tags.other, line(), s, {-kHalf, kHalf}, 1.0, 0.6, level(kTop));
        addKerb(mesh, tags.other, line(), s, -kHalf, 0.0, kTop);
        addKerb(mesh, tags.other, line(), s, kHalf, 0.0, kTop);
        for (const double end : {s.x, s.y}) {
            addWall(tags.other, end, {-kHalf, kHalf}, 0.0, {kTop, kTop});
        }
    }

    /// An upright face across the road, from height `foot` up to `top` at its two ends.
    void addWall(MeshTag tag, double s, Vec2d d, double foot, Vec2d top) const {
        const RoadLine& road = line();
        addQuad(
            mesh,
            tag,
            road.at(s, d.x, foot),
            road.at(s, d.y, foot),
            road.at(s, d.y, top.y),
            road.at(s, d.x, top.x)
        );
    }

    void addBlock(int side, const Block& block) const {
        const Vec2d s{std::max(0.0, block.begin), std::min(all.y, block.end)};
        if (s.y <= s.x) {
            return;
        }
        double below = 0.0;
        for (const Strip& strip : block.strips) {
            const MeshTag tag = tags.of(strip.kind);
            addStrip(mesh, tag, line(), s, strip, side, [&](double along, double d) {
                return ground.stripHeight(strip, along, d);
            });
            const double low = std::min(below, strip.low);
            const double high = std::max(below, strip.low);
            if (high - low > 0.005) {
                const MeshTag kerb = strip.low > below ? tag : tags.road;
                addKerb(mesh, kerb, line(), s, side * strip.from, low, high);
            }
            below = strip.high;
            for (const double end : {s.x, s.y}) {
                addWall(
                    tag, end, {side * strip.from, side * strip.to}, -0.2, {strip.low, strip.high}
                );
            }
        }
    }
};

} // namespace

void Ground::build(Mesh& mesh, SurfaceTable& surfaces, Random& random) const {
    const GroundTags tags(surfaces, random);
    const GroundBuilder builder{mesh, *this, tags, {0.0, line_.length() - 1.0}};
    builder.addBase();
    if (median_ == Median::TramBed) {
        builder.addTramBed(Brush(surfaces, StreetKind::OtherGround)(material::kMetal));
    }
    for (const Island& island : islands_) {
        builder.addIsland(island);
    }
    addMarkings(mesh, tags.marking, *this, random);
    for (const int side : {1, -1}) {
        for (const Block& block : blocks(side)) {
            builder.addBlock(side, block);
        }
    }
}

} // namespace siskin
