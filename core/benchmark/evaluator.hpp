// SPDX-License-Identifier: MIT
// Runs the models of a plan over its frames; the journal remembers what is done.
#pragma once

#include "core/benchmark/journal.hpp"
#include "core/benchmark/plan.hpp"
#include "core/benchmark/summary.hpp"
#include "core/run/batch.hpp"
#include "core/run/scan_model.hpp"
#include "core/scan/dataset_reader.hpp"

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace siskin {

struct EvaluationInput {
    const EvaluationPlan& plan;
    const DatasetReader& reader;
    std::vector<std::size_t> frames; ///< by position in the plan: index into reader.frames()
    std::vector<ScanModel*> models;  ///< as the plan's
};

/// A frame that was just evaluated, while its points are still there.
struct EvaluatedFrame {
    const FrameRecord& record;
    std::shared_ptr<const Scan> scan;
    std::vector<RunResult>& results; ///< as the plan's models
};

struct EvaluationOptions {
    ParallelMode parallel = ParallelMode::Auto;
    int warmUpRuns = 1; ///< of every model on the first frame to do, not counted
    bool stopOnError = false;
    std::stop_token stop;
    /// Over the frames to do; any thread, one call at a time; may be empty.
    std::function<void(double fraction, std::string_view stage)> progress;
    /// On the calling thread, before the journal says that the frame is done: writes what is to be
    /// kept of it.
    std::function<void(const EvaluatedFrame&)> keep;
    /// On the calling thread, after the journal took it.
    std::function<void(const FrameFailure&)> failed;
};

/// Positions of the plan's shard that have no record in the journal yet.
std::vector<std::size_t> framesToDo(const EvaluationPlan& plan, const JournalContent& past);

/// Evaluates `framesToDo`, appending each to the journal and the summary. Every frame runs through
/// all models in turn, beginning with another one each time, so that none profits from being first.
/// A frame that cannot be read or that a model refuses becomes a failure. Returns what the session
/// was; the journal has it too. Throws `Cancelled` (all that is done is in the journal), what
/// `keep` throws, and with `stopOnError` the first trouble.
EvaluationSession evaluate(
    const EvaluationInput& input,
    const EvaluationOptions& options,
    const JournalContent& past,
    Journal& journal,
    EvaluationSummary& summary
);

} // namespace siskin
