// SPDX-License-Identifier: MIT
// A made-up room: surfaces with a class, an object and a look. Metres, z up, floor at z = 0.
#pragma once

#include "datasets/synthetic/mesh.hpp"
#include "datasets/synthetic/random.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// How a surface varies from point to point.
enum class Texture { Plain, Carpet, Tiles, Wood, Books, Screen, Glass };

/// What the tags of a room's mesh index.
struct RoomSurface {
    std::uint32_t classId = 0;      ///< position in `kIndoorClasses`
    std::uint32_t object = 0;       ///< number of the object in its room
    std::array<double, 3> colour{}; ///< 0-255
    Texture texture = Texture::Plain;
};

/// One side of the room. Its frame: x along the wall, y into the room, z up.
struct RoomWall {
    Rigid frame;
    double length = 0.0;
    std::vector<std::array<double, 2>> taken; ///< stretches along it that are occupied
};

class RoomScene {
  public:
    RoomScene(double sizeX, double sizeY, double height);

    /// A new object of that class, and the tag of its first surface.
    MeshTag addObject(
        std::string_view className,
        const std::array<double, 3>& colour,
        Texture texture = Texture::Plain
    );
    /// Another surface of the object that `tag` belongs to.
    MeshTag
    addSurface(MeshTag tag, const std::array<double, 3>& colour, Texture texture = Texture::Plain);

    /// Room along a wall for something `width` wide, `margin` from its ends and from other things:
    /// the middle, or nothing.
    std::optional<double> claimWall(RoomWall& wall, double width, double margin, Random& random);
    /// Claims the floor rectangle unless something stands there or a wall is in the way.
    bool claimFloor(double lowX, double lowY, double highX, double highY);
    /// A free place for something that needs a circle of that radius, claimed; nothing when full.
    std::optional<Vec3d> findFloor(double radius, Random& random);

    double sizeX, sizeY, height;
    Mesh mesh;
    std::vector<RoomSurface> surfaces;
    std::vector<RoomWall> walls; ///< four, counter-clockwise seen from above
    std::vector<Vec3d> lamps;    ///< what lights the room
    std::vector<Vec3d> scanners; ///< where the scanner stood

  private:
    std::uint32_t objects_ = 0;
    std::vector<std::array<double, 4>> taken_; ///< lowX, lowY, highX, highY
};

/// Tints `colour` at random by up to `share`.
std::array<double, 3> varied(const std::array<double, 3>& colour, double share, Random& random);

enum class RoomKind { Office, ConferenceRoom, Hallway, Lounge };

/// "office", as S3DIS names its rooms.
std::string_view nameOf(RoomKind kind);

/// A furnished room of that kind, with lamps and scanner positions.
RoomScene makeRoom(RoomKind kind, Random& random);

// The steps of `makeRoom`.

/// Floor, ceiling, walls with doors and windows, beams, columns, lamps.
void addShell(RoomScene& room, RoomKind kind, Random& random);
/// Furniture and what lies about.
void furnish(RoomScene& room, RoomKind kind, Random& random);

} // namespace siskin
