// SPDX-License-Identifier: MIT
#include "core/run/layer_check.hpp"

#include "core/sparse/kernel_offsets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace siskin {

namespace {

using torch::Tensor;

/// A convolution prepared by the device, and what it was made from.
class CheckedConv final : public PreparedConv {
  public:
    CheckedConv(PreparedConvPtr prepared, Tensor weights, Tensor biases)
        : PreparedConv(
              prepared->volume(),
              prepared->channelsIn(),
              prepared->channelsOut(),
              prepared->activation()
          ),
          inner(std::move(prepared)), weight(weights.to(torch::kFloat64)),
          bias(biases.defined() ? biases.to(torch::kFloat64) : Tensor()) {}

    PreparedConvPtr inner;
    Tensor weight;
    Tensor bias;
};

const CheckedConv& checked(const PreparedConv& conv) {
    return dynamic_cast<const CheckedConv&>(conv);
}

double relativeError(const Tensor& value, const Tensor& exact) {
    if (exact.numel() == 0) {
        return 0.0;
    }
    const double size = exact.square().mean().item<double>();
    const double apart = (value - exact).square().mean().item<double>();
    return apart == 0.0 ? 0.0 : std::sqrt(apart / std::max(size, 1e-60));
}

/// sum over pairs of in[i] * weight[k], plus bias.
Tensor exactSums(const Tensor& features, const KernelMap& map, const CheckedConv& conv) {
    auto sums = torch::zeros({map.rowsOut(), conv.channelsOut()}, torch::kFloat64);
    const auto pairs = map.pairs();
    for (int k = 0; k < map.volume(); ++k) {
        const auto mine = torch::nonzero(pairs.select(1, 0) == k).select(1, 0);
        const auto own = pairs.index_select(0, mine);
        const auto products = torch::mm(features.index_select(0, own.select(1, 1)), conv.weight[k]);
        sums.index_add_(0, own.select(1, 2), products);
    }
    return conv.bias.defined() ? sums + conv.bias : sums;
}

/// Share of the pairs of a submanifold map that are wrong, or missing by the processor's count.
double wrongNeighbours(const Tensor& coords, const KernelMap& map, int kernelSize) {
    const auto truth = makeCpuOps();
    const auto voxels = truth->unique(coords).voxels;
    const auto expected = truth->submanifoldMap(voxels, kernelSize)->pairCount();
    const auto offsets = kernelOffsets(kernelSize);
    auto steps = torch::zeros({static_cast<std::int64_t>(offsets.size()), 4}, torch::kInt32);
    for (std::size_t k = 0; k < offsets.size(); ++k) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            steps[static_cast<std::int64_t>(k)][static_cast<std::int64_t>(axis) + 1] =
                offsets[k][axis];
        }
    }
    const auto pairs = map.pairs();
    const auto from = coords.index_select(0, pairs.select(1, 1));
    const auto to = coords.index_select(0, pairs.select(1, 2));
    const auto good = (from - to == steps.index_select(0, pairs.select(1, 0))).all(1);
    const auto right = good.sum().item<std::int64_t>();
    const auto most = std::max<std::int64_t>({expected, pairs.size(0), 1});
    return 1.0 - static_cast<double>(std::min(right, expected)) / static_cast<double>(most);
}

/// The same of a map to the next coarser level: every voxel meets its parent, once.
double wrongParents(const Tensor& fine, const Tensor& coarse, const KernelMap& down) {
    const auto pairs = down.pairs();
    const auto child = fine.index_select(0, pairs.select(1, 1));
    const auto parent = coarse.index_select(0, pairs.select(1, 2));
    const auto low = child.slice(1, 1) - 2 * parent.slice(1, 1);
    const auto k = 4 * low.select(1, 0) + 2 * low.select(1, 1) + low.select(1, 2);
    const auto good = ((low >= 0) & (low <= 1)).all(1) & (k == pairs.select(1, 0)) &
                      (child.select(1, 0) == parent.select(1, 0));
    const auto most = std::max<std::int64_t>({fine.size(0), pairs.size(0), 1});
    return 1.0 - good.sum().item<double>() / static_cast<double>(most);
}

