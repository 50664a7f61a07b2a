// SPDX-License-Identifier: MIT
// What `siskin train` does differently for networks for cones.
#pragma once

#include "app/cli/train_setup.hpp"
#include "datasets/track/track_reader.hpp"

namespace siskin::cli {

/// `reader` as a race track; `name` is of the data set. Throws `ConfigError` for other data.
std::shared_ptr<const TrackReader>
trackOf(const std::shared_ptr<const DatasetReader>& reader, const std::string& name);

/// All data must be race tracks. Throws `ConfigError` where they are not, `DatasetError`.
std::unique_ptr<TrainingTask> makeConesTask(
    const Preparation& all,
    std::shared_ptr<const SparseOps> device,
    const std::stop_token& stop,
    Progress& progress
);

/// The metadata of a weight file.
std::map<std::string, std::string>
conesMetadata(const ModelMetadata& metadata, ObjectNetworkKind kind);

} // namespace siskin::cli
