// SPDX-License-Identifier: MIT
#include "datasets/synthetic/track/track_scan.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

LidarModel mounted(const LidarModel& model) {
    constexpr double kHeight = 0.9;
    LidarModel lidar = model;
    lidar.height = kHeight;
    lidar.intensity = IntensityScale::Hundredths;
    return lidar;
}

std::uint32_t labelOf(StreetKind kind, std::uint16_t instance, const TrackWorld& world) {
    const auto raw = [](TrackLabel label) { return static_cast<std::uint32_t>(label); };
    switch (kind) {
    case StreetKind::TrafficCone: {
        const ConeKind cone = world.cones[instance - 1U].kind;
        return (raw(TrackLabel::Blue) + static_cast<std::uint32_t>(cone)) |
               (std::uint32_t{instance} << 16U);
    }
    case StreetKind::Road:
    case StreetKind::LaneMarking:
    case StreetKind::Terrain:
        return raw(TrackLabel::Ground);
    case StreetKind::Outlier:
        return raw(TrackLabel::Unlabelled);
    default:
        return raw(TrackLabel::Other);
    }
}

std::vector<Cone> conesAround(const TrackWorld& world, const Rigid& sensor) {
    const Rigid toSensor = sensor.inverse();
    std::vector<Cone> cones;
    for (std::size_t i = 0; i < world.cones.size(); ++i) {
        const Vec3d base = toSensor(world.cones[i].base);
        if (std::hypot(base.x, base.y) <= kConeSight) {
            cones.push_back(
                {world.cones[i].kind,
                 {static_cast<float>(base.x),
                  static_cast<float>(base.y),
                  static_cast<float>(base.z)},
                 static_cast<std::uint32_t>(i + 1)}
            );
        }
    }
    std::stable_sort(cones.begin(), cones.end(), [](const Cone& a, const Cone& b) {
        return std::hypot(a.base[0], a.base[1]) < std::hypot(b.base[0], b.base[1]);
    });
    return cones;
}

} // namespace

const LidarModel& trackLidar(int beams) {
    static const LidarModel k64 = mounted(hdl64());
    static const LidarModel k32 = mounted(hdl32());
    if (beams != 64 && beams != 32) {
        throw ConfigError(fmt::format("a LiDAR of {} beams is unknown", beams), "choose 64 or 32");
    }
    return beams == 64 ? k64 : k32;
}

TrackDrive::TrackDrive(std::uint64_t seed, std::size_t frames)
    : seed_(seed), frames_(frames), world_(makeTrackWorld(seed)), caster_(world_.mesh) {}

TrackFrame TrackDrive::frame(std::size_t index, int beams) const {
    const LidarModel& lidar = trackLidar(beams);
    Random random = Random::forPart(seed_, 1000 + index);
    const double s = world_.line.length() * (static_cast<double>(index) + random.uniform()) /
                     static_cast<double>(frames_);
    const double left = random.uniform(-0.6, 0.6);
    const double yaw = 0.06 * random.gaussian();
    const double pitch = 0.01 * random.gaussian(); // brakes and dampers
    const double roll = 0.012 * random.gaussian();
    const Rigid sensor =
        world_.carAt(s, left, yaw) * Rigid::at({0, 0, lidar.height}, 0.0, pitch, roll);
    const StreetFrame scan =
        scanStreet(lidar, caster_, RayCaster(Mesh()), world_.surfaces, sensor, random.bits());
    TrackFrame frame;
    frame.positions = scan.positions;
    frame.intensity = scan.intensity;
    frame.cones = conesAround(world_, sensor);
    std::vector<std::uint32_t> points(world_.cones.size() + 1, 0);
    for (std::size_t i = 0; i < scan.size(); ++i) {
        frame.raw.push_back(labelOf(scan.kinds[i], scan.instances[i], world_));
        ++points[frame.raw.back() >> 16U];
    }
    for (Cone& cone : frame.cones) {
        cone.points = points[cone.instance];
    }
    return frame;
}

} // namespace siskin
