// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"
#include "core/report/evaluation_compare.hpp"
#include "core/report/json_parts.hpp"
#include "tests/unit/made_evaluation.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

/// The report of a hand-made evaluation as JSON, to be bent by the tests.
Json reportJson(const std::vector<std::string>& labels = {"A", "B"}) {
    const auto plan = evaluationPlan(labels);
    EvaluationSummary summary(plan);
    if (labels.size() == 2) {
        addFrames(summary);
    } else {
        for (std::size_t i = 0; i < 4; ++i) {
            summary.add(frameRecord(plan, i, {kOneWrong}, 10.0 * static_cast<double>(i + 1)));
        }
    }
    return evaluationDocument(evaluationReport(summary));
}

ReportedEvaluation read(const Json& document, const std::string& origin = "new.json") {
    return readEvaluation(jsonText(document), origin);
}

using Change = std::function<void(Json&)>;

/// The gates' verdicts when the second report is the first one with changes.
EvaluationComparison compared(const Change& change, const CompareOptions& options) {
    Json after = reportJson();
    change(after);
    return compareEvaluations(read(reportJson(), "base.json"), read(after), options);
}

void nothing(Json&) {}

CompareOptions latencyGate(const std::string& limit) {
    CompareOptions options;
    options.gates.latency = growthLimitFrom(limit, "ms", "--max-latency");
    return options;
}

CompareOptions energyGate(const std::string& limit) {
    CompareOptions options;
    options.gates.energy = growthLimitFrom(limit, "J", "--max-energy");
    return options;
}

Change setP50(double seconds) {
    return
        [seconds](Json& report) { report["measured"]["models"][0]["latency_s"]["p50"] = seconds; };
}

Change setJoules(double value) {
    return [value](Json& report) {
        report["measured"]["models"][0]["j_per_frame"] = {
            {"value", value}, {"low", 0.5}, {"high", 9.0}};
    };
}

/// Moves the headline of model A by so many percentage points.
Change moveHeadline(double points) {
    return [points](Json& report) {
        auto& value = report["scores"]["models"][0]["headline"]["value"];
        value = value.get<double>() + 0.01 * points;
    };
}

TEST(Compare, EqualReportsPassEveryGate) {
    CompareOptions options = latencyGate("+0%");
    options.gates.energy = growthLimitFrom("+0%", "J", "--max-energy");
    options.gates.meanIou = pointsFrom("-0", "--min-miou");
    options.gates.classIou = pointsFrom("-0", "--min-class-iou");
    const auto result = compared(nothing, options);
    EXPECT_TRUE(result.passed());
    EXPECT_EQ(result.gates.size(), 8U); // four gates, two models
    EXPECT_TRUE(result.warnings.empty());
    EXPECT_TRUE(result.notes.empty());
}

TEST(Compare, LatencyGateAtItsEdge) { // p50 of A is 20 ms
    EXPECT_TRUE(compared(setP50(0.020 * 1.05), latencyGate("+5%")).passed());
    EXPECT_FALSE(compared(setP50(0.020 * 1.0501), latencyGate("+5%")).passed());
    EXPECT_TRUE(compared(setP50(0.023), latencyGate("+3ms")).passed());
    EXPECT_FALSE(compared(setP50(0.02301), latencyGate("+3ms")).passed());
    EXPECT_FALSE(compared(nothing, latencyGate("-10%")).passed());
    EXPECT_TRUE(compared(setP50(0.001), latencyGate("+0.5%")).passed());
}

TEST(Compare, EnergyGateAtItsEdge) { // A takes 2 J
    EXPECT_TRUE(compared(setJoules(2.1), energyGate("+5%")).passed());
    EXPECT_FALSE(compared(setJoules(2.101), energyGate("+5%")).passed());
    EXPECT_TRUE(compared(setJoules(2.5), energyGate("+0.5J")).passed());
    EXPECT_FALSE(compared(setJoules(2.51), energyGate("+0.5J")).passed());
}

