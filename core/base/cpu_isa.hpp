// SPDX-License-Identifier: MIT
// Which compiled variant of an inner loop to run.
#pragma once

namespace siskin {

enum class CpuIsa { Baseline, Avx2, Avx512 };

/// The widest instruction set that this processor runs, or the one named by SISKIN_CPU_ISA
/// (avx512, avx2, baseline). Looked up at every call, so tests can switch. Throws `DeviceError`
/// when the name is unknown or the processor lacks it.
CpuIsa selectCpuIsa();

} // namespace siskin
