// SPDX-License-Identifier: MIT
#include "gpu/cuda_conv.hpp"

#include "core/base/error.hpp"
#include "core/sparse/checks.hpp"
#include "gpu/feature_rows.hpp"
#include "gpu/gather_scatter.hpp"
#include "gpu/tensor_access.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin::gpu {

namespace {

using torch::Tensor;

constexpr int kSplitChannels = 4; ///< a float32 input of up to so many channels is split

/// Rows as the tile kernel reads them: in the storage type, 16-byte aligned.
Tensor alignedRows(const Tensor& features, torch::ScalarType type) {
    const auto bytes = static_cast<std::int64_t>(c10::elementSize(type));
    const bool fits = features.scalar_type() == type &&
                      reinterpret_cast<std::uintptr_t>(features.data_ptr()) % kPieceBytes == 0 &&
                      (features.size(0) < 2 || features.stride(0) * bytes % kPieceBytes == 0);
    if (fits) {
        return features;
    }
    auto rows = newFeatureRows(features.size(0), features.size(1), type);
    rows.copy_(features);
    return rows;
}

/// The high and low parts of float32 features.
Tensor splitRows(const Tensor& features, Format format) {
    const auto whole = features.to(torch::kFloat32);
    auto rows = newFeatureRows(whole.size(0), 2 * kSplitChannels, storageType(format));
    splitFloats(currentStream(), format, rowsOf(whole), rowsOf(rows));
    return rows;
}

ConvOperand operandOf(const Tensor& rows, const CudaConv& conv) {
    const auto bytes = static_cast<std::int64_t>(rows.element_size());
    return {
        .features = rows.data_ptr(),
        .rowBytes = rows.stride(0) * bytes,
        .channelBytes = static_cast<int>(rows.size(1) * bytes),
        .steps = conv.format ? stepsOf(*conv.format, conv.volume(), conv.channelsPadded) : 1,
        .weights = conv.format ? conv.packed.data_ptr() : conv.plain.data_ptr()};
}

/// Input of a convolution, converted as its kernel wants it; keeps the tensor alive.
Tensor inputRows(const Tensor& features, const CudaConv& conv) {
    return conv.splitInput ? splitRows(features, *conv.format)
                           : alignedRows(features, storageType(conv.format));
}

/// Sums of the two biases; a projection's is added with the convolution's own.
Tensor joinedBias(const CudaConv& conv, const CudaConv* projection) {
    if (projection == nullptr || !projection->bias.defined()) {
        return conv.bias;
    }
    return conv.bias.defined() ? conv.bias + projection->bias : projection->bias;
}

/// Everything about one call that all ways of computing share.
struct Call {
    const CudaKernelMap& map;
    const CudaConv& conv;
    const CudaConv* projection;
    Tensor input;
    Tensor shortcut; ///< the projection's input, or what is added; may be undefined
    Tensor bias;
    Tensor out;

    ConvEpilogue epilogue() const {
        ConvEpilogue result;
        result.bias = floats(bias);
        if (shortcut.defined() && projection == nullptr) {
            result.residual = shortcut.data_ptr();
            result.residualStride = shortcut.stride(0);
        }
        result.relu = conv.activation() == Activation::Relu;
        result.out = out.data_ptr();
        result.outStride = out.stride(0);
        result.floatOut = out.scalar_type() == torch::kFloat32;
        result.channels = static_cast<int>(conv.channelsOut());
        return result;
    }

    ConvJob job() const {
        ConvJob result;
        result.main = operandOf(input, conv);
        if (projection != nullptr) {
            result.projection = operandOf(shortcut, *projection);
        }
        result.table = ints(map.table());
        result.rows = static_cast<std::int32_t>(map.rowsOut());
        result.volume = map.volume();
        result.epilogue = epilogue();
        result.narrow = conv.format && isNarrow(*conv.format, conv.volume(), conv.channelsPadded);
        return result;
    }
};

void useOrder(ConvJob& job, const CudaKernelMap& map, const Tiling& tiling) {
    if (tiling.order < 0) {
        return; // rows as they are
    }
    const auto& orders = map.orders[static_cast<std::size_t>(tiling.order)];
    job.splits = orders.work.splits;
    job.order = ints(orders.order);
    job.tileMasks = words(orders.tileMasks);
    job.tiles = static_cast<int>(orders.tileMasks.size(1));
    job.skipsEmpty = job.splits > 1 && map.masks.size(0) == 1;
}

ConvShape shapeOf(const CudaKernelMap& map, const CudaConv& conv) {
    const auto bytes = static_cast<int>(c10::elementSize(storageType(conv.format)));
    return {
        .rows = map.rowsOut(),
        .volume = map.volume(),
        .channelBytesIn = conv.channelsPadded * bytes,
        .channelsOut = static_cast<int>(conv.channelsOut()),
        .format = *conv.format};
}

/// Tiles, then the sums of the splits where there are several.
void runTiles(const Call& call, ConvJob job, const TileShape& shape) {
    const auto format = *call.conv.format;
    const auto stream = currentStream();
    if (job.splits == 1) {
        convolveTiles(stream, format, shape, job);
        return;
    }
    const std::int64_t columns = job.groups() * kGroupColumns;
    const auto partial = newTensor({job.splits, job.rows, columns}, torch::kFloat32);
    job.partial = floats(partial);
    convolveTiles(stream, format, shape, job);
    PartialSums sums;
    sums.sums = job.partial;
    sums.parts = job.splits;
    sums.columns = static_cast<int>(columns);
    if (job.skipsEmpty) {
        sums.masks = words(call.map.masks);
        sums.bits = static_cast<int>(simt::divideUp(job.volume, job.splits));
        sums.always = call.projection != nullptr ? job.splits - 1 : -1;
    }
    finishSums(stream, format, sums, job.rows, job.epilogue);
}

void runFused(const Call& call, const TilingChoice& choice) {
    auto job = call.job();
    const auto tiling = tilingOf(call.map, call.conv, choice);
    useOrder(job, call.map, tiling);
    runTiles(call, job, tiling.shape);
}

/// As engines of the spconv 2 kind: the sums first, then a pass each for what follows.
void runSingleSort(const Call& call) {
    auto job = call.job();
    const auto tiling = tilingOf(call.map, call.conv, {});
    useOrder(job, call.map, tiling);
    job.epilogue.bias = nullptr;
    job.epilogue.residual = nullptr;
    job.epilogue.relu = false;
    job.projection = {};
    runTiles(call, job, tiling.shape);
    finishInPasses(call.out, call.bias, call.shortcut, call.projection, job.epilogue.channels);
    if (call.conv.activation() == Activation::Relu) {
        call.out.relu_();
    }
}

const CudaConv* projectionOf(const Shortcut& shortcut) {
    return static_cast<const CudaConv*>(shortcut.projection);
}

Tensor newOutput(const CudaKernelMap& map, const CudaConv& conv) {
    const auto type =
        conv.activation() == Activation::None ? torch::kFloat32 : storageType(conv.format);
    return newFeatureRows(map.rowsOut(), conv.channelsOut(), type);
}

void requireOutput(const Tensor& out, torch::ScalarType storage) {
    if (out.defined() && out.scalar_type() != storage && out.scalar_type() != torch::kFloat32) {
        throw DeviceError(
            fmt::format("convolution output: {} or float32 expected", c10::toString(storage))
        );
    }
}

} // namespace

