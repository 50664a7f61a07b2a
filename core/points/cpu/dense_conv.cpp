// SPDX-License-Identifier: MIT
// oneDNN works on one thread per slab of two x-planes, and our own pool hands out the slabs: then
// there is one thread setting, no second pool whose idle threads spin, and the result depends on
// the slab alone. Channels-last makes a slab and its neighbouring planes one piece of memory.
#include "core/points/cpu/dense_conv.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/points/cpu/onednn.hpp"
#include "core/points/cpu/rows.hpp"
#include "core/points/cpu/winograd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>

namespace siskin::points {

namespace {

using dnnl::memory;

constexpr std::int64_t kSlabPlanes = 2;

/// `planes` output planes of a grid of resolution r, with a border of zeros before and behind where
/// the grid ends there.
struct Slab {
    std::int64_t resolution;
    std::int64_t planes;
    bool atStart;
    bool atEnd;

    std::int64_t inputPlanes() const { return planes + (atStart ? 0 : 1) + (atEnd ? 0 : 1); }

    auto key() const { return std::tuple(resolution, planes, atStart, atEnd); }

    bool operator<(const Slab& other) const { return key() < other.key(); }
};

struct SlabConv {
    dnnl::convolution_forward::primitive_desc description;
    dnnl::convolution_forward primitive;
    memory weight; ///< in the layout of `description`
};

class DenseConv final : public PreparedDenseConv {
  public:
    DenseConv(
        const torch::Tensor& weight,
        const torch::Tensor& bias,
        std::optional<BatchNorm> norm,
        float negativeSlope
    )
        : PreparedDenseConv(weight.size(1), weight.size(0), negativeSlope),
          weight_(weight.contiguous().clone()),
          bias_(bias.defined() ? bias.contiguous().clone() : torch::zeros({weight.size(0)})),
          norm_(std::move(norm)) {
        if (norm_) {
            const auto folded = fold(*norm_, {});
            scale_ = folded.scale.to(torch::kFloat32).contiguous();
            shift_ = folded.shift.to(torch::kFloat32).contiguous();
        }
    }

    /// Made at the first use of a resolution; the reference stays valid.
    const SlabConv& forSlab(const Slab& slab) const {
        const std::scoped_lock lock(mutex_);
        const auto found = slabs_.find(slab);
        return found != slabs_.end() ? found->second
                                     : slabs_.emplace(slab, make(slab)).first->second;
    }

    /// Made at its first use; the reference stays valid.
    const WinogradConv& winograd() const {
        const std::scoped_lock lock(mutex_);
        if (!winograd_) {
            winograd_.emplace(foldedWeight(), foldedBias(), negativeSlope());
        }
        return *winograd_;
    }

    void run(const SlabConv& conv, float* in, float* out) const {
        thread_local dnnl::stream stream(cpuEngine());
        thread_local std::vector<std::byte> scratch;
        const auto& description = conv.description;
        const auto scratchSize = description.scratchpad_desc().get_size();
        scratch.resize(std::max(scratch.size(), scratchSize));
        const auto& engine = cpuEngine();
        conv.primitive.execute(
            stream,
            {{DNNL_ARG_SRC, memory(description.src_desc(), engine, in)},
             {DNNL_ARG_WEIGHTS, conv.weight},
             {DNNL_ARG_BIAS, memory(description.bias_desc(), engine, bias_.data_ptr<float>())},
             {DNNL_ARG_DST, memory(description.dst_desc(), engine, out)},
             {DNNL_ARG_SCRATCHPAD, memory(description.scratchpad_desc(), engine, scratch.data())}}
        );
        stream.wait();
        if (norm_) {
            const auto bytes = description.dst_desc().get_size();
            normalize(out, static_cast<std::int64_t>(bytes / sizeof(float)) / channelsOut());
        }
    }

  private:
    SlabConv make(const Slab& slab) const {
        const OneOpenMpThread oneThread;
        const std::int64_t r = slab.resolution;
        const auto f32 = memory::data_type::f32;
        const memory::desc in(
            {1, channelsIn(), slab.inputPlanes(), r, r}, f32, memory::format_tag::ndhwc
        );
        const memory::desc out(
            {1, channelsOut(), slab.planes, r, r}, f32, memory::format_tag::ndhwc
        );
        const memory::dims weightSize = {channelsOut(), channelsIn(), 3, 3, 3};
        const memory::desc weight(weightSize, f32, memory::format_tag::any);
        const memory::desc bias({channelsOut()}, f32, memory::format_tag::a);
        dnnl::primitive_attr attributes;
        attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
        if (!norm_ && negativeSlope() != 1.0F) {
            dnnl::post_ops after;
            after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, negativeSlope(), 0.0F);
            attributes.set_post_ops(after);
        }
        const dnnl::convolution_forward::desc operation(
            dnnl::prop_kind::forward_inference,
            dnnl::algorithm::convolution_direct,
            in,
            weight,
            bias,
            out,
            {1, 1, 1},
            {slab.atStart ? 1 : 0, 1, 1},
            {slab.atEnd ? 1 : 0, 1, 1}
        );
        const dnnl::convolution_forward::primitive_desc description(
            operation, attributes, cpuEngine()
        );
        return {
            description,
            dnnl::convolution_forward(description),
            packWeight(weightSize, description.weights_desc()),
        };
    }

