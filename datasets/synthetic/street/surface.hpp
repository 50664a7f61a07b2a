// SPDX-License-Identifier: MIT
// What a triangle of the street is: its class, its object, and how it answers a laser.
#pragma once

#include "datasets/synthetic/mesh.hpp"

#include <cstdint>
#include <vector>

namespace siskin {

/// Finer than any data set's classes, so that each layout can be written from it.
enum class StreetKind : std::uint8_t {
    Unlabelled,
    Outlier,
    Car,
    Bicycle,
    Motorcycle,
    Truck,
    Bus,
    Trailer,
    Tractor,
    Construction, ///< excavator
    Person,
    Bicyclist,    ///< with the bicycle
    Motorcyclist, ///< with the motorcycle
    Road,
    LaneMarking,
    Parking,
    Sidewalk,
    OtherGround,
    Building,
    Fence,
    Barrier, ///< guard rail, concrete barrier
    OtherStructure,
    Vegetation,
    Trunk,
    Terrain,
    Pole,
    Sign,
    OtherObject,
    TrafficCone,
};

/// Raw class id of SemanticKITTI (semantic-kitti.org/dataset.html), also for moving objects.
std::uint32_t semanticKittiId(StreetKind kind, bool moving);

/// Plausible, not measured: typical remissions of the classes were read off real scans.
struct Material {
    float remission = 0.3F;    ///< typical answer, 0..1
    float speckle = 0.05F;     ///< deviation of the answer from point to point
    float spread = 0.0F;       ///< deviation of the range beyond the sensor's own, metres
    float loss = 0.02F;        ///< share of rays without an echo
    float transmission = 0.0F; ///< share of rays that go on through it
};

struct Surface {
    StreetKind kind = StreetKind::Unlabelled;
    bool moving = false;
    std::uint16_t instance = 0; ///< 0: not an object that is counted
    Material material;
};

using SurfaceTable = std::vector<Surface>; ///< a mesh's tags are indices into it

/// Makes the tags of one object.
class Brush {
  public:
    Brush(SurfaceTable& table, StreetKind kind, bool moving = false, std::uint16_t instance = 0)
        : table_(&table), surface_{kind, moving, instance, {}} {}

    MeshTag operator()(const Material& material) const {
        Surface surface = surface_;
        surface.material = material;
        table_->push_back(surface);
        return static_cast<MeshTag>(table_->size() - 1);
    }

    /// The same object, another class (e.g. the plate of a sign on its pole).
    Brush as(StreetKind kind) const {
        Brush other = *this;
        other.surface_.kind = kind;
        return other;
    }

  private:
    SurfaceTable* table_;
    Surface surface_;
};

namespace material {

constexpr Material kGlass{0.08F, 0.08F, 0.0F, 0.55F, 0.45F};
constexpr Material kWindow{0.14F, 0.12F, 0.0F, 0.50F, 0.05F};
constexpr Material kTyre{0.04F, 0.03F, 0.0F, 0.30F, 0.0F};
constexpr Material kMetal{0.34F, 0.16F, 0.0F, 0.08F, 0.0F};
constexpr Material kDarkMetal{0.12F, 0.08F, 0.0F, 0.15F, 0.0F};
constexpr Material kReflector{0.95F, 0.08F, 0.0F, 0.0F, 0.0F};
constexpr Material kWood{0.32F, 0.07F, 0.005F, 0.04F, 0.0F};
constexpr Material kBark{0.31F, 0.10F, 0.015F, 0.05F, 0.0F};
constexpr Material kConcrete{0.42F, 0.06F, 0.0F, 0.02F, 0.0F};
constexpr Material kSpokes{0.20F, 0.10F, 0.0F, 0.10F, 0.86F};
constexpr Material kMarking{0.52F, 0.13F, 0.0F, 0.01F, 0.0F};

} // namespace material

} // namespace siskin
