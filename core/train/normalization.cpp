// SPDX-License-Identifier: MIT
#include "core/train/normalization.hpp"

#include "core/base/parallel.hpp"

#include <cmath>

namespace siskin {

namespace {

constexpr std::int64_t kPiece = 1024; ///< rows per partial sum

std::int64_t pieces(std::int64_t rows) {
    return (rows + kPiece - 1) / kPiece;
}

/// Runs `body(piece, first row, rows)` over all pieces.
template <typename Body>
void forPieces(std::int64_t rows, const Body& body) {
    parallelFor(rows, kPiece, [&body](std::int64_t begin, std::int64_t end) {
        body(begin / kPiece, begin, end - begin);
    });
}

/// Two sums per column and piece; `total` adds them up in order.
class PieceSums {
  public:
    PieceSums(std::int64_t rows, std::int64_t channels)
        : channels_(static_cast<std::size_t>(channels)),
          sums_(2 * channels_ * static_cast<std::size_t>(pieces(rows)), 0.0F) {}

    float* first(std::int64_t piece) {
        return sums_.data() + 2 * channels_ * static_cast<std::size_t>(piece);
    }

    float* second(std::int64_t piece) { return first(piece) + channels_; }

    /// Totals of the first sums, then of the second ones.
    std::vector<double> total() const {
        std::vector<double> result(2 * channels_, 0.0);
        for (std::size_t i = 0; i < sums_.size(); ++i) {
            result[i % (2 * channels_)] += static_cast<double>(sums_[i]);
        }
        return result;
    }

