// SPDX-License-Identifier: MIT
#include "datasets/synthetic/track/track_ground.hpp"

#include <numbers>

namespace siskin {

namespace {

constexpr int kHalfSide = 80; ///< metres and cells

} // namespace

TrackGround::TrackGround(Random& random)
    : riseX_(random.uniform(-0.025, 0.025)), riseY_(random.uniform(-0.025, 0.025)),
      asphalt_(random.uniform(4.0, 22.0)) {
    for (std::size_t i = 0; i < waves_.size(); ++i) {
        const bool swell = i < 3; // the others are unevenness of a few centimetres
        const double wavelength = swell ? random.uniform(25.0, 60.0) : random.uniform(4.0, 9.0);
        const double direction = random.uniform(0.0, 2.0 * std::numbers::pi);
        const double turns = 2.0 * std::numbers::pi / wavelength;
        waves_[i] = {
            swell ? random.uniform(0.05, 0.25) : random.uniform(0.002, 0.012),
            turns * std::cos(direction),
            turns * std::sin(direction),
            random.uniform(0.0, 2.0 * std::numbers::pi)};
    }
}

double TrackGround::height(double x, double y) const {
    double z = riseX_ * x + riseY_ * y;
    for (const Wave& wave : waves_) {
        z += wave.size * std::sin(wave.alongX * x + wave.alongY * y + wave.phase);
    }
    return z;
}

Rigid TrackGround::place(const Vec2d& at, double yaw) const {
    constexpr double kStep = 0.5;
    const double c = kStep * std::cos(yaw);
    const double s = kStep * std::sin(yaw);
    const auto rise = [this, &at](double dx, double dy) {
        return (height(at.x + dx, at.y + dy) - height(at.x - dx, at.y - dy)) / (2.0 * kStep);
    };
    const double pitch = -std::atan(rise(c, s)); // positive: the nose goes down
    const double roll = std::atan(rise(-s, c));
    return Rigid::at({at.x, at.y, height(at.x, at.y)}, yaw, pitch, roll);
}

void TrackGround::build(Mesh& mesh, SurfaceTable& surfaces, const TrackLine& line, Random& random)
    const {
    const auto share = [&random](double low, double high) {
        return static_cast<float>(random.uniform(low, high));
    };
    const MeshTag asphalt =
        Brush(surfaces, StreetKind::Road)({share(0.12, 0.28), 0.06F, 0.003F, 0.02F, 0.0F});
    const MeshTag patch =
        Brush(surfaces, StreetKind::Road)({share(0.18, 0.38), 0.06F, 0.003F, 0.02F, 0.0F});
    const MeshTag grass =
        Brush(surfaces, StreetKind::Terrain)({share(0.22, 0.4), 0.09F, 0.02F, 0.04F, 0.05F});
    for (int j = -kHalfSide; j < kHalfSide; ++j) {
        for (int i = -kHalfSide; i < kHalfSide; ++i) {
            const bool paved = line.distance(i + 0.5, j + 0.5) < asphalt_;
            const MeshTag road = random.chance(0.03) ? patch : asphalt;
            const auto corner = [this](double x, double y) { return Vec3d{x, y, height(x, y)}; };
            addQuad(
                mesh,
                paved ? road : grass,
                corner(i, j),
                corner(i + 1, j),
                corner(i + 1, j + 1),
                corner(i, j + 1)
            );
        }
    }
}

} // namespace siskin
