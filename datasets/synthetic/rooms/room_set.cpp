// SPDX-License-Identifier: MIT
#include "datasets/synthetic/rooms/room_set.hpp"

#include "core/base/cancel.hpp"
#include "datasets/s3dis/classes.hpp"
#include "datasets/synthetic/output_folder.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>

namespace siskin {

namespace {

constexpr std::array kKinds = {
    RoomKind::Office, RoomKind::ConferenceRoom, RoomKind::Hallway, RoomKind::Lounge};

void requireCount(int count, int least, int most, const char* what) {
    if (count < least || count > most) {
        throw ConfigError(
            fmt::format("{} {} cannot be made", count, what),
            fmt::format("give {} to {}", least, most)
        );
    }
}

/// One file per object of the room, and the whole room as their union.
void writeRoom(
    const OutputFolder& output,
    const std::filesystem::path& folder,
    const RoomScene& room,
    const std::vector<RoomPoint>& points,
    const Vec3d& corner
) {
    std::map<std::uint32_t, std::string> objects; // by number
    std::map<std::uint32_t, std::uint32_t> classes;
    for (const RoomPoint& point : points) {
        const RoomSurface& surface = room.surfaces[point.surface];
        classes[surface.object] = surface.classId;
        const Vec3d p = corner + point.position;
        const auto& [red, green, blue] = point.colour;
        fmt::format_to(
            std::back_inserter(objects[surface.object]),
            "{:.3f} {:.3f} {:.3f} {} {} {}\n",
            p.x,
            p.y,
            p.z,
            red,
            green,
            blue
        );
    }
    std::string whole;
    std::map<std::string_view, int> numbers; // objects of each class so far
    for (const auto& [object, text] : objects) {
        const std::string_view name = kIndoorClasses[classes[object]];
        output.write(
            folder / "Annotations" / fmt::format("{}_{}.txt", name, ++numbers[name]), text
        );
        whole += text;
    }
    output.write(folder / (folder.filename().string() + ".txt"), whole);
}

} // namespace

void makeRoomSet(
    const std::filesystem::path& folder,
    const RoomSetOptions& options,
    const std::stop_token& stop,
    const std::function<void(double, const std::string&)>& progress
) {
    requireCount(options.areas, 1, 1000, "areas");
    requireCount(options.rooms, 1, 1000, "rooms per area");
    requireCount(options.points, 1000, 10'000'000, "points per room");
    OutputFolder output(folder);
    const int total = options.areas * options.rooms;
    for (int index = 0; index < total; ++index) {
        const int area = index / options.rooms;
        const int number = index % options.rooms;
        const RoomKind kind = kKinds[static_cast<std::size_t>(number) % kKinds.size()];
        const std::string name =
            fmt::format("{}_{}", nameOf(kind), number / static_cast<int>(kKinds.size()) + 1);
        const auto place = std::filesystem::path(fmt::format("Area_{}", area + 1)) / name;
        throwIfStopRequested(stop);
        progress(static_cast<double>(index) / total, place.string());
        Random random = Random::forPart(options.seed, static_cast<std::uint64_t>(index));
        const RoomScene room = makeRoom(kind, random);
        const auto points =
            scanRoom(room, random.bits(), static_cast<std::size_t>(options.points), stop);
        throwIfStopRequested(stop);
        // The rooms of an area lie side by side.
        writeRoom(output, place, room, points, {8.0 * number, 0, 0});
    }
    output.finish();
    progress(1.0, fmt::format("{} rooms", total));
}

} // namespace siskin
