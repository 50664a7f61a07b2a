// SPDX-License-Identifier: MIT
// What the widgets need from the outside, as plain functions: `app/` wires in the real ones, tests
// pass scripted ones. This is why widgets/ knows no file format, no LibTorch and no device.
#pragma once

#include "core/run/pipeline.hpp"
#include "core/scan/dataset_reader.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace siskin::ui {

/// A model ready to run: a network, or a folder of predictions. `run` is called from one worker
/// thread at a time.
struct LoadedModel {
    ModelInfo info;
    std::function<RunResult(const Scan&, const RunOptions&)> run;
};

/// Both functions are called from worker threads and may take long; they throw `siskin::Error`.
struct Services {
    std::function<std::unique_ptr<DatasetReader>(const std::filesystem::path&)> openDataset;
    std::function<LoadedModel(const ModelSpec&)> loadModel; ///< fills in a missing class map
    GridTable grid;
};

} // namespace siskin::ui
