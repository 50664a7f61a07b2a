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

} // namespace

void Ground::build(Mesh& mesh, SurfaceTable& surfaces, Random& random) const {
    const GroundTags tags(surfaces, random);
    const Vec2d all{0.0, line_.length() - 1.0};
    const auto level = [](double z) { return [z](double, double) { return z; }; };
    addGround(mesh, tags.road, line_, all, {-roadHalf_, roadHalf_}, 2.0, 100.0, level(0.0));
    addGround(mesh, tags.terrain, line_, all, {-kFarGround, kFarGround}, 4.0, 200.0, level(-1.6));
    if (median_ == Median::TramBed) {
        addGround(
            mesh,
            tags.other,
            line_,
            all,
            {-medianHalf_, medianHalf_},
            0.6,
            0.5,
            [&](double s, double d) { return 0.06 + 0.02 * noise(2 * s, 2 * d); }
        );
        const MeshTag rail = Brush(surfaces, StreetKind::OtherGround)(material::kMetal);
        for (const double d : {-0.72, 0.72}) {
            addGround(mesh, rail, line_, all, {d - 0.04, d + 0.04}, 2.0, 1.0, level(0.15));
        }
        for (const double d : {-medianHalf_, medianHalf_}) {
            addKerb(mesh, tags.other, line_, all, d, 0.0, 0.07);
        }
    }
    for (const auto& [begin, end] : islands_) {
        const Vec2d s{begin, std::min(end, all.y)};
        addGround(mesh, tags.other, line_, s, {-0.9, 0.9}, 1.0, 0.6, level(0.14));
        addKerb(mesh, tags.other, line_, s, -0.9, 0.0, 0.14);
        addKerb(mesh, tags.other, line_, s, 0.9, 0.0, 0.14);
        for (const double end2 : {s.x, s.y}) {
            addQuad(
                mesh,
                tags.other,
                line_.at(end2, -0.9, 0),
                line_.at(end2, 0.9, 0),
                line_.at(end2, 0.9, 0.14),
                line_.at(end2, -0.9, 0.14)
            );
        }
    }
    addMarkings(mesh, tags.marking, *this, random);
    for (const int side : {1, -1}) {
        for (const Block& block : blocks(side)) {
            const Vec2d s{std::max(0.0, block.begin), std::min(all.y, block.end)};
            if (s.y <= s.x) {
                continue;
            }
            double below = 0.0;
            for (const Strip& strip : block.strips) {
                const MeshTag tag = tags.of(strip.kind);
                addStrip(mesh, tag, line_, s, strip, side, [&](double along, double d) {
                    return stripHeight(strip, along, d);
                });
                if (std::abs(strip.low - below) > 0.005) {
                    addKerb(
                        mesh,
                        strip.low > below ? tag : tags.road,
                        line_,
                        s,
                        side * strip.from,
                        std::min(below, strip.low),
                        std::max(below, strip.low)
                    );
                }
                below = strip.high;
                for (const double end : {s.x, s.y}) { // the block's ends
                    const double d0 = side * strip.from;
                    const double d1 = side * strip.to;
                    addQuad(
                        mesh,
                        tag,
                        line_.at(end, d0, -0.2),
                        line_.at(end, d1, -0.2),
                        line_.at(end, d1, strip.high),
                        line_.at(end, d0, strip.low)
                    );
                }
            }
        }
    }
}

} // namespace siskin
