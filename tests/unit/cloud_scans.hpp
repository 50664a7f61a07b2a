// SPDX-License-Identifier: MIT
// Made-up shapes and rooms for the tests of networks on clouds.
#pragma once

#include "core/base/resources.hpp"
#include "core/base/split_mix.hpp"
#include "core/scan/scan.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

namespace siskin::test {

inline std::shared_ptr<const ClassMap> classMapOf(const std::string& name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (name + ".json"))
    );
}

/// A chair's worth of random points with normals.
inline Scan madeShape(std::size_t points, std::uint64_t seed = 1) {
    Scan scan;
    scan.id = "Chair/made";
    scan.shapeCategory = 4;
    PointField normals{"normal", 3, {}};
    SplitMix64 random(seed);
    for (std::size_t i = 0; i < points; ++i) {
        const auto value = [&random] { return static_cast<float>(random.uniform(-0.7, 0.9)); };
        scan.positions.push_back({value(), value(), value()});
        normals.values.insert(normals.values.end(), {value(), value(), value()});
    }
    scan.fields.push_back(std::move(normals));
    return scan;
}

/// An even box of a room, far from the origin, with whole-numbered colours.
inline Scan madeRoom(std::size_t points, float length, float width, std::uint64_t seed = 1) {
    Scan scan;
    scan.id = "room/made";
    PointField colours{"rgb", 3, {}};
    SplitMix64 random(seed);
    for (std::size_t i = 0; i < points; ++i) {
        const auto upTo = [&random](float most) {
            return static_cast<float>(random.uniform(0.0, most));
        };
        scan.positions.push_back({-20.0F + upTo(length), 7.0F + upTo(width), 1.5F + upTo(2.5F)});
        for (int c = 0; c < 3; ++c) {
            colours.values.push_back(std::floor(upTo(256.0F)));
        }
    }
    scan.fields.push_back(std::move(colours));
    return scan;
}

/// A room whose points lie in heaps of 3 and 6 at one place: where the density is evened out, heaps
/// of 3 lose a point here and there (models.md 4.3).
inline Scan heapedRoom() {
    constexpr float kStep = 0.06F; // metres: two cells
    Scan scan;
    scan.id = "room/heaped";
    PointField colours{"rgb", 3, {}};
    for (int heap = 0; heap < 16 * 16 * 8; ++heap) {
        const auto place = [heap](int step, int size) {
            return kStep * static_cast<float>(heap / step % size);
        };
        for (int i = 0; i < 3 + 3 * (heap % 2); ++i) {
            scan.positions.push_back({place(1, 16), place(16, 16), place(256, 8)});
            const float bright = heap / 256 % 2 == 0 ? 50.0F : 200.0F; // in layers
            colours.values.insert(colours.values.end(), {bright, 100.0F, 90.0F});
        }
    }
    scan.fields.push_back(std::move(colours));
    return scan;
}

inline Vec3f lowestCorner(const Scan& scan) {
    Vec3f corner = scan.positions.front();
    for (const auto& position : scan.positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            corner[axis] = std::min(corner[axis], position[axis]);
        }
    }
    return corner;
}

} // namespace siskin::test
