// SPDX-License-Identifier: MIT
// What is evaluated: data, models, rules. Two evaluations of one plan give the same scores, byte by
// byte, however they are cut into shards, interrupted or spread over threads.
#pragma once

#include "core/eval/score_rule.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace siskin {

/// One model and what its results depend on.
struct PlannedModel {
    std::string label;         ///< unique in the plan
    std::string kind;          ///< "spvcnn" ..., "predictions"
    std::string weights;       ///< path as given, or "random (seed 1)"
    std::string weightsSha256; ///< hex; empty for random weights and for prediction folders
    std::string configSha256;  ///< of net.config; empty without
    std::string precision;     ///< "fp32" ...
    double voxelSize = 0.0;    ///< metres; 0 for prediction folders
    bool trained = true;
    std::int64_t parameters = 0;
    bool hasConfidence = true;                ///< false for prediction folders: no calibration then
    std::shared_ptr<const ClassMap> classMap; ///< the classes that it speaks
    std::vector<ScoreRule> rules;             ///< at least one
};

/// The i-th of n parts, 1 <= index <= count. Frame k (from 0) belongs to shard k mod n + 1.
struct Shard {
    std::size_t index = 1;
    std::size_t count = 1;
};

struct EvaluationPlan {
    std::string dataset;   ///< reader's title, e.g. "nuScenes, 404 keyframes"
    std::string root;      ///< path as given
    std::string benchmark; ///< `DatasetReader::benchmark`
    std::string split;     ///< empty = every frame
    int earlierScans = 0;  ///< accumulated into each frame
    std::size_t frames = 0;
    std::string framesSha256; ///< of the list of frame ids
    std::vector<PlannedModel> models;
    std::string device;  ///< as asked for, e.g. "cpu"
    std::string program; ///< version and commit
    Shard shard;
};

/// Everything that scores depend on, and nothing else (no path, no shard). Two plans may be merged
/// or resumed when these are equal.
nlohmann::ordered_json identityOf(const EvaluationPlan& plan);

} // namespace siskin
