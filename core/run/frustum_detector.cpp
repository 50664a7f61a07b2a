// SPDX-License-Identifier: MIT
#include "core/run/frustum_detector.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "core/models/frustum_network.hpp"
#include "core/run/point_devices.hpp"
#include "core/sparse/tensor_pool.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <span>

namespace siskin {

namespace {

/// Frustums that go through the network at once.
constexpr std::size_t kTogether = 16;

FrustumInput inputOf(std::span<const Frustum> frustums) {
    const auto count = static_cast<std::int64_t>(frustums.size());
    const auto points = static_cast<std::int64_t>(kFrustumPoints);
    FrustumInput input;
    const auto rows = torch::empty({count, points, kFrustumChannels});
    input.category = torch::zeros({count, kFrustumCategories});
    auto* values = rows.data_ptr<float>();
    for (std::size_t i = 0; i < frustums.size(); ++i) {
        for (const auto& point : frustums[i].points) {
            values = std::copy(point.begin(), point.end(), values);
        }
        const auto own = static_cast<std::int64_t>(i) * kFrustumCategories;
        input.category.data_ptr<float>()[own + static_cast<std::int64_t>(frustums[i].category)] =
            1.0F;
        input.seeds.push_back(frustums[i].seed);
    }
    input.features = rows.transpose(1, 2);
    return input;
}

template <std::size_t N>
void copyRow(const torch::Tensor& rows, std::size_t row, std::array<float, N>& out) {
    const auto plain = rows.contiguous();
    std::copy_n(plain.data_ptr<float>() + row * N, N, out.begin());
}

FrustumAnswer answerOf(const FrustumOutput& output, std::size_t row) {
    FrustumAnswer answer;
    std::array<float, 3> centre{};
    copyRow(output.centre, row, centre);
    std::copy(centre.begin(), centre.end(), answer.centre.begin());
    copyRow(output.headingScores, row, answer.headingScores);
    copyRow(output.headingResiduals, row, answer.headingResiduals);
    copyRow(output.sizeScores, row, answer.sizeScores);
    const auto sizes = output.sizes.reshape({-1, 3});
    for (std::size_t i = 0; i < answer.sizes.size(); ++i) {
        copyRow(sizes, row * answer.sizes.size() + i, answer.sizes[i]);
    }
    return answer;
}

FrustumKind kindOf(const FrustumModelSpec& spec, const Parameters& parameters) {
    const auto found = frustumKindOf(parameters);
    if (spec.kind && *spec.kind != found) {
        throw ConfigError(
            fmt::format(
                "{} holds a {}, not a {}",
                spec.weights.string(),
                titleOf(found),
                titleOf(*spec.kind)
            ),
            "leave the kind out"
        );
    }
    return found;
}

} // namespace

struct FrustumDetector::State {
    std::shared_ptr<const SparseOps> rows;
    std::shared_ptr<const PointOps> points;
    std::unique_ptr<FrustumNetwork> network;
    FrustumModelInfo info;
};

FrustumDetector::FrustumDetector(std::unique_ptr<State> state) : state_(std::move(state)) {}

FrustumDetector::~FrustumDetector() = default;

std::unique_ptr<FrustumDetector>
FrustumDetector::open(const FrustumModelSpec& spec, std::shared_ptr<const SparseOps> device) {
    installTensorPool();
    at::set_num_threads(threadCount()); // LibTorch's own loops follow the one setting
    const torch::InferenceMode inference;
    auto points = pointOpsOf(*device);
    const bool trained = !spec.weights.empty();
    auto parameters =
        trained ? Parameters::fromCheckpoint(readCheckpoint(spec.weights), spec.weights.string())
                : Parameters::random(spec.randomSeed);
    const auto kind = trained ? kindOf(spec, parameters) : spec.kind.value_or(FrustumKind::PvcnnE);
    auto network = makeFrustumNetwork(kind, parameters, *device, *points);
    FrustumModelInfo info{
        .label = fmt::format(
            "{} {:.1f}M{}",
            titleOf(kind),
            static_cast<double>(parameters.trainableCount()) / 1e6,
            trained ? "" : " (untrained)"
        ),
        .trained = trained,
        .device = points->description()};
    return std::unique_ptr<FrustumDetector>(new FrustumDetector(std::make_unique<State>(State{
        .rows = std::move(device),
        .points = std::move(points),
        .network = std::move(network),
        .info = std::move(info)})));
}

const FrustumModelInfo& FrustumDetector::info() const noexcept {
    return state_->info;
}

FrustumRun FrustumDetector::run(
    const CameraFrame& frame, const FrustumCut& cut, const std::stop_token& stop
) const {
    const torch::InferenceMode inference;
    FrustumRun result;
    TraceRecorder trace;
    const PointContext context{{*state_->rows, trace, stop, {}}, *state_->points};
    const std::span frustums(cut.frustums);
    for (std::size_t begin = 0; begin < frustums.size(); begin += kTogether) {
        const auto part = frustums.subspan(begin, std::min(kTogether, frustums.size() - begin));
        const auto output = state_->network->forward(context, inputOf(part));
        for (std::size_t i = 0; i < part.size(); ++i) {
            result.boxes.push_back(boxOf(answerOf(output, i), part[i], frame.boxes[part[i].box]));
        }
    }
    result.trace = trace.finish();
    result.trace.device = state_->info.device;
    return result;
}

} // namespace siskin
