// SPDX-License-Identifier: MIT
#include "datasets/synthetic/rooms/room_scanner.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "datasets/synthetic/ray_caster.hpp"
#include "datasets/synthetic/shapes/surface_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace siskin {

namespace {

/// 1.5 cm between points: the hallway among S3DIS's rooms has 1.0 cm, at twice the size of file.
constexpr double kPointsPerSquareMetre = 4500.0;
constexpr double kNoise = 0.003; ///< metres, along the ray
constexpr double kGlassKept = 0.35;

double areaOf(const Mesh& mesh) {
    double area = 0.0;
    for (const auto& [a, b, c] : mesh.triangles) {
        const auto at = [&](std::uint32_t i) {
            return Vec3d{mesh.vertices[i][0], mesh.vertices[i][1], mesh.vertices[i][2]};
        };
        area += 0.5 * length(cross(at(b) - at(a), at(c) - at(a)));
    }
    return area;
}

/// Smooth noise in 0..1: random values on the corners of a grid of `cell` metres, blended.
double smoothNoise(const Vec3d& p, double cell, std::uint64_t seed) {
    const std::array<double, 3> at = {p.x / cell, p.y / cell, p.z / cell};
    std::array<std::int64_t, 3> base{};
    std::array<double, 3> part{};
    for (std::size_t i = 0; i < 3; ++i) {
        base[i] = static_cast<std::int64_t>(std::floor(at[i]));
        part[i] = at[i] - std::floor(at[i]);
        part[i] = part[i] * part[i] * (3.0 - 2.0 * part[i]);
    }
    double sum = 0.0;
    for (std::int64_t corner = 0; corner < 8; ++corner) {
        double weight = 1.0;
        std::uint64_t key = seed;
        for (std::size_t i = 0; i < 3; ++i) {
            const std::int64_t step = (corner >> i) & 1;
            weight *= step == 1 ? part[i] : 1.0 - part[i];
            key = key * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(base[i] + step);
        }
        sum += weight * Random(key).uniform();
    }
    return sum;
}

/// Darkness of the line at multiples of `step`, 0 or `depth`.
double joint(double x, double step, double depth) {
    const double off = std::abs(x / step - std::round(x / step)) * step;
    return off < 0.008 ? depth : 0.0;
}

/// Share by which a texture changes its colour at a point.
double textureFactor(Texture texture, const Vec3d& p, std::uint64_t seed, Random& random) {
    switch (texture) {
    case Texture::Carpet:
        return 0.88 + 0.16 * smoothNoise(p, 0.05, seed) + 0.06 * random.gaussian();
    case Texture::Tiles:
        return 1.0 - joint(p.x, 0.6, 0.25) - joint(p.y, 0.6, 0.25) + 0.02 * random.gaussian();
    case Texture::Wood: {
        const double grain = p.x * 31.0 + p.y * 7.0 + 11.0 * smoothNoise(p, 0.25, seed);
        return 0.95 + 0.09 * std::sin(grain * 2.2) + 0.03 * random.gaussian();
    }
    case Texture::Books: { // spines of different colour, about 3 cm wide
        const double spine = std::floor((p.x + p.y) / 0.03);
        const auto key = static_cast<std::uint64_t>(static_cast<std::int64_t>(spine));
        return 0.5 + Random(seed + key).uniform() + 0.05 * random.gaussian();
    }
    case Texture::Screen:
        return 0.95 + 0.15 * smoothNoise(p, 0.3, seed);
    case Texture::Glass:
        return 0.6 + 0.8 * smoothNoise(p, 0.4, seed);
    case Texture::Plain:
        break;
    }
    return 0.96 + 0.08 * smoothNoise(p, 0.5, seed) + 0.015 * random.gaussian();
}

/// Light that arrives: some from everywhere (more from the floor below), the rest from the lamps.
double lightAt(const RoomScene& room, const Vec3d& p, const Vec3d& normal) {
    double sum = 0.0;
    for (const Vec3d& lamp : room.lamps) {
        const Vec3d way = lamp - p;
        const double distance = length(way);
        sum += std::max(0.0, dot(normal, way) / std::max(0.1, distance)) /
               (1.0 + 0.35 * distance * distance);
    }
    const double lamps = static_cast<double>(std::max<std::size_t>(1, room.lamps.size()));
    return 0.62 + 0.2 * std::max(0.0, -normal.z) + 0.9 * sum / std::sqrt(lamps);
}

class Scanner {
  public:
    Scanner(const RoomScene& room, std::uint64_t seed)
        : room_(room), seed_(seed), caster_(room.mesh) {
        Random random = Random::forPart(seed, 1);
        for (std::size_t i = 0; i < room.scanners.size(); ++i) {
            exposures_.push_back(random.uniform(0.9, 1.1));
        }
    }

