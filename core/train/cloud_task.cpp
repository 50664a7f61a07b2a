// SPDX-License-Identifier: MIT
#include "core/train/cloud_task.hpp"

#include "core/base/cancel.hpp"
#include "core/eval/part_scores.hpp"
#include "core/run/cloud_votes.hpp"
#include "core/train/class_loss.hpp"
#include "core/train/read_ahead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace siskin {

namespace {

using torch::Tensor;

void requireClasses(const TrainingData& data, ModelTask task, std::int64_t classes) {
    const auto& map = *data.reader->classMap();
    if (taskOfClasses(map.name()) != task || static_cast<std::int64_t>(map.size()) != classes) {
        throw ConfigError(
            fmt::format(
                "{}: its classes ('{}') are not those of the network", data.name, map.name()
            ),
            "all data of a training must speak the same classes, see --class-map"
        );
    }
}

/// Over one row there is no variance: its batch-norm would answer the same whatever the cloud.
void requireClouds(const CloudTaskOptions& options) {
    const auto& network = options.network;
    const bool layersOverClouds =
        network.task == ModelTask::IndoorScene &&
        (network.kind == ModelKind::Pvcnn || network.kind == ModelKind::PointNet);
    if (options.batch == 1 && layersOverClouds) {
        throw ConfigError(
            fmt::format(
                "--batch 1: {} for rooms has a batch-norm over whole clouds, which cannot learn "
                "from one",
                titleOf(network.kind)
            ),
            "give --batch 2 or more"
        );
    }
}

Tensor labelsOf(const Scan& scan, const std::vector<std::uint32_t>& points) {
    auto labels = torch::empty({static_cast<std::int64_t>(points.size())}, torch::kUInt8);
    std::transform(
        points.begin(),
        points.end(),
        labels.data_ptr<std::uint8_t>(),
        [&](std::uint32_t point) { return scan.groundTruth->classIds[point]; }
    );
    return labels;
}

/// (1, C, n) as [n, C].
Tensor rowsOf(const Tensor& features) {
    return features[0].t().contiguous();
}

/// A sample holds some points twice; a source holds each once.
CloudSource wholeShape(const Scan& scan, const CloudCut& cut) {
    CloudSource source;
    for (std::size_t i = 0; i < cut.samples; ++i) {
        const auto sample = cut.sample(i);
        if (i == 0) {
            const auto count = static_cast<std::int64_t>(scan.pointCount());
            source.rows = torch::empty({count, sample.features.size(1)});
            source.labels = torch::empty({count}, torch::kUInt8);
        }
        const std::vector<std::int64_t> points(sample.points.begin(), sample.points.end());
        const auto index = torch::tensor(points);
        source.rows.index_copy_(0, index, rowsOf(sample.features));
        source.labels.index_copy_(0, index, labelsOf(scan, sample.points));
    }
    return source;
}

/// A window with its own rows, not tiled to those of a test.
CloudSource wholeWindow(const Scan& scan, const RoomWindow& window) {
    const auto count = static_cast<std::int64_t>(window.points.size());
    CloudSource source;
    source.rows = torch::empty({count, static_cast<std::int64_t>(kWindowFeatures)});
    auto* row = source.rows.data_ptr<float>();
    for (const auto& features : window.features) {
        row = std::copy(features.begin(), features.end(), row);
    }
    source.labels = labelsOf(scan, window.points);
    return source;
}

/// `count` of so many rows: of shapes with replacement (models.md 4.4), of pieces of rooms without
/// unless they have fewer (models.md 4.3).
std::vector<std::int64_t>
drawRows(std::int64_t rows, std::int64_t count, ModelTask task, SplitMix64& random) {
    std::vector<std::int64_t> drawn(static_cast<std::size_t>(count));
    if (task == ModelTask::IndoorScene && rows >= count) {
        drawn.resize(static_cast<std::size_t>(rows));
        std::iota(drawn.begin(), drawn.end(), std::int64_t{0});
        random.shuffle(drawn, static_cast<std::size_t>(count));
        return drawn;
    }
    for (auto& row : drawn) {
        row = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(rows)));
    }
    return drawn;
}

