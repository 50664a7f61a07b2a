// SPDX-License-Identifier: MIT
#include "core/report/csv_text.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/json_parts.hpp"
#include "core/report/svg_plot.hpp"
#include "tests/unit/made_evaluation.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <gmock/gmock.h>
#include <sstream>

namespace siskin::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

/// A summary with its plan, which must outlive it.
struct Evaluation {
    explicit Evaluation(EvaluationPlan wanted = evaluationPlan(), bool joules = true)
        : plan(std::move(wanted)), summary(plan) {
        addFrames(summary, joules);
    }

    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

    EvaluationPlan plan;
    EvaluationSummary summary;
};

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

// Model A over frames 0, 1, 2: car seen 6, predicted 7, correct 6; road seen 9, predicted 8,
// correct 8; bus neither. IoU 6/7, 8/9; official (0 for the absent bus): mean of three.
constexpr double kCarA = 6.0 / 7.0;
constexpr double kRoadA = 8.0 / 9.0;

TEST(ScoresDocument, HasTheHandComputedNumbers) {
    const Evaluation made;
    const auto document = scoresDocument(made.summary);
    EXPECT_EQ(document.at("schema"), "siskin.scores");
    EXPECT_EQ(document.at("data").at("frames"), 4);
    EXPECT_EQ(document.at("data").at("labelled_frames"), 3);
    EXPECT_EQ(document.at("plan"), identityOf(made.plan));
    const auto& model = document.at("models").at(0);
    EXPECT_NEAR(model.at("headline").at("value"), (kCarA + kRoadA) / 3, 1e-12);
    EXPECT_EQ(model.at("headline").at("rule"), "official");
    const auto& official = model.at("rules").at(0);
    EXPECT_EQ(official.at("absent_classes"), "counts_as_zero");
    EXPECT_EQ(official.at("confusion"), Json({{6, 0, 0, 0}, {1, 8, 0, 0}, {0, 0, 0, 0}}));
    const auto& car = official.at("classes").at(0);
    EXPECT_EQ(car.at("seen"), 6);
    EXPECT_EQ(car.at("predicted"), 7);
    EXPECT_EQ(car.at("correct"), 6);
    EXPECT_NEAR(car.at("iou"), kCarA, 1e-12);
    const auto& meter = model.at("rules").at(1);
    EXPECT_NEAR(meter.at("figures").at(0).at("value"), (kCarA + kRoadA + 1) / 3, 1e-12);
    EXPECT_EQ(meter.at("classes").at(2).at("iou"), 1.0);
}

TEST(ScoresDocument, HasStrataAndCalibration) {
    const Evaluation made;
    const auto document = scoresDocument(made.summary);
    const auto& model = document.at("models").at(0);
    ASSERT_EQ(model.at("strata").size(), 3U);
    const auto& near = model.at("strata").at(0).at("bins").at(0);
    EXPECT_EQ(model.at("strata").at(0).at("by"), "distance");
    EXPECT_EQ(near.at("points"), 9); // the first three points of three frames, all right
    EXPECT_EQ(near.at("miou"), 1.0);
    EXPECT_EQ(near.at("seen"), Json({6, 3, 0}));
    const auto& far = model.at("strata").at(0).at("bins").at(5);
    EXPECT_EQ(far.at("points"), 0);
    EXPECT_TRUE(far.at("miou").is_null());
    // 14 of 15 scored points are right, each with confidence 3/4.
    EXPECT_NEAR(model.at("calibration").at("ece"), 14.0 / 15.0 - 0.75, 1e-9);
    EXPECT_EQ(model.at("calibration").at("points"), 15);
}

