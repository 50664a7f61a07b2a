// SPDX-License-Identifier: MIT
// What a training set holds: labels per class, and a fingerprint to know it by.
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace siskin {

/// Frames of one data set that have labels.
struct TrainingData {
    std::shared_ptr<const DatasetReader> reader;
    std::vector<std::size_t> frames; ///< indices into reader->frames()
    std::string name;                ///< for people, e.g. the folder's name
    double share = 0.0;              ///< of the samples; 0 = by the number of frames

    std::shared_ptr<const Scan> read(std::size_t frame) const;
};

/// Throws `DatasetError` when no frame has labels.
TrainingData labelledFrames(std::shared_ptr<const DatasetReader> reader, std::string name);

/// Calls `body` once for each of `frames`, on all threads, with the share that is done after each.
/// Throws `Cancelled`, and what `body` throws.
void forEveryFrame(
    std::size_t frames,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress,
    const std::function<void(std::size_t frame)>& body
);

struct DataSummary {
    std::size_t frames = 0;
    std::int64_t points = 0;
    std::vector<std::int64_t> labels; ///< points per class
    std::int64_t ignored = 0;         ///< points of no class
    std::uint64_t fingerprint = 0;    ///< FNV-1a over every frame's id, positions and labels
};

/// Reads every frame once, on all threads. Throws `DatasetError`, `Cancelled`.
DataSummary summarise(
    const TrainingData& data,
    const std::stop_token& stop,
    const std::function<void(double fraction)>& progress
);

enum class WeightRule { None, Sqrt, Log };

/// Weight of each class in the loss from its share f of the labelled points: 1, 1 / sqrt(f), or
/// 1 / ln(1.02 + f) (ENet: Paszke et al. 2016); scaled to a mean of 1 over the classes that occur.
/// A class without points gets the largest weight of the others. Throws `DatasetError` when there
/// is no labelled point at all.
std::vector<double> classWeights(const std::vector<std::int64_t>& labels, WeightRule rule);

/// One positive number per class, in the order of the class map, separated by white space or
/// commas. Throws `ConfigError`.
std::vector<double> readClassWeights(const std::filesystem::path& path, std::size_t classes);

} // namespace siskin
