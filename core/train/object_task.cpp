// SPDX-License-Identifier: MIT
#include "core/train/object_task.hpp"

#include "core/base/cancel.hpp"
#include "core/models/object_input.hpp"
#include "core/train/class_loss.hpp"
#include "core/train/training_data.hpp"

#include <fmt/format.h>
#include <torch/nn/functional/loss.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace siskin {

namespace {

using torch::Tensor;

constexpr std::int64_t kClasses = std::int64_t{kObjectClasses};

std::vector<ObjectSample> samplesOf(const ObjectScan& truth) {
    const auto intensity = intensityOf(*truth.scan);
    const auto candidates = findCandidates(truth.scan->positions);
    const auto cones = conesOf(candidates, truth);
    std::vector<ObjectSample> samples;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        ObjectSample sample{cloudOf(candidates[i], truth.scan->positions, intensity)};
        if (cones[i]) {
            const Cone& cone = truth.cones[*cones[i]];
            sample.kind = cone.kind;
            sample.centre = sample.cloud.frame.fromSensor(cone.base);
        }
        samples.push_back(std::move(sample));
    }
    return samples;
}

/// In the order of the frames, whatever the number of threads.
std::vector<ObjectSample> readSamples(
    const ObjectData& data,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress
) {
    std::vector<std::vector<ObjectSample>> ofFrame(data.frames);
    forEveryFrame(data.frames, stop, progress, [&](std::size_t frame) {
        ofFrame[frame] = samplesOf(data.read(frame));
    });
    std::vector<ObjectSample> samples;
    for (auto& frame : ofFrame) {
        std::move(frame.begin(), frame.end(), std::back_inserter(samples));
    }
    const bool anyCone = std::any_of(samples.begin(), samples.end(), [](const ObjectSample& one) {
        return one.kind != ConeKind::None;
    });
    if (!anyCone) {
        throw DatasetError(
            fmt::format("{}: no cluster of points is a cone", data.name),
            "make a track with 'siskin make-dataset track'"
        );
    }
    return samples;
}

ObjectBatch batchOf(const std::vector<ObjectSample>& samples) {
    std::vector<ObjectCloud> clouds;
    ObjectBatch batch;
    const auto count = static_cast<std::int64_t>(samples.size());
    batch.labels = torch::empty({count}, torch::kInt64);
    batch.centre = torch::zeros({count, 3});
    for (std::size_t i = 0; i < samples.size(); ++i) {
        clouds.push_back(samples[i].cloud);
        batch.labels.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(samples[i].kind);
        std::copy_n(samples[i].centre.begin(), 3, batch.centre.data_ptr<float>() + 3 * i);
    }
    batch.input = objectInput(clouds);
    return batch;
}

} // namespace

TrainableObjectNetwork::TrainableObjectNetwork(
    ObjectNetworkKind kind,
    std::shared_ptr<const SparseOps> rows,
    std::shared_ptr<const PointOps> points,
    std::uint64_t seed
)
    : TrainableClouds(std::move(rows), std::move(points), seed) {
    build([&](Parameters& parameters, const SparseOps& linear, const PointOps& clouds) {
        network_ = makeObjectNetwork(kind, parameters, linear, clouds);
    });
}

Tensor TrainableObjectNetwork::forward(const Tensor& input, bool training) {
    return TrainableClouds::forward(training, [&](const PointContext& context) {
        const auto output = network_->forward(context, input);
        return torch::cat({output.logits, output.centre}, 1);
    });
}