    /// The sample's points `first` .. `last` as far as they were seen.
    std::vector<RoomPoint>
    see(const SurfaceSample& sample, std::size_t first, std::size_t last) const {
        std::vector<std::size_t> hidden(last - first);
        for (std::size_t i = 0; i < hidden.size(); ++i) {
            hidden[i] = first + i;
        }
        std::vector<std::pair<std::size_t, RoomPoint>> seen;
        for (std::size_t station = 0; station < room_.scanners.size(); ++station) {
            std::vector<std::size_t> still;
            const auto visible = visibleFrom(room_.scanners[station], sample, hidden);
            for (std::size_t i = 0; i < hidden.size(); ++i) {
                if (!visible[i]) {
                    still.push_back(hidden[i]);
                } else if (auto point = measure(sample, hidden[i], station)) {
                    seen.emplace_back(hidden[i], *point);
                }
            }
            hidden.swap(still);
        }
        std::sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) {
            return a.first < b.first;
        });
        std::vector<RoomPoint> points;
        for (const auto& [index, point] : seen) {
            points.push_back(point);
        }
        return points;
    }

  private:
    std::vector<bool> visibleFrom(
        const Vec3d& eye, const SurfaceSample& sample, const std::vector<std::size_t>& candidates
    ) const {
        std::vector<Ray> rays;
        for (const std::size_t index : candidates) {
            const Vec3d way = normalized(sample.positions[index] - eye);
            rays.push_back(
                {{static_cast<float>(eye.x), static_cast<float>(eye.y), static_cast<float>(eye.z)},
                 {static_cast<float>(way.x), static_cast<float>(way.y), static_cast<float>(way.z)}}
            );
        }
        const auto hits = caster_.cast(rays);
        std::vector<bool> visible(candidates.size());
        for (std::size_t i = 0; i < hits.size(); ++i) {
            const double distance = length(sample.positions[candidates[i]] - eye);
            constexpr double kGrazing = 0.06;
            constexpr double kSlack = 0.004;
            const bool glass = room_.surfaces[hits[i].tag].texture == Texture::Glass;
            const bool first = static_cast<double>(hits[i].range) > distance - kSlack;
            visible[i] = first && (glass || hits[i].cosIncidence > kGrazing);
        }
        return visible;
    }

    std::optional<RoomPoint>
    measure(const SurfaceSample& sample, std::size_t index, std::size_t station) const {
        Random random = Random::forPart(seed_ + 2, index);
        const RoomSurface& surface = room_.surfaces[sample.tags[index]];
        if (surface.texture == Texture::Glass && !random.chance(kGlassKept)) {
            return std::nullopt;
        }
        const Vec3d& p = sample.positions[index];
        const Vec3d way = normalized(p - room_.scanners[station]);
        const Vec3d& front = sample.normals[index];
        const Vec3d normal = dot(front, way) < 0.0 ? front : -1.0 * front;
        const double spread = surface.texture == Texture::Glass ? 4.0 * kNoise : kNoise;
        const double bright = textureFactor(surface.texture, p, seed_ + surface.object, random) *
                              lightAt(room_, p, normal) * exposures_[station];
        RoomPoint point{p + spread * random.gaussian() * way, {}, sample.tags[index]};
        for (std::size_t i = 0; i < 3; ++i) {
            const double value = surface.colour[i] * bright + 4.0 * random.gaussian();
            point.colour[i] = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
        }
        return point;
    }

    const RoomScene& room_;
    std::uint64_t seed_;
    RayCaster caster_;
    std::vector<double> exposures_; ///< one per scanner position
};

} // namespace

std::vector<RoomPoint> scanRoom(
    const RoomScene& room, std::uint64_t seed, std::size_t mostPoints, const std::stop_token& stop
) {
    const auto wanted = static_cast<std::size_t>(kPointsPerSquareMetre * areaOf(room.mesh));
    const std::size_t count = std::min(wanted, mostPoints);
    Random random = Random::forPart(seed, 0);
    const SurfaceSample sample = sampleSurface(room.mesh, count, random);
    const Scanner scanner(room, seed);
    constexpr std::size_t kChunk = 8192;
    std::vector<std::vector<RoomPoint>> chunks((count + kChunk - 1) / kChunk);
    parallelFor(
        static_cast<std::int64_t>(chunks.size()),
        1,
        [&](std::int64_t first, std::int64_t last) {
            for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last);
                 ++i) {
                throwIfStopRequested(stop);
                chunks[i] = scanner.see(sample, i * kChunk, std::min(count, (i + 1) * kChunk));
            }
        }
    );
    std::vector<RoomPoint> points;
    for (const auto& chunk : chunks) {
        points.insert(points.end(), chunk.begin(), chunk.end());
    }
    return points;
}

} // namespace siskin