class CheckedOps final : public SparseOps {
  public:
    CheckedOps(std::shared_ptr<const SparseOps> device, std::shared_ptr<LayerChecks> checks)
        : device_(std::move(device)), checks_(std::move(checks)) {}

    std::string name() const override { return device_->name(); }

    std::string description() const override { return device_->description(); }

    Precision precision() const override { return device_->precision(); }

    std::shared_ptr<const SparseOps> inPrecision(Precision precision) const override {
        return makeCheckedOps(device_->inPrecision(precision), checks_);
    }

    Tensor upload(const Tensor& host) const override { return device_->upload(host); }

    Tensor download(const Tensor& tensor) const override { return device_->download(tensor); }

    Tensor newFeatures(std::int64_t rows, std::int64_t channels) const override {
        return device_->newFeatures(rows, channels);
    }

    UniqueVoxels unique(const Tensor& coords) const override { return device_->unique(coords); }

    UniqueVoxels quantize(const Tensor& positions, float voxelSize) const override {
        return device_->quantize(positions, voxelSize);
    }

    Tensor voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const override {
        return device_->voxelPoints(voxels, pointSize, voxelSize);
    }

    UniqueVoxels voxelsOfPoints(const Tensor& points) const override {
        return device_->voxelsOfPoints(points);
    }

    bool expectLevels(const VoxelSet& finest, int levels, int kernelSize) const override {
        return device_->expectLevels(finest, levels, kernelSize);
    }

    Coarsening coarsen(const VoxelSet& fine) const override {
        auto result = device_->coarsen(fine);
        const auto fineCoords = device_->download(fine.coords);
        const auto coarse = device_->download(result.coarse.coords);
        noteMap("2x2x2 map", *result.down, wrongParents(fineCoords, coarse, *result.down));
        return result;
    }

    KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const override {
        auto map = device_->submanifoldMap(voxels, kernelSize);
        const auto coords = device_->download(voxels.coords);
        const auto name = fmt::format("{0}x{0}x{0} map", kernelSize);
        noteMap(name, *map, wrongNeighbours(coords, *map, kernelSize));
        return map;
    }

