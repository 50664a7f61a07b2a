// SPDX-License-Identifier: MIT
// Frame records, failures and sessions as JSON, for the journal. Zeros are left out.
#pragma once

#include "core/benchmark/frame_record.hpp"
#include "core/benchmark/plan.hpp"
#include "core/benchmark/session.hpp"

#include <nlohmann/json_fwd.hpp>

namespace siskin {

nlohmann::ordered_json toJson(const FrameRecord& record);
nlohmann::ordered_json toJson(const FrameFailure& failure);
nlohmann::ordered_json toJson(const EvaluationSession& session);

/// Of a frame of `plan`. These throw `nlohmann::json::exception` or `std::out_of_range` for JSON
/// that the functions above did not make.
FrameRecord recordFromJson(const nlohmann::ordered_json& json, const EvaluationPlan& plan);
FrameFailure failureFromJson(const nlohmann::ordered_json& json);
EvaluationSession sessionFromJson(const nlohmann::ordered_json& json);

} // namespace siskin
