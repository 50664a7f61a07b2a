// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/ground.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

double turns(double value) {
    return 2.0 * std::numbers::pi * value;
}

} // namespace

RoadLine::RoadLine(Random& random, double length) {
    const double bend = random.chance(0.3) ? 0.0 : random.uniform(0.002, 0.009);
    const double period = random.uniform(120, 260);
    const double bendPhase = random.uniform();
    double heading = random.uniform(-3.1, 3.1);
    Vec2d point;
    for (double s = 0; s <= length; s += 1.0) {
        points_.push_back(point);
        headings_.push_back(heading);
        point.x += std::cos(heading);
        point.y += std::sin(heading);
        heading += bend * std::sin(turns(s / period + bendPhase));
    }
    swell_ = random.uniform(0.0, 1.2);
    wave_ = random.uniform(130, 300);
    phase_ = random.uniform();
}

double RoadLine::elevation(double s) const {
    return swell_ * std::sin(turns(s / wave_ + phase_));
}

double RoadLine::slope(double s) const {
    return swell_ * turns(1.0 / wave_) * std::cos(turns(s / wave_ + phase_));
}

double RoadLine::heading(double s) const {
    const double clamped = std::clamp(s, 0.0, length() - 1e-6);
    const auto i = static_cast<std::size_t>(clamped);
    const double part = clamped - std::floor(clamped);
    return headings_[i] + part * (headings_[i + 1] - headings_[i]);
}

Vec3d RoadLine::at(double s, double d, double z) const {
    const double clamped = std::clamp(s, 0.0, length() - 1e-6);
    const auto i = static_cast<std::size_t>(clamped);
    const double along = s - static_cast<double>(i);
    const Vec2d& a = points_[i];
    const Vec2d& b = points_[i + 1];
    const double h = heading(s);
    return {
        a.x + along * (b.x - a.x) - d * std::sin(h),
        a.y + along * (b.y - a.y) + d * std::cos(h),
        elevation(s) + z};
}

Rigid RoadLine::frame(double s, double d, double z, double yaw) const {
    return Rigid::at(at(s, d, z), heading(s) + yaw, -std::atan(slope(s)) * std::cos(yaw));
}

Ground::Ground(Random& random, double length) : line_(random, length), noiseSeed_(random.bits()) {
    const double kind = random.uniform();
    median_ = kind < 0.55 ? Median::None : kind < 0.84 ? Median::Islands : Median::TramBed;
    lane_ = random.uniform(3.3, 4.3);
    medianHalf_ = median_ == Median::None ? 0.0 : median_ == Median::Islands ? 1.1 : 1.7;
    roadHalf_ = medianHalf_ + lane_ * (random.chance(0.2) ? 2.0 : 1.0);
    for (double s = random.uniform(5, 30); s < length && median_ == Median::Islands;
         s += random.uniform(24, 45)) {
        islands_.push_back({s, s + random.uniform(7, 16)});
    }
    layBlocks(random, 1, left_);
    layBlocks(random, -1, right_);
}

void Ground::layBlocks(Random& random, int side, std::vector<Block>& blocks) {
    bool wasSideStreet = true;
    for (double s = random.uniform(-20, 0) - side; s < line_.length();) {
        const double pick = random.uniform();
        BlockKind kind = pick < 0.28   ? BlockKind::Houses
                         : pick < 0.47 ? BlockKind::Urban
                         : pick < 0.60 ? BlockKind::Park
                         : pick < 0.73 ? BlockKind::ParkingLot
                         : pick < 0.83 ? BlockKind::SideStreet
                         : pick < 0.92 ? BlockKind::Works
                                       : BlockKind::Field;
        if (kind == BlockKind::SideStreet && wasSideStreet) {
            kind = BlockKind::Houses;
        }
        wasSideStreet = kind == BlockKind::SideStreet;
        const double size = wasSideStreet              ? random.uniform(6.5, 8.5)
                            : kind == BlockKind::Works ? random.uniform(16, 28)
                                                       : random.uniform(22, 48);
        if (wasSideStreet) { // sidewalks along the side street
            blocks.push_back(makeBlock(random, BlockKind::Urban, s, s + 2.2));
            blocks.back().kind = BlockKind::SideStreet;
            s += 2.2;
        }
        blocks.push_back(makeBlock(random, kind, s, s + size));
        s += size;
        if (wasSideStreet) {
            blocks.push_back(makeBlock(random, BlockKind::Urban, s, s + 2.2));
            blocks.back().kind = BlockKind::SideStreet;
            s += 2.2;
        }
    }
    // The narrow sidewalks of side streets run far from the road.
    for (Block& block : blocks) {
        if (block.kind == BlockKind::SideStreet && block.walkTo > block.walkFrom) {
            block.parking = false;
            block.strips = {{roadHalf_, kFarGround, 0.13, 0.15, StreetKind::Sidewalk}};
            block.walkFrom = block.walkTo = block.lot = roadHalf_;
        }
    }
}

void Block::lay(double width, double low, double high, StreetKind what, double uneven) {
    strips.push_back({edge, edge + width, low, high, what, uneven});
    edge += width;
}