ObjectSample augmented(const ObjectSample& sample, SplitMix64& random) {
    ObjectSample moved = sample;
    const float mirror = random.uniform() < 0.5 ? -1.0F : 1.0F;
    const auto stretch = static_cast<float>(random.uniform(0.97, 1.03));
    const auto dim = static_cast<float>(random.uniform(0.9, 1.1));
    constexpr double kNoise = 0.004; // metres
    for (auto& [x, y, z, intensity, range] : moved.cloud.points) {
        x = stretch * x + static_cast<float>(kNoise * random.gaussian());
        y = mirror * stretch * y + static_cast<float>(kNoise * random.gaussian());
        z = stretch * z + static_cast<float>(kNoise * random.gaussian());
        intensity = std::clamp(dim * intensity, 0.0F, 1.0F);
    }
    const auto& [x, y, z] = sample.centre;
    moved.centre = {stretch * x, mirror * stretch * y, stretch * z};
    if (random.uniform() < 0.5) {
        const double kept =
            random.uniform(0.5, 1.0) * static_cast<double>(sample.cloud.points.size());
        std::vector<std::size_t> order(sample.cloud.points.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        random.shuffle(order);
        order.resize(std::min(order.size(), std::max<std::size_t>(2, std::llround(kept))));
        std::sort(order.begin(), order.end());
        std::vector<ObjectPoint> points;
        for (const std::size_t i : order) {
            points.push_back(moved.cloud.points[i]);
        }
        moved.cloud.points = std::move(points);
    }
    return moved;
}

ObjectTask::ObjectTask(
    ObjectTaskOptions options,
    std::shared_ptr<const SparseOps> rows,
    std::shared_ptr<const PointOps> points,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress
)
    : options_(std::move(options)), rows_(std::move(rows)), points_(std::move(points)) {
    if (options_.batch == 1) {
        throw ConfigError(
            "--batch 1: the network's batch-norm over objects cannot learn from one",
            "give --batch 2 or more"
        );
    }
    std::vector<std::size_t> sizes;
    std::vector<double> shares;
    for (const auto& data : options_.data) {
        samples_.push_back(readSamples(data, stop, progress));
        sizes.push_back(samples_.back().size());
        shares.push_back(data.share);
    }
    if (options_.validation) {
        held_ = readSamples(*options_.validation, stop, progress);
    }
    order_.emplace(sizes, requireShares(shares), options_.seed);
    std::vector<double> weights;
    const auto numbers = counts();
    const auto most = *std::max_element(numbers.begin(), numbers.end());
    for (const std::int64_t number : numbers) {
        const auto frequency =
            static_cast<double>(std::max<std::int64_t>(number, 1)) / static_cast<double>(most);
        weights.push_back(options_.balanced ? 1.0 / std::sqrt(frequency) : 1.0);
    }
    classWeights_ = classWeightTensor(weights, kClasses);
    network_ = makeNetwork();
}

std::unique_ptr<TrainableObjectNetwork> ObjectTask::makeNetwork() const {
    return std::make_unique<TrainableObjectNetwork>(
        options_.network, rows_, points_, options_.seed
    );
}

std::vector<std::int64_t> ObjectTask::counts() const {
    std::vector<std::int64_t> result(kObjectClasses, 0);
    for (const auto& samples : samples_) {
        for (const ObjectSample& sample : samples) {
            ++result[static_cast<std::size_t>(sample.kind)];
        }
    }
    return result;
}

std::unique_ptr<TrainingBatch> ObjectTask::batch(std::int64_t step) {
    const torch::NoGradGuard noGradients;
    std::vector<ObjectSample> samples;
    for (std::int64_t i = 0; i < options_.batch; ++i) {
        const auto index = static_cast<std::uint64_t>(step * options_.batch + i);
        const auto id = order_->at(index);
        SplitMix64 random(~options_.seed, index);
        samples.push_back(augmented(samples_[id.dataset][id.frame], random));
    }
    return std::make_unique<ObjectBatch>(batchOf(samples));
}

Tensor ObjectTask::loss(const TrainingBatch& batch) {
    namespace F = torch::nn::functional;
    constexpr double kSmooth = 0.02;       // metres
    constexpr double kCentreWeight = 10.0; // one per 10 cm
    const auto& objects = dynamic_cast<const ObjectBatch&>(batch);
    const auto output = network_->forward(objects.input, true);
    const auto classes = classLoss(
        output.narrow(1, 0, kClasses), objects.labels, classWeights_, options_.labelSmoothing
    );
    const auto isCone = (objects.labels != kClasses - 1).to(torch::kFloat32).unsqueeze(1);
    const auto off = F::smooth_l1_loss(
        output.narrow(1, kClasses, 3) * isCone,
        objects.centre * isCone,
        F::SmoothL1LossFuncOptions().reduction(torch::kSum).beta(kSmooth)
    );
    return classes + kCentreWeight * off / isCone.sum().clamp_min(1.0);
}

Confusion ObjectTask::validate(
    const StateDict& state,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress
) {
    const torch::NoGradGuard noGradients;
    if (!evaluation_) {
        evaluation_ = makeNetwork();
    }
    evaluation_->load(state);
    constexpr std::size_t kTogether = 256;
    Confusion confusion(kObjectClasses);
    constexpr double kNear = 0.1; // metres
    double near = 0.0, cones = 0.0, right = 0.0;
    for (std::size_t begin = 0; begin < held_.size(); begin += kTogether) {
        throwIfStopRequested(stop);
        const auto end = std::min(begin + kTogether, held_.size());
        const auto batch = batchOf(
            {held_.begin() + static_cast<std::ptrdiff_t>(begin),
             held_.begin() + static_cast<std::ptrdiff_t>(end)}
        );
        const auto output = evaluation_->forward(batch.input, false);
        const auto said = output.narrow(1, 0, kClasses).argmax(1);
        const auto off = (output.narrow(1, kClasses, 2) - batch.centre.narrow(1, 0, 2)).norm(2, 1);
        std::vector<ClassId> truth, answers;
        for (std::int64_t i = 0; i < said.size(0); ++i) {
            truth.push_back(static_cast<ClassId>(batch.labels[i].item<std::int64_t>()));
            answers.push_back(static_cast<ClassId>(said[i].item<std::int64_t>()));
            right += truth.back() == answers.back() ? 1.0 : 0.0;
            const bool isCone = truth.back() + 1 < kClasses;
            cones += isCone ? 1.0 : 0.0;
            near += isCone && off[i].item<double>() < kNear ? 1.0 : 0.0;
        }
        confusion.add(truth, answers);
        progress(static_cast<double>(end) / static_cast<double>(held_.size()));
    }
    otherScores_ = {
        {"accuracy", right / static_cast<double>(held_.size())},
        {"centre_within_10cm", near / cones}};
    return confusion;
}

} // namespace siskin
