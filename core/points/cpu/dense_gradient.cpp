// SPDX-License-Identifier: MIT
// One thread per cloud: oneDNN's kernel for channels-last grids reaches the rate of the forward
// pass (70 to 85 GMAC/s on one AVX-512 core), LibTorch's way through reordered grids a third.
#include "core/points/cpu/dense_gradient.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/points/cpu/onednn.hpp"
#include "core/points/cpu/rows.hpp"

#include <fmt/format.h>

namespace siskin::points {

namespace {

using dnnl::memory;

class WeightGradient {
  public:
    static WeightGradient make(std::int64_t in, std::int64_t out, std::int64_t r) {
        const OneOpenMpThread oneThread;
        return {in, out, r};
    }

    /// Of one cloud; `sum` [Cout, Cin, 3, 3, 3].
    void run(float* grid, float* gradient, float* sum) const {
        const OneOpenMpThread oneThread; // of this thread of the pool; the reorder is made here
        const auto& engine = cpuEngine();
        dnnl::stream stream(engine);
        memory own(description_.diff_weights_desc(), engine);
        primitive_.execute(
            stream,
            {{DNNL_ARG_SRC, memory(description_.src_desc(), engine, grid)},
             {DNNL_ARG_DIFF_DST, memory(description_.diff_dst_desc(), engine, gradient)},
             {DNNL_ARG_DIFF_WEIGHTS, own},
             {DNNL_ARG_SCRATCHPAD, memory(description_.scratchpad_desc(), engine)}}
        );
        const memory::desc plain(weightSize_, memory::data_type::f32, memory::format_tag::oidhw);
        memory target(plain, engine, sum);
        dnnl::reorder(own, target).execute(stream, own, target);
        stream.wait();
    }

  private:
    using Description = dnnl::convolution_backward_weights::primitive_desc;

    WeightGradient(std::int64_t in, std::int64_t out, std::int64_t r)
        : weightSize_({out, in, 3, 3, 3}), description_(describe(in, out, r, weightSize_)),
          primitive_(description_) {}

    static Description
    describe(std::int64_t in, std::int64_t out, std::int64_t r, const memory::dims& size) {
        const auto f32 = memory::data_type::f32;
        const auto last = memory::format_tag::ndhwc;
        const memory::desc grid({1, in, r, r, r}, f32, last);
        const memory::desc gradient({1, out, r, r, r}, f32, last);
        const memory::desc weight(size, f32, memory::format_tag::any);
        const memory::dims ones = {1, 1, 1};
        const auto direct = dnnl::algorithm::convolution_direct;
        const dnnl::convolution_forward::primitive_desc forward(
            dnnl::convolution_forward::desc(
                dnnl::prop_kind::forward_training, direct, grid, weight, gradient, ones, ones, ones
            ),
            cpuEngine()
        );
        dnnl::primitive_attr attributes;
        attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
        return {
            dnnl::convolution_backward_weights::desc(
                direct, grid, weight, gradient, ones, ones, ones
            ),
            attributes,
            cpuEngine(),
            forward};
    }

    memory::dims weightSize_;
    Description description_;
    dnnl::convolution_backward_weights primitive_;
};

} // namespace

torch::Tensor denseWeightGradient(const torch::Tensor& grid, const torch::Tensor& gradient) {
    const auto in = channelsLast(grid);
    const auto out = channelsLast(gradient);
    const std::int64_t clouds = grid.size(0);
    const auto sums = torch::empty({clouds, gradient.size(1), grid.size(1), 3, 3, 3});
    try {
        const auto kernel = WeightGradient::make(grid.size(1), gradient.size(1), grid.size(2));
        parallelFor(clouds, 1, [&](std::int64_t cloud, std::int64_t) {
            kernel.run(
                in.data_ptr<float>() + cloud * in.stride(0),
                out.data_ptr<float>() + cloud * out.stride(0),
                sums.data_ptr<float>() + cloud * sums.stride(0)
            );
        });
    } catch (const dnnl::error& error) {
        throw DeviceError(fmt::format(
            "gradient of a dense convolution of {} to {} channels: {}",
            grid.size(1),
            gradient.size(1),
            error.what()
        ));
    }
    auto total = sums[0].clone();
    for (std::int64_t cloud = 1; cloud < clouds; ++cloud) {
        total.add_(sums[cloud]);
    }
    return total;
}

} // namespace siskin::points
