// SPDX-License-Identifier: MIT
#include "core/train/training_data.hpp"

#include "core/base/cancel.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <mutex>
#include <numeric>
#include <span>
#include <sstream>

namespace siskin {

namespace {

/// Fowler, Noll and Vo's hash, 64 bits, variant 1a, over whole words where there are some.
class Fingerprint {
  public:
    void add(std::uint64_t word) { value_ = (value_ ^ word) * 1099511628211U; }

    void add(const std::string& text) {
        for (const char character : text) {
            add(static_cast<std::uint64_t>(static_cast<unsigned char>(character)));
        }
    }

    std::uint64_t value() const noexcept { return value_; }

  private:
    std::uint64_t value_ = 14695981039346656037U;
};

struct FrameSummary {
    std::int64_t points = 0;
    std::vector<std::int64_t> labels;
    std::uint64_t fingerprint = 0;
};

FrameSummary summariseFrame(const Scan& scan, std::size_t classes) {
    FrameSummary frame;
    frame.points = static_cast<std::int64_t>(scan.pointCount());
    frame.labels.resize(classes);
    Fingerprint fingerprint;
    fingerprint.add(scan.id);
    for (const auto& position : scan.positions) {
        for (const float value : position) {
            fingerprint.add(std::uint64_t{std::bit_cast<std::uint32_t>(value)});
        }
    }
    for (const ClassId id : scan.groundTruth->classIds) {
        fingerprint.add(std::uint64_t{id});
        if (id < classes) {
            ++frame.labels[id];
        }
    }
    frame.fingerprint = fingerprint.value();
    return frame;
}

} // namespace

std::shared_ptr<const Scan> TrainingData::read(std::size_t frame) const {
    auto scan = reader->read(frames[frame]);
    if (!scan->groundTruth || scan->groundTruth->classIds.size() != scan->pointCount()) {
        throw DatasetError(
            fmt::format("{}: frame {} has no labels", name, scan->id), "training needs labels"
        );
    }
    return scan;
}

TrainingData labelledFrames(std::shared_ptr<const DatasetReader> reader, std::string name) {
    TrainingData data{.reader = std::move(reader), .frames = {}, .name = std::move(name)};
    const auto& infos = data.reader->frames();
    for (std::size_t i = 0; i < infos.size(); ++i) {
        if (infos[i].hasLabels) {
            data.frames.push_back(i);
        }
    }
    if (data.frames.empty()) {
        throw DatasetError(
            infos.empty()
                ? fmt::format("{}: no frame in it", data.name)
                : fmt::format("{}: none of its {} frames has labels", data.name, infos.size()),
            "training and validation need labelled scans"
        );
    }
    return data;
}

void forEveryFrame(
    std::size_t frames,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress,
    const std::function<void(std::size_t frame)>& body
) {
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(static_cast<std::int64_t>(frames), 1, [&](std::int64_t begin, std::int64_t) {
        throwIfStopRequested(stop);
        body(static_cast<std::size_t>(begin));
        const std::scoped_lock lock(mutex);
        progress(static_cast<double>(++done) / static_cast<double>(frames));
    });
}

DataSummary summarise(
    const TrainingData& data,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress
) {
    const std::size_t classes = data.reader->classMap()->size();
    std::vector<FrameSummary> frames(data.frames.size());
    forEveryFrame(frames.size(), stop, progress, [&](std::size_t i) {
        frames[i] = summariseFrame(*data.read(i), classes);
    });
    DataSummary summary;
    summary.frames = frames.size();
    summary.labels.resize(classes);
    Fingerprint fingerprint;
    for (const auto& frame : frames) {
        summary.points += frame.points;
        fingerprint.add(frame.fingerprint);
        for (std::size_t c = 0; c < classes; ++c) {
            summary.labels[c] += frame.labels[c];
        }
    }
    summary.ignored =
        summary.points -
        std::accumulate(summary.labels.begin(), summary.labels.end(), std::int64_t{0});
    summary.fingerprint = fingerprint.value();
    return summary;
}

std::vector<double> classWeights(const std::vector<std::int64_t>& labels, WeightRule rule) {
    const auto total =
        static_cast<double>(std::accumulate(labels.begin(), labels.end(), std::int64_t{0}));
    if (!(total > 0.0)) {
        throw DatasetError("no point of the training data is labelled with a class");
    }
    std::vector<double> weights(labels.size(), 0.0);
    double sum = 0.0;
    double present = 0.0;
    for (std::size_t c = 0; c < labels.size(); ++c) {
        if (labels[c] > 0) {
            const double share = static_cast<double>(labels[c]) / total;
            weights[c] = rule == WeightRule::Sqrt  ? 1.0 / std::sqrt(share)
                         : rule == WeightRule::Log ? 1.0 / std::log(1.02 + share)
                                                   : 1.0;
            sum += weights[c];
            present += 1.0;
        }
    }
    const double largest = *std::max_element(weights.begin(), weights.end());
    for (auto& weight : weights) {
        weight = (weight > 0.0 ? weight : largest) * present / sum;
    }
    return weights;
}

std::vector<double> readClassWeights(const std::filesystem::path& path, std::size_t classes) {
    auto text = readTextFile(path);
    std::replace(text.begin(), text.end(), ',', ' ');
    std::istringstream stream(text);
    std::vector<double> weights;
    for (double value = 0.0; stream >> value;) {
        weights.push_back(value);
    }
    const bool positive = std::all_of(weights.begin(), weights.end(), [](double weight) {
        return std::isfinite(weight) && weight > 0.0;
    });
    if (!stream.eof() || !positive || weights.size() != classes) {
        throw ConfigError(
            fmt::format("{}: not {} positive class weights", path.string(), classes),
            "write one number per class, in the order of the class map"
        );
    }
    return weights;
}

} // namespace siskin
