// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/lidar.hpp"

#include "datasets/synthetic/random.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

double radians(double degrees) {
    return degrees * std::numbers::pi / 180.0;
}

/// What is known of a ray while it goes on through leaves, wire and glass.
struct OpenRay {
    Ray ray;
    Random random{0};
    double travelled = 0.0; ///< metres before the ray's present origin
    std::uint32_t ring = 0;
};

struct Echo {
    double range = 0.0; ///< 0: none
    double intensity = 0.0;
    const Surface* surface = nullptr;
    bool outlier = false;
};

/// The roof of the car under the sensor hides what lies behind its edges. Sizes fitted to the gaps
/// of KITTI's lowest rings: about half of ring 63 is missing, nothing above ring 50.
bool isHiddenByRoof(const LidarModel& model, const Vec3d& direction) {
    constexpr double kDrop = 0.55, kFront = 0.75, kRear = 2.2, kHalfWidth = 0.95;
    if (model.intensity == IntensityScale::Bytes || direction.z >= -0.05) {
        return false;
    }
    const double x = direction.x * kDrop / -direction.z;
    const double y = direction.y * kDrop / -direction.z;
    return x < kFront && x > -kRear && std::abs(y) < kHalfWidth;
}

/// What a surface answers at a range and an angle.
double answerOf(const Surface& surface, const RayHit& hit, double range, Random& random) {
    const Material& material = surface.material;
    const double facing = 1.0 - 0.22 * (1.0 - hit.cosIncidence);
    const double far = 1.0 - 0.15 * std::min(1.0, range / 80.0);
    const bool ground = surface.kind >= StreetKind::Road && surface.kind <= StreetKind::OtherGround;
    const double mean = material.remission * (ground ? 1.0 : facing * far);
    return mean + material.speckle * random.gaussian();
}

/// Whether an echo is too weak: dark, far and grazing surfaces lose most.
bool isLost(
    const LidarModel& model, const Material& material, const RayHit& hit, double range, double luck
) {
    const double reach = model.maxRange * (0.55 + 1.2 * std::min(0.5F, material.remission));
    const double far = std::pow(range / reach, 3.0);
    const double grazing = std::max(0.0, 1.0 - hit.cosIncidence / 0.03);
    return luck < material.loss + 0.5 * far + 0.5 * grazing;
}

double scaled(const LidarModel& model, double answer) {
    if (model.intensity == IntensityScale::Bytes) {
        return std::round(std::clamp(answer, 0.0, 1.0) * (answer > 0.75 ? 255.0 : 80.0));
    }
    return std::round(std::clamp(answer, 0.0, 0.99) * 100.0) / 100.0;
}

class Turn {
  public:
    Turn(const LidarModel& model, const Rigid& pose, std::uint64_t seed)
        : model_(model), pose_(pose) {
        for (std::uint32_t ring = 0; ring < model.elevations.size(); ++ring) {
            Random rays = Random::forPart(seed, ring);
            for (int step = 0; step < model.azimuthSteps; ++step) {
                open(ring, step, Random(rays.bits()));
            }
        }
        echoes_.resize(directions_.size());
    }

    /// Sends all open rays once; those that go through something stay open.
    void cast(const RayCaster& fixed, const RayCaster& moving, const SurfaceTable& surfaces) {
        std::vector<OpenRay> still;
        std::vector<std::size_t> stillIndex;
        for (std::size_t i = 0; i < open_.size(); ++i) {
            RayHit hit = fixed.cast(open_[i].ray);
            const RayHit movingHit = moving.cast(open_[i].ray, hit.range);
            if (movingHit.isHit()) {
                hit = movingHit;
            }
            if (hit.isHit() && passes(open_[i], hit, surfaces[hit.tag], index_[i])) {
                still.push_back(open_[i]);
                stillIndex.push_back(index_[i]);
            }
        }
        open_ = std::move(still);
        index_ = std::move(stillIndex);
    }

    StreetFrame frame() const {
        StreetFrame frame;
        frame.pose = pose_.matrix();
        for (std::size_t i = 0; i < echoes_.size(); ++i) {
            const Echo& echo = echoes_[i];
            if (echo.surface == nullptr) {
                continue;
            }
            const StreetKind kind = echo.outlier ? StreetKind::Outlier : echo.surface->kind;
            const Vec3d point = echo.range * directions_[i];
            frame.positions.push_back(
                {static_cast<float>(point.x),
                 static_cast<float>(point.y),
                 static_cast<float>(point.z)}
            );
            frame.intensity.push_back(static_cast<float>(echo.intensity));
            frame.ring.push_back(static_cast<std::uint8_t>(rings_[i]));
            frame.kinds.push_back(kind);
            frame.rawIds.push_back(semanticKittiId(kind, echo.surface->moving));
            frame.instances.push_back(echo.outlier ? std::uint16_t{0} : echo.surface->instance);
        }
        return frame;
    }

