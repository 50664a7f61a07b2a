// SPDX-License-Identifier: MIT
// From a command line to a plan, its frames and its models.
#pragma once

#include "app/cli/eval_options.hpp"
#include "app/cli/progress.hpp"
#include "core/benchmark/evaluator.hpp"
#include "core/benchmark/plan.hpp"
#include "core/run/scan_model.hpp"
#include "core/scan/dataset_reader.hpp"

#include <memory>
#include <vector>

namespace siskin::cli {

/// The data set of a request and the frames that it asks for.
struct EvalData {
    std::shared_ptr<const DatasetReader> reader;
    std::vector<std::size_t> frames; ///< indices into reader->frames(), in their order
};

/// Throws `DatasetError`, and `ConfigError` for a split or frame that does not exist.
EvalData openEvalData(const EvalRequest& request);

struct EvalModels {
    std::vector<std::unique_ptr<ScanModel>> models;
    std::vector<PlannedModel> planned;
};

/// Loads the models, labels made unique. Throws `ConfigError` for a model whose classes are of
/// another data set than the ground truth.
EvalModels loadEvalModels(const EvalRequest& request, const EvalData& data, Progress& progress);

EvaluationPlan
makePlan(const EvalRequest& request, const EvalData& data, std::vector<PlannedModel> models);

} // namespace siskin::cli
