// SPDX-License-Identifier: MIT
// A prepared convolution of the CPU implementation: packed weights, and for int8 what a calibration
// run has seen of its input.
#pragma once

#include "core/sparse/cpu/packed_conv.hpp"

#include <mutex>
#include <optional>

namespace siskin::cpu {

class CpuConv final : public PreparedConv {
  public:
    CpuConv(
        Precision precision,
        const torch::Tensor& weight,
        const torch::Tensor& bias,
        Activation activation
    );

    /// The weights to run with. Int8: those of the calibration, built on first use; float32 for
    /// 1x1x1 layers and where the input was negative somewhere (the network's own input). Throws
    /// `DeviceError` for int8 without a calibration.
    const PackedConv& packed() const;

    /// Int8 only: the weights in float32, for the calibration run. Not while `packed` is in use.
    const PackedConv& exact() const;

    /// Int8 only: widens the remembered range of each input channel by these features.
    void observe(const torch::Tensor& features) const;

  private:
    PackedConv quantize() const;

    Precision precision_;
    torch::Tensor weight_; ///< int8 only: what is packed again after a calibration
    torch::Tensor bias_;
    // Caches of what weights and calibration determine.
    mutable std::mutex mutex_;
    mutable std::optional<PackedConv> packed_;
    mutable std::optional<PackedConv> exact_;
    mutable torch::Tensor largest_; ///< float32 [Cin], undefined before a calibration
    mutable bool sawNegative_ = false;
};

} // namespace siskin::cpu
