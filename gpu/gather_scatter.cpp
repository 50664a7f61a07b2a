// SPDX-License-Identifier: MIT
#include "gpu/gather_scatter.hpp"

#include "gpu/feature_rows.hpp"
#include "gpu/tensor_access.hpp"

namespace siskin::gpu {

namespace {

using torch::Tensor;

/// Format of the features; float32 arithmetic moves the same bits as tf32.
Format formatOf(const CudaConv& conv) {
    return conv.format.value_or(Format::TensorFloat32);
}

} // namespace

void convolveByGathering(
    const Tensor& input,
    const CudaKernelMap& map,
    const CudaConv& conv,
    const Tensor& shortcut,
    const CudaConv* projection,
    ConvEpilogue epilogue
) {
    const auto format = formatOf(conv);
    const auto stream = currentStream();
    const std::int64_t columns = simt::divideUp(conv.channelsOut(), kGroupColumns) * kGroupColumns;
    const auto sums = torch::zeros(
        {map.rowsOut(), columns}, torch::TensorOptions().dtype(torch::kFloat32).device(device())
    );
    const auto add = [&](const Tensor& rows, const PairList& pairs, const Tensor& weight) {
        const auto buffer = newTensor({pairs.out.size(0), rows.size(1)}, rows.scalar_type());
        gatherRows(stream, format, rowsOf(rows), ints(pairs.in), rowsOf(buffer));
        const auto products = torch::mm(buffer, weight);
        scatterAdd(
            stream,
            format,
            rowsOf(products),
            ints(pairs.out),
            floats(sums),
            static_cast<int>(columns)
        );
    };
    const auto& lists = map.pairLists();
    for (std::size_t k = 0; k < lists.size(); ++k) {
        if (lists[k].out.size(0) > 0) {
            add(input, lists[k], conv.plain[static_cast<std::int64_t>(k)]);
        }
    }
    if (projection != nullptr) {
        const auto all = torch::arange(
            map.rowsOut(), torch::TensorOptions().dtype(torch::kInt32).device(device())
        );
        add(shortcut, {all, all}, projection->plain[0]);
    }
    PartialSums partial;
    partial.sums = floats(sums);
    partial.columns = static_cast<int>(columns);
    finishSums(stream, format, partial, map.rowsOut(), epilogue);
}

void finishInPasses(
    const Tensor& out,
    const Tensor& bias,
    const Tensor& shortcut,
    const CudaConv* projection,
    int channels
) {
    if (bias.defined()) {
        out.add_(bias.narrow(0, 0, channels));
    }
    if (!shortcut.defined()) {
        return;
    }
    if (projection == nullptr) {
        out.add_(shortcut);
        return;
    }
    const auto rows = newFeatureRows(out.size(0), channels, out.scalar_type());
    ConvJob job;
    job.main = {
        .features = shortcut.data_ptr(),
        .rowBytes = shortcut.stride(0) * static_cast<std::int64_t>(shortcut.element_size()),
        .channelBytes = static_cast<int>(shortcut.size(1) * shortcut.element_size()),
        .steps = stepsOf(*projection->format, 1, projection->channelsPadded),
        .weights = projection->packed.data_ptr()};
    job.rows = static_cast<std::int32_t>(out.size(0));
    job.epilogue.out = rows.data_ptr();
    job.epilogue.outStride = rows.stride(0);
    job.epilogue.floatOut = rows.scalar_type() == torch::kFloat32;
    job.epilogue.channels = channels;
    convolveTiles(currentStream(), *projection->format, {128, tileColumns(channels)}, job);
    out.add_(rows);
}

} // namespace siskin::gpu
