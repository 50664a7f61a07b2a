// SPDX-License-Identifier: MIT
#include "tests/bench/voxel_frames.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/sparse/sparse_ops.hpp"
#include "datasets/open.hpp"
#include "datasets/synthetic/street/street_set.hpp"
#include "tests/support/npz.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <cmath>
#include <zlib.h>

namespace siskin::bench {

namespace {

using torch::Tensor;

constexpr float kVoxelSize = 0.05F; ///< metres

VoxelFrame voxelFrame(
    std::string name,
    const std::vector<Vec3f>& positions,
    const std::vector<float>& intensity,
    double radius
) {
    std::vector<float> rows;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const auto& [x, y, z] = positions[i];
        if (radius <= 0.0 || std::hypot(x, y) <= radius) {
            rows.insert(rows.end(), {x, y, z, intensity[i]});
        }
    }
    if (rows.empty()) {
        throw DatasetError(fmt::format("{}: no point within {} m", name, radius));
    }
    const auto points = torch::tensor(rows).reshape({-1, 4});
    const auto found = makeCpuOps()->quantize(points.narrow(1, 0, 3).contiguous(), kVoxelSize);
    const auto [first, order] = found.firstRow.sort();
    return {
        std::move(name),
        found.voxels.coords.index_select(0, order).contiguous(),
        points.index_select(0, first).contiguous()};
}

VoxelFrame readArchive(const std::string& path) {
    const auto arrays = test::readNpz(path);
    const auto coords = arrays.find("coords");
    const auto features = arrays.find("features");
    const bool whole = coords != arrays.end() && features != arrays.end();
    if (!whole || coords->second.dim() != 2 || coords->second.size(1) != 4 ||
        features->second.sizes() != coords->second.sizes()) {
        throw DatasetError(
            path + ": not a list of voxels", "write one with cuda_bench --save-frames FOLDER"
        );
    }
    return {
        std::filesystem::path(path).stem().string(),
        coords->second.to(torch::kInt32).contiguous(),
        features->second.to(torch::kFloat32).contiguous()};
}

VoxelFrame readFrame(const std::string& path, double radius) {
    if (path.ends_with(".npz")) {
        return readArchive(path);
    }
    const auto scan = openDataset(path)->read(0);
    const auto* intensity = scan->field("intensity");
    const auto values =
        intensity != nullptr ? intensity->values : std::vector<float>(scan->pointCount());
    return voxelFrame(std::filesystem::path(path).stem().string(), scan->positions, values, radius);
}

std::vector<VoxelFrame> makeStreets(const FramePlan& plan) {
    StreetSetPlan streets;
    streets.frames = plan.streets;
    streets.framesPerDrive = 1; // each a street of its own
    streets.seed = plan.seed;
    std::vector<VoxelFrame> frames(plan.streets);
    forEachStreetFrame(
        streets,
        hdl64(),
        {},
        [](std::size_t, std::size_t) {},
        [&](std::size_t drive, std::size_t, const StreetFrame& frame) {
            frames[drive] = voxelFrame(
                fmt::format("street {}", drive), frame.positions, frame.intensity, plan.radius
            );
        }
    );
    return frames;
}

/// `count` frames from `first` on, round and round, as one.
VoxelFrame sideBySide(const std::vector<VoxelFrame>& frames, std::size_t first, int count) {
    VoxelFrame result{frames[first].name, {}, {}};
    std::vector<Tensor> coords;
    std::vector<Tensor> features;
    for (int b = 0; b < count; ++b) {
        const auto& frame = frames[(first + static_cast<std::size_t>(b)) % frames.size()];
        coords.push_back(frame.coords.clone());
        coords.back().select(1, 0).fill_(b);
        features.push_back(frame.features);
    }
    result.coords = torch::cat(coords);
    result.features = torch::cat(features);
    return result;
}

// A zip with stored entries is all that NumPy needs (PKWARE's APPNOTE.TXT, 4.3; numpy.lib.format).
class ArrayArchive {
  public:
    void add(const std::string& name, const std::string& type, const Tensor& rows) {
        const auto bytes = static_cast<std::size_t>(rows.nbytes());
        std::string header = fmt::format(
            "{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}",
            type,
            rows.size(0),
            rows.size(1)
        );
        header.append(63 - (10 + header.size()) % 64, ' ');
        std::string data("\x93NUMPY\x01\0", 8);
        number(data, header.size() + 1, 2);
        data += header + '\n';
        data.append(static_cast<const char*>(rows.data_ptr()), bytes);
        addEntry(name + ".npy", data);
    }

    std::string finish() && {
        const auto start = content_.size();
        content_ += directory_;
        number(content_, 0x06054b50, 4);
        number(content_, 0, 4); // disks
        number(content_, entries_, 2);
        number(content_, entries_, 2);
        number(content_, directory_.size(), 4);
        number(content_, start, 4);
        number(content_, 0, 2); // no comment
        return std::move(content_);
    }

  private:
    static void number(std::string& to, std::size_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) {
            to += static_cast<char>(value >> (8 * i) & 0xFFU);
        }
    }

    void addEntry(const std::string& name, const std::string& data) {
        const auto offset = content_.size();
        std::string facts; // shared by the header of the entry and the directory
        number(facts, 20, 2);
        number(facts, 0, 4);          // flags, stored
        number(facts, 0x00210000, 4); // 1980-01-01: equal content gives equal bytes
        number(
            facts, crc32_z(0, reinterpret_cast<const unsigned char*>(data.data()), data.size()), 4
        );
        number(facts, data.size(), 4);
        number(facts, data.size(), 4);
        number(facts, name.size(), 2);
        number(facts, 0, 2);
        number(content_, 0x04034b50, 4);
        content_ += facts + name + data;
        number(directory_, 0x02014b50, 4);
        number(directory_, 20, 2);
        directory_ += facts;
        directory_.append(10, '\0'); // comment, disk, attributes
        number(directory_, offset, 4);
        directory_ += name;
        ++entries_;
    }

    std::string content_;
    std::string directory_;
    std::size_t entries_ = 0;
};

} // namespace

std::vector<VoxelFrame> makeFrames(const FramePlan& plan) {
    std::vector<VoxelFrame> frames;
    if (plan.scans.empty()) {
        frames = makeStreets(plan);
    }
    for (const auto& path : plan.scans) {
        frames.push_back(readFrame(path, plan.radius));
    }
    if (plan.batch == 1) {
        return frames;
    }
    std::vector<VoxelFrame> batches;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        batches.push_back(sideBySide(frames, i, plan.batch));
    }
    return batches;
}

void saveFrames(const std::vector<VoxelFrame>& frames, const std::filesystem::path& folder) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        ArrayArchive archive;
        archive.add("coords", "<i4", frames[i].coords);
        archive.add("features", "<f4", frames[i].features);
        writeFileAtomically(folder / fmt::format("{:03}.npz", i), std::move(archive).finish());
    }
}

} // namespace siskin::bench