CudaConv::CudaConv(
    const Tensor& weight,
    const Tensor& biasOnHost,
    Activation activation,
    std::optional<Format> formatOf,
    DataFlow flowOf
)
    : PreparedConv(static_cast<int>(weight.size(0)), weight.size(1), weight.size(2), activation),
      format(formatOf), flow(flowOf), channelsPadded(static_cast<int>(weight.size(1))) {
    auto padded = weight.contiguous();
    splitInput =
        format && bytesPerValue(*format) == 2 && volume() > 1 && channelsIn() <= kSplitChannels;
    if (splitInput) {
        const auto zeros =
            torch::zeros({weight.size(0), kSplitChannels - weight.size(1), weight.size(2)});
        padded = torch::cat({weight, zeros, weight, zeros}, 1);
        channelsPadded = 2 * kSplitChannels;
    }
    if (format && flow != DataFlow::GatherScatter) {
        packed = packWeights(padded, *format).to(device());
    } else {
        plain = padded.to(storageType(format)).to(device());
    }
    if (biasOnHost.defined()) {
        auto wide = torch::zeros({simt::divideUp(channelsOut(), kGroupColumns) * kGroupColumns});
        wide.narrow(0, 0, channelsOut()).copy_(biasOnHost);
        bias = wide.to(device());
    }
}

torch::ScalarType storageType(std::optional<Format> format) {
    if (!format || *format == Format::TensorFloat32) {
        return torch::kFloat32;
    }
    return *format == Format::Float16 ? torch::kFloat16 : torch::kBFloat16;
}

Tensor newFeatureRows(std::int64_t rows, std::int64_t channels, torch::ScalarType type) {
    const auto perPiece = kPieceBytes / static_cast<std::int64_t>(c10::elementSize(type));
    const std::int64_t stride =
        simt::divideUp(std::max<std::int64_t>(channels, 1), perPiece) * perPiece;
    return newTensor({rows, stride}, type).narrow(1, 0, channels);
}

Tiling tilingOf(const CudaKernelMap& map, const CudaConv& conv, TilingChoice choice) {
    std::vector<OrderWork> works;
    if (!isNarrow(*conv.format, conv.volume(), conv.channelsPadded)) {
        for (const auto& orders : map.orders) {
            works.push_back(orders.work);
        }
    }
    if (conv.flow == DataFlow::SingleSort) {
        works.resize(std::min<std::size_t>(works.size(), 1));
        choice.splits = 0;
        choice.tileRows = 128;
    }
    return chooseTiling(shapeOf(map, conv), works, map.pairCount(), choice);
}

Tensor convolve(
    const Tensor& features,
    const CudaKernelMap& map,
    const CudaConv& conv,
    const Shortcut& shortcut,
    const Tensor& out,
    const TilingChoice& choice
) {
    const auto storage = storageType(conv.format);
    const auto* const projection = projectionOf(shortcut);
    const auto added = shortcut.defined() ? shortcut.features.to(storage) : Tensor();
    requireOutput(out, storage);
    requireConvolution(
        features.to(storage),
        map,
        conv,
        shortcut.defined() ? Shortcut(added, shortcut.projection) : Shortcut(),
        out,
        storage,
        out.defined() ? out.scalar_type() : storage
    );
    const Call call{
        .map = map,
        .conv = conv,
        .projection = projection,
        .input = inputRows(features, conv),
        .shortcut = projection != nullptr ? inputRows(added, *projection) : added,
        .bias = joinedBias(conv, projection),
        .out = out.defined() ? out : newOutput(map, conv)};
    if (map.rowsOut() == 0 || conv.channelsOut() == 0) {
        return call.out;
    }
    if (conv.flow == DataFlow::GatherScatter) {
        convolveByGathering(call.input, map, conv, call.shortcut, projection, call.epilogue());
    } else if (!conv.format) {
        convolveExact(currentStream(), call.job());
    } else if (conv.flow == DataFlow::SingleSort) {
        runSingleSort(call);
    } else {
        runFused(call, choice);
    }
    return call.out;
}

} // namespace siskin::gpu
