// SPDX-License-Identifier: MIT
#include "tests/unit/report_test.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/resources.hpp"
#include "core/report/comparison.hpp"
#include "core/report/format.hpp"
#include "core/report/html.hpp"
#include "core/report/json.hpp"
#include "core/report/precision_cost.hpp"
#include "core/report/rows.hpp"
#include "core/report/table.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <sstream>

namespace siskin::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

Json documentOf(const FrameReport& frame, bool complete = true) {
    RunSummary summary;
    summary.add(frame);
    const Environment environment{
        .programVersion = "9.8.7",
        .device = "cpu",
        .threads = 2,
        .libraries = {{"LibTorch", "1.13"}},
        .command = "siskin run x"};
    return runDocument({frameJson(frame)}, summary, frame.grid, environment, complete);
}

TEST(Format, NumbersAsPeopleReadThem) {
    EXPECT_EQ(formatCount(0), "0");
    EXPECT_EQ(formatCount(999), "999");
    EXPECT_EQ(formatCount(124'668), "124 668");
    EXPECT_EQ(formatCount(-1'234'567), "-1 234 567");
    EXPECT_EQ(formatSignificant(0.0), "0");
    EXPECT_EQ(formatSignificant(0.001234), "0.00123");
    EXPECT_EQ(formatSignificant(12.34), "12.3");
    EXPECT_EQ(formatSignificant(-56789.0), "-56789");
    EXPECT_EQ(formatMilliseconds(0.6123), "612");
    EXPECT_EQ(formatMilliseconds(0.0), "0.000");
    EXPECT_EQ(formatCounted(1, "box", "es"), "1 box");
    EXPECT_EQ(formatCounted(0, "box", "es"), "0 boxes");
    EXPECT_EQ(formatCounted(1200, "frame"), "1 200 frames");
    EXPECT_EQ(formatLatency(0.6123), "612 ms");
    EXPECT_EQ(formatLatency(18.94), "18.9 s");
    EXPECT_EQ(formatPercent(0.1742), "17.4 %");
    EXPECT_EQ(formatEstimate({1.0, 0.5, 2.0}), "1.00 (0.500 to 2.00)");
}

TEST(Scores, ThreeRulesForAbsentClasses) {
    const auto scores = scorePrediction(*sixPoints(), makeResult("m", kOneWrong).prediction);
    ASSERT_TRUE(scores);
    // car: 2 right, 1 false positive; road: 2 right of 3; bus: absent, predicted on an ignored
    // point only.
    EXPECT_NEAR(scores->presentClasses.mean, (2.0 / 3 + 2.0 / 3) / 2, 1e-12);
    EXPECT_NEAR(scores->absentIsOne.mean, (2.0 / 3 + 2.0 / 3 + 1) / 3, 1e-12);
    EXPECT_NEAR(scores->absentIsZero.mean, (2.0 / 3 + 2.0 / 3 + 0) / 3, 1e-12);
    EXPECT_NEAR(scores->presentClasses.accuracy, 0.8, 1e-12);
    EXPECT_EQ(scores->confusion.scoredPoints(), 5);
}

TEST(Scores, NoneWithoutLabels) {
    EXPECT_FALSE(scorePrediction(*sixPoints(false), makeResult("m", kOneWrong).prediction));
}

TEST(Scores, GroundTruthIsTranslatedIntoTheModelsClasses) {
    auto scan = sixPoints();
    scan->groundTruth->classIds.assign(6, 2); // another map's numbers must not matter
    EXPECT_EQ(
        groundTruthIn(*scan, *threeClasses()), (std::vector<ClassId>{0, 0, 1, 1, 1, kIgnored})
    );
    EXPECT_FALSE(groundTruthIn(*sixPoints(false), *threeClasses()));
}

/// Raw ids of one data set mean something else in another one: no scores, and no pane of them.
TEST(Scores, NoneForTheRawIdsOfAnotherDataSet) {
    const auto foreign = std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps/nuscenes-lidarseg.json"))
    );
    const auto frame = makeFrame({{"A", kOneWrong}, {"B", kAllBus}});
    auto scan = std::make_shared<Scan>(*frame.scan);
    scan->groundTruth->classMap = foreign;
    scan->groundTruth->classIds.assign(6, 11); // sidewalk
    FrameReport other = frame;
    other.scan = scan;
    EXPECT_FALSE(groundTruthIn(*scan, *threeClasses()));
    EXPECT_FALSE(scorePrediction(*scan, frame.runs[0].result.prediction));
    const auto panes = comparisonPanes(other);
    ASSERT_EQ(panes.size(), 4U); // truth in its own colours, both models, where they disagree
    EXPECT_EQ(panes[0].title, "ground truth");
    EXPECT_NE(panes[0].colours, comparisonPanes(frame)[0].colours);
    EXPECT_NE(panes[3].title, comparisonPanes(frame)[3].title);
    EXPECT_EQ(comparisonLegend(other).columns.front(), comparisonLegend(frame).columns[1]);
}

TEST(Scores, LengthsMustAgree) {
    auto prediction = makeResult("m", {0, 1}).prediction;
    EXPECT_THROW(scorePrediction(*sixPoints(), prediction), DatasetError);
}

TEST(ModelRun, ReportsTheRunOfMedianTime) {
    std::vector<RunResult> repeats;
    for (const double seconds : {0.9, 0.3, 0.5, 0.4}) {
        repeats.push_back(makeResult("m", kOneWrong, seconds));
    }
    const auto run = makeModelRun(std::move(repeats), *sixPoints(), testGrid());
    EXPECT_NEAR(run.result.trace.totalSeconds(), 0.5, 1e-12); // 0.1 reading + 0.4, the lower median
    ASSERT_EQ(run.repeatSeconds.size(), 4U);
    EXPECT_NEAR(run.repeatSeconds[0], 1.0, 1e-12);
}

TEST(Json, SurvivesARoundTrip) {
    const auto document = documentOf(makeFrame({{"A", kOneWrong}, {"B", kAllBus}}));
    EXPECT_EQ(Json::parse(jsonText(document)), document);
}

TEST(Json, HasTheFieldsOfItsSchema) {
    const auto document = documentOf(makeFrame({{"A", kOneWrong}}));
    EXPECT_EQ(document.at("schema"), "siskin.run");
    EXPECT_EQ(document.at("version"), 1);
    EXPECT_EQ(document.at("complete"), true);
    EXPECT_EQ(document.at("environment").at("libraries").at("LibTorch"), "1.13");
    EXPECT_EQ(document.at("grid").at("code"), "WORLD");
    const auto& frame = document.at("frames").at(0);
    EXPECT_EQ(frame.at("scan").at("id"), "00/000007");
    const auto& run = frame.at("runs").at(0);
    EXPECT_EQ(run.at("points"), 6);
    EXPECT_EQ(run.at("voxels"), 4);
    EXPECT_EQ(run.at("macs"), 7'123'456'789);
    EXPECT_EQ(run.at("pairs"), 12'345);
    EXPECT_DOUBLE_EQ(run.at("total_s").get<double>(), 0.6);
    EXPECT_EQ(run.at("model").at("class_map"), "three");
    EXPECT_EQ(run.at("stages").at(1).at("name"), "network");
    EXPECT_EQ(run.at("stages").at(1).at("children").at(0).at("name"), "stem.0");
    EXPECT_EQ(run.at("energy").at("method"), "E2");
    EXPECT_DOUBLE_EQ(run.at("energy").at("j_per_frame").at("high").get<double>(), 42.6);
    EXPECT_EQ(run.at("energy").at("domains").at(0).at("reason"), "no counter");
    // 14.2 J x 1000 / 3.6e6 J/kWh x 472.9 g/kWh
    EXPECT_NEAR(run.at("g_co2e_per_1000_frames").at("value").get<double>(), 1.8653, 1e-3);
    const auto& scores = run.at("scores");
    EXPECT_NEAR(scores.at("absent_skipped").at("miou").get<double>(), 2.0 / 3, 1e-12);
    EXPECT_TRUE(scores.at("absent_skipped").at("iou").at(2).is_null());
    EXPECT_EQ(scores.at("absent_is_one").at("iou").at(2), 1.0);
    EXPECT_EQ(scores.at("classes").at(1).at("truth_points"), 3);
    EXPECT_EQ(document.at("summary").at("models").at(0).at("frames"), 1);
}

TEST(Json, UnknownIsNullNeverZero) {
    auto frame = makeFrame({{"A", kOneWrong}}, false);
    std::vector<RunResult> repeats{makeResult("A", kOneWrong)};
    repeats[0].energy.domains = {
        {"cpu-package", std::nullopt, EnergyMethod::NotAvailable, "no source"}};
    frame.runs = {makeModelRun(std::move(repeats), *frame.scan, frame.grid)};
    const auto run = documentOf(frame).at("frames").at(0).at("runs").at(0);
    EXPECT_TRUE(run.at("energy").at("j_per_frame").is_null());
    EXPECT_TRUE(run.at("energy").at("domains").at(0).at("joules").is_null());
    EXPECT_TRUE(run.at("g_co2e_per_1000_frames").is_null());
    EXPECT_TRUE(run.at("scores").is_null());
}

TEST(Json, LayersCanBeLeftOut) {
    const auto json = frameJson(makeFrame({{"A", kOneWrong}}), {.layers = false});
    const auto& network = json.at("runs").at(0).at("stages").at(1);
    EXPECT_FALSE(network.contains("children"));
    EXPECT_EQ(network.at("macs"), 7'123'456'789); // the layers' sums stay
}

TEST(Json, BytesThatAreNotUtf8DoNotStopTheReport) {
    const auto frame = makeFrame({{"caf\xe9", kOneWrong}});
    EXPECT_THAT(jsonText(documentOf(frame)), HasSubstr("caf\xef\xbf\xbd"));
}

TEST(Summary, AddsFramesUp) {
    RunSummary summary;
    summary.add(makeFrame({{"A", kOneWrong}}));
    summary.add(makeFrame({{"A", kAllBus}}));
    ASSERT_EQ(summary.models().size(), 1U);
    const auto& model = summary.models().front();
    EXPECT_EQ(summary.frames(), 2U);
    EXPECT_NEAR(model.medianSeconds(), 0.6, 1e-12);
    EXPECT_NEAR(model.meanJoules()->high, 42.6, 1e-12);
    ASSERT_TRUE(model.confusion);
    EXPECT_EQ(model.confusion->scoredPoints(), 10);
    EXPECT_EQ(model.confusion->correct(0), 2);
    EXPECT_THAT(summaryTable(summary, testGrid()), HasSubstr("2 frames"));
}

TEST(Table, OneColumnPerModel) {
    const auto text = textTable(makeFrame({{"First net", kOneWrong}, {"Second", kAllBus}}));
    std::istringstream lines(text);
    std::string head;
    std::getline(lines, head);
    EXPECT_THAT(head, HasSubstr("First net"));
    std::string line;
    while (std::getline(lines, line) && !line.empty()) {
        EXPECT_EQ(line.size(), head.size())
            << line; // right-aligned: every row ends where the head ends
    }
    EXPECT_THAT(text, HasSubstr("14.2 (4.70 to 42.6) E2"));
    EXPECT_THAT(text, HasSubstr("gCO2e/1000 frames, WORLD"));
    EXPECT_THAT(text, HasSubstr("66.7 %"));
    EXPECT_THAT(text, HasSubstr("no counter"));
    EXPECT_THAT(text, Not(HasSubstr("UNTRAINED")));
}

TEST(PrecisionCost, BesideTheSameWeightsInFloat32) {
    auto frame = makeFrame({{"A", kOneWrong}, {"A int8", kAllBus}, {"B", kAllBus}});
    EXPECT_FALSE(precisionCost(frame, frame.runs[1]));
    EXPECT_THAT(textTable(frame), Not(HasSubstr("labels as in fp32")));
    frame.runs[1].result.model.precision = Precision::Int8;
    frame.runs[1].result.trace.root.duration = 0.3; // half of A's
    const auto cost = precisionCost(frame, frame.runs[1]);
    ASSERT_TRUE(cost);
    EXPECT_DOUBLE_EQ(cost->speedup, 2.0);
    EXPECT_DOUBLE_EQ(cost->equalLabels, 1.0 / 6); // the last point is a bus in both
    EXPECT_FALSE(precisionCost(frame, frame.runs[0]));
    EXPECT_THAT(textTable(frame), HasSubstr("labels as in fp32"));
    EXPECT_THAT(textTable(frame), HasSubstr("16.67 %"));
    const auto run = documentOf(frame).at("frames").at(0).at("runs").at(1);
    EXPECT_EQ(run.at("model").at("precision"), "int8");
    EXPECT_DOUBLE_EQ(run.at("against_fp32").at("speedup").get<double>(), 2.0);
    frame.runs[0].result.model.weightsSource = "other.pt";
    frame.runs[2].result.model.weightsSource = "another.pt";
    EXPECT_FALSE(precisionCost(frame, frame.runs[1])); // nothing to compare with
}

TEST(Table, WithoutLabelsNoScores) {
    EXPECT_THAT(textTable(makeFrame({{"A", kOneWrong}}, false)), Not(HasSubstr("mIoU")));
}

TEST(Table, UntrainedNetworksAreCalledSo) {
    auto frame = makeFrame({{"A", kOneWrong}});
    frame.runs[0].result.model.trained = false;
    EXPECT_THAT(textTable(frame), HasSubstr("UNTRAINED A"));
}

TEST(Table, LayersHaveARowEach) {
    const auto text = layerTable(makeFrame({{"A", kOneWrong}}).runs[0]);
    EXPECT_THAT(text, HasSubstr("stem.0"));
    EXPECT_THAT(text, HasSubstr("41.7 %"));       // 0.25 s of 0.6 s
    EXPECT_THAT(text, HasSubstr("28.5"));         // 7.12 GMAC in 0.25 s
    EXPECT_THAT(text, Not(HasSubstr("network"))); // a stage with layers is not a layer
}

TEST(Rows, StagesOfAllModelsInOrder) {
    auto frame = makeFrame({{"A", kOneWrong}, {"B", kAllBus}});
    frame.runs[1].result.trace.root.children.push_back(stage("points", 0.6, 0.01));
    EXPECT_EQ(stageNames(frame), (std::vector<std::string>{"read", "network", "points"}));
    for (const auto& row : reportRows(frame)) {
        EXPECT_EQ(row.cells.size(), 2U) << row.name;
        if (row.name == "back to points ms") {
            EXPECT_EQ(row.cells[0], "-");
            EXPECT_EQ(row.cells[1], "10.0");
        }
    }
}

TEST(Html, Base64OfRfc4648) {
    const auto encode = [](std::string_view text) {
        return base64(std::as_bytes(std::span(text.data(), text.size())));
    };
    EXPECT_EQ(encode(""), "");
    EXPECT_EQ(encode("f"), "Zg==");
    EXPECT_EQ(encode("fo"), "Zm8=");
    EXPECT_EQ(encode("foobar"), "Zm9vYmFy");
    EXPECT_EQ(encode("\xff\xfe"), "//4=");
}

TEST(Html, SelfContainedAndEscaped) {
    const auto frame = makeFrame({{"<script>alert(1)</script>", kOneWrong}});
    const std::string png = "png";
    const Environment environment{
        .programVersion = "9.8.7",
        .device = "cpu",
        .threads = 2,
        .libraries = {},
        .command = "siskin run 'a b' & c"};
    const auto html =
        htmlReport(frame, environment, std::as_bytes(std::span(png.data(), png.size())));
    EXPECT_THAT(html, HasSubstr("data:image/png;base64,cG5n"));
    EXPECT_THAT(html, HasSubstr("siskin run &#39;a b&#39; &amp; c"));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)"));
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("http")));
    EXPECT_THAT(html, HasSubstr("absent counts as 0"));
}

TEST(Html, WithoutPictureOrLabels) {
    const auto html = htmlReport(makeFrame({{"A", kOneWrong}}, false), {}, {});
    EXPECT_THAT(html, Not(HasSubstr("<img")));
    EXPECT_THAT(html, Not(HasSubstr("IoU per class")));
}

} // namespace
} // namespace siskin::test
