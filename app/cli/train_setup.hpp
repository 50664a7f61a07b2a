// SPDX-License-Identifier: MIT
// From the command line of `siskin train` to data, network and plan.
#pragma once

#include "app/cli/progress.hpp"
#include "app/cli/train_results.hpp"
#include "core/sparse/sparse_ops.hpp"

namespace siskin::cli {

/// Everything that a training is made of, before it starts.
struct Preparation {
    TrainRequest request;
    std::vector<CountedData> data;
    std::optional<CountedData> validation;
    std::shared_ptr<const ClassMap> classMap;
    std::vector<std::int64_t> labels; ///< of the samples that will be drawn
    std::vector<double> weights;
    ModelMetadata metadata;
};

/// Throws `ConfigError` when the folder holds anything already.
void requireNewFolder(const std::filesystem::path& folder);

/// Throws `ConfigError` when --augment is not for this network.
void requireAugmentation(const TrainRequest& request);

/// The request of an interrupted training, with `given`'s folder, threads and quiet.
TrainRequest resumedRequest(const TrainRequest& given, const TrainRecord& record);

/// Opens and counts all data. Throws `Error`.
Preparation prepare(TrainRequest request, const std::stop_token& stop, Progress& progress);

/// Network and samples. Shapes and rooms are read into memory. Throws `Error`.
std::unique_ptr<TrainingTask> makeTask(
    const Preparation& all,
    std::shared_ptr<const SparseOps> device,
    const std::stop_token& stop,
    Progress& progress
);

TrainingPlan makePlan(const TrainRequest& request, std::size_t samplesPerEpoch);

} // namespace siskin::cli
