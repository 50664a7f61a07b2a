// SPDX-License-Identifier: MIT
// Holds a device to its word: a device that repeats every operation in float64 on the processor,
// from the very input that the other had, and notes how far apart the two are.
#pragma once

#include "core/sparse/sparse_ops.hpp"
#include "core/trace/trace.hpp"

#include <memory>
#include <string>
#include <vector>

namespace siskin {

/// One operation that was repeated.
struct LayerCheck {
    std::string name; ///< of the layer, or what kind of map
    bool isMap = false;
    std::int64_t rows = 0; ///< of the result
    std::int64_t pairs = 0;
    int channelsIn = 0;
    int channelsOut = 0;
    /// Root of the mean squared difference over that of the exact values; of a map, the share of
    /// its pairs that are wrong or missing.
    double error = 0.0;
    double limit = 0.0; ///< largest error that is fine

    bool passed() const noexcept { return error <= limit; } // false for a NaN
};

/// Largest relative error of one layer that rounding in this precision explains.
double layerLimit(Precision precision);

/// The checks of one device, in the order of its operations.
class LayerChecks {
  public:
    void clear() { checks_.clear(); }

    void add(LayerCheck check) { checks_.push_back(std::move(check)); }

    const std::vector<LayerCheck>& all() const noexcept { return checks_; }

    /// Takes the names of layers from the trace of the run that did them.
    void nameLayers(const Trace& trace);

  private:
    std::vector<LayerCheck> checks_;
};

/// `device`, repeating everything; `inPrecision` of it notes into the same list. For one thread.
std::shared_ptr<const SparseOps>
makeCheckedOps(std::shared_ptr<const SparseOps> device, std::shared_ptr<LayerChecks> checks);

} // namespace siskin