namespace {

/// A meadow behind a ditch; the road has a shoulder of gravel instead of a kerb.
void layField(Block& block, Random& random) {
    block.lay(random.uniform(0.8, 2.0), -0.02, -0.05, StreetKind::OtherGround, 0.03);
    block.lot = block.edge;
    block.lay(3.0, -0.1, -0.5, StreetKind::Terrain, 0.08);
    block.lay(4.0, -0.5, random.uniform(-0.3, 1.2), StreetKind::Terrain, 0.1);
    const double high = block.strips.back().high;
    const double hill = high + random.uniform(-0.5, 4);
    block.lay(kFarGround - block.edge, high, hill, StreetKind::Terrain, 0.14);
}

/// Parking strip, verge and sidewalk; returns the height behind it.
double layKerb(Block& block, Random& random) {
    block.parking = random.chance(0.55);
    if (block.parking) {
        block.lay(random.uniform(2.1, 2.5), 0.015, 0.03, StreetKind::Parking);
    }
    const double kerb = random.uniform(0.11, 0.16);
    const double level = kerb + 0.03;
    if (random.chance(0.25)) {
        block.lay(random.uniform(1.2, 2.2), kerb, kerb, StreetKind::Terrain, 0.05);
    }
    block.walkFrom = block.edge;
    block.lay(random.uniform(1.8, 3.4), kerb, level, StreetKind::Sidewalk);
    if (block.kind == BlockKind::Urban) {
        block.lay(random.uniform(0.0, 2.0) + 0.5, level, level + 0.02, StreetKind::Sidewalk);
    }
    block.walkTo = block.edge;
    return level;
}

void layLot(Block& block, Random& random, double level) {
    block.lot = block.edge;
    const double rise = random.uniform(-0.3, 0.8);
    switch (block.kind) {
    case BlockKind::Park:
        block.lay(10.0, level, level + random.uniform(-0.8, 2.2), StreetKind::Terrain, 0.10);
        break;
    case BlockKind::ParkingLot:
        block.lay(random.uniform(15.5, 18), level, level, StreetKind::Parking);
        break;
    case BlockKind::Works:
        block.lay(random.uniform(14, 22), level, level, StreetKind::OtherGround, 0.07);
        break;
    default:
        block.lay(12.0, level, level + 0.3 * rise, StreetKind::Terrain, 0.06);
    }
    const double high = block.strips.back().high;
    const double hill = high + rise + random.uniform(0, 3);
    block.lay(kFarGround - block.edge, high, hill, StreetKind::Terrain, 0.12);
}

} // namespace

Block Ground::makeBlock(Random& random, BlockKind kind, double begin, double end) const {
    Block block;
    block.begin = begin;
    block.end = end;
    block.kind = kind;
    block.edge = roadHalf_;
    if (kind == BlockKind::SideStreet) {
        block.lot = roadHalf_;
        block.lay(kFarGround - roadHalf_, 0.0, 0.0, StreetKind::Road);
    } else if (kind == BlockKind::Field) {
        layField(block, random);
    } else {
        const double level = layKerb(block, random);
        layLot(block, random, level);
    }
    return block;
}

double Ground::noise(double s, double d) const {
    const auto lattice = [&](std::int64_t i, std::int64_t j) {
        Random random =
            Random::forPart(noiseSeed_, static_cast<std::uint64_t>(i * 73856093 + j * 19349663));
        return random.uniform(-1, 1);
    };
    const double x = s / 1.1;
    const double y = d / 1.1;
    const double fx = std::floor(x);
    const double fy = std::floor(y);
    const auto i = static_cast<std::int64_t>(fx);
    const auto j = static_cast<std::int64_t>(fy);
    const double u = x - fx;
    const double v = y - fy;
    const double low = (1 - u) * lattice(i, j) + u * lattice(i + 1, j);
    const double high = (1 - u) * lattice(i, j + 1) + u * lattice(i + 1, j + 1);
    const double swell = 1.5 * std::sin(s * 0.23 + 1.7 * std::sin(d * 0.19)) * std::sin(d * 0.21);
    return (1 - v) * low + v * high + swell;
}

double Ground::stripHeight(const Strip& strip, double s, double d) const {
    const double across = std::abs(d);
    const double part = (across - strip.from) / (strip.to - strip.from);
    double z = strip.low + std::clamp(part, 0.0, 1.0) * (strip.high - strip.low);
    if (strip.unevenness > 0.0) {
        const double fade =
            std::clamp(std::min(across - strip.from, strip.to - across) / 0.8, 0.0, 1.0);
        z += strip.unevenness * fade * noise(s, d);
    }
    return z;
}

double Ground::height(double s, double d) const {
    const double across = std::abs(d);
    if (across <= roadHalf_) {
        return 0.0;
    }
    for (const Block& block : blocks(d > 0 ? 1 : -1)) {
        if (s < block.begin || s >= block.end) {
            continue;
        }
        for (const Strip& strip : block.strips) {
            if (across >= strip.from && across < strip.to) {
                return stripHeight(strip, s, d);
            }
        }
    }
    return 0.0;
}

Rigid Ground::place(double s, double d, double yaw) const {
    return Rigid::at(line_.at(s, d, height(s, d)), line_.heading(s) + yaw);
}

} // namespace siskin
