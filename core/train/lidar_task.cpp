// SPDX-License-Identifier: MIT
#include "core/train/lidar_task.hpp"

#include "core/base/cancel.hpp"
#include "core/models/scan_input.hpp"
#include "core/train/class_loss.hpp"
#include "core/train/read_ahead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace siskin {

namespace {

SampleOrder orderOf(const LidarTaskOptions& options) {
    std::vector<std::size_t> frames;
    std::vector<double> shares;
    for (const auto& data : options.data) {
        frames.push_back(data.frames.size());
        shares.push_back(data.share);
    }
    return {frames, requireShares(shares), options.seed};
}

void requireClasses(const TrainingData& data, std::int64_t classes) {
    const auto& map = *data.reader->classMap();
    if (static_cast<std::int64_t>(map.size()) != classes) {
        throw ConfigError(
            fmt::format(
                "{}: {} classes ('{}'), the network has {}",
                data.name,
                map.size(),
                map.name(),
                classes
            ),
            "all data of a training must speak the same classes, see --class-map"
        );
    }
}

void requireVoxelSize(const NetworkPlan& plan) {
    if (plan.kind == ModelKind::Spvcnn && !survivesRounding(plan.voxelSize)) {
        throw ConfigError(
            fmt::format("SPVCNN's arithmetic is not exact with voxels of {} m", plan.voxelSize),
            "0.025, 0.05, 0.1, 0.2 and 0.25 are"
        );
    }
}

/// Sorted row numbers of a random subset.
torch::Tensor chooseRows(std::int64_t rows, std::int64_t chosen, SplitMix64& random) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(rows));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    random.shuffle(all, static_cast<std::size_t>(chosen));
    all.resize(static_cast<std::size_t>(chosen));
    std::sort(all.begin(), all.end()); // a voxel set keeps its order
    return torch::tensor(all, torch::kInt64);
}

/// Sorted row numbers of the voxels nearest to a random one, seen from above.
torch::Tensor cropRows(const torch::Tensor& coords, std::int64_t chosen, SplitMix64& random) {
    const auto rows = coords.accessor<std::int32_t, 2>();
    const auto centre =
        static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(coords.size(0))));
    std::vector<std::pair<std::int64_t, std::int64_t>> nearest; // squared distance, row
    for (std::int64_t i = 0; i < coords.size(0); ++i) {
        const std::int64_t dx = rows[i][1] - rows[centre][1];
        const std::int64_t dy = rows[i][2] - rows[centre][2];
        nearest.emplace_back(dx * dx + dy * dy, i);
    }
    std::nth_element(nearest.begin(), nearest.begin() + chosen - 1, nearest.end());
    std::vector<std::int64_t> kept;
    for (std::int64_t i = 0; i < chosen; ++i) {
        kept.push_back(nearest[static_cast<std::size_t>(i)].second);
    }
    std::sort(kept.begin(), kept.end());
    return torch::tensor(kept, torch::kInt64);
}

torch::Tensor labelsOf(const Scan& scan, const torch::Tensor& firstPoint) {
    auto labels = torch::empty({firstPoint.size(0)}, torch::kInt64);
    auto* target = labels.data_ptr<std::int64_t>();
    const auto* first = firstPoint.data_ptr<std::int64_t>();
    for (std::int64_t v = 0; v < labels.size(0); ++v) {
        target[v] = scan.groundTruth->classIds[static_cast<std::size_t>(first[v])];
    }
    return labels;
}

struct ValidationScan {
    std::shared_ptr<const Scan> scan;
    PreparedScan prepared;
};

/// Both in the processor's memory.
std::vector<ClassId>
classesOfPoints(const torch::Tensor& logits, const torch::Tensor& pointToVoxel) {
    const auto best = logits.argmax(1).to(torch::kUInt8).index_select(0, pointToVoxel);
    const auto* values = best.data_ptr<std::uint8_t>();
    return {values, values + best.numel()};
}

} // namespace

bool survivesRounding(float voxelSize) {
    for (int k = 0; k < 8192; ++k) {
        const volatile float metres = static_cast<float>(k) * voxelSize;
        if (static_cast<int>(std::floor(metres / voxelSize)) != k) {
            return false;
        }
    }
    return true;
}