  private:
    void open(std::uint32_t ring, int step, Random random) {
        const double azimuth = 2.0 * std::numbers::pi * (step + 0.5 + random.uniform(-0.15, 0.15)) /
                               model_.azimuthSteps;
        const double up = model_.elevations[ring] + radians(0.02) * random.gaussian();
        const Vec3d direction{
            std::cos(up) * std::cos(azimuth), std::cos(up) * std::sin(azimuth), std::sin(up)};
        if (isHiddenByRoof(model_, direction)) {
            return;
        }
        const Vec3d o = pose_.translation;
        const Vec3d d = pose_.turn(direction);
        OpenRay ray;
        ray.ray = {
            {static_cast<float>(o.x), static_cast<float>(o.y), static_cast<float>(o.z)},
            {static_cast<float>(d.x), static_cast<float>(d.y), static_cast<float>(d.z)}};
        ray.random = random;
        ray.ring = ring;
        index_.push_back(directions_.size());
        directions_.push_back(direction);
        rings_.push_back(ring);
        open_.push_back(ray);
    }

    /// Decides what a hit answers. True: the ray goes on behind it.
    bool passes(OpenRay& ray, const RayHit& hit, const Surface& surface, std::size_t index) {
        Random& random = ray.random;
        const double range = ray.travelled + hit.range;
        if (range > model_.maxRange) {
            return false;
        }
        if (random.uniform() < surface.material.transmission) {
            constexpr double kBehind = 0.02;
            const double on = hit.range + kBehind;
            for (std::size_t k = 0; k < 3; ++k) {
                ray.ray.origin[k] += static_cast<float>(on * ray.ray.direction[k]);
            }
            ray.travelled += on;
            return true;
        }
        if (isLost(model_, surface.material, hit, range, random.uniform())) {
            return false;
        }
        const double spread = std::hypot(model_.rangeNoise, surface.material.spread);
        double measured = range + spread * random.gaussian();
        // Now and then the spot of the laser lies on two surfaces: the range is one between.
        const bool outlier = random.chance(0.0006);
        measured *= outlier ? random.uniform(0.6, 0.98) : 1.0;
        measured = std::round(measured * 500.0) / 500.0; // the sensor counts in steps of 2 mm
        const double answer = scaled(model_, answerOf(surface, hit, range, random));
        echoes_[index] = {measured, answer, &surface, outlier};
        return false;
    }

    const LidarModel& model_;
    Rigid pose_;
    std::vector<Vec3d> directions_; ///< sensor frame, all rays
    std::vector<std::uint32_t> rings_;
    std::vector<Echo> echoes_;
    std::vector<OpenRay> open_;
    std::vector<std::size_t> index_; ///< of the open rays among all
};

} // namespace

const LidarModel& hdl64() {
    static const LidarModel kModel = [] {
        LidarModel model{"HDL-64E", {}, 2083, 1.73, 80.0, 0.02, 0.1, IntensityScale::Hundredths};
        for (int i = 0; i < 32; ++i) {
            model.elevations.push_back(radians(2.0 - i / 3.0));
        }
        for (int i = 0; i < 32; ++i) {
            model.elevations.push_back(radians(-8.83 - 0.5 * i));
        }
        return model;
    }();
    return kModel;
}

const LidarModel& hdl32() {
    static const LidarModel kModel = [] {
        LidarModel model{"HDL-32E", {}, 1080, 1.84, 100.0, 0.02, 0.05, IntensityScale::Bytes};
        for (int i = 0; i < 32; ++i) {
            model.elevations.push_back(radians(-30.67 + i * 4.0 / 3.0));
        }
        return model;
    }();
    return kModel;
}

StreetFrame scanStreet(
    const LidarModel& model,
    const RayCaster& fixed,
    const RayCaster& moving,
    const SurfaceTable& surfaces,
    const Rigid& pose,
    std::uint64_t seed
) {
    Turn turn(model, pose, seed);
    constexpr int kLayers = 6; ///< of leaves, wire or glass that a ray may pass
    for (int i = 0; i < kLayers; ++i) {
        turn.cast(fixed, moving, surfaces);
    }
    return turn.frame();
}

} // namespace siskin
