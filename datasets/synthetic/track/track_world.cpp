// SPDX-License-Identifier: MIT
#include "datasets/synthetic/track/track_world.hpp"

#include "datasets/synthetic/street/furniture.hpp"
#include "datasets/synthetic/street/people.hpp"
#include "datasets/synthetic/street/plants.hpp"
#include "datasets/synthetic/street/vehicles.hpp"
#include "datasets/synthetic/track/track_things.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

constexpr double kGateHalf = 9.0; ///< metres of orange cones before and behind the start line

class TrackBuilder {
  public:
    TrackBuilder(TrackWorld& world, Random& random) : world_(world), random_(random) {}

    void lineUpCones() {
        for (const int side : {1, -1}) {
            for (const double s : {-0.4, 0.4}) {
                putConeOnEdge(ConeKind::BigOrange, s, side);
            }
            double s = random_.uniform(1.5, 2.5);
            const double end = world_.line.length() - 1.5;
            while (s < end) {
                const bool gate = s < kGateHalf || s > world_.line.length() - kGateHalf;
                const ConeKind edge = side > 0 ? ConeKind::Blue : ConeKind::Yellow;
                putConeOnEdge(gate ? ConeKind::Orange : edge, s, side);
                s += gate ? random_.uniform(1.5, 2.5) : random_.uniform(2.8, 4.8);
            }
        }
    }

    /// Cones that wait beside the track: they teach all kinds everywhere.
    void dropSpareCones() {
        const int groups = random_.integer(5, 9);
        for (int i = 0; i < groups; ++i) {
            const Vec2d place = besideTrack(1.2, 6.0);
            const int count = random_.integer(1, 3);
            const double yaw = random_.uniform(0.0, std::numbers::pi);
            for (int k = 0; k < count; ++k) {
                const ConeKind kind = kConeKinds[random_.below(kConeKinds.size())];
                const double along = random_.uniform(0.7, 1.0) * k;
                const Vec2d at{place.x + along * std::cos(yaw), place.y + along * std::sin(yaw)};
                if (isFree(at, 0.6)) {
                    putCone(kind, at);
                }
            }
        }
    }

    void scatterThings() {
        constexpr int kSmall = 110, kPeople = 14, kPosts = 24, kLarge = 16, kPlants = 14;
        scatter(kSmall, 0.9, 12.0, 0.8, [this](Mesh& part) {
            addSmallThing(part, stuff(StreetKind::OtherObject), random_);
        });
        scatter(kPeople, 1.5, 12.0, 0.9, [this](Mesh& part) {
            Figure figure(stuff(StreetKind::Person), random_);
            figure.stride = random_.uniform(0.0, 0.4);
            addWalker(part, figure, random_.uniform());
        });
        scatter(kPosts, 1.5, 18.0, 0.9, [this](Mesh& part) { addPost(part); });
        scatter(kLarge, 5.0, 30.0, 4.0, [this](Mesh& part) { addLarge(part); });
        scatter(kPlants, 6.0, 35.0, 2.5, [this](Mesh& part) {
            addBush(part, stuff(StreetKind::Vegetation), random_);
        });
    }

    /// Pieces of barrier and fence along the track, outside of it.
    void putBarriers() {
        const int count = random_.integer(14, 24);
        for (int i = 0; i < count; ++i) {
            const double s = random_.uniform(0.0, world_.line.length());
            const double side = random_.chance(0.7) ? -1.0 : 1.0;
            const double left = side * random_.uniform(6.0, 22.0);
            const Vec2d at = world_.line.at(s, left);
            const double length = random_.uniform(3.0, 9.0);
            const double yaw = world_.line.heading(s) + random_.uniform(-0.1, 0.1);
            constexpr std::array kFences = {
                FenceKind::Barrier, FenceKind::GuardRail, FenceKind::Mesh, FenceKind::Rails};
            const FenceKind kind = kFences[random_.below(kFences.size())];
            if (!isFreeLine(at, yaw, length)) {
                continue;
            }
            Mesh part;
            addFence(part, stuff(StreetKind::Barrier), random_, kind, length);
            append(world_.mesh, part, world_.ground.place(at, yaw));
        }
    }

