// SPDX-License-Identifier: MIT
#include "app/cli/train_results.hpp"

#include "app/cli/version.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/report/format.hpp"

#include <fmt/format.h>

#include <numeric>

namespace siskin::cli {

namespace {

using Json = nlohmann::ordered_json;

Json toJson(const CountedData& counted) {
    return {
        {"name", counted.data.name},
        {"title", counted.data.reader->title()},
        {"classMap", counted.data.reader->classMap()->name()},
        {"frames", counted.summary.frames},
        {"share", counted.data.share},
        {"points", counted.summary.points},
        {"unlabelledPoints", counted.summary.ignored},
        {"fingerprint", fmt::format("{:016x}", counted.summary.fingerprint)}};
}

Json dataJson(const std::vector<CountedData>& data, const std::optional<CountedData>& validation) {
    Json json{{"training", Json::array()}, {"validation", nullptr}};
    for (const auto& counted : data) {
        json["training"].push_back(toJson(counted));
    }
    if (validation) {
        json["validation"] = toJson(*validation);
    }
    return json;
}

} // namespace

std::string describe(const CountedData& data) {
    return fmt::format(
        "{}, {} frames ({:016x})", data.data.name, data.summary.frames, data.summary.fingerprint
    );
}

std::string classTable(
    const ClassMap& classMap,
    const std::vector<std::int64_t>& labels,
    const std::vector<double>& weights
) {
    const auto total =
        static_cast<double>(std::accumulate(labels.begin(), labels.end(), std::int64_t{0}));
    std::string text = fmt::format("{:<18} {:>14}  {:>7}  weight\n", "class", "points", "share");
    for (std::size_t c = 0; c < labels.size(); ++c) {
        text += fmt::format(
            "{:<18} {:>14}  {:>7}  {:.3f}\n",
            classMap.classes()[c].name,
            formatCount(labels[c]),
            formatPercent(static_cast<double>(labels[c]) / std::max(1.0, total)),
            weights[c]
        );
    }
    return text;
}

std::string scoreTable(const ClassMap& classMap, const IouScores& scores) {
    std::string text = fmt::format("{:<18}      IoU\n", "class");
    for (std::size_t c = 0; c < scores.perClass.size(); ++c) {
        const auto& score = scores.perClass[c];
        text += fmt::format(
            "{:<18} {:>8}\n", classMap.classes()[c].name, score ? formatPercent(*score) : "-"
        );
    }
    return text + fmt::format(
                      "{:<18} {:>8}\n{:<18} {:>8}\n",
                      "mean",
                      formatPercent(scores.mean),
                      "accuracy",
                      formatPercent(scores.accuracy)
                  );
}

Json toJson(
    const ClassMap& classMap, const IouScores& scores, const std::map<std::string, double>& others
) {
    Json classes = Json::object();
    for (std::size_t c = 0; c < scores.perClass.size(); ++c) {
        if (scores.perClass[c]) {
            classes[classMap.classes()[c].name] = *scores.perClass[c];
        }
    }
    Json json{
        {"miou", scores.mean}, {"accuracy", scores.accuracy}, {"classes", std::move(classes)}};
    for (const auto& [name, score] : others) {
        json[name] = score;
    }
    return json;
}

TrainRecord::TrainRecord(std::filesystem::path folder, const TrainRequest& request)
    : folder_(std::move(folder)), json_({
                                      {"program", "siskin train"},
                                      {"version", programVersion()},
                                      {"commit", programCommit()},
                                      {"arguments", request.arguments},
                                      {"workingFolder", std::filesystem::current_path().string()},
                                  }) {}

TrainRecord::TrainRecord(std::filesystem::path folder) : folder_(std::move(folder)) {
    const auto file = folder_ / "train.json";
    if (!std::filesystem::is_regular_file(file)) {
        throw ConfigError(
            fmt::format("{}: no train.json, so no training to go on with", folder_.string()),
            "give --resume the folder that was --out"
        );
    }
    json_ = Json::parse(readTextFile(file), nullptr, false);
    const bool complete = json_.is_object() && json_.contains("data") &&
                          json_.contains("arguments") && json_["arguments"].is_array() &&
                          json_.contains("workingFolder") && json_["workingFolder"].is_string();
    if (!complete) {
        throw ConfigError(
            fmt::format("{}: not the record of a training", file.string()),
            "start again with another --out"
        );
    }
}

std::vector<std::string> TrainRecord::arguments() const {
    std::vector<std::string> arguments;
    for (const auto& argument : json_["arguments"]) {
        arguments.push_back(argument.is_string() ? argument.get<std::string>() : std::string());
    }
    return arguments;
}

std::filesystem::path TrainRecord::workingFolder() const {
    return json_["workingFolder"].get<std::string>();
}

void TrainRecord::setData(
    const std::vector<CountedData>& data, const std::optional<CountedData>& validation
) {
    json_["data"] = dataJson(data, validation);
}

void TrainRecord::requireSameData(
    const std::vector<CountedData>& data, const std::optional<CountedData>& validation
) const {
    if (json_["data"] != dataJson(data, validation)) {
        throw ConfigError(
            fmt::format("{}: the data have changed since this training began", folder_.string()),
            "restore them, or start again with another --out"
        );
    }
}

void TrainRecord::set(const char* key, Json value) {
    json_[key] = std::move(value);
}

void TrainRecord::write() const {
    writeFileAtomically(folder_ / "train.json", json_.dump(2) + "\n");
}

} // namespace siskin::cli
