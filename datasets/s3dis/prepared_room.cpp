// SPDX-License-Identifier: MIT
#include "datasets/s3dis/prepared_room.hpp"

#include "core/base/cancel.hpp"
#include "core/base/split_mix.hpp"
#include "core/base/text_hash.hpp"
#include "datasets/s3dis/npy_file.hpp"
#include "datasets/s3dis/window_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <system_error>

namespace siskin {

namespace {

namespace fs = std::filesystem;

struct Cut {
    const char* name;
    double offset; ///< metres
};

constexpr Cut kCuts[] = {{"zero", 0.0}, {"half", 0.75}};

void writePoints(const fs::path& folder, const RoomPoints& points) {
    std::vector<double> rows;
    rows.reserve(points.positions.size() * 6);
    for (std::size_t i = 0; i < points.positions.size(); ++i) {
        rows.insert(rows.end(), points.positions[i].begin(), points.positions[i].end());
        rows.insert(rows.end(), points.colours[i].begin(), points.colours[i].end());
    }
    const std::size_t count = points.positions.size();
    writeNpy(folder / "xyzrgb.npy", "<f8", count, 6, std::as_bytes(std::span(rows)));
    const std::vector<std::int32_t> labels(points.classes.begin(), points.classes.end());
    writeNpy(folder / "label.npy", "<i4", count, 0, std::as_bytes(std::span(labels)));
}

} // namespace

void writePreparedRoom(
    const fs::path& folder,
    std::string_view roomId,
    const RoomPoints& points,
    std::uint64_t seed,
    const std::stop_token& stop,
    std::size_t windowsPerFile
) {
    std::error_code ignored; // what cannot be made shows when it is written to
    fs::create_directories(folder, ignored);
    writePoints(folder, points);
    SplitMix64 seeds(seed, hashOf(roomId));
    for (const Cut& cut : kCuts) {
        const auto windows =
            cutRoom(points.positions, points.colours, cut.offset, seeds.bits(), stop);
        const std::span<const RoomWindow> all(windows);
        for (std::size_t begin = 0; begin < all.size(); begin += windowsPerFile) {
            throwIfStopRequested(stop);
            const std::size_t count = std::min(windowsPerFile, all.size() - begin);
            const auto file = fmt::format("{}_{}.h5", cut.name, begin / windowsPerFile);
            writeWindows(folder / file, all.subspan(begin, count), points.classes);
        }
    }
}

} // namespace siskin