LidarBatch prepareSample(
    const SparseOps& ops,
    const Scan& scan,
    float voxelSize,
    const Augmentation& augmentation,
    std::int64_t maxVoxels,
    SplitMix64 random
) {
    const auto changed = augment(scan, augmentation, random);
    TraceRecorder unused;
    const auto prepared = prepareScan(ops, changed, voxelSize, unused);
    LidarBatch sample;
    sample.input = prepared.input;
    sample.labels = labelsOf(changed, prepared.firstPoint);
    const auto voxels = sample.input.voxels.size();
    if (voxels > maxVoxels) {
        const auto& coords = sample.input.voxels.coords;
        const auto rows = augmentation.crop ? cropRows(ops.download(coords), maxVoxels, random)
                                            : chooseRows(voxels, maxVoxels, random);
        const auto uploaded = ops.upload(rows);
        sample.input.voxels = {coords.index_select(0, uploaded)};
        sample.input.features = sample.input.features.index_select(0, uploaded);
        sample.labels = sample.labels.index_select(0, rows);
    }
    return sample;
}

LidarBatch concatenate(const std::vector<LidarBatch>& samples) {
    std::vector<torch::Tensor> coords;
    std::vector<torch::Tensor> features;
    std::vector<torch::Tensor> labels;
    for (const auto& sample : samples) {
        auto own = sample.input.voxels.coords.clone();
        own.select(1, 0).fill_(static_cast<std::int64_t>(coords.size()));
        coords.push_back(own);
        features.push_back(sample.input.features);
        labels.push_back(sample.labels);
    }
    LidarBatch batch;
    batch.input.voxels.coords = torch::cat(coords);
    batch.input.features = torch::cat(features);
    batch.labels = torch::cat(labels);
    return batch;
}

LidarTask::LidarTask(LidarTaskOptions options, std::shared_ptr<const SparseOps> ops)
    : options_(std::move(options)), ops_(std::move(ops)), order_(orderOf(options_)) {
    const auto classes = options_.network.classes;
    for (const auto& data : options_.data) {
        requireClasses(data, classes);
    }
    if (options_.validation) {
        requireClasses(*options_.validation, classes);
    }
    requireVoxelSize(options_.network);
    network_ = TrainableNetwork::create(options_.network, ops_, options_.seed);
    classWeights_ = classWeightTensor(options_.classWeights, classes);
}

std::unique_ptr<TrainingBatch> LidarTask::batch(std::int64_t step) {
    const torch::NoGradGuard noGradients;
    std::vector<LidarBatch> samples;
    for (std::int64_t i = 0; i < options_.batch; ++i) {
        const auto index = static_cast<std::uint64_t>(step * options_.batch + i);
        const auto id = order_.at(index);
        samples.push_back(prepareSample(
            *ops_,
            *options_.data[id.dataset].read(id.frame),
            options_.network.voxelSize,
            options_.augmentation,
            options_.maxVoxels,
            SplitMix64(~options_.seed, index)
        ));
    }
    return std::make_unique<LidarBatch>(concatenate(samples));
}

torch::Tensor LidarTask::loss(const TrainingBatch& batch) {
    const auto& lidar = dynamic_cast<const LidarBatch&>(batch);
    const auto logits = network_->forward(lidar.input, true);
    return classLoss(logits, lidar.labels, classWeights_, options_.labelSmoothing);
}

Confusion LidarTask::validate(
    const StateDict& state,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress
) {
    const torch::NoGradGuard noGradients;
    const auto& data = options_.validation.value();
    if (!evaluation_) {
        evaluation_ = TrainableNetwork::create(options_.network, ops_, options_.seed);
    }
    evaluation_->load(state);
    const auto frames = static_cast<std::int64_t>(data.frames.size());
    ReadAhead<ValidationScan> scans(0, frames, [&](std::int64_t i) {
        const torch::NoGradGuard none;
        TraceRecorder unused;
        auto scan = data.read(static_cast<std::size_t>(i));
        auto prepared = prepareScan(*ops_, *scan, options_.network.voxelSize, unused);
        return ValidationScan{std::move(scan), std::move(prepared)};
    });
    Confusion confusion(static_cast<std::size_t>(options_.network.classes));
    for (std::int64_t i = 0; i < frames; ++i) {
        throwIfStopRequested(stop);
        const auto next = scans.next();
        const auto logits = evaluation_->forward(next.prepared.input, false);
        confusion.add(
            next.scan->groundTruth->classIds,
            classesOfPoints(ops_->download(logits), ops_->download(next.prepared.pointToVoxel))
        );
        progress(static_cast<double>(i + 1) / static_cast<double>(frames));
    }
    return confusion;
}

} // namespace siskin