TEST(Compare, MeanIouGateAtItsEdge) {
    CompareOptions options;
    options.gates.meanIou = pointsFrom("-0.2", "--min-miou");
    EXPECT_TRUE(compared(moveHeadline(-0.2), options).passed());
    const auto tripped = compared(moveHeadline(-0.201), options);
    EXPECT_FALSE(tripped.passed());
    ASSERT_EQ(tripped.gates.size(), 2U);
    EXPECT_FALSE(tripped.gates[0].passed);
    EXPECT_TRUE(tripped.gates[1].passed);
    EXPECT_THAT(comparisonText(tripped), HasSubstr("TRIPPED  --min-miou -0.2  A: mIoU 58.201 to"));
    EXPECT_TRUE(compared(moveHeadline(+5), options).passed());
}

TEST(Compare, ClassGateNamesTheClassThatFallsFurthest) {
    const auto lower = [](double points) -> Change {
        return [points](Json& report) {
            auto& iou = report["scores"]["models"][0]["rules"][0]["classes"][1]["iou"];
            iou = iou.get<double>() - 0.01 * points;
        };
    };
    CompareOptions options;
    options.gates.classIou = pointsFrom("-2", "--min-class-iou");
    EXPECT_TRUE(compared(lower(2.0), options).passed());
    const auto tripped = compared(lower(2.1), options);
    EXPECT_FALSE(tripped.passed());
    EXPECT_THAT(tripped.gates[0].why, HasSubstr("furthest road"));
    EXPECT_EQ(tripped.models[0].classes[0].name, "road"); // largest change first
    const auto gone = compared(
        [](Json& report) { report["scores"]["models"][0]["rules"][0]["classes"].erase(1); }, options
    );
    EXPECT_FALSE(gone.passed());
    EXPECT_THAT(gone.gates[0].why, HasSubstr("no IoU of road"));
    const auto absent = compared( // bus never occurs, so that its 0 is no result
        [](Json& report) {
            report["scores"]["models"][0]["rules"][0]["classes"][2]["iou"] = nullptr;
        },
        options
    );
    EXPECT_TRUE(absent.passed());
}

TEST(Compare, AGateThatCannotBeJudgedTrips) {
    const auto erase = [](Json& report) {
        auto& model = report["measured"]["models"][0];
        model["j_per_frame"] = nullptr;
        model["latency_s"] = nullptr;
        report["scores"]["models"][0]["headline"] = nullptr;
    };
    const auto energy = compared(erase, energyGate("+900%"));
    EXPECT_FALSE(energy.passed());
    EXPECT_EQ(energy.gates[0].why, "cannot be judged: the new report has no energy");
    EXPECT_FALSE(compared(erase, latencyGate("+900%")).passed());
    CompareOptions score;
    score.gates.meanIou = -100.0;
    EXPECT_FALSE(compared(erase, score).passed());
    EXPECT_FALSE(compared(nothing, {}).gates.size());
    EXPECT_TRUE(compared(erase, {}).passed()); // no gate, nothing to trip
}

TEST(Compare, DifferentRulesDoNotCompare) {
    CompareOptions options;
    options.gates.meanIou = -100.0;
    const auto result = compared(
        [](Json& report) { report["scores"]["models"][0]["headline"]["rule"] = "meter"; }, options
    );
    EXPECT_FALSE(result.passed());
    EXPECT_THAT(result.gates[0].why, HasSubstr("rule official against miou by rule meter"));
}

TEST(Compare, RefusesDifferentData) {
    const std::vector<Change> changes{
        [](Json& report) { report["scores"]["data"]["split"] = "train"; },
        [](Json& report) { report["scores"]["data"]["benchmark"] = "nuscenes"; },
        [](Json& report) { report["scores"]["data"]["sha256"] = "00ff"; },
        [](Json& report) { report["scores"]["data"]["sha256"] = nullptr; },
        [](Json& report) { report["scores"]["data"]["frames_sha256"] = "1234"; },
        [](Json& report) { report["scores"]["data"]["failed_frames"] = {"00/000001"}; }};
    for (const auto& change : changes) {
        EXPECT_THROW(compared(change, {}), DatasetError);
        CompareOptions allowed;
        allowed.allowDifferentData = true;
        EXPECT_THAT(
            compared(change, allowed).warnings, testing::Contains(HasSubstr("different data"))
        );
    }
}

