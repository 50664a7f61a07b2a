// SPDX-License-Identifier: MIT
#include "core/benchmark/record_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

std::size_t indexAt(const Json& list, std::size_t place, std::size_t count) {
    const auto index = list.at(place).get<std::int64_t>();
    if (index < 0 || static_cast<std::size_t>(index) >= count) {
        throw std::out_of_range(fmt::format("{} is none of {} classes or bins", index, count));
    }
    return static_cast<std::size_t>(index);
}

std::int64_t countAt(const Json& list, std::size_t place) {
    const auto count = list.at(place).get<std::int64_t>();
    if (count < 0) {
        throw std::out_of_range(fmt::format("{} is no number of points", count));
    }
    return count;
}

/// [truth, prediction, points] of every pair that occurs, one after the other.
Json confusionJson(const Confusion& confusion) {
    Json list = Json::array();
    for (std::size_t truth = 0; truth < confusion.classes(); ++truth) {
        for (std::size_t predicted = 0; predicted <= confusion.classes(); ++predicted) {
            const auto points =
                confusion.count(static_cast<ClassId>(truth), static_cast<ClassId>(predicted));
            if (points != 0) {
                list.insert(list.end(), {Json(truth), Json(predicted), Json(points)});
            }
        }
    }
    return list;
}

Confusion confusionFrom(const Json& list, std::size_t classes) {
    Confusion confusion(classes);
    for (std::size_t i = 0; i < list.size(); i += 3) {
        confusion.add(
            static_cast<ClassId>(indexAt(list, i, classes)),
            static_cast<ClassId>(indexAt(list, i + 1, classes + 1)),
            countAt(list, i + 2)
        );
    }
    return confusion;
}

/// [bin, class, seen, positive, correct] of all that occur.
Json strataJson(const StratifiedCounts& strata) {
    Json list = Json::array();
    for (std::size_t bin = 0; bin < strata.bins(); ++bin) {
        for (std::size_t id = 0; id < strata.classes(); ++id) {
            const ClassCounts& counts = strata.at(bin, id);
            if (counts.seen != 0 || counts.positive != 0) {
                list.insert(
                    list.end(),
                    {Json(bin),
                     Json(id),
                     Json(counts.seen),
                     Json(counts.positive),
                     Json(counts.correct)}
                );
            }
        }
    }
    return list;
}

void addStrata(const Json& list, StratifiedCounts& strata) {
    for (std::size_t i = 0; i < list.size(); i += 5) {
        strata.at(indexAt(list, i, strata.bins()), indexAt(list, i + 1, strata.classes())) = {
            countAt(list, i + 2), countAt(list, i + 3), countAt(list, i + 4)};
    }
}

Json calibrationJson(const Calibration& calibration) {
    Json list = Json::array();
    for (const auto& bin : calibration.bins()) {
        list.insert(list.end(), {Json(bin.points), Json(bin.correct), Json(bin.confidence)});
    }
    return list;
}

Calibration calibrationFrom(const Json& list) {
    Calibration calibration;
    for (std::size_t i = 0; i < Calibration::kBins; ++i) {
        calibration.bins()[i] = {
            countAt(list, 3 * i), countAt(list, 3 * i + 1), countAt(list, 3 * i + 2)};
    }
    return calibration;
}

Json scoresJson(const FrameScores& scores) {
    Json confusions = Json::array();
    for (const auto& confusion : scores.perRule) {
        confusions.push_back(confusionJson(confusion));
    }
    Json strata = Json::array();
    for (const auto& counts : scores.strata) {
        strata.push_back(strataJson(counts));
    }
    return {
        {"confusions", std::move(confusions)},
        {"strata", std::move(strata)},
        {"calibration", scores.calibration ? calibrationJson(*scores.calibration) : Json(nullptr)}};
}

FrameScores scoresFrom(const Json& json, const PlannedModel& model, const std::string& benchmark) {
    FrameScores scores;
    const Json& confusions = json.at("confusions");
    if (confusions.size() != model.rules.size()) {
        throw std::out_of_range("as many confusions as rules were expected");
    }
    for (std::size_t i = 0; i < confusions.size(); ++i) {
        scores.perRule.push_back(confusionFrom(confusions[i], model.rules[i].classMap->size()));
    }
    const auto kinds = strataOf(benchmark);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        scores.strata.emplace_back(kinds[i], model.rules.front().classMap->size());
        addStrata(json.at("strata").at(i), scores.strata.back());
    }
    if (!json.at("calibration").is_null()) {
        scores.calibration = calibrationFrom(json.at("calibration"));
    }
    return scores;
}

