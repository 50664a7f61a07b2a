// SPDX-License-Identifier: MIT
#include "core/benchmark/plan.hpp"

#include "core/base/error.hpp"
#include "core/base/json_text.hpp"
#include "core/base/sha256.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "siskin.plan";
constexpr int kVersion = 1;

Json ruleIdentity(const ScoreRule& rule) {
    return {
        {"name", rule.name},
        {"class_map", rule.classMap->name()},
        {"class_map_sha256", sha256Of(rule.classMap->toJson())}};
}

Json modelIdentity(const PlannedModel& model) {
    Json rules = Json::array();
    for (const ScoreRule& rule : model.rules) {
        rules.push_back(ruleIdentity(rule));
    }
    return {
        {"label", model.label},
        {"kind", model.kind},
        {"source", model.weightsSha256.empty() ? model.weights : std::string()},
        {"weights_sha256", model.weightsSha256},
        {"config_sha256", model.configSha256},
        {"precision", model.precision},
        {"voxel_size_m", model.voxelSize},
        {"votes", model.votes},
        {"trained", model.trained},
        {"parameters", model.parameters},
        {"has_confidence", model.hasConfidence},
        {"class_map", model.classMap->name()},
        {"class_map_sha256", sha256Of(model.classMap->toJson())},
        {"rules", std::move(rules)}};
}

std::string shortText(const Json& value) {
    constexpr std::size_t kMost = 60;
    const auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.size() > kMost ? text.substr(0, kMost) + "..." : text;
}

/// Reads keys of an object; every complaint names the file and the key.
class KeyReader {
  public:
    KeyReader(const Json& object, const std::string& origin) : object_(object), origin_(origin) {}

    template <typename T>
    T get(const char* key) const {
        const auto found = object_.is_object() ? object_.find(key) : object_.end();
        if (!object_.is_object() || found == object_.end()) {
            fail(fmt::format("'{}' is missing", key));
        }
        try {
            return found->template get<T>();
        } catch (const Json::exception&) {
            fail(fmt::format("'{}' is {}, of the wrong type", key, shortText(*found)));
        }
    }

    [[noreturn]] void fail(const std::string& why) const {
        throw DatasetError(
            fmt::format("{}: {}", origin_, why), "start afresh with --fresh, or in another folder"
        );
    }

  private:
    const Json& object_;
    const std::string& origin_;
};

PlannedModel modelFrom(
    const Json& json, const Json& paths, const std::string& benchmark, const std::string& origin
) {
    const KeyReader identity(json, origin);
    const KeyReader extra(paths, origin);
    PlannedModel model;
    model.label = identity.get<std::string>("label");
    model.kind = identity.get<std::string>("kind");
    model.weights = extra.get<std::string>("weights");
    model.weightsSha256 = identity.get<std::string>("weights_sha256");
    model.configSha256 = identity.get<std::string>("config_sha256");
    model.precision = identity.get<std::string>("precision");
    model.voxelSize = identity.get<double>("voxel_size_m");
    model.votes = identity.get<int>("votes");
    model.trained = identity.get<bool>("trained");
    model.parameters = identity.get<std::int64_t>("parameters");
    model.hasConfidence = identity.get<bool>("has_confidence");
    model.classMap = std::make_shared<const ClassMap>(
        ClassMap::fromJson(extra.get<Json>("class_map").dump(), origin)
    );
    model.rules = scoreRules(benchmark, model.classMap);
    return model;
}

EvaluationPlan planFrom(const Json& document, const std::string& origin) {
    const KeyReader top(document, origin);
    if (top.get<std::string>("schema") != kSchema || top.get<int>("version") != kVersion) {
        top.fail(fmt::format("this is no '{}' of version {}", kSchema, kVersion));
    }
    const auto identityJson = top.get<Json>("identity");
    const KeyReader identity(identityJson, origin);
    EvaluationPlan plan;
    plan.dataset = top.get<std::string>("dataset");
    plan.root = top.get<std::string>("root");
    plan.benchmark = identity.get<std::string>("benchmark");
    plan.split = identity.get<std::string>("split");
    plan.earlierScans = identity.get<std::size_t>("earlier_scans");
    plan.frames = identity.get<std::size_t>("frames");
    plan.framesSha256 = identity.get<std::string>("frames_sha256");
    plan.device = identity.get<std::string>("device");
    plan.program = identity.get<std::string>("program");
    const auto models = identity.get<std::vector<Json>>("models");
    const auto extras = top.get<std::vector<Json>>("models");
    if (models.empty() || models.size() != extras.size()) {
        top.fail("'models' is empty or of two lengths");
    }
    for (std::size_t i = 0; i < models.size(); ++i) {
        plan.models.push_back(modelFrom(models[i], extras[i], plan.benchmark, origin));
    }
    const auto shard = top.get<std::vector<std::size_t>>("shard");
    if (shard.size() != 2 || shard[0] < 1 || shard[0] > shard[1]) {
        top.fail("'shard' is not [index, count]");
    }
    plan.shard = {shard[0], shard[1]};
    plan.submission = top.get<bool>("submission");
    if (const auto here = firstDifference(identityJson, identityOf(plan)); !here.empty()) {
        top.fail(fmt::format("it was made with other class maps ({})", here));
    }
    return plan;
}

} // namespace

Json identityOf(const EvaluationPlan& plan) {
    Json models = Json::array();
    for (const PlannedModel& model : plan.models) {
        models.push_back(modelIdentity(model));
    }
    return {
        {"program", plan.program},
        {"device", plan.device},
        {"benchmark", plan.benchmark},
        {"split", plan.split},
        {"earlier_scans", plan.earlierScans},
        {"frames", plan.frames},
        {"frames_sha256", plan.framesSha256},
        {"models", std::move(models)}};
}

std::string firstDifference(const Json& here, const Json& there) {
    if (here.type() == there.type() && here.is_structured() && here.size() == there.size()) {
        auto other = there.begin();
        for (const auto& [key, value] : here.items()) {
            const auto inner = firstDifference(value, *other++);
            if (!inner.empty()) {
                const bool leaf = inner.starts_with(':');
                return fmt::format("{}{}{}", key, leaf ? "" : ".", inner);
            }
        }
        return {};
    }
    return here == there ? std::string()
                         : fmt::format(": {} here, {} there", shortText(here), shortText(there));
}

std::string planText(const EvaluationPlan& plan) {
    Json models = Json::array();
    for (const PlannedModel& model : plan.models) {
        models.push_back(
            {{"weights", model.weights}, {"class_map", Json::parse(model.classMap->toJson())}}
        );
    }
    const Json document{
        {"schema", kSchema},
        {"version", kVersion},
        {"dataset", plan.dataset},
        {"root", plan.root},
        {"shard", {plan.shard.index, plan.shard.count}},
        {"submission", plan.submission},
        {"identity", identityOf(plan)},
        {"models", std::move(models)}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

EvaluationPlan planFromText(const std::string& text, const std::string& origin) {
    const auto [document, trouble] = parseJson(text);
    if (!trouble.empty()) {
        throw DatasetError(
            fmt::format("{}: {}", origin, trouble),
            "start afresh with --fresh, or in another folder"
        );
    }
    return planFrom(document, origin);
}

} // namespace siskin