    /// A painted line across the track.
    void paintStartLine() {
        const MeshTag tag = stuff(StreetKind::LaneMarking)(material::kMarking);
        const Rigid frame = world_.ground.place(world_.line.at(0.0), world_.line.heading(0.0));
        const double half = world_.halfWidth;
        addQuad(
            world_.mesh,
            tag,
            frame({-0.1, -half, 0.01}),
            frame({0.1, -half, 0.01}),
            frame({0.1, half, 0.01}),
            frame({-0.1, half, 0.01})
        );
    }

  private:
    Brush stuff(StreetKind kind) { return {world_.surfaces, kind}; }

    void putConeOnEdge(ConeKind kind, double s, int side) {
        const double off = world_.halfWidth + random_.uniform(-0.1, 0.15);
        putCone(kind, world_.line.at(s, side * off));
    }

    void putCone(ConeKind kind, const Vec2d& at) {
        const auto instance = static_cast<std::uint16_t>(world_.cones.size() + 1);
        Mesh part;
        const Brush brush(world_.surfaces, StreetKind::TrafficCone, false, instance);
        addRaceCone(part, brush, random_, kind);
        const Rigid place = world_.ground.place(at, random_.uniform(0.0, std::numbers::pi));
        append(world_.mesh, part, place);
        world_.cones.push_back({kind, place.translation});
        taken_.push_back(at);
    }

    Vec2d besideTrack(double least, double most) {
        const double s = random_.uniform(0.0, world_.line.length());
        const double side = random_.chance(0.5) ? 1.0 : -1.0;
        const double off = world_.halfWidth + random_.uniform(least, most);
        return world_.line.at(s, side * off);
    }

    /// Nothing within `gap` metres, and not on the track.
    bool isFree(const Vec2d& at, double gap) const {
        return world_.line.distance(at.x, at.y) > world_.halfWidth + std::min(gap, 1.0) &&
               std::none_of(taken_.begin(), taken_.end(), [&](const Vec2d& other) {
                   return std::hypot(other.x - at.x, other.y - at.y) < gap;
               });
    }

    bool isFreeLine(const Vec2d& at, double yaw, double length) const {
        for (double along = 0.0; along <= length; along += 0.5) {
            if (!isFree({at.x + along * std::cos(yaw), at.y + along * std::sin(yaw)}, 0.9)) {
                return false;
            }
        }
        return true;
    }

    template <typename Make>
    void scatter(int count, double least, double most, double gap, const Make& make) {
        for (int i = 0; i < count; ++i) {
            const Vec2d at = besideTrack(least, most);
            const double yaw = random_.uniform(0.0, 2.0 * std::numbers::pi);
            if (!isFree(at, gap)) {
                continue;
            }
            Mesh part;
            make(part);
            append(world_.mesh, part, world_.ground.place(at, yaw));
            taken_.push_back(at);
        }
    }

    void addPost(Mesh& part) {
        const Brush brush = stuff(StreetKind::OtherObject);
        switch (random_.below(4)) {
        case 0:
            return addBollard(part, brush, random_);
        case 1:
            return addBin(part, brush, random_);
        case 2:
            return addSign(part, brush, random_);
        default:
            return addLampPost(part, brush, random_);
        }
    }

    void addLarge(Mesh& part) {
        switch (random_.below(4)) {
        case 0:
            return addTruck(part, stuff(StreetKind::Truck), random_);
        case 1:
            return addBench(part, stuff(StreetKind::OtherObject));
        default:
            return addCar(part, stuff(StreetKind::Car), random_);
        }
    }

    TrackWorld& world_;
    Random& random_;
    std::vector<Vec2d> taken_; ///< by cones and things
};

} // namespace

Rigid TrackWorld::carAt(double s, double left, double yaw) const {
    return ground.place(line.at(s, left), line.heading(s) + yaw);
}

TrackWorld makeTrackWorld(std::uint64_t seed) {
    Random random(seed);
    TrackLine line(random);
    TrackGround ground(random);
    TrackWorld world{
        .line = std::move(line), .ground = ground, .halfWidth = random.uniform(1.55, 2.3)};
    world.ground.build(world.mesh, world.surfaces, world.line, random);
    TrackBuilder builder(world, random);
    builder.paintStartLine();
    builder.lineUpCones();
    builder.dropSpareCones();
    builder.scatterThings();
    builder.putBarriers();
    return world;
}

} // namespace siskin
