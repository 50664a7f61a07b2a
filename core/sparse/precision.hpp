// SPDX-License-Identifier: MIT
// In which number format a network multiplies. Sums are float32, or exact 32-bit integers for Int8.
// Features between layers are float32 on processors in every case; a GPU stores them in the 16-bit
// format that it multiplies in.
#pragma once

#include <cstdint>
#include <string_view>

namespace siskin {

enum class Precision : std::uint8_t {
    Float32,
    TensorFloat32, ///< products of 10-bit mantissas summed in float32; GPUs only
    Float16,  ///< products summed in float16 over up to 256 channels at a time, then in float32
    BFloat16, ///< products of bfloat16 summed in float32
    Int8,     ///< 8-bit activations and weights, scales per channel from a calibration run
};

std::string_view toString(Precision precision); ///< "fp32", "tf32", "fp16" ...
/// Throws `ConfigError` listing the known names.
Precision precisionFromName(std::string_view name);

} // namespace siskin
