// SPDX-License-Identifier: MIT
#include "datasets/synthetic/synthetic_reader.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace siskin {

namespace {

constexpr std::size_t kFrames = 4;
constexpr double kMetresPerFrame = 2.5;
constexpr double kLaneY = -1.8;
constexpr double kSensorHeight = 1.73; ///< metres, as on KITTI's car (Geiger et al., IJRR 2013)
constexpr double kMaxRange = 80.0;
constexpr std::size_t kBeams = 64;
constexpr int kAzimuths = 1600; ///< per turn; the real sensor has about 2080 at 10 Hz

/// What a surface answers to the laser. Values are plausible, not measured.
struct Material {
    std::uint32_t rawId;
    float reflectivity; ///< remission when hit head-on
    double spread;      ///< deviation of the range, metres
    double dropOut;     ///< share of rays without an echo
};

constexpr Material kDefault{0, 0.30F, 0.015, 0.05};
constexpr std::array kMaterials = {
    Material{10, 0.35F, 0.015, 0.20}, // car: glass and slanted paint lose echoes
    Material{252, 0.35F, 0.015, 0.20},
    Material{40, 0.28F, 0.012, 0.04},
    Material{60, 0.60F, 0.012, 0.02},
    Material{48, 0.34F, 0.012, 0.04},
    Material{70, 0.35F, 0.120, 0.25}, // leaves: rays go in to different depths
    Material{72, 0.40F, 0.040, 0.08},
    Material{81, 0.95F, 0.010, 0.00},
};

const Material& materialOf(std::uint32_t rawId) {
    const auto* found =
        std::find_if(std::begin(kMaterials), std::end(kMaterials), [&](const Material& material) {
            return material.rawId == rawId;
        });
    return found == std::end(kMaterials) ? kDefault : *found;
}

/// Elevation of a beam in radians: the nominal angles of the Velodyne HDL-64E (user's manual, field
/// of view +2 to -24.8 degrees), an upper block of 32 beams 1/3 degree apart and a lower one 1/2
/// degree apart. KITTI's scans show the same steps, shifted by a few tenths by the unit's
/// calibration.
double elevation(std::size_t beam) {
    const double degrees = beam < 32 ? 2.0 - static_cast<double>(beam) / 3.0
                                     : -8.83 - static_cast<double>(beam - 32) / 2.0;
    return degrees * std::numbers::pi / 180.0;
}

struct Echo {
    Vec3f position;
    float intensity;
    std::uint32_t rawId;
};

/// One turn of one beam, counter-clockwise from straight ahead, as KITTI's files are ordered.
std::vector<Echo>
scanBeam(const StreetScene& scene, const Vec3& origin, std::size_t beam, Random random) {
    std::vector<Echo> echoes;
    const double up = std::sin(elevation(beam));
    const double across = std::cos(elevation(beam));
    for (int step = 0; step < kAzimuths; ++step) {
        const double azimuth =
            2.0 * std::numbers::pi * (step + random.uniform(-0.2, 0.2)) / kAzimuths;
        const Vec3 direction{across * std::cos(azimuth), across * std::sin(azimuth), up};
        const auto hit = scene.cast(origin, direction, kMaxRange);
        const double luck = random.uniform();
        const double noise = random.gaussian();
        const double speckle = random.gaussian();
        if (!hit) {
            continue;
        }
        // Fewer echoes come back from far away and from grazing hits.
        const Material& material = materialOf(hit->rawId);
        const double far = hit->range / kMaxRange;
        const double grazing = std::max(0.0, 1.0 - hit->cosIncidence / 0.04);
        if (luck < material.dropOut + 0.3 * far * far + 0.5 * grazing) {
            continue;
        }
        const double range = hit->range + material.spread * noise;
        const double answer =
            material.reflectivity * (0.4 + 0.6 * hit->cosIncidence) + 0.04 * speckle;
        // Remission has steps of a hundredth in KITTI's files.
        const double intensity = std::round(std::clamp(answer, 0.0, 0.99) * 100.0) / 100.0;
        echoes.push_back(
            {{static_cast<float>(range * direction[0]),
              static_cast<float>(range * direction[1]),
              static_cast<float>(range * direction[2])},
             static_cast<float>(intensity),
             hit->rawId}
        );
    }
    return echoes;
}

} // namespace

SyntheticReader::SyntheticReader(std::shared_ptr<const ClassMap> classMap, std::uint64_t seed)
    : classMap_(std::move(classMap)), seed_(seed), scene_(seed) {
    if (!classMap_) {
        throw ConfigError("the synthetic street needs a class map");
    }
    for (std::size_t i = 0; i < kFrames; ++i) {
        frames_.push_back({fmt::format("street/{:06}", i), "street", {}, true});
    }
}

std::string SyntheticReader::title() const {
    return fmt::format("synthetic street (procedural), {} frames", frames_.size());
}

std::shared_ptr<const Scan> SyntheticReader::read(std::size_t index) const {
    if (index >= frames_.size()) {
        throw DatasetError(
            fmt::format("frame {} does not exist: there are {}", index, frames_.size())
        );
    }
    const double x = kMetresPerFrame * static_cast<double>(index);
    const Vec3 origin{x, kLaneY, kSensorHeight};
    std::vector<std::vector<Echo>> beams(kBeams);
    parallelFor(kBeams, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
            // A stream of its own per beam: the scan does not depend on the number of threads.
            const auto beam = static_cast<std::size_t>(i);
            Random seeds(seed_ + (index + 1) * 1000003 + beam * 7919);
            beams[beam] = scanBeam(scene_, origin, beam, Random(seeds.bits()));
        }
    });

    auto scan = std::make_shared<Scan>();
    scan->id = frames_[index].id;
    scan->pose = {1, 0, 0, x, 0, 1, 0, kLaneY, 0, 0, 1, kSensorHeight, 0, 0, 0, 1};
    scan->fields.push_back({"intensity", 1, {}});
    GroundTruth truth;
    truth.classMap = classMap_;
    for (const auto& echoes : beams) {
        for (const Echo& echo : echoes) {
            scan->positions.push_back(echo.position);
            scan->fields.front().values.push_back(echo.intensity);
            truth.rawIds.push_back(echo.rawId);
        }
    }
    truth.classIds = classMap_->classesOf(truth.rawIds);
    scan->groundTruth = std::move(truth);
    // readSeconds stays 0: making a scan is not part of any measured frame.
    return scan;
}

} // namespace siskin