TEST(ScoresDocument, KnowsNothingOfTimesPathsAndMachines) {
    const Evaluation made;
    auto other = evaluationPlan();
    other.root = "/elsewhere";
    other.models[0].weights = "/elsewhere/a.pt";
    other.shard = {2, 3};
    EvaluationSummary summary(other);
    const std::vector<ClassId> right{0, 0, 1, 1, 1, 1};
    summary.add(frameRecord(other, 3, {}, 900, false, false));
    summary.add(frameRecord(other, 1, {right, right}, 500, true, false));
    summary.add(frameRecord(other, 0, {kOneWrong, kAllBus}, 700, true, false));
    summary.add(frameRecord(other, 2, {right, right}, 1, true, false));
    const auto text = jsonText(scoresDocument(made.summary));
    EXPECT_EQ(text, jsonText(scoresDocument(summary)));
    EXPECT_EQ(framesCsv(made.summary), framesCsv(summary));
    EXPECT_EQ(classesCsv(made.summary), classesCsv(summary));
    EXPECT_NE(timingsCsv(made.summary), timingsCsv(summary));
    EXPECT_THAT(text, Not(HasSubstr("/home/somebody")));
    EXPECT_EQ(text, jsonText(Json::parse(text)));
}

TEST(EvaluationDocument, AddsWhatWasMeasured) {
    const Evaluation made;
    const auto document = evaluationDocument(evaluationReport(made.summary));
    EXPECT_EQ(document.at("schema"), "siskin.eval");
    EXPECT_EQ(document.at("scores"), scoresDocument(made.summary));
    EXPECT_EQ(document.at("measured").at("batch_size"), 1);
    EXPECT_EQ(document.at("measured").at("warm_up_runs"), 2);
    const auto& b = document.at("measured").at("models").at(1);
    EXPECT_NEAR(b.at("latency_s").at("p50"), 0.040, 1e-12);
    EXPECT_NEAR(b.at("latency_s").at("p99"), 0.080, 1e-12);
    EXPECT_NEAR(b.at("latency_s").at("mean"), 0.050, 1e-12);
    EXPECT_EQ(b.at("stages").at(1).at("name"), "network");
    EXPECT_NEAR(b.at("stages").at(1).at("mean_s"), 0.75 * 0.050, 1e-12);
    EXPECT_EQ(b.at("j_per_frame").at("high"), 4.0);
    EXPECT_EQ(b.at("energy_method"), "E2");
    // 2 J x 1000 frames / 3.6e6 J per kWh x 472.9 g per kWh
    EXPECT_NEAR(b.at("g_co2e_per_1000_frames").at("value"), 2000.0 / 3.6e6 * 472.9, 1e-9);
    EXPECT_EQ(document.at("measured").at("sessions").at(0).at("host"), "node7");
    EXPECT_EQ(document.at("environment").at("command"), "siskin eval data --model 'a b'");
}

TEST(EvaluationDocument, NotMeasuredIsNullAndNeverZero) {
    const Evaluation made(evaluationPlan(), false);
    const auto report = evaluationReport(made.summary);
    const auto document = evaluationDocument(report);
    const auto& model = document.at("measured").at("models").at(0);
    EXPECT_TRUE(model.at("j_per_frame").is_null());
    EXPECT_TRUE(model.at("g_co2e_per_1000_frames").is_null());
    EXPECT_EQ(model.at("energy_method"), "-");
    EXPECT_THAT(evaluationHtml(report, {}), HasSubstr("not measured"));
    EXPECT_THAT(evaluationTable(report), HasSubstr("not measured"));
    EXPECT_THAT(timingsCsv(made.summary), HasSubstr(",,,,-,"));
}

