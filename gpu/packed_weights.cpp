// SPDX-License-Identifier: MIT
#include "gpu/packed_weights.hpp"

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <bit>

namespace siskin::gpu {

namespace {

constexpr int kLanes = 32;
constexpr int kWordsPerLane = 4; ///< of one group and step: two instructions of two words
constexpr std::uint32_t kTf32Half = 0x1000;
constexpr std::uint32_t kTf32Mask = 0xFFFFE000;

std::uint32_t bitsOf(float value, Format format) {
    switch (format) {
    case Format::Float16:
        return c10::Half(value).x;
    case Format::BFloat16:
        return c10::BFloat16(value).x;
    case Format::TensorFloat32:
        // To nearest: the instruction itself would cut the lower bits off.
        return (std::bit_cast<std::uint32_t>(value) + kTf32Half) & kTf32Mask;
    }
    return 0;
}

/// Reads weights by the place of a value in the steps of a 64-byte inner dimension.
struct Source {
    const float* weight;
    int volume;
    int in;
    int out;
    Format format;
    bool narrow;

    /// `step` counts over all offsets; `value` within the step.
    float at(int step, int stepsPerOffset, int value, int column) const {
        const int perPiece = kPieceBytes / bytesPerValue(format);
        const int perStep = kPiecesPerStep * perPiece;
        const int offset =
            narrow ? step * kPiecesPerStep + value / perPiece : step / stepsPerOffset;
        const int channel = narrow ? value % perPiece : step % stepsPerOffset * perStep + value;
        const bool exists = offset < volume && channel < in && column < out;
        return exists ? weight[(static_cast<std::int64_t>(offset) * in + channel) * out + column]
                      : 0.0F;
    }
};

} // namespace

torch::Tensor packWeights(const torch::Tensor& weight, Format format) {
    const auto plain = weight.contiguous();
    Source source{
        .weight = plain.data_ptr<float>(),
        .volume = static_cast<int>(plain.size(0)),
        .in = static_cast<int>(plain.size(1)),
        .out = static_cast<int>(plain.size(2)),
        .format = format,
        .narrow = false};
    source.narrow = isNarrow(format, source.volume, source.in);
    const int stepsPerOffset = stepsOf(format, source.volume, source.in);
    const int steps = source.narrow ? stepsPerOffset : stepsPerOffset * source.volume;
    const int groups = static_cast<int>(simt::divideUp(source.out, kGroupColumns));
    auto packed =
        torch::empty({std::int64_t{steps} * groups * kLanes * kWordsPerLane}, torch::kInt32);
    auto* word = reinterpret_cast<std::uint32_t*>(packed.data_ptr<std::int32_t>());
    const int perWord = 4 / bytesPerValue(format);
    for (int step = 0; step < steps; ++step) {
        for (int group = 0; group < groups; ++group) {
            for (int i = 0; i < kLanes * kWordsPerLane; ++i) {
                const int lane = i / kWordsPerLane;
                const int column = group * kGroupColumns + lane / 4;
                // mma.cuh: word lane % 4, + 4 for the second; the second instruction 8 words on.
                const int place = lane % 4 + 4 * (i % kWordsPerLane);
                std::uint32_t bits = 0;
                for (int v = 0; v < perWord; ++v) {
                    const float value =
                        source.at(step, stepsPerOffset, place * perWord + v, column);
                    bits |= bitsOf(value, format) << (16 * v);
                }
                *word++ = bits;
            }
        }
    }
    return packed;
}

} // namespace siskin::gpu
