// SPDX-License-Identifier: MIT
#include "datasets/synthetic/track/track_set.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <atomic>
#include <bit>

namespace siskin {

namespace {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

std::string coneLines(const std::vector<Cone>& cones) {
    std::string text = "# instance kind x y z points\n";
    for (const Cone& cone : cones) {
        text += fmt::format(
            "{} {} {:.4f} {:.4f} {:.4f} {}\n",
            cone.instance,
            toString(cone.kind),
            cone.base[0],
            cone.base[1],
            cone.base[2],
            cone.points
        );
    }
    return text;
}

void writeFrame(const OutputFolder& folder, std::size_t number, const TrackFrame& frame) {
    std::vector<float> points;
    points.reserve(4 * frame.size());
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const auto& [x, y, z] = frame.positions[i];
        points.insert(points.end(), {x, y, z, frame.intensity[i]});
    }
    const auto stem = fmt::format("{:06}", number);
    folder.write(fmt::format("velodyne/{}.bin", stem), std::as_bytes(std::span(points)));
    folder.write(fmt::format("labels/{}.label", stem), std::as_bytes(std::span(frame.raw)));
    folder.write(fmt::format("cones/{}.txt", stem), coneLines(frame.cones));
}

void writeDescription(const TrackSetPlan& plan, const OutputFolder& folder) {
    const LidarModel& lidar = trackLidar(plan.beams);
    folder.write(
        "track.json",
        fmt::format(
            "{{\n  \"format\": \"siskin-track-1\",\n  \"sensor\": \"{}\",\n  \"beams\": {},\n"
            "  \"sensorHeight\": {},\n  \"frames\": {},\n  \"framesPerTrack\": {},\n"
            "  \"seed\": {},\n  \"synthetic\": true\n}}\n",
            lidar.name,
            plan.beams,
            lidar.height,
            plan.frames,
            plan.framesPerTrack,
            plan.seed
        )
    );
}

} // namespace

void writeTrackSet(
    const TrackSetPlan& plan,
    const OutputFolder& folder,
    const std::stop_token& stop,
    const TrackProgress& progress
) {
    std::atomic<std::size_t> done{0};
    const auto makeTrack = [&](std::size_t track) {
        throwIfStopRequested(stop);
        const std::size_t first = track * plan.framesPerTrack;
        const std::size_t count = std::min(plan.framesPerTrack, plan.frames - first);
        const TrackDrive drive(Random::forPart(plan.seed, track).bits(), plan.framesPerTrack);
        parallelFor(static_cast<std::int64_t>(count), 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                throwIfStopRequested(stop);
                const auto index = static_cast<std::size_t>(i);
                writeFrame(folder, first + index, drive.frame(index, plan.beams));
                progress(++done, plan.frames);
            }
        });
    };
    writeDescription(plan, folder);
    const auto tracks = static_cast<std::int64_t>(plan.tracks());
    if (tracks < threadCount()) { // the frames of a track side by side instead
        for (std::int64_t i = 0; i < tracks; ++i) {
            makeTrack(static_cast<std::size_t>(i));
        }
        return;
    }
    parallelFor(tracks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            makeTrack(static_cast<std::size_t>(i));
        }
    });
}

} // namespace siskin
