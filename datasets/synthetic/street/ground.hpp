// SPDX-License-Identifier: MIT
// The road and what lies beside it: a curved centre line, and strips of ground along it.
#pragma once

#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/street/surface.hpp"

#include <vector>

namespace siskin {

/// Centre line of the road over s (metres along it), d metres to its left, gently curved and hilly.
class RoadLine {
  public:
    RoadLine(Random& random, double length);

    double length() const { return static_cast<double>(points_.size() - 1); }

    double heading(double s) const;
    /// World position `z` metres above the road's own height.
    Vec3d at(double s, double d, double z = 0.0) const;
    /// Frame at that place: x along the road (turned by `yaw`), z up.
    Rigid frame(double s, double d, double z, double yaw) const;
    double slope(double s) const; ///< rise per metre

  private:
    double elevation(double s) const;

    std::vector<Vec2d> points_; ///< one per metre
    std::vector<double> headings_;
    double swell_, wave_, phase_;
};

constexpr double kFarGround = 75.0; ///< the ground ends there, metres from the centre line

enum class BlockKind { Houses, Urban, Park, ParkingLot, SideStreet, Works, Field };

/// Ground between two distances from the centre line (`from` < `to`, metres, on one side).
struct Strip {
    double from, to;
    double low, high; ///< height at `from` and at `to`
    StreetKind kind;
    double unevenness = 0.0; ///< metres
};

/// A stretch of one side of the street.
struct Block {
    double begin = 0.0, end = 0.0; ///< along the road
    BlockKind kind = BlockKind::Houses;
    std::vector<Strip> strips;           ///< from the road outwards
    double edge = 0.0;                   ///< where the last strip ends
    double lot = 0.0;                    ///< distance at which the sidewalk ends
    double walkFrom = 0.0, walkTo = 0.0; ///< the sidewalk; empty when equal
    bool parking = false;                ///< cars stand along the kerb

    /// One more strip, from height `low` up to `high`.
    void lay(double width, double low, double high, StreetKind what, double uneven = 0.0);
};

enum class Median { None, Islands, TramBed };

/// Everything about the ground, decided by a seed. `side` is +1 (left) or -1 (right).
class Ground {
  public:
    Ground(Random& random, double length);

    const RoadLine& line() const { return line_; }

    const std::vector<Block>& blocks(int side) const { return side > 0 ? left_ : right_; }

    double roadHalf() const { return roadHalf_; }

    double medianHalf() const { return medianHalf_; }

    double lane() const { return lane_; } ///< width of a lane

    Median median() const { return median_; }

    struct Island {
        double begin, end;
    };

    const std::vector<Island>& islands() const { return islands_; }

    double height(double s, double d) const;
    double stripHeight(const Strip& strip, double s, double d) const;
    double noise(double s, double d) const; ///< unevenness, about -2 .. 2
    /// Stands on the ground.
    Rigid place(double s, double d, double yaw = 0.0) const;
    void build(Mesh& mesh, SurfaceTable& surfaces, Random& random) const;

  private:
    void layBlocks(Random& random, int side, std::vector<Block>& blocks);
    Block makeBlock(Random& random, BlockKind kind, double begin, double end) const;

    RoadLine line_;
    std::uint64_t noiseSeed_;
    Median median_;
    double lane_, medianHalf_, roadHalf_;
    std::vector<Island> islands_;
    std::vector<Block> left_, right_;
};

} // namespace siskin