Json measurementJson(const FrameMeasurement& measured) {
    Json stages = Json::array();
    for (const auto& [name, seconds] : measured.stages) {
        stages.push_back({name, seconds});
    }
    const auto& joules = measured.joules;
    return {
        {"s", measured.seconds},
        {"stages", std::move(stages)},
        {"j", joules ? Json{joules->value, joules->low, joules->high} : Json(nullptr)},
        {"method", measured.energyMethod},
        {"beside", measured.framesSideBySide}};
}

FrameMeasurement measurementFrom(const Json& json) {
    FrameMeasurement measured;
    measured.seconds = json.at("s").get<double>();
    for (const auto& stage : json.at("stages")) {
        measured.stages.emplace_back(stage.at(0).get<std::string>(), stage.at(1).get<double>());
    }
    if (const Json& joules = json.at("j"); !joules.is_null()) {
        measured.joules = Estimate{
            joules.at(0).get<double>(), joules.at(1).get<double>(), joules.at(2).get<double>()};
    }
    measured.energyMethod = json.at("method").get<std::string>();
    measured.framesSideBySide = json.at("beside").get<int>();
    return measured;
}

} // namespace

Json toJson(const FrameRecord& record) {
    Json models = Json::array();
    for (const auto& model : record.models) {
        models.push_back(
            {{"voxels", model.voxels},
             {"scores", record.labels ? scoresJson(model.scores) : Json(nullptr)},
             {"measured", measurementJson(model.measured)}}
        );
    }
    return {
        {"position", record.position},
        {"frame", record.frame},
        {"group", record.group},
        {"data_sha256", record.dataSha256},
        {"points", record.points},
        {"labels", record.labels},
        {"warnings", record.warnings},
        {"read_s", record.readSeconds},
        {"models", std::move(models)}};
}

FrameRecord recordFromJson(const Json& json, const EvaluationPlan& plan) {
    FrameRecord record;
    record.position = json.at("position").get<std::size_t>();
    record.frame = json.at("frame").get<std::string>();
    record.group = json.at("group").get<std::string>();
    record.dataSha256 = json.at("data_sha256").get<std::string>();
    record.points = json.at("points").get<std::int64_t>();
    record.labels = json.at("labels").get<bool>();
    record.warnings = json.at("warnings").get<std::vector<std::string>>();
    record.readSeconds = json.at("read_s").get<double>();
    const Json& models = json.at("models");
    if (models.size() != plan.models.size() || record.position >= plan.frames) {
        throw std::out_of_range("it is of another plan");
    }
    for (std::size_t i = 0; i < models.size(); ++i) {
        ModelRecord model;
        model.voxels = models[i].at("voxels").get<std::int64_t>();
        if (record.labels) {
            model.scores = scoresFrom(models[i].at("scores"), plan.models[i], plan.benchmark);
        }
        model.measured = measurementFrom(models[i].at("measured"));
        record.models.push_back(std::move(model));
    }
    return record;
}

Json toJson(const FrameFailure& failure) {
    return {{"position", failure.position}, {"frame", failure.frame}, {"message", failure.message}};
}

FrameFailure failureFromJson(const Json& json) {
    return {
        json.at("position").get<std::size_t>(),
        json.at("frame").get<std::string>(),
        json.at("message").get<std::string>()};
}

Json toJson(const EvaluationSession& session) {
    return {
        {"host", session.host},
        {"device", session.device},
        {"started", session.started},
        {"seconds", session.seconds},
        {"frames", session.frames},
        {"busy_share", session.busyShare},
        {"peak_memory_bytes", session.peakMemoryBytes},
        {"parallel", session.parallel},
        {"warm_up_runs", session.warmUpRuns},
        {"shard", {session.shard.index, session.shard.count}},
        {"complete", session.complete}};
}

EvaluationSession sessionFromJson(const Json& json) {
    EvaluationSession session;
    session.host = json.at("host").get<std::string>();
    session.device = json.at("device").get<std::string>();
    session.started = json.at("started").get<std::string>();
    session.seconds = json.at("seconds").get<double>();
    session.frames = json.at("frames").get<std::size_t>();
    session.busyShare = json.at("busy_share").get<double>();
    session.peakMemoryBytes = json.at("peak_memory_bytes").get<std::int64_t>();
    session.parallel = json.at("parallel").get<std::string>();
    session.warmUpRuns = json.at("warm_up_runs").get<int>();
    session.shard = {
        json.at("shard").at(0).get<std::size_t>(), json.at("shard").at(1).get<std::size_t>()};
    session.complete = json.at("complete").get<bool>();
    return session;
}

} // namespace siskin