TEST(Compare, WarnsOfAnotherMachineAndSaysWhatDiffers) {
    const auto result = compared(
        [](Json& report) {
            report["measured"]["sessions"][0]["device"] = "cpu (other)";
            report["grid"]["code"] = "FRA";
            report["complete"] = false;
            report["measured"]["models"][0]["energy_method"] = "M1";
            report["measured"]["models"][0]["frames_side_by_side"] = 2;
            report["scores"]["plan"]["models"][0]["weights_sha256"] = "bb22";
            report["scores"]["plan"]["device"] = "cuda:0";
        },
        {}
    );
    const auto text = comparisonText(result);
    EXPECT_EQ(result.warnings.size(), 5U);
    EXPECT_EQ(result.notes.size(), 2U);
    EXPECT_THAT(text, HasSubstr("differs plan.device: \"cpu\" against \"cuda:0\""));
    EXPECT_THAT(text, HasSubstr("node7, cpu (test) with 2 threads against node7, cpu (other)"));
    EXPECT_THAT(text, HasSubstr("WORLD against FRA"));
    EXPECT_THAT(text, HasSubstr("new.json is not complete"));
    EXPECT_THAT(text, HasSubstr("energy by E2 against M1"));
    EXPECT_THAT(text, HasSubstr("differs A.weights_sha256: \"aa11\" against \"bb22\""));
}

TEST(Compare, MatchesModelsByLabelOrTheOnlyOnes) {
    const auto one = [](const std::string& label) {
        return read(reportJson({label}), label + ".json");
    };
    const auto renamed = compareEvaluations(one("old"), one("new"), {});
    ASSERT_EQ(renamed.models.size(), 1U);
    EXPECT_THAT(comparisonText(renamed), HasSubstr("old -> new"));
    CompareOptions chosen;
    chosen.models = {"B"};
    const auto result = compared(nothing, chosen);
    ASSERT_EQ(result.models.size(), 1U);
    EXPECT_EQ(result.models[0].before.label, "B");
    chosen.models = {"C"};
    EXPECT_THROW(compared(nothing, chosen), ConfigError);
    const auto rename = [](const std::string& a, const std::string& b) -> Change {
        return [a, b](Json& report) {
            for (auto* models : {&report["scores"]["models"], &report["measured"]["models"]}) {
                (*models)[0]["label"] = a;
                (*models)[1]["label"] = b;
            }
        };
    };
    EXPECT_THROW(compared(rename("X", "Y"), {}), DatasetError);
    EXPECT_EQ(compared(rename("B", "A"), {}).models.size(), 2U);
    const auto lost = compared(rename("A", "Y"), latencyGate("+900%"));
    EXPECT_FALSE(lost.passed());
    EXPECT_THAT(lost.gates[1].why, HasSubstr("lacks this model"));
}

TEST(Compare, WritesItsResultAsJson) {
    CompareOptions options = latencyGate("+5%");
    const auto document = comparisonDocument(compared(setP50(0.03), options));
    EXPECT_EQ(document.at("schema"), "siskin.compare");
    EXPECT_EQ(document.at("passed"), false);
    EXPECT_EQ(document.at("gates").at(0).at("gate"), "--max-latency +5%");
    const auto& figures = document.at("models").at(0).at("figures");
    const auto latency = std::find_if(figures.begin(), figures.end(), [](const auto& figure) {
        return figure.at("name") == "latency p50";
    });
    ASSERT_NE(latency, figures.end());
    EXPECT_NEAR(latency->at("before"), 20.0, 1e-9);
    EXPECT_NEAR(latency->at("after"), 30.0, 1e-9);
}

TEST(CompareOptions, BadLimitsAreRefused) {
    for (const auto* text :
         {"",
          "5%",
          "+",
          "+%",
          "+5",
          "+5 %",
          "+5ms%",
          "+nan%",
          "+inf%",
          "++5%",
          "+-5%",
          "+5J",
          "5"}) {
        EXPECT_THROW(growthLimitFrom(text, "ms", "--max-latency"), ConfigError) << text;
    }
    for (const auto* text : {"", "0.2", "-", "-0.2%", "-x", "--1", "-1e400"}) {
        EXPECT_THROW(pointsFrom(text, "--min-miou"), ConfigError) << text;
    }
    EXPECT_NEAR(growthLimitFrom("+3ms", "ms", "--max-latency").amount, 0.003, 1e-15);
    EXPECT_NEAR(growthLimitFrom("-5%", "J", "--max-energy").amount, -0.05, 1e-15);
    EXPECT_NEAR(pointsFrom("-0.2pp", "--min-miou"), -0.2, 1e-15);
}

