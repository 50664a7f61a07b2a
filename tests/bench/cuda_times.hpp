// SPDX-License-Identifier: MIT
// One network on a GPU in one precision and with one data flow: how long it takes, and what for.
#pragma once

#include "core/models/network.hpp"
#include "gpu/cuda_ops.hpp"
#include "tests/bench/conv_tap.hpp"
#include "tests/bench/voxel_frames.hpp"

#include <optional>
#include <string>
#include <vector>

namespace siskin::bench {

inline constexpr std::int64_t kBenchClasses = 19; ///< of SemanticKITTI

struct CudaSubject {
    std::string kind; ///< "minkunet" or "spvcnn"
    double width = 1.0;
    Precision precision = Precision::Float16;
    gpu::DataFlow flow = gpu::DataFlow::Fused;
};

std::string_view toString(gpu::DataFlow flow); ///< "fused", "single-sort", "gather-scatter"
/// Throws `ConfigError` listing the known names.
gpu::DataFlow dataFlowFromName(std::string_view name);

struct CudaProtocol {
    int warmUps = 20;
    int frames = 200; ///< timed
    std::uint64_t seed = 1;
};

struct CudaTimes {
    CudaSubject subject;
    std::int64_t voxels = 0; ///< median over the different frames
    double gigaMacs = 0.0;   ///< that the pairs need, median likewise
    double mapsMs = 0.0;     ///< median
    double wholeMs = 0.0;    ///< median
    double wholeP95 = 0.0;
    double teraflops = 0.0;                ///< useful: 2 x MACs over the whole time, median
    std::optional<double> redundancy;      ///< multiply-adds done over those needed
    std::optional<std::int64_t> peakBytes; ///< weights and voxel list included
};

/// A network with random weights, on the device.
class CudaNetwork {
  public:
    /// Throws `ConfigError` for an unknown kind.
    CudaNetwork(const CudaSubject& subject, std::uint64_t seed);

    const SparseOps& ops() const { return *ops_; }

    const CudaSubject& subject() const { return subject_; }

    /// What is timed: sorts the voxel list (on the device), makes all maps, computes the logits.
    /// `through`: these operations, or a tap on them.
    torch::Tensor forward(
        const SparseOps& through,
        TraceRecorder& trace,
        const torch::Tensor& coords,
        const torch::Tensor& features
    ) const;

  private:
    CudaSubject subject_;
    std::shared_ptr<const SparseOps> ops_;
    std::unique_ptr<Network> network_;
};

/// A layer with what is needed to run it again.
struct CudaLayer {
    Span span;
    ConvCall call;
    std::optional<Span> projection; ///< computed together with it
};

/// The convolutions and linear layers of one pass, in their order.
std::vector<CudaLayer> layersOf(const CudaNetwork& network, const VoxelFrame& frame);

/// How the layer is cut into tiles; none where it is not.
std::optional<gpu::Tiling> tilingOf(const ConvCall& call);

/// Multiply-adds that the layer's pairs need.
std::int64_t macsOf(const CudaLayer& layer);

CudaTimes timeOnDevice(
    const CudaSubject& subject, const std::vector<VoxelFrame>& frames, const CudaProtocol& protocol
);

} // namespace siskin::bench
