// SPDX-License-Identifier: MIT
// What is evaluated: data, models, rules. Two evaluations of one plan give the same scores, byte by
// byte, however they are cut into shards, interrupted or spread over threads.
#pragma once

#include "core/eval/score_rule.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace siskin {

/// One model and what its results depend on.
struct PlannedModel {
    std::string label;         ///< unique in the plan
    std::string kind;          ///< "spvcnn" ..., "predictions"
    std::string weights;       ///< path as given, or "random (seed 1)"
    std::string weightsSha256; ///< hex; empty where `weights` itself says what it is: random
                               ///< weights and prediction folders
    std::string configSha256;  ///< of net.config; empty without
    std::string precision;     ///< "fp32" ...
    double voxelSize = 0.0;    ///< metres; 0 for prediction folders
    int votes = 1;             ///< `ModelSpec::votes` of a network for shapes
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

    bool holds(std::size_t position) const noexcept { return position % count + 1 == index; }
};

struct EvaluationPlan {
    std::string dataset;          ///< reader's title, e.g. "nuScenes, 404 keyframes"
    std::string root;             ///< path as given
    std::string benchmark;        ///< `DatasetReader::benchmark`
    std::string split;            ///< empty = every frame
    std::size_t earlierScans = 0; ///< accumulated into each frame
    std::size_t frames = 0;
    std::string framesSha256; ///< of the list of frame ids
    std::vector<PlannedModel> models;
    std::string device;  ///< as asked for, e.g. "cpu"
    std::string program; ///< version and commit
    Shard shard;
    bool submission = false; ///< prediction files are written; scores do not depend on it
};

/// Everything that scores depend on, and nothing else (no shard, no path that a hash
/// can stand for). Two plans may be merged
/// or resumed when these are equal.
nlohmann::ordered_json identityOf(const EvaluationPlan& plan);

/// One line about the first thing in which two identities differ, e.g. "split: 'val' here, 'train'
/// there"; empty when they are equal.
std::string
firstDifference(const nlohmann::ordered_json& here, const nlohmann::ordered_json& there);

/// The plan as text, and back. `origin` stands for the file in messages; throws `DatasetError`
/// naming it and the key.
std::string planText(const EvaluationPlan& plan);
EvaluationPlan planFromText(const std::string& text, const std::string& origin);

} // namespace siskin