TEST(ReadEvaluation, MalformedReportsEndInOneLine) {
    const std::vector<std::pair<Change, std::string>> cases{
        {[](Json& r) { r["schema"] = "siskin.run"; },
         "'schema' is 'siskin.run', not 'siskin.eval'"},
        {[](Json& r) { r["version"] = 2; }, "'version' is 2, but this program reads version 1"},
        {[](Json& r) { r["scores"]["version"] = 7; }, "'scores.version' is 7"},
        {[](Json& r) { r.erase("scores"); }, "'scores' is missing"},
        {[](Json& r) { r["scores"] = 3; }, "'scores' is not an object"},
        {[](Json& r) { r["scores"]["models"] = Json::array(); }, "'scores.models' is empty"},
        {[](Json& r) { r["scores"]["models"] = "x"; }, "'scores.models' is not a list"},
        {[](Json& r) { r["measured"]["models"].erase(1); }, "has 1 entries, scores.models 2"},
        {[](Json& r) { r["measured"]["models"][1].erase("latency_s"); },
         "'measured.models[1].latency_s' is missing"},
        {[](Json& r) { r["measured"]["models"][0]["latency_s"]["p50"] = "fast"; },
         "p50' is not a number from 0"},
        {[](Json& r) { r["measured"]["models"][0]["latency_s"]["p50"] = -1; },
         "p50' is not a number from 0"},
        {[](Json& r) { r["measured"]["models"][0]["j_per_frame"]["low"] = 3; },
         "is not low <= value <= high"},
        {[](Json& r) { r["measured"]["models"][1]["label"] = "Z"; },
         "is not 'B' as in scores.models"},
        {[](Json& r) {
             r["scores"]["models"][1]["label"] = "A";
             r["measured"]["models"][1]["label"] = "A";
         },
         "is 'A' for a second time"},
        {[](Json& r) { r["scores"]["models"][0]["headline"]["value"] = 1.5; },
         "is not a number from 0 to 1"},
        {[](Json& r) { r["scores"]["models"][0]["rules"][0]["classes"][0]["seen"] = -4; },
         "is not a whole number"},
        {[](Json& r) { r["scores"]["data"]["failed_frames"] = {1}; },
         "failed_frames[0]' is not a text"},
        {[](Json& r) { r["complete"] = "yes"; }, "'complete' is neither true nor false"},
        {[](Json& r) { r = Json::array(); }, "'the document' is not an object"}};
    for (const auto& [change, expected] : cases) {
        Json report = reportJson();
        change(report);
        try {
            read(report, "bad.json");
            ADD_FAILURE() << "read although " << expected;
        } catch (const DatasetError& error) {
            EXPECT_THAT(error.line(), testing::StartsWith("bad.json: "));
            EXPECT_THAT(error.line(), HasSubstr(expected));
            EXPECT_EQ(error.line().find('\n'), std::string::npos);
        }
    }
}

TEST(ReadEvaluation, WhatIsNoJsonIsNamedByItsByte) {
    const auto message = [](const std::string& text) -> std::string {
        try {
            readEvaluation(text, "bad.json");
        } catch (const DatasetError& error) {
            return error.what();
        }
        return {};
    };
    EXPECT_EQ(message(""), "bad.json: byte 1: not valid JSON");
    EXPECT_EQ(message("{\"schema\": }"), "bad.json: byte 12: not valid JSON");
    const auto whole = jsonText(reportJson());
    EXPECT_THAT(message(whole.substr(0, whole.size() / 2)), HasSubstr("not valid JSON"));
    EXPECT_THAT(message("{\"version\": 1e999}"), HasSubstr("out of range"));
    EXPECT_THAT(message(std::string(100'000, '[')), HasSubstr("nested more than 100 levels"));
    EXPECT_THAT(message(std::string("\xff\xfe", 2)), HasSubstr("not valid JSON"));
}

} // namespace
} // namespace siskin::test