    KernelMapPtr mapFromPairs(
        const Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const override {
        return device_->mapFromPairs(pairs, volume, rowsIn, rowsOut);
    }

    KernelMapPtr identityMap(std::int64_t rows) const override {
        return device_->identityMap(rows);
    }

    PreparedConvPtr
    prepare(const Tensor& weight, const Tensor& bias, Activation activation) const override {
        return std::make_shared<CheckedConv>(
            device_->prepare(weight, bias, activation), weight, bias
        );
    }

    Tensor convolve(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override {
        const auto sums = expected(features, map, checked(conv), shortcut);
        auto result =
            device_->convolve(features, map, *checked(conv).inner, unwrapped(shortcut), out);
        noteLayer(features, map.pairCount(), result, sums);
        return result;
    }

    Tensor calibrate(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override {
        return device_->calibrate(features, map, *checked(conv).inner, unwrapped(shortcut), out);
    }

    PointVoxelMap
    mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) const override {
        return device_->mapPoints(points, voxels, stride);
    }

    Tensor pointsToVoxels(const Tensor& pointFeatures, const PointVoxelMap& map) const override {
        const auto features = wide(pointFeatures);
        const auto voxel = download(map.voxel).to(torch::kInt64);
        const auto inside = torch::nonzero(voxel >= 0).select(1, 0);
        const auto rows = voxel.index_select(0, inside);
        const auto ones = torch::ones({rows.size(0)}, torch::kFloat64);
        const auto count = torch::zeros({map.voxels}, torch::kFloat64).index_add(0, rows, ones);
        const auto sum = torch::zeros({map.voxels, features.size(1)}, torch::kFloat64)
                             .index_add(0, rows, features.index_select(0, inside));
        auto result = device_->pointsToVoxels(pointFeatures, map);
        noteLayer(pointFeatures, 0, result, sum / count.clamp_min(1.0).unsqueeze(1));
        return result;
    }

    Tensor voxelsToPoints(
        const Tensor& voxelFeatures, const PointVoxelMap& map, const Tensor& addend
    ) const override {
        const auto features = wide(voxelFeatures);
        const auto corners = download(map.corners).clamp_min(0).to(torch::kInt64);
        const auto weights = wide(map.weights);
        auto sum = addend.defined()
                       ? wide(addend)
                       : torch::zeros({corners.size(0), features.size(1)}, torch::kFloat64);
        for (int corner = 0; corner < corners.size(1) && features.size(0) > 0; ++corner) {
            sum = sum + weights.select(1, corner).unsqueeze(1) *
                            features.index_select(0, corners.select(1, corner));
        }
        auto result = device_->voxelsToPoints(voxelFeatures, map, addend);
        noteLayer(voxelFeatures, 0, result, sum);
        return result;
    }

    void labelPoints(
        const Tensor& logits,
        const Tensor& pointToVoxel,
        std::span<std::uint8_t> classIds,
        std::span<float> confidence
    ) const override {
        device_->labelPoints(logits, pointToVoxel, classIds, confidence);
    }

  private:
    /// In float64 on the processor.
    Tensor wide(const Tensor& tensor) const { return download(tensor).to(torch::kFloat64); }

    static Shortcut unwrapped(const Shortcut& shortcut) {
        return shortcut.projection == nullptr
                   ? shortcut
                   : Shortcut(shortcut.features, checked(*shortcut.projection).inner.get());
    }

    Tensor expected(
        const Tensor& features,
        const KernelMap& map,
        const CheckedConv& conv,
        const Shortcut& shortcut
    ) const {
        auto sums = exactSums(wide(features), map, conv);
        if (shortcut.projection != nullptr) {
            const auto& projection = checked(*shortcut.projection);
            sums = sums + torch::mm(wide(shortcut.features), projection.weight[0]);
            sums = projection.bias.defined() ? sums + projection.bias : sums;
        } else if (shortcut.defined()) {
            sums = sums + wide(shortcut.features);
        }
        return conv.activation() == Activation::Relu ? torch::relu(sums) : sums;
    }

    void noteMap(const std::string& name, const KernelMap& map, double wrong) const {
        LayerCheck check;
        check.name = name;
        check.isMap = true;
        check.rows = map.rowsOut();
        check.pairs = map.pairCount();
        check.error = wrong;
        checks_->add(std::move(check));
    }

    void noteLayer(
        const Tensor& features, std::int64_t pairs, const Tensor& result, const Tensor& exact
    ) const {
        LayerCheck check;
        check.rows = result.size(0);
        check.pairs = pairs;
        check.channelsIn = static_cast<int>(features.size(1));
        check.channelsOut = static_cast<int>(result.size(1));
        check.error = relativeError(wide(result), exact);
        check.limit = layerLimit(precision());
        checks_->add(std::move(check));
    }

    std::shared_ptr<const SparseOps> device_;
    std::shared_ptr<LayerChecks> checks_;
};

void collectNames(const Span& span, std::vector<std::string>& names) {
    const bool isLayer = span.kind == SpanKind::Convolution || span.kind == SpanKind::Linear ||
                         span.kind == SpanKind::PointVoxel;
    if (isLayer && !span.isShare) {
        names.push_back(span.name);
    }
    for (const auto& child : span.children) {
        collectNames(child, names);
    }
}

} // namespace

double layerLimit(Precision precision) {
    switch (precision) {
    case Precision::Float32:
        return 1e-5;
    case Precision::TensorFloat32:
    case Precision::Float16:
        return 3e-3;
    case Precision::BFloat16:
    case Precision::Int8:
        break;
    }
    return 2e-2;
}

void LayerChecks::nameLayers(const Trace& trace) {
    std::vector<std::string> names;
    collectNames(trace.root, names);
    auto name = names.begin();
    for (auto& check : checks_) {
        if (!check.isMap && name != names.end()) {
            check.name = *name++;
        }
    }
}

std::shared_ptr<const SparseOps>
makeCheckedOps(std::shared_ptr<const SparseOps> device, std::shared_ptr<LayerChecks> checks) {
    return std::make_shared<CheckedOps>(std::move(device), std::move(checks));
}

} // namespace siskin
