// SPDX-License-Identifier: MIT
#include "core/report/point_raster.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace siskin {

namespace {

constexpr float kNearest = 0.5F;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Vec3f subtract(const Vec3f& a, const Vec3f& b) {
    return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

float dot(const Vec3f& a, const Vec3f& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vec3f cross(const Vec3f& a, const Vec3f& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vec3f normalise(const Vec3f& a) {
    const float length = std::sqrt(dot(a, a));
    return {a[0] / length, a[1] / length, a[2] / length};
}

/// World -> pixel.
class Projection {
  public:
    Projection(const Camera& camera, int width, int height) : eye_(camera.eye) {
        forward_ = normalise(subtract(camera.target, camera.eye));
        right_ = normalise(cross(forward_, {0.0F, 0.0F, 1.0F}));
        up_ = cross(right_, forward_);
        const float halfAngle =
            0.5F * camera.verticalFieldOfView * std::numbers::pi_v<float> / 180.0F;
        focal_ = 0.5F * static_cast<float>(height) / std::tan(halfAngle);
        centreX_ = 0.5F * static_cast<float>(width);
        centreY_ = 0.5F * static_cast<float>(height);
    }

    struct Pixel {
        float x;
        float y;
        float depth;
    };

    Pixel operator()(const Vec3f& position) const {
        const Vec3f ray = subtract(position, eye_);
        const float depth = dot(ray, forward_);
        return {
            centreX_ + focal_ * dot(ray, right_) / depth,
            centreY_ - focal_ * dot(ray, up_) / depth,
            depth};
    }

  private:
    Vec3f eye_;
    Vec3f forward_{};
    Vec3f right_{};
    Vec3f up_{};
    float focal_ = 1.0F;
    float centreX_ = 0.0F;
    float centreY_ = 0.0F;
};

/// Pixels of a round splat, relative to the pixel that holds the point.
std::vector<std::array<int, 2>> splatOffsets(float diameter) {
    const int reach = static_cast<int>(std::ceil(0.5F * diameter));
    const float radiusSquared = std::max(0.25F, 0.25F * diameter * diameter);
    std::vector<std::array<int, 2>> offsets;
    for (int y = -reach; y <= reach; ++y) {
        for (int x = -reach; x <= reach; ++x) {
            if (static_cast<float>(x * x + y * y) < radiusSquared) {
                offsets.push_back({x, y});
            }
        }
    }
    return offsets;
}

/// Points nearer than the camera's target grow, so that the foreground does not fall apart.
class SplatSizes {
  public:
    static constexpr float kLargest = 2.5F;

    SplatSizes(float pointSize, const Camera& camera) {
        const Vec3f toTarget = subtract(camera.target, camera.eye);
        targetDepth_ = std::sqrt(dot(toTarget, toTarget));
        for (int step = 0; step < kSteps; ++step) {
            const float share = static_cast<float>(step) / (kSteps - 1);
            offsets_.push_back(splatOffsets(pointSize * (1.0F + share * (kLargest - 1.0F))));
        }
    }

    const std::vector<std::array<int, 2>>& at(float depth) const {
        const float growth = std::clamp(targetDepth_ / depth, 1.0F, kLargest);
        const float share = (growth - 1.0F) / (kLargest - 1.0F);
        return offsets_[static_cast<std::size_t>(std::lround(share * (kSteps - 1)))];
    }

  private:
    static constexpr int kSteps = 7;
    float targetDepth_ = 1.0F;
    std::vector<std::vector<std::array<int, 2>>> offsets_;
};

std::size_t pixelIndex(const PointRaster& raster, int x, int y) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(raster.width) +
           static_cast<std::size_t>(x);
}

void splat(
    PointRaster& raster,
    const Projection::Pixel& pixel,
    std::int32_t index,
    const std::vector<std::array<int, 2>>& offsets
) {
    const int centreX = static_cast<int>(std::floor(pixel.x));
    const int centreY = static_cast<int>(std::floor(pixel.y));
    for (const auto& offset : offsets) {
        const int x = centreX + offset[0];
        const int y = centreY + offset[1];
        if (x < 0 || y < 0 || x >= raster.width || y >= raster.height) {
            continue;
        }
        const std::size_t at = pixelIndex(raster, x, y);
        if (pixel.depth < raster.depth[at]) {
            raster.depth[at] = pixel.depth;
            raster.point[at] = index;
        }
    }
}

/// How much nearer the eight neighbours are, on average, in log2 of depth.
float nearerNeighbours(const PointRaster& raster, int x, int y, int radius) {
    const float own = std::log2(raster.depth[pixelIndex(raster, x, y)]);
    float sum = 0.0F;
    for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
            const int column = std::clamp(x + dx * radius, 0, raster.width - 1);
            const int row = std::clamp(y + dy * radius, 0, raster.height - 1);
            const float depth = raster.depth[pixelIndex(raster, column, row)];
            sum += depth == kInfinity ? 0.0F : std::max(0.0F, own - std::log2(depth));
        }
    }
    return sum / 8.0F;
}

void shadeEyeDome(PointRaster& raster, const RasterOptions& options) {
    constexpr float kGain = 60.0F;   // makes strength 1 pleasant for street scenes
    constexpr float kDarkest = 0.2F; // colours must stay recognisable
    const int radius = std::max(1, static_cast<int>(std::lround(options.edlRadius)));
    parallelFor(raster.height, 16, [&](std::int64_t begin, std::int64_t end) {
        for (int y = static_cast<int>(begin); y < static_cast<int>(end); ++y) {
            for (int x = 0; x < raster.width; ++x) {
                const std::size_t at = pixelIndex(raster, x, y);
                if (raster.point[at] != kNoPoint) {
                    const float response = nearerNeighbours(raster, x, y, radius);
                    const float light = std::exp(-kGain * options.edlStrength * response);
                    raster.shade[at] = kDarkest + (1.0F - kDarkest) * light;
                }
            }
        }
    });
}

bool isFinite(const Vec3f& position) {
    return std::isfinite(position[0]) && std::isfinite(position[1]) && std::isfinite(position[2]);
}

} // namespace

