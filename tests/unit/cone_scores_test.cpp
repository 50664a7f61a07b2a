// SPDX-License-Identifier: MIT
// Scores of cones, counted by hand, and what reports make of them.
#include "core/report/cone_list.hpp"
#include "core/report/cone_report.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <map>
#include <sstream>

namespace siskin {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

ConeDetection say(ConeKind kind, float x, float y = 0.0F) {
    return {kind, {x, y, 0.0F}, 0.9F};
}

Cone stand(ConeKind kind, float x, float y = 0.0F, std::uint32_t points = 5) {
    return {kind, {x, y, 0.0F}, 1, points};
}

TEST(ConeScores, PairsTheNearestFirstAndEachOnce) {
    ConeScores scores;
    // Both detections lie near the first cone; the nearer one gets it, the other the second cone.
    scores.addFrame(
        std::vector{say(ConeKind::Blue, 5.3F), say(ConeKind::Yellow, 5.1F)},
        std::vector{stand(ConeKind::Yellow, 5.0F), stand(ConeKind::Yellow, 5.7F)}
    );
    const ConeBin bin = scores.bins()[2];
    EXPECT_EQ(bin.cones, 2U);
    EXPECT_EQ(bin.found, 2U);
    EXPECT_EQ(bin.rightColour, 1U);
    EXPECT_EQ(bin.falseCones, 0U);
    EXPECT_NEAR(*bin.meanCentreError(), (0.1 + 0.4) / 2, 1e-5);
}

TEST(ConeScores, HiddenConesTakeADetectionButCountForNothing) {
    ConeScores scores;
    scores.addFrame(
        std::vector{say(ConeKind::Blue, 3.0F), say(ConeKind::Blue, 3.0F, 2.0F)},
        std::vector{stand(ConeKind::Blue, 3.0F, 0.0F, 0), stand(ConeKind::Blue, 8.0F, 0.0F, 1)}
    );
    const ConeBin total = scores.total();
    EXPECT_EQ(total.hidden, 1U);
    EXPECT_EQ(total.cones, 1U);
    EXPECT_EQ(total.found, 0U);
    EXPECT_EQ(total.falseCones, 1U) << "the one without any cone";
    EXPECT_EQ(*total.recall(), 0.0);
    EXPECT_FALSE(total.colourAccuracy().has_value());
}

TEST(ConeScores, WhatIsNowhereIsInNoBin) {
    ConeScores scores;
    const float nan = std::nanf("");
    scores.addCandidates(std::vector<ObjectVerdict>{{nan}, {1e30F}, {40.0F}, {39.9F}});
    scores.addFrame(std::vector{say(ConeKind::Blue, nan), say(ConeKind::Blue, 1e30F)}, {});
    EXPECT_EQ(scores.total().candidates, 1U);
    EXPECT_EQ(scores.total().falseCones, 0U);
}

/// `cones` frames with one cone at this range each, the first `found` of them seen.
void addCones(ConeScores& scores, float x, int cones, int found) {
    for (int i = 0; i < cones; ++i) {
        scores.addFrame(
            i < found ? std::vector{say(ConeKind::Blue, x)} : std::vector<ConeDetection>(),
            std::vector{stand(ConeKind::Blue, x)}
        );
    }
}

TEST(ConeScores, FewConesAreJudgedWithTheNextOnes) {
    ConeScores scores;
    addCones(scores, 1.0F, 8, 7); // 87.5 %, but a single miss
    EXPECT_EQ(scores.rangeAtRecall(0.95), 0.0) << "nothing else to judge by";
    addCones(scores, 3.0F, 12, 12);
    EXPECT_EQ(scores.rangeAtRecall(0.95), 4.0);
    addCones(scores, 9.0F, 3, 2); // the far end is judged by what there is
    EXPECT_EQ(scores.rangeAtRecall(0.95), 4.0);
    addCones(scores, 9.0F, 17, 17);
    EXPECT_EQ(scores.rangeAtRecall(0.95), 10.0);
}

TEST(ConeScores, RangeAtRecallEndsAtTheFirstWeakStretch) {
    ConeScores scores;
    const auto addBin = [&](float x, int cones, int found) { addCones(scores, x, cones, found); };
    EXPECT_EQ(scores.rangeAtRecall(0.95), 0.0) << "no cones at all";
    addBin(1.0F, 20, 20);
    addBin(5.0F, 20, 19); // 4 to 6 m; nothing between 2 and 4
    EXPECT_EQ(scores.rangeAtRecall(0.95), 6.0);
    addBin(7.0F, 20, 18);
    addBin(9.0F, 20, 20);
    EXPECT_EQ(scores.rangeAtRecall(0.95), 6.0);
    EXPECT_EQ(scores.rangeAtRecall(0.9), 10.0);
    EXPECT_EQ(scores.binsWithCones(), 5U);
}

TEST(ConeScores, AccuracyIsOfCandidatesInTheirBinAndFarOnesDoNotCount) {
    ConeScores scores;
    scores.addCandidates(std::vector<ObjectVerdict>{
        {1.99F, ConeKind::Blue, ConeKind::Blue},
        {2.0F, ConeKind::None, ConeKind::None},
        {3.99F, ConeKind::None, ConeKind::Orange},
        {41.0F, ConeKind::None, ConeKind::Blue}});
    scores.addFrame(
        std::vector{say(ConeKind::Blue, 41.0F)}, std::vector{stand(ConeKind::Blue, 45.0F)}
    );
    EXPECT_EQ(*scores.bins()[0].accuracy(), 1.0);
    EXPECT_EQ(*scores.bins()[1].accuracy(), 0.5);
    EXPECT_EQ(scores.total().candidates, 3U);
    EXPECT_EQ(scores.total().cones + scores.total().falseCones, 0U);
    EXPECT_FALSE(scores.total().recall().has_value());
}

ConeReport smallReport() {
    ConeReport report;
    report.data = "made <up>";
    report.labelled = 2;
    report.frames = {{4, 0.002, 0.001, 0.001}, {0, 0.001, 0.0, 0.0}, {10, 0.004, 0.003, 0.003}};
    ConeModelReport model;
    model.info = {
        ObjectNetworkKind::Pvcnn, "PVCNN 72k (untrained)", "random (seed 1)", false, 72'312, "cpu"};
    model.seconds = {0.008, 0.0, 0.010};
    model.scores.addFrame(
        std::vector{say(ConeKind::Blue, 3.0F), say(ConeKind::Blue, 9.0F)},
        std::vector{stand(ConeKind::Blue, 3.1F)}
    );
    report.models = {model};
    report.published = {
        {"PVCNN",
         "cone detection",
         "unstated",
         "range",
         12.0,
         "m",
         "talk slide only",
         "not confirmed"}};
    return report;
}

TEST(ConeReport, FiguresAreThoseOfTheFrames) {
    const ConeReport report = smallReport();
    const ConeFigures figures = figuresOf(report, report.models.front());
    // Frames with objects: (4 ms / 4, 8 ms / 4) and (10 ms / 10, 10 ms / 10); upper medians.
    EXPECT_DOUBLE_EQ(figures.preparationPerObject, 1.0);
    EXPECT_DOUBLE_EQ(figures.networkPerObject, 2.0);
    EXPECT_DOUBLE_EQ(figures.perFrame, 12.0);
    EXPECT_DOUBLE_EQ(*figures.falsePerFrame, 0.5);
    EXPECT_DOUBLE_EQ(*figures.rangeAt95, 4.0);
    EXPECT_NEAR(*figures.centreError, 0.1, 1e-6);
    EXPECT_FALSE(figures.joulesPerFrame.has_value());
}

TEST(ConeReport, TextJsonAndPageSayWhatIsUntrainedAndWhatIsNotConfirmed) {
    ConeReport report = smallReport();
    const auto text = coneText(report);
    EXPECT_THAT(text, HasSubstr("random weights, its answers mean nothing"));
    EXPECT_THAT(text, HasSubstr("talk slide only, not confirmed"));
    const auto json = coneJson(report);
    EXPECT_EQ(json["schema"], "siskin.cones");
    EXPECT_EQ(json["models"][0]["by_range"][1]["found"], 1);
    EXPECT_TRUE(json["models"][0]["joules_per_frame"].is_null());
    const auto html = coneHtml(report, {});
    EXPECT_THAT(html, HasSubstr("made &lt;up&gt;"));
    EXPECT_THAT(html, HasSubstr("<svg"));
    EXPECT_THAT(html, HasSubstr("By distance"));
    EXPECT_TRUE(json["complete"].get<bool>());
    EXPECT_THAT(text, Not(HasSubstr("interrupted")));
    report.complete = false;
    EXPECT_FALSE(coneJson(report)["complete"].get<bool>());
    EXPECT_THAT(coneText(report), HasSubstr("with known cones; interrupted"));
    EXPECT_THAT(coneHtml(report, {}), HasSubstr("with known cones; interrupted"));
    report.labelled = 0;
    report.models.front().scores = {};
    EXPECT_THAT(coneText(report), ContainsRegex("cones found +-\n"));
    EXPECT_THAT(coneText(report), Not(HasSubstr("range, m")));
    EXPECT_THAT(coneHtml(report, {}), Not(HasSubstr("By distance")));
}

TEST(ConeReport, ColumnsCanBeToldApart) {
    ConeReport report = smallReport();
    auto other = report.models.front();
    other.info.kind = ObjectNetworkKind::PointNet;
    other.info.label = "PointNet 60k";
    report.models.push_back(other);
    EXPECT_THAT(coneText(report), ContainsRegex("PVCNN right .*PointNet right"));
    other.info.label = "PointNet 60k #2";
    report.models.push_back(other);
    EXPECT_THAT(coneText(report), ContainsRegex("PointNet 60k right .*PointNet 60k #2 right"));
    EXPECT_THAT(coneText(report), HasSubstr("PVCNN 72k (untrained) right"));
}

TEST(ConeList, IsForProgramsThatDriveWithIt) {
    ConeList list;
    list.add("000001", "PVCNN, \"72k\"", {{ConeKind::BigOrange, {1.5F, -2.0F, -0.0001F}, 0.875F}});
    list.add("000002", "b", {});
    EXPECT_EQ(
        list.csv(),
        "frame,model,x,y,z,colour,confidence\n"
        "000001,\"PVCNN, \"\"72k\"\"\",1.500,-2.000,0.000,big_orange,0.875\n"
    );
    std::istringstream lines(list.jsonLines());
    std::string line;
    std::getline(lines, line);
    const auto first = nlohmann::json::parse(line);
    EXPECT_EQ(first["cones"][0]["colour"], "big_orange");
    EXPECT_EQ(first["cones"][0]["y"], -2.0);
    std::getline(lines, line);
    EXPECT_TRUE(nlohmann::json::parse(line)["cones"].empty());
}

TEST(ConePicture, ShowsFoundMissedAndWrongCones) {
    ConeView view;
    auto scan = std::make_shared<Scan>();
    scan->id = "1";
    scan->positions = {{1.0F, 1.0F, 0.0F}, {1e9F, 0.0F, 0.0F}};
    view.scan = scan;
    view.cones = {stand(ConeKind::Blue, 10.0F), stand(ConeKind::Blue, 15.0F)};
    view.models = {{"a", {say(ConeKind::Blue, 10.0F), say(ConeKind::Yellow, 20.0F)}}, {"b", {}}};
    const Image image = conePicture(view);
    std::map<Colour, int> counts;
    for (const Colour& pixel : image.pixels()) {
        ++counts[pixel];
    }
    EXPECT_EQ(counts[colourOf(ConeKind::Blue)], 81) << "one cone, 9 x 9 pixels";
    EXPECT_EQ(counts[colourOf(ConeKind::Yellow)], 81);
    EXPECT_EQ((counts[{255, 45, 85}]), 169 - 81) << "the frame around the wrong one";
}

} // namespace
} // namespace siskin
