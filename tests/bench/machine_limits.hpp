// SPDX-License-Identifier: MIT
// What this machine can do at most, measured in the process that measures everything else.
#pragma once

#include <string>
#include <vector>

namespace siskin::bench {

/// OpenBLAS picks its kernels from the processor's name and falls back to very old ones on a
/// processor it does not know. Restarts the program with OPENBLAS_CORETYPE set to the family whose
/// instructions the processor has, unless the variable is set already. To be called first in main.
void restartWithFittingBlas(char** argv);

/// Name of the kernels that OpenBLAS runs ("SkylakeX"), "unknown" for another BLAS.
std::string blasKernels();

/// One timed product of two 2048 x 2048 float32 matrices through the process's BLAS, on all
/// threads, in GFLOP/s.
double measureSgemm();

/// Read + write traffic of a parallel a[i] = b[i] + s * c[i] over 3 x 128 MB, in GB/s, best of 3.
double measureBandwidth();

/// Multiply-accumulates per second of one thread when nothing but the instruction runs, in G/s.
struct InstructionRate {
    std::string name; ///< "fp32 FMA 512", "bf16 dot 512" ...
    double gigaMacs;
};

/// For every vector instruction of the processor that the kernels use.
std::vector<InstructionRate> measureInstructionRates();

} // namespace siskin::bench