    /// Batch-norm and activation of voxels that are still in the cache. Kept apart from the sums:
    /// folded into the weights it costs accuracy that deep networks notice (README.md). oneDNN's
    /// own binary post-operations are wrong on processors without AVX2 (2.6.3).
    void normalize(float* voxels, std::int64_t count) const {
        const auto* scale = scale_.data_ptr<float>();
        const auto* shift = shift_.data_ptr<float>();
        const float slope = negativeSlope();
        for (std::int64_t i = 0; i < count; ++i) {
            float* row = voxels + i * channelsOut();
            for (std::int64_t c = 0; c < channelsOut(); ++c) {
                const float value = row[c] * scale[c] + shift[c];
                row[c] = value < 0.0F ? value * slope : value;
            }
        }
    }

    torch::Tensor foldedWeight() const {
        const auto scale = norm_ ? fold(*norm_, {}).scale : torch::ones({1}, torch::kFloat64);
        const auto folded = weight_.to(torch::kFloat64) * scale.reshape({-1, 1, 1, 1, 1});
        return folded.to(torch::kFloat32).contiguous();
    }

    torch::Tensor foldedBias() const {
        return norm_ ? fold(*norm_, bias_).shift.to(torch::kFloat32).contiguous() : bias_;
    }

    /// The weights in the wanted layout, shared by all slabs that want the same.
    memory packWeight(const memory::dims& size, const memory::desc& wanted) const {
        for (const auto& [slab, conv] : slabs_) {
            if (conv.weight.get_desc() == wanted) {
                return conv.weight;
            }
        }
        const memory::desc plain(size, memory::data_type::f32, memory::format_tag::oidhw);
        memory source(plain, cpuEngine(), weight_.data_ptr<float>());
        memory packed(wanted, cpuEngine());
        dnnl::stream stream(cpuEngine());
        dnnl::reorder(source, packed).execute(stream, source, packed);
        stream.wait();
        return packed;
    }

    torch::Tensor weight_; ///< [Cout, Cin, 3, 3, 3]
    torch::Tensor bias_;
    std::optional<BatchNorm> norm_;
    torch::Tensor scale_; ///< what batch-norm does to the sums and bias; undefined without
    torch::Tensor shift_;
    mutable std::mutex mutex_;
    mutable std::map<Slab, SlabConv> slabs_;
    mutable std::optional<WinogradConv> winograd_;
};

void convolveSlab(
    const DenseConv& conv, const torch::Tensor& in, const torch::Tensor& out, std::int64_t slab
) {
    const std::int64_t r = in.size(1);
    const std::int64_t perCloud = (r + kSlabPlanes - 1) / kSlabPlanes;
    const std::int64_t cloud = slab / perCloud;
    const std::int64_t first = slab % perCloud * kSlabPlanes;
    const std::int64_t planes = std::min(kSlabPlanes, r - first);
    const Slab shape{r, planes, first == 0, first + planes == r};
    const std::int64_t firstIn = first - (shape.atStart ? 0 : 1);
    conv.run(
        conv.forSlab(shape),
        in.data_ptr<float>() + cloud * in.stride(0) + firstIn * in.stride(1),
        out.data_ptr<float>() + cloud * out.stride(0) + first * out.stride(1)
    );
}

} // namespace

std::string denseConvLibrary() {
    const auto* version = dnnl::version();
    return fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
}

PreparedDenseConvPtr prepareDenseConv(
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    std::optional<BatchNorm> norm,
    float negativeSlope
) {
    return std::make_shared<DenseConv>(weight, bias, std::move(norm), negativeSlope);
}

torch::Tensor convolveDense(const torch::Tensor& grid, const PreparedDenseConv& conv) {
    const auto& dense = dynamic_cast<const DenseConv&>(conv);
    const auto in = channelsLast(grid);
    const std::int64_t r = grid.size(2);
    if (WinogradConv::suits(conv.channelsIn(), conv.channelsOut(), r)) {
        return channelsFirst(dense.winograd().convolve(in));
    }
    const auto out = torch::empty({grid.size(0), r, r, r, conv.channelsOut()});
    const std::int64_t slabs = grid.size(0) * ((r + kSlabPlanes - 1) / kSlabPlanes);
    try {
        parallelFor(slabs, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t slab = begin; slab < end; ++slab) {
                convolveSlab(dense, in, out, slab);
            }
        });
    } catch (const dnnl::error& error) {
        throw DeviceError(fmt::format(
            "dense convolution of {} to {} channels at r {}: {} ({})",
            conv.channelsIn(),
            conv.channelsOut(),
            r,
            error.what(),
            denseConvLibrary()
        ));
    }
    return channelsFirst(out);
}

} // namespace siskin::points
