// SPDX-License-Identifier: MIT
// The coefficients of the per-operation model (badge E2), all in this one place.
//
// Published coefficients exist at several levels: a circuit alone, a memory device alone, a whole
// board at its power limit. They differ by more than ten for the "same" operation, so a sum of
// terms from two levels means nothing. All three below are at ONE level: what the processor and its
// memory modules draw, seen from outside. Textbook circuit figures (a fraction of a picojoule to a
// few picojoules per multiply-add) must not be put here.
//
// None is calibrated on the machine at hand; the factor of three of the interval says so.
#pragma once

namespace siskin {

/// E = busyWattsPerThread * processor seconds + joulesPerMac * MACs + joulesPerByte * bytes
struct CpuCoefficients {
    /// A hardware thread at work, idle share of the package included. Source: what CodeCarbon 3
    /// (MIT) takes for processors that it does not know, 4 W per thread.
    double busyWattsPerThread = 4.0;

    /// What one fp32 multiply-add in vector code adds to a busy thread. OUR ASSUMPTION, not a
    /// published figure: a thread that sustains 80 GMAC/s draws about 1.6 W more than in scalar
    /// code.
    double joulesPerMac = 20e-12;

    /// What one byte adds that travels between memory and processor, both ends. OUR ASSUMPTION:
    /// 20 pJ per bit, the order of the published whole-path microbenchmarks (21 pJ per bit, RTX
    /// 3090).
    double joulesPerByte = 160e-12;
};

} // namespace siskin