TEST(EvaluationDocument, NoFrameAndNoLabels) {
    const auto plan = evaluationPlan();
    EvaluationSummary none(plan);
    none.add(FrameFailure{0, "00/000000", "cannot be read"});
    auto report = evaluationReport(none);
    report.complete = false;
    report.sessions.clear();
    const auto document = evaluationDocument(report);
    EXPECT_TRUE(document.at("scores").at("models").at(0).at("headline").is_null());
    EXPECT_TRUE(document.at("scores").at("data").at("sha256").is_null());
    EXPECT_TRUE(document.at("measured").at("models").at(0).at("latency_s").is_null());
    EXPECT_EQ(document.at("failures").at(0).at("message"), "cannot be read");
    const auto html = evaluationHtml(report, {});
    EXPECT_THAT(html, HasSubstr("nothing to score"));
    EXPECT_THAT(html, HasSubstr("cannot be read"));
    EXPECT_THAT(html, Not(HasSubstr("nan")));
    EXPECT_THAT(evaluationTable(report), HasSubstr("FAILED 00/000000: cannot be read"));
    EXPECT_THAT(evaluationTable(report), HasSubstr("NOT COMPLETE"));
}

TEST(EvaluationCsv, HasOneLinePerFrameAndModel) {
    const Evaluation made;
    const auto frames = linesOf(framesCsv(made.summary));
    ASSERT_EQ(frames.size(), 9U);
    EXPECT_EQ(frames[0], "position,frame,group,model,points,voxels,miou,accuracy");
    EXPECT_EQ(frames[1], "0,00/000000,00,A,6,4,0.6666666666666666,0.8");
    EXPECT_EQ(frames[2], "0,00/000000,00,B,6,4,0,0");
    EXPECT_EQ(frames[7], "3,00/000003,00,A,6,4,,");
    const auto timings = linesOf(timingsCsv(made.summary));
    EXPECT_EQ(
        timings[0],
        "position,frame,model,seconds,read_seconds,frames_side_by_side,joules,joules_low,"
        "joules_high,energy_method,voxelise_seconds,network_seconds"
    );
    EXPECT_EQ(timings[1], "0,00/000000,A,0.01,0.002,1,2,1,4,E2,0.0025,0.0075");
}

TEST(EvaluationCsv, HasOneLinePerClass) {
    const Evaluation made;
    const auto classes = linesOf(classesCsv(made.summary));
    ASSERT_EQ(classes.size(), 1U + 2 * 2 * 3);
    EXPECT_EQ(classes[0], "model,rule,class,seen,predicted,correct,iou");
    EXPECT_THAT(classes[1], testing::StartsWith("A,official,car,6,7,6,0.857142857142857"));
    EXPECT_EQ(classes[3], "A,official,bus,0,0,0,0");
    EXPECT_EQ(classes[6], "A,meter,bus,0,0,0,1");
}

TEST(CsvText, QuotesAsRfc4180Says) {
    EXPECT_EQ(csvField("plain"), "plain");
    EXPECT_EQ(csvField(""), "");
    EXPECT_EQ(csvField("a,b"), "\"a,b\"");
    EXPECT_EQ(csvField("say \"x\""), "\"say \"\"x\"\"\"");
    EXPECT_EQ(csvField("two\nlines"), "\"two\nlines\"");
    EXPECT_EQ(csvField(" x"), "\" x\"");
    EXPECT_EQ(csvLine({"a", "b,c", ""}), "a,\"b,c\",\n");
}

TEST(EvaluationHtml, ShowsTheNumbersAndRefersToNothingOutside) {
    const Evaluation made;
    const std::vector<FramePicture> pictures{
        {"00/000000, the worst", {std::byte{1}, std::byte{2}, std::byte{3}}}};
    const auto html = evaluationHtml(evaluationReport(made.summary), pictures);
    EXPECT_THAT(html, HasSubstr("58.2<small> % mIoU")); // (6/7 + 8/9) / 3
    EXPECT_THAT(html, HasSubstr("data:image/png;base64,AQID"));
    EXPECT_THAT(html, HasSubstr("road predicted as car: 1 points, 11.1 % of the class"));
    EXPECT_THAT(html, HasSubstr("ECE 18.33 %"));
    EXPECT_THAT(html, HasSubstr("p50 20.0"));
    EXPECT_THAT(html, HasSubstr("siskin eval data --model &#39;a b&#39;"));
    EXPECT_THAT(html, HasSubstr("counts as IoU 0, predicted or not"));
    EXPECT_THAT(html, HasSubstr("counts as IoU 1, predicted or not"));
    EXPECT_THAT(html, HasSubstr("+100 %")); // latency of B against A
    for (const auto* outside : {"http:", "https:", "<script", "<link", "@import", "url("}) {
        EXPECT_THAT(html, Not(HasSubstr(outside)));
    }
    EXPECT_EQ(html, evaluationHtml(evaluationReport(made.summary), pictures));
}

