// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/semantickitti_writer.hpp"

#include <fmt/format.h>

#include <bit>
#include <map>

namespace siskin {

namespace {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

/// Velodyne to left camera: KITTI's axes and offsets, without the small angles of its calibration.
const Rigid& toCamera() {
    static const Rigid kToCamera{{0, -1, 0, 0, 0, -1, 1, 0, 0}, {0.0, -0.08, -0.27}};
    return kToCamera;
}

std::string row(const Rigid& rigid) {
    const auto m = rigid.matrix();
    std::string text;
    for (std::size_t i = 0; i < 12; ++i) {
        text += fmt::format("{}{:.12e}", i == 0 ? "" : " ", m[i] + 0.0);
    }
    return text + "\n";
}

std::string calibration() {
    std::string text;
    for (int camera = 0; camera < 4; ++camera) { // of a nominal camera, KITTI's readers expect them
        text += fmt::format("P{}: 7.2e+02 0 6.1e+02 0 0 7.2e+02 1.8e+02 0 0 0 1 0\n", camera);
    }
    return text + "Tr: " + row(toCamera());
}

std::vector<int> sequencesOf(StreetSplit split) {
    switch (split) {
    case StreetSplit::Val:
        return {8};
    case StreetSplit::Test:
        return {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21};
    default:
        return {0, 1, 2, 3, 4, 5, 6, 7, 9, 10};
    }
}

/// Where a drive goes: its sequence, and how many drives of that sequence come before it.
struct Place {
    int sequence;
    std::size_t turn;
};

Place placeOf(StreetSplit split, std::size_t drive) {
    const auto sequences = sequencesOf(split);
    return {sequences[drive % sequences.size()], drive / sequences.size()};
}

struct Moment {
    Rigid pose;
    double seconds = 0.0;
};

void writeFrame(
    const OutputFolder& folder, const std::string& stem, int sequence, const StreetFrame& frame
) {
    std::vector<float> points;
    std::vector<std::uint32_t> labels;
    points.reserve(4 * frame.size());
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const auto& [x, y, z] = frame.positions[i];
        points.insert(points.end(), {x, y, z, frame.intensity[i]});
        labels.push_back(frame.rawIds[i] | (std::uint32_t{frame.instances[i]} << 16U));
    }
    const std::string base = fmt::format("sequences/{:02}", sequence);
    folder.write(fmt::format("{}/velodyne/{}.bin", base, stem), std::as_bytes(std::span(points)));
    folder.write(fmt::format("{}/labels/{}.label", base, stem), std::as_bytes(std::span(labels)));
}

/// Trajectories as KITTI writes them: of the left camera, relative to the sequence's first frame.
void writeTrajectories(
    const OutputFolder& folder, const std::map<int, std::vector<Moment>>& sequences
) {
    for (const auto& [sequence, moments] : sequences) {
        std::string poses;
        std::string times;
        const Rigid start = moments.front().pose.inverse();
        for (const Moment& moment : moments) {
            poses += row(toCamera() * start * moment.pose * toCamera().inverse());
            times += fmt::format("{:.6e}\n", moment.seconds);
        }
        const std::string base = fmt::format("sequences/{:02}", sequence);
        folder.write(base + "/poses.txt", poses);
        folder.write(base + "/times.txt", times);
        folder.write(base + "/calib.txt", calibration());
    }
}

} // namespace

void writeSemanticKittiStreet(
    const StreetSetPlan& plan,
    const OutputFolder& folder,
    const std::stop_token& stop,
    const StreetProgress& progress
) {
    std::map<int, std::vector<Moment>> sequences;
    for (std::size_t drive = 0; drive < plan.drives(); ++drive) {
        auto& moments = sequences[placeOf(plan.split, drive).sequence];
        moments.resize(moments.size() + plan.framesOf(drive));
    }
    const double driveSeconds =
        static_cast<double>(plan.framesPerDrive) * plan.strideSeconds + 10.0;
    const auto take = [&](std::size_t drive, std::size_t index, const StreetFrame& frame) {
        const auto [sequence, turn] = placeOf(plan.split, drive);
        const std::size_t number = turn * plan.framesPerDrive + index;
        writeFrame(folder, fmt::format("{:06}", number), sequence, frame);
        Moment& moment = sequences.at(sequence)[number]; // one writer each
        const auto turns = static_cast<double>(turn);
        moment.pose = Rigid::fromMatrix(frame.pose);
        moment.pose.translation.y += 1000.0 * turns;
        moment.seconds = driveSeconds * turns + frame.seconds;
    };
    forEachStreetFrame(plan, hdl64(), stop, progress, take);
    writeTrajectories(folder, sequences);
}

} // namespace siskin