/// One augmented cloud, as a row of a batch.
void drawCloud(
    const CloudSource& source,
    const CloudTaskOptions& options,
    SplitMix64 random,
    const Tensor& input,
    const Tensor& labels
) {
    const std::int64_t channels = source.rows.size(1);
    const auto task = options.network.task;
    const auto drawn = drawRows(source.rows.size(0), input.size(0), task, random);
    const auto* rows = source.rows.data_ptr<float>();
    const auto* classes = source.labels.data_ptr<std::uint8_t>();
    auto* row = input.data_ptr<float>();
    auto* label = labels.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < input.size(0); ++i) {
        const auto chosen = drawn[static_cast<std::size_t>(i)];
        row = std::copy_n(rows + chosen * channels, channels, row);
        label[i] = classes[chosen];
    }
    augmentCloud(input, task, options.augmentation, random);
}

/// Sums for the measure of models.md 7.4.
class PartScores {
  public:
    void add(const Scan& scan, const std::vector<ClassId>& predicted) {
        Confusion counts(kShapePartCount);
        counts.add(scan.groundTruth->classIds, predicted);
        auto& [sum, shapes] = categories_[*scan.shapeCategory];
        sum += shapeIou(counts, kShapeCategories[*scan.shapeCategory]);
        shapes += 1.0;
    }

    std::map<std::string, double> scores() const {
        double instances = 0.0;
        double shapes = 0.0;
        double categories = 0.0;
        for (const auto& [category, entry] : categories_) {
            instances += entry.first;
            shapes += entry.second;
            categories += entry.first / entry.second;
        }
        return {
            {"instance_miou", instances / shapes},
            {"category_miou", categories / static_cast<double>(categories_.size())}};
    }

  private:
    std::map<std::size_t, std::pair<double, double>> categories_; ///< sum of IoUs, shapes
};

} // namespace

CloudTask::CloudTask(
    CloudTaskOptions options,
    std::shared_ptr<const SparseOps> rows,
    std::shared_ptr<const PointOps> points,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress
)
    : options_(std::move(options)), rows_(std::move(rows)), points_(std::move(points)) {
    requireClouds(options_);
    network_ = makeNetwork();
    const auto task = options_.network.task;
    const auto classes = network_->network().classes();
    for (const auto& data : options_.data) {
        requireClasses(data, task, classes);
    }
    if (options_.validation) {
        requireClasses(*options_.validation, task, classes);
    }
    if (options_.points == 0) {
        const bool many = options_.network.kind == ModelKind::Pvcnn2;
        options_.points = task == ModelTask::ShapeParts ? 2048 : many ? 8192 : 4096;
    }
    classWeights_ = classWeightTensor(options_.classWeights, classes);
    readSources(stop, progress);
}

std::unique_ptr<TrainablePointNetwork> CloudTask::makeNetwork() const {
    return std::make_unique<TrainablePointNetwork>(options_.network, rows_, points_, options_.seed);
}

std::vector<CloudSource> CloudTask::sourcesOf(const Scan& scan, std::size_t index) const {
    const auto seed = SplitMix64(options_.seed, index).bits();
    const auto& plan = options_.network;
    std::vector<CloudSource> sources;
    if (plan.task == ModelTask::IndoorScene && plan.kind != ModelKind::Dgcnn) {
        for (const auto& window : windowsOfRoom(scan, seed, std::stop_token())) {
            sources.push_back(wholeWindow(scan, window));
        }
        return sources;
    }
    const auto cut =
        cutForNetwork(scan, plan, network_->network().inputChannels(), 1, seed, std::stop_token());
    if (plan.task == ModelTask::ShapeParts) {
        return {wholeShape(scan, cut)};
    }
    for (std::size_t i = 0; i < cut.samples; ++i) {
        const auto sample = cut.sample(i);
        sources.push_back({rowsOf(sample.features), labelsOf(scan, sample.points)});
    }
    return sources;
}