Camera cameraBehindSensor(std::span<const Vec3f> positions) {
    std::vector<float> ranges;
    ranges.reserve(positions.size());
    for (const auto& position : positions) {
        if (isFinite(position)) {
            ranges.push_back(std::hypot(position[0], position[1]));
        }
    }
    if (ranges.empty()) {
        return {};
    }
    const auto bulk = ranges.begin() + static_cast<std::ptrdiff_t>(ranges.size() * 4 / 5);
    std::nth_element(ranges.begin(), bulk, ranges.end());
    const float distance = std::clamp(*bulk, 1.0F, 200.0F);
    return {
        .eye = {-1.4F * distance, 0.0F, 0.72F * distance},
        .target = {0.45F * distance, 0.0F, 0.0F},
        .verticalFieldOfView = 36.0F};
}

PointRaster
rasterise(std::span<const Vec3f> positions, const Camera& camera, const RasterOptions& options) {
    if (positions.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
        throw ConfigError("more points than a picture can hold");
    }
    const auto pixels =
        static_cast<std::size_t>(options.width) * static_cast<std::size_t>(options.height);
    PointRaster raster{
        .width = options.width,
        .height = options.height,
        .point = std::vector<std::int32_t>(pixels, kNoPoint),
        .depth = std::vector<float>(pixels, kInfinity),
        .shade = std::vector<float>(pixels, 1.0F)};
    const Projection project(camera, options.width, options.height);
    const SplatSizes splats(options.pointSize, camera);
    const float margin = SplatSizes::kLargest * options.pointSize;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const auto pixel = project(positions[i]);
        const bool visible = pixel.depth > kNearest && pixel.x > -margin && pixel.y > -margin &&
                             pixel.x < static_cast<float>(options.width) + margin &&
                             pixel.y < static_cast<float>(options.height) + margin;
        if (visible) { // false for positions that are not numbers, too
            splat(raster, pixel, static_cast<std::int32_t>(i), splats.at(pixel.depth));
        }
    }
    if (options.edlStrength > 0.0F) {
        shadeEyeDome(raster, options);
    }
    return raster;
}

} // namespace siskin
