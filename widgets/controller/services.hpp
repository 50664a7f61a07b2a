// SPDX-License-Identifier: MIT
// What the widgets need from the outside, as plain functions: `app/` wires in the real ones, tests
// pass scripted ones. This is why widgets/ knows no file format, no LibTorch and no device.
#pragma once

#include "core/report/paper_comparison.hpp"
#include "core/report/paper_models.hpp"
#include "core/run/model_file.hpp"
#include "core/run/pipeline.hpp"
#include "core/scan/dataset_reader.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace siskin::ui {

/// A model ready to run: a network, or a folder of predictions. `run` is called from several worker
/// threads at once while a drive plays.
struct LoadedModel {
    ModelInfo info;
    std::function<RunResult(const Scan&, const RunOptions&)> run;
    /// `ScanModel::refusal`; may be left out by models that take every scan. Any thread; quick.
    std::function<std::string(const Scan&)> refusal{};
};

/// A network that comes with the program.
struct ModelOffer {
    ModelSpec spec;
    std::string title; ///< "PVCNN 0.3M"
    ModelTask task = ModelTask::LidarScene;
};

/// Functions throw `siskin::Error`. The first two are called from worker threads and may take long.
struct Services {
    std::function<std::unique_ptr<DatasetReader>(const std::filesystem::path&)> openDataset;
    std::function<LoadedModel(const ModelSpec&)> loadModel; ///< fills in a missing class map
    GridTable grid;
    std::vector<ModelOffer> offers{};
    /// The networks that the PVCNN paper compares, as `siskin::paperModels`; any thread, quick.
    std::function<std::vector<PaperModel>(ModelTask)> paperModels{};
    std::vector<PublishedFigure> published{}; ///< resources/published_results.csv
    /// `describeModelFile`; any thread, quick. May be empty.
    std::function<std::optional<ModelDescription>(const std::filesystem::path&)> describeWeights{};
};

} // namespace siskin::ui