TEST(EvaluationHtml, EveryElementIsClosed) {
    const Evaluation made;
    const auto html = evaluationHtml(evaluationReport(made.summary), {});
    for (const std::string name :
         {"div", "table", "tr", "td", "span", "svg", "g", "h2", "h3", "p", "dl", "title"}) {
        const auto opened =
            occurrences(html, "<" + name + ">") + occurrences(html, "<" + name + " ");
        EXPECT_EQ(opened, occurrences(html, "</" + name + ">")) << name;
    }
}

TEST(EvaluationHtml, EscapesHostileTexts) {
    const std::string hostile = "\"><script>alert('x')</script>&";
    auto plan = evaluationPlan({hostile, "B"});
    plan.dataset = hostile;
    plan.models[0].weights = hostile;
    plan.models[0].rules[0].title = hostile;
    plan.models[0].trained = false;
    const Evaluation made(plan);
    auto report = evaluationReport(made.summary);
    report.environment.command = hostile;
    report.sessions[0].host = hostile;
    report.grid.name = hostile;
    const std::vector<FramePicture> pictures{{hostile, {std::byte{0}}}};
    const auto html = evaluationHtml(report, pictures);
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("alert('x')")));
    EXPECT_THAT(html, HasSubstr("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"));
}

TEST(EvaluationTable, HasOneRowPerModel) {
    const Evaluation made;
    const auto text = evaluationTable(evaluationReport(made.summary));
    EXPECT_THAT(text, HasSubstr("4 frames, 3 with labels"));
    EXPECT_THAT(text, HasSubstr("58.20 %"));
    EXPECT_THAT(text, HasSubstr("2.00 (1.00 to 4.00) E2"));
    EXPECT_THAT(text, HasSubstr("A, the meter: mIoU 91.53 %"));
    EXPECT_THAT(text, HasSubstr("after 2 warm-up run(s)"));
}

TEST(ErrorPicture, IsTheSameWhateverTheTimes) {
    auto frame = makeFrame({{"A", kOneWrong}, {"B", kAllBus}});
    const auto png = errorPicture(frame);
    ASSERT_GT(png.size(), 100U);
    for (auto& run : frame.runs) {
        run.result.trace.root.duration = 99.0;
        run.result.energy.domains.clear();
        run.gramsPer1000Frames.reset();
    }
    EXPECT_EQ(png, errorPicture(frame));
    EXPECT_NE(png, errorPicture(makeFrame({{"A", kAllBus}, {"B", kAllBus}})));
    EXPECT_FALSE(errorPicture(makeFrame({{"A", kOneWrong}}, false)).empty());
}

TEST(SvgPlot, TicksAreRound) {
    const auto texts = [](double low, double high) {
        std::string all;
        for (const auto& [value, text] : roundTicks(low, high)) {
            all += text + " ";
        }
        return all;
    };
    EXPECT_EQ(texts(0, 100), "0 20 40 60 80 100 ");
    EXPECT_EQ(texts(0, 0.3), "0.0 0.1 0.2 0.3 ");
    EXPECT_EQ(texts(59, 66), "60 62 64 66 ");
    EXPECT_EQ(axisFromZero(0.0, "x").high, 1.0);
    EXPECT_EQ(axisFromZero(262.0, "x").high, 300.0);
    EXPECT_NEAR(axisFromZero(1e-5, "x").high, 1e-5, 1e-15);
}

} // namespace
} // namespace siskin::test
