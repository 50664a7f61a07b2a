// SPDX-License-Identifier: MIT
// What ran, how long, and how much it computed: a tree of stages and layers. Everything that shows
// or exports a time reads it from here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

enum class SpanKind : std::uint8_t {
    Stage,            ///< groups others (read, voxelise, maps, network, back to points ...)
    KernelMap,        ///< building coordinate and kernel maps
    Convolution,      ///< sparse convolution, 1x1x1 included
    Linear,           ///< point-wise linear layer
    PointVoxel,       ///< point <-> voxel operators
    DenseConvolution, ///< of a whole grid
    Neighbours,       ///< who is near whom: furthest points, balls, k nearest; gathering by it
    Other,
};

std::string_view toString(SpanKind kind);

/// One stage or layer. Times are wall-clock seconds; `start` counts from the root's start.
struct Span {
    std::string name{};
    SpanKind kind = SpanKind::Stage;
    double start = 0.0;
    double duration = 0.0;
    std::int64_t macs = 0;    ///< multiply-accumulates really needed (pairs x Cin x Cout)
    std::int64_t bytes = 0;   ///< compulsory traffic: inputs, outputs, weights, maps, each once
    std::int64_t pairs = 0;   ///< kernel-map pairs
    std::int64_t rowsIn = 0;  ///< points or voxels in
    std::int64_t rowsOut = 0; ///< points or voxels out
    int channelsIn = 0;
    int channelsOut = 0;
    bool isShare = false; ///< fused with the span before it; `duration` is its share by MACs
    std::vector<Span> children{};
};

struct Trace {
    Span root;                        ///< "frame"
    std::string device;               ///< e.g. "cpu (AVX-512, 2 threads)"
    int framesSideBySide = 1;         ///< more: so many frames shared the machine, one thread each
    std::int64_t peakMemoryBytes = 0; ///< high-water mark of the process, resident

    double totalSeconds() const noexcept { return root.duration; }

    /// Sums over the leaves of the tree (a node's own counters plus its children's).
    std::int64_t totalMacs() const;
    std::int64_t totalBytes() const;
    /// Direct child of the root with that name, or nullptr.
    const Span* stage(std::string_view name) const noexcept;
};

std::int64_t sumMacs(const Span& span);
std::int64_t sumBytes(const Span& span);
std::int64_t sumPairs(const Span& span);

/// Largest resident set of this process so far, in bytes (getrusage).
std::int64_t peakResidentBytes();

} // namespace siskin