  private:
    std::size_t channels_;
    std::vector<float> sums_;
};

torch::Tensor toTensor(const double* values, std::int64_t count) {
    auto result = torch::empty({count});
    std::copy_n(values, count, result.data_ptr<float>());
    return result;
}

} // namespace

ColumnMoments columnMoments(const torch::Tensor& rows) {
    const std::int64_t count = rows.size(0);
    const std::int64_t channels = rows.size(1);
    const auto* values = rows.data_ptr<float>();
    PieceSums sums(count, channels); // means of the pieces, squares around those
    forPieces(count, [&](std::int64_t piece, std::int64_t begin, std::int64_t size) {
        float* mean = sums.first(piece);
        float* squares = sums.second(piece);
        for (std::int64_t r = begin; r < begin + size; ++r) {
            for (std::int64_t c = 0; c < channels; ++c) {
                mean[c] += values[r * channels + c];
            }
        }
        for (std::int64_t c = 0; c < channels; ++c) {
            mean[c] /= static_cast<float>(size);
        }
        for (std::int64_t r = begin; r < begin + size; ++r) {
            for (std::int64_t c = 0; c < channels; ++c) {
                const float off = values[r * channels + c] - mean[c];
                squares[c] += off * off;
            }
        }
    });
    // Chan, Golub and LeVeque (1979): variances of pieces join through the distance of their means.
    ColumnMoments moments;
    for (std::int64_t c = 0; c < channels; ++c) {
        double mean = 0.0;
        double squares = 0.0;
        double seen = 0.0;
        for (std::int64_t piece = 0; piece < pieces(count); ++piece) {
            const auto size = static_cast<double>(std::min(kPiece, count - piece * kPiece));
            const double distance = static_cast<double>(sums.first(piece)[c]) - mean;
            squares += static_cast<double>(sums.second(piece)[c]) +
                       distance * distance * seen * size / (seen + size);
            seen += size;
            mean += distance * size / seen;
        }
        moments.mean.push_back(mean);
        moments.variance.push_back(squares / seen);
    }
    return moments;
}

torch::Tensor activate(
    const torch::Tensor& sums,
    const ColumnAffine& affine,
    const torch::Tensor& shortcut,
    float negativeSlope
) {
    const std::int64_t channels = sums.size(1);
    const auto result = torch::empty(sums.sizes());
    const auto* in = sums.data_ptr<float>();
    const auto* more = shortcut.defined() ? shortcut.data_ptr<float>() : nullptr;
    const std::int64_t stride = shortcut.defined() ? shortcut.stride(0) : 0;
    auto* out = result.data_ptr<float>();
    forPieces(sums.size(0), [=, &affine](std::int64_t, std::int64_t begin, std::int64_t size) {
        const float* scale = affine.scale.data();
        const float* shift = affine.shift.data();
        const float slope = negativeSlope; // a local: what `to` points to cannot be it
        for (std::int64_t r = begin; r < begin + size; ++r) {
            const float* from = in + r * channels;
            float* to = out + r * channels;
            for (std::int64_t c = 0; c < channels; ++c) {
                to[c] = from[c] * scale[c] + shift[c];
            }
            for (std::int64_t c = 0; more && c < channels; ++c) {
                to[c] += more[r * stride + c];
            }
            for (std::int64_t c = 0; c < channels; ++c) {
                to[c] = std::max(to[c], 0.0F) + slope * std::min(to[c], 0.0F);
            }
        }
    });
    return result;
}

torch::Tensor activationGradient(
    const torch::Tensor& gradient, const torch::Tensor& output, float negativeSlope
) {
    const std::int64_t channels = output.size(1);
    const auto rows = gradient.stride(1) == 1 ? gradient : gradient.contiguous();
    const auto result = torch::empty(output.sizes());
    const auto* in = rows.data_ptr<float>();
    const std::int64_t stride = rows.stride(0);
    const auto* value = output.data_ptr<float>();
    auto* out = result.data_ptr<float>();
    forPieces(output.size(0), [=](std::int64_t, std::int64_t begin, std::int64_t size) {
        const float slope = negativeSlope;
        for (std::int64_t r = begin; r < begin + size; ++r) {
            for (std::int64_t c = 0; c < channels; ++c) {
                const float g = in[r * stride + c];
                out[r * channels + c] = value[r * channels + c] > 0.0F ? g : slope * g;
            }
        }
    });
    return result;
}

torch::Tensor columnSums(const torch::Tensor& rows) {
    const std::int64_t channels = rows.size(1);
    const auto* values = rows.data_ptr<float>();
    PieceSums sums(rows.size(0), channels);
    forPieces(rows.size(0), [&](std::int64_t piece, std::int64_t begin, std::int64_t size) {
        float* sum = sums.first(piece);
        for (std::int64_t r = begin; r < begin + size; ++r) {
            for (std::int64_t c = 0; c < channels; ++c) {
                sum[c] += values[r * channels + c];
            }
        }
    });
    return toTensor(sums.total().data(), channels);
}

NormGradients batchNormGradients(
    const torch::Tensor& gradient,
    const torch::Tensor& input,
    const ColumnMoments& moments,
    const torch::Tensor& weight,
    double epsilon
) {
    const std::int64_t rows = input.size(0);
    const std::int64_t channels = input.size(1);
    const auto* g = gradient.data_ptr<float>();
    const auto* x = input.data_ptr<float>();
    const std::vector<float> mean(moments.mean.begin(), moments.mean.end());
    PieceSums sums(rows, channels); // of g and of g * (x - mean)
    forPieces(rows, [&](std::int64_t piece, std::int64_t begin, std::int64_t size) {
        float* plain = sums.first(piece);
        float* centred = sums.second(piece);
        for (std::int64_t i = begin * channels; i < (begin + size) * channels; i += channels) {
            for (std::int64_t c = 0; c < channels; ++c) {
                plain[c] += g[i + c];
                centred[c] += g[i + c] * (x[i + c] - mean[static_cast<std::size_t>(c)]);
            }
        }
    });
    auto total = sums.total();
    // input gradient = a * g + b * (x - mean) + d, per column
    std::vector<float> a;
    std::vector<float> b;
    std::vector<float> d;
    const auto* scale = weight.data_ptr<float>();
    const double count = static_cast<double>(rows);
    for (std::int64_t c = 0; c < channels; ++c) {
        const auto i = static_cast<std::size_t>(c);
        const double inverse = 1.0 / std::sqrt(moments.variance[i] + epsilon);
        double& centred = total[i + static_cast<std::size_t>(channels)];
        const double factor = static_cast<double>(scale[c]) * inverse;
        a.push_back(static_cast<float>(factor));
        b.push_back(static_cast<float>(-factor * inverse * inverse * centred / count));
        d.push_back(static_cast<float>(-factor * total[i] / count));
        centred *= inverse;
    }
    NormGradients result;
    result.input = torch::empty(input.sizes());
    auto* out = result.input.data_ptr<float>();
    forPieces(rows, [&, g, x, out, channels](std::int64_t, std::int64_t begin, std::int64_t size) {
        for (std::int64_t i = begin * channels; i < (begin + size) * channels; i += channels) {
            for (std::int64_t c = 0; c < channels; ++c) {
                const auto k = static_cast<std::size_t>(c);
                out[i + c] = a[k] * g[i + c] + b[k] * (x[i + c] - mean[k]) + d[k];
            }
        }
    });
    result.bias = toTensor(total.data(), channels);
    result.weight = toTensor(total.data() + channels, channels);
    return result;
}

} // namespace siskin
