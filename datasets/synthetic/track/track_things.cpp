// SPDX-License-Identifier: MIT
#include "datasets/synthetic/track/track_things.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

constexpr double kFoot = 0.03; ///< thickness of the foot, metres

std::vector<Vec3d> ringAt(double z, double radius, int sides) {
    std::vector<Vec3d> ring;
    for (int i = 0; i < sides; ++i) {
        const double angle = 2.0 * std::numbers::pi * i / sides;
        ring.push_back({radius * std::cos(angle), radius * std::sin(angle), z});
    }
    return ring;
}

/// How bright the laser sees paint. Plausible, not measured; what matters is what is reported of
/// real cones: blue is dark with a bright stripe, yellow bright with a dark one.
struct Paint {
    double body, stripe;
};

Paint paintOf(ConeKind kind) {
    return kind == ConeKind::Blue     ? Paint{0.20, 0.62}
           : kind == ConeKind::Yellow ? Paint{0.52, 0.10}
                                      : Paint{0.42, 0.68};
}

Material painted(double remission, double speckle = 0.06) {
    const double kept = std::clamp(remission, 0.02, 0.95);
    return {static_cast<float>(kept), static_cast<float>(speckle), 0.0F, 0.02F, 0.0F};
}

/// Where stripes begin and end, as shares of the height.
std::vector<std::array<double, 2>> stripesOf(ConeKind kind) {
    if (kind == ConeKind::BigOrange) {
        return {{0.34, 0.52}, {0.64, 0.80}};
    }
    return {{0.42, 0.70}};
}

Material anyPaint(Random& random) {
    const double remission = random.uniform(0.04, 0.9);
    return painted(remission, random.uniform(0.03, 0.12));
}

void addDrum(Mesh& mesh, const Brush& brush, Random& random) {
    const double low = random.uniform(0.05, 0.2);
    const double high = low * random.uniform(0.7, 1.35); // buckets are wider at the top
    const double height = random.uniform(0.15, 0.6);
    addTube(mesh, brush(anyPaint(random)), {0, 0, 0}, {0, 0, height}, low, high, 10);
}

void addCarton(Mesh& mesh, const Brush& brush, Random& random) {
    const Vec3d half{
        random.uniform(0.06, 0.25), random.uniform(0.06, 0.25), random.uniform(0.07, 0.3)};
    addBox(mesh, brush(anyPaint(random)), {0, 0, half.z}, half);
}

/// Three bands of two paints: the pattern of a cone on a post.
void addStripedPost(Mesh& mesh, const Brush& brush, Random& random) {
    const double radius = random.uniform(0.03, 0.09);
    const double band = random.uniform(0.1, 0.22);
    const MeshTag paint = brush(anyPaint(random));
    const MeshTag stripe = brush(anyPaint(random));
    for (int i = 0; i < 3; ++i) {
        addTube(
            mesh,
            i == 1 ? stripe : paint,
            {0, 0, band * i},
            {0, 0, band * (i + 1)},
            radius,
            radius,
            8
        );
    }
}

void addBall(Mesh& mesh, const Brush& brush, Random& random) {
    const double radius = random.uniform(0.08, 0.2);
    addEllipsoid(mesh, brush(anyPaint(random)), {0, 0, radius}, {radius, radius, radius});
}

void addTyres(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag tag = brush(random.chance(0.5) ? material::kTyre : anyPaint(random));
    const double tube = random.uniform(0.07, 0.1);
    const int stacked = random.integer(1, 3);
    for (int i = 0; i < stacked; ++i) {
        addTorus(mesh, tag, {0, 0, tube * (2 * i + 1)}, {0, 0, 1}, 0.2, tube, 12, 6);
    }
}

void addTuft(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag tag = brush.as(StreetKind::Vegetation)({0.3F, 0.1F, 0.02F, 0.05F, 0.3F});
    const int blades = random.integer(5, 12);
    const double height = random.uniform(0.15, 0.45);
    for (int i = 0; i < blades; ++i) {
        const double x = 0.08 * random.gaussian();
        const double y = 0.08 * random.gaussian();
        const double lean = 0.1 * random.gaussian();
        addTube(mesh, tag, {x, y, 0}, {x + lean, y, height}, 0.02, 0.005, 4);
    }
}

/// Extinguishers, canisters, lamps.
void addCanister(Mesh& mesh, const Brush& brush, Random& random) {
    const double radius = random.uniform(0.07, 0.12);
    const double height = random.uniform(0.25, 0.5);
    const MeshTag tag = brush(anyPaint(random));
    addTube(mesh, tag, {0, 0, 0}, {0, 0, height}, radius, radius, 9);
    addTube(mesh, brush(anyPaint(random)), {0, 0, height}, {0, 0, height + 0.1}, 0.03, 0.03, 6);
}

} // namespace

void addRaceCone(Mesh& mesh, const Brush& brush, Random& random, ConeKind kind) {
    constexpr int kSides = 12;
    const auto [width, height] = sizeOf(kind);
    const Paint paint = paintOf(kind);
    const double dirt = random.uniform(0.8, 1.15);
    const MeshTag body = brush(painted(dirt * paint.body * random.uniform(0.9, 1.1)));
    const MeshTag stripe = brush(painted(dirt * paint.stripe * random.uniform(0.88, 1.12)));
    addBox(mesh, body, {0, 0, kFoot / 2}, {width / 2.0, width / 2.0, kFoot / 2});
    const auto radiusAt = [&](double share) {
        return (0.4 - 0.31 * share) * static_cast<double>(width);
    };
    std::vector<double> shares{kFoot / height};
    std::vector<MeshTag> tags;
    for (const auto& [begin, end] : stripesOf(kind)) {
        shares.insert(shares.end(), {begin, end});
        tags.insert(tags.end(), {body, stripe});
    }
    shares.push_back(1.0);
    tags.push_back(body);
    std::vector<std::vector<Vec3d>> sections;
    for (const double share : shares) {
        sections.push_back(ringAt(share * height, radiusAt(share), kSides));
    }
    addLoft(
        mesh, sections, [&tags](std::size_t band, std::size_t) { return tags[band]; }, body
    );
}

void addSmallThing(Mesh& mesh, const Brush& brush, Random& random) {
    using Maker = void (*)(Mesh&, const Brush&, Random&);
    constexpr std::array<Maker, 7> kMakers = {
        addDrum, addCarton, addStripedPost, addBall, addTyres, addTuft, addCanister};
    kMakers[random.below(kMakers.size())](mesh, brush, random);
}

} // namespace siskin