void CloudTask::readSources(
    const std::stop_token& stop, const std::function<void(double fraction)>& progress
) {
    std::vector<std::size_t> counts;
    std::vector<double> shares;
    for (const auto& data : options_.data) {
        std::vector<std::vector<CloudSource>> ofFrame(data.frames.size());
        forEveryFrame(ofFrame.size(), stop, progress, [&](std::size_t i) {
            const torch::NoGradGuard noGradients;
            ofFrame[i] = sourcesOf(*data.read(i), i);
        });
        auto& sources = sources_.emplace_back();
        for (auto& frame : ofFrame) {
            std::move(frame.begin(), frame.end(), std::back_inserter(sources));
        }
        counts.push_back(sources.size());
        shares.push_back(data.share);
    }
    order_.emplace(counts, requireShares(shares), options_.seed);
}

std::unique_ptr<TrainingBatch> CloudTask::batch(std::int64_t step) {
    const torch::NoGradGuard noGradients;
    const auto channels = sources_.front().front().rows.size(1);
    const auto input = torch::empty({options_.batch, options_.points, channels});
    const auto labels = torch::empty({options_.batch, options_.points}, torch::kInt64);
    for (std::int64_t i = 0; i < options_.batch; ++i) {
        const auto index = static_cast<std::uint64_t>(step * options_.batch + i);
        const auto id = order_->at(index);
        drawCloud(
            sources_[id.dataset][id.frame],
            options_,
            SplitMix64(~options_.seed, index),
            input[i],
            labels[i]
        );
    }
    auto batch = std::make_unique<CloudBatch>();
    batch->input = input.transpose(1, 2);
    batch->labels = labels;
    return batch;
}

Tensor CloudTask::loss(const TrainingBatch& batch) {
    const auto& clouds = dynamic_cast<const CloudBatch&>(batch);
    const auto logits = network_->forward(clouds.input, true);
    return classLoss(
        logits.transpose(1, 2).reshape({-1, logits.size(1)}),
        clouds.labels.reshape(-1),
        classWeights_,
        options_.labelSmoothing
    );
}

std::vector<ClassId> CloudTask::label(const Scan& scan) {
    const auto& network = evaluation_->network();
    const auto cut = cutForNetwork(
        scan, options_.network, network.inputChannels(), 1, kProtocolSeed, std::stop_token()
    );
    CloudVotes votes(scan.pointCount(), cut, network.classes());
    for (std::size_t i = 0; i < cut.samples; ++i) {
        const auto sample = cut.sample(i);
        votes.add(evaluation_->forward(sample.features, false), sample.points);
    }
    votes.fillUncovered(scan.positions);
    return std::move(votes).take().classIds;
}

Confusion CloudTask::validate(
    const StateDict& state,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress
) {
    const torch::NoGradGuard noGradients;
    const auto& data = options_.validation.value();
    if (!evaluation_) {
        evaluation_ = makeNetwork();
    }
    evaluation_->load(state);
    const auto frames = static_cast<std::int64_t>(data.frames.size());
    ReadAhead<std::shared_ptr<const Scan>> scans(0, frames, [&](std::int64_t i) {
        return data.read(static_cast<std::size_t>(i));
    });
    Confusion confusion(static_cast<std::size_t>(evaluation_->network().classes()));
    PartScores parts;
    for (std::int64_t i = 0; i < frames; ++i) {
        throwIfStopRequested(stop);
        const auto scan = scans.next();
        const auto predicted = label(*scan);
        confusion.add(scan->groundTruth->classIds, predicted);
        if (options_.network.task == ModelTask::ShapeParts) {
            parts.add(*scan, predicted);
            otherScores_ = parts.scores();
        }
        progress(static_cast<double>(i + 1) / static_cast<double>(frames));
    }
    return confusion;
}

} // namespace siskin
