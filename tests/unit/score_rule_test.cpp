// SPDX-License-Identifier: MIT
// Every benchmark's figures against an independent calculation from its definition.
#include "core/base/resources.hpp"
#include "core/base/split_mix.hpp"
#include "core/benchmark/summary.hpp"
#include "core/eval/part_scores.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <numeric>

namespace siskin {
namespace {

constexpr double kExact = 1e-9;

std::shared_ptr<const ClassMap> classes(const std::string& name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (name + ".json"))
    );
}

/// Labels as two tools would see them: raw ids in the files.
struct RawLabels {
    std::vector<std::uint32_t> truth;
    std::vector<ClassId> predicted; ///< classes of the model
};

/// `wrong` of 8 points are guessed at random.
RawLabels
randomLabels(const ClassMap& spoken, const std::vector<std::uint32_t>& rawIds, int wrong) {
    SplitMix64 random(7);
    RawLabels labels;
    for (int i = 0; i < 5000; ++i) {
        labels.truth.push_back(rawIds[random.bits() % rawIds.size()]);
        const ClassId right = spoken.classOf(labels.truth.back());
        const auto guess = static_cast<ClassId>(random.bits() % (spoken.size() / 2));
        const bool errs = static_cast<int>(random.bits() % 8) < wrong || right == kIgnored;
        labels.predicted.push_back(errs ? guess : right);
    }
    return labels;
}

RuleScores scoredBy(const ScoreRule& rule, const ClassMap& spoken, const RawLabels& labels) {
    Confusion confusion(rule.classMap->size());
    confusion.add(
        rule.classMap->classesOf(labels.truth),
        predictedClasses(labels.predicted, spoken, *rule.classMap)
    );
    return scoreByRule(rule, confusion);
}

double figure(const RuleScores& scores, const std::string& name) {
    for (const auto& one : scores.figures) {
        if (one.name == name) {
            return one.value;
        }
    }
    ADD_FAILURE() << "no figure " << name;
    return -1.0;
}

/// semantic-kitti-api: 20 classes, rows = prediction, columns = ground truth, column 0 zeroed.
struct KittiTool {
    std::map<std::pair<int, int>, double> matrix;

    double sum(int row, int column) const {
        double result = 0.0;
        for (const auto& [place, count] : matrix) {
            result += (row < 0 || place.first == row) && (column < 0 || place.second == column)
                          ? count
                          : 0.0;
        }
        return result;
    }
};

TEST(ScoreRules, OfficialKittiToolFromItsDefinition) {
    const auto spoken = classes("semantickitti-spvnas");
    const auto official = classes("semantickitti-official");
    // Bus and lane marking are what the two maps disagree about; 99 and 0 are ignored.
    const auto labels =
        randomLabels(*spoken, {10, 252, 11, 13, 40, 44, 60, 48, 70, 80, 0, 99, 256, 258}, 3);
    KittiTool tool;
    const auto toolClass = [&](std::uint32_t raw) {
        const ClassId id = official->classOf(raw);
        return id == kIgnored ? 0 : id + 1;
    };
    for (std::size_t i = 0; i < labels.truth.size(); ++i) {
        const int truth = toolClass(labels.truth[i]);
        const int predicted = toolClass(spoken->info(labels.predicted[i]).submissionId);
        tool.matrix[{predicted, truth}] += truth == 0 ? 0.0 : 1.0;
    }
    double mean = 0.0;
    double correct = 0.0;
    double positives = 0.0;
    std::vector<double> ious;
    for (int c = 1; c < 20; ++c) {
        const double hits = tool.sum(c, c);
        const double either = tool.sum(c, -1) + tool.sum(-1, c) - hits;
        ious.push_back(hits / (either + 1e-15));
        mean += ious.back() / 19.0;
        correct += hits;
        positives += tool.sum(c, -1);
    }
    const auto rules = scoreRules("semantickitti", spoken);
    ASSERT_EQ(rules.size(), 2U);
    const auto scores = scoredBy(rules[0], *spoken, labels);
    EXPECT_EQ(scores.rule.name, "official");
    EXPECT_NEAR(figure(scores, "miou"), mean, kExact);
    EXPECT_NEAR(figure(scores, "accuracy"), correct / positives, kExact);
    for (std::size_t c = 0; c < ious.size(); ++c) {
        EXPECT_NEAR(scores.iou.perClass[c].value(), ious[c], kExact) << c;
    }
    EXPECT_GT(mean, 0.05);
    EXPECT_LT(mean, 0.95);
}

TEST(ScoreRules, SpvnasMeterFromItsDefinition) {
    const auto spoken = classes("semantickitti-spvnas");
    const auto labels = randomLabels(*spoken, {10, 11, 13, 40, 44, 60, 48, 70, 80, 0}, 2);
    std::array<double, 19> seen{};
    std::array<double, 19> correct{};
    std::array<double, 19> positive{};
    for (std::size_t i = 0; i < labels.truth.size(); ++i) {
        const ClassId truth = spoken->classOf(labels.truth[i]);
        if (truth != 255) {
            ++seen[truth];
            correct[truth] += labels.predicted[i] == truth ? 1.0 : 0.0;
            ++positive[labels.predicted[i]];
        }
    }
    double mean = 0.0;
    for (std::size_t c = 0; c < 19; ++c) {
        const double iou = seen[c] == 0.0 ? 1.0 : correct[c] / (seen[c] + positive[c] - correct[c]);
        mean += iou / 19.0;
    }
    const auto scores = scoredBy(scoreRules("semantickitti", spoken)[1], *spoken, labels);
    EXPECT_EQ(scores.rule.name, "spvnas-meter");
    EXPECT_NEAR(figure(scores, "miou"), mean, kExact);
    EXPECT_EQ(scores.iou.perClass[1 + 1].value(), 1.0) << "no motorcycle was seen";
}

TEST(ScoreRules, NuScenesDevkitFromItsDefinition) {
    const auto spoken = classes("nuscenes-lidarseg");
    // No bus, trailer or bicycle; 0 is noise, 24 and 28 are frequent.
    const auto labels = randomLabels(*spoken, {0, 9, 17, 24, 24, 24, 26, 28, 28, 30, 2, 3}, 2);
    std::array<std::array<double, 17>, 17> matrix{}; // rows = ground truth, 0 = ignored
    for (std::size_t i = 0; i < labels.truth.size(); ++i) {
        const ClassId id = spoken->classOf(labels.truth[i]);
        const std::size_t truth = id == kIgnored ? 0 : id + 1U;
        if (truth != 0) {
            ++matrix[truth][labels.predicted[i] + 1U];
        }
    }
    double sum = 0.0;
    int valued = 0;
    double weighted = 0.0;
    double all = 0.0;
    for (std::size_t c = 1; c < 17; ++c) {
        double row = 0.0;
        double column = 0.0;
        for (std::size_t k = 0; k < 17; ++k) {
            row += matrix[c][k];
            column += matrix[k][c];
        }
        const double iou = matrix[c][c] / (row + column - matrix[c][c]); // 0/0 is NaN
        all += row;
        if (!std::isnan(iou)) {
            sum += iou;
            ++valued;
            weighted += row * iou;
        }
    }
    ASSERT_LT(valued, 16) << "some class must be absent altogether";
    const auto scores = scoredBy(scoreRules("nuscenes", spoken)[0], *spoken, labels);
    EXPECT_NEAR(figure(scores, "miou"), sum / valued, kExact);
    EXPECT_NEAR(figure(scores, "fwiou"), weighted / all, kExact);
}

TEST(ScoreRules, S3disCountsUncoveredPointsAsItsToolDoes) {
    const auto spoken = classes("s3dis");
    std::vector<std::uint32_t> raw(13);
    std::iota(raw.begin(), raw.end(), 0U);
    auto labels = randomLabels(*spoken, raw, 2);
    for (std::size_t i = 0; i < labels.predicted.size(); i += 10) {
        labels.predicted[i] = kIgnored;
    }
    std::array<double, 13> truth{};
    std::array<double, 13> predicted{};
    std::array<double, 13> hits{};
    double covered = 0.0;
    for (std::size_t i = 0; i < labels.truth.size(); ++i) {
        const int guess = labels.predicted[i] == kIgnored ? -1 : labels.predicted[i];
        ++truth[labels.truth[i]];
        ++predicted[static_cast<std::size_t>(guess < 0 ? guess + 13 : guess)];
        covered += guess == static_cast<int>(labels.truth[i]) ? 1.0 : 0.0;
        hits[labels.truth[i]] += guess == static_cast<int>(labels.truth[i]) ? 1.0 : 0.0;
    }
    double mean = 0.0;
    for (std::size_t c = 0; c < 13; ++c) {
        mean += hits[c] / (truth[c] + predicted[c] - hits[c]) / 13.0;
    }
    const auto scores = scoredBy(scoreRules("s3dis", spoken)[0], *spoken, labels);
    EXPECT_NEAR(figure(scores, "miou_uncovered_as_last"), mean, kExact);
    EXPECT_GT(figure(scores, "miou"), mean) << "without them as boards the mean is better";
    EXPECT_NEAR(figure(scores, "accuracy"), covered / 5000.0, kExact);
}

TEST(ScoreRules, S3disScoresBothOrdersOfItsClassesAlike) {
    const auto own = classes("s3dis");
    const auto other = classes("s3dis-pointnet"); // the same classes, numbered otherwise
    ASSERT_EQ(own->size(), other->size());
    RawLabels labels = randomLabels(*own, {0, 1, 2, 3, 6, 12, 13}, 3);
    const auto expected = scoredBy(scoreRules("s3dis", own)[0], *own, labels);
    for (ClassId& id : labels.predicted) {
        id = other->classOf(own->info(id).submissionId);
        ASSERT_NE(id, kIgnored);
    }
    const auto scores = scoredBy(scoreRules("s3dis", other)[0], *other, labels);
    EXPECT_EQ(scores.iou.perClass, expected.iou.perClass);
    EXPECT_EQ(figure(scores, "miou"), figure(expected, "miou"));
}

TEST(ScoreRules, AbsentClassesByHand) {
    // Two classes of three occur: class 0 three points, two right and one taken for class 1; class
    // 1 one point, right. Class 2 is neither seen nor predicted.
    Confusion confusion(3);
    confusion.add(std::vector<ClassId>{0, 0, 0, 1}, std::vector<ClassId>{0, 0, 1, 1});
    const double zero = 2.0 / 3.0;
    const double one = 1.0 / 2.0;
    const auto mean = [&](AbsentClass rule) { return intersectionOverUnion(confusion, rule).mean; };
    EXPECT_NEAR(mean(AbsentClass::CountsAsOne), (zero + one + 1.0) / 3.0, kExact);
    EXPECT_NEAR(mean(AbsentClass::CountsAsZero), (zero + one) / 3.0, kExact);
    EXPECT_NEAR(mean(AbsentClass::SkippedIfEmpty), (zero + one) / 2.0, kExact);
    // Now predicted once without being there: the devkit counts it with IoU 0.
    confusion.add(std::vector<ClassId>{0}, std::vector<ClassId>{2});
    const double less = 2.0 / 4.0;
    EXPECT_NEAR(mean(AbsentClass::SkippedIfEmpty), (less + one + 0.0) / 3.0, kExact);
    EXPECT_NEAR(mean(AbsentClass::Skipped), (less + one) / 2.0, kExact);
    EXPECT_NEAR(mean(AbsentClass::CountsAsOne), (less + one + 1.0) / 3.0, kExact);
}

TEST(ScoreRules, ShapeIouByHand) {
    // A chair (parts 12-15): part 12 has 3 points, 2 right, one called 13; part 13 has 1, right; 14
    // and 15 occur nowhere and count 1.
    Confusion shape(50);
    shape.add(std::vector<ClassId>{12, 12, 12, 13}, std::vector<ClassId>{12, 12, 13, 13});
    const ShapeCategory* chair = shapeCategoryNamed("Chair");
    ASSERT_NE(chair, nullptr);
    EXPECT_NEAR(shapeIou(shape, *chair), (2.0 / 3.0 + 1.0 / 2.0 + 1.0 + 1.0) / 4.0, kExact);
    // A part of another category is a miss, and part 14 predicted without being there counts 0.
    shape.add(std::vector<ClassId>{13, 13}, std::vector<ClassId>{47, 14});
    EXPECT_NEAR(shapeIou(shape, *chair), (2.0 / 3.0 + 1.0 / 4.0 + 0.0 + 1.0) / 4.0, kExact);
    EXPECT_EQ(shapeCategoryNamed("Sofa"), nullptr);
}

TEST(ScoreRules, ShapesAreAveragedByInstanceAndByCategory) {
    EvaluationPlan plan;
    plan.benchmark = "shapenetpart";
    plan.frames = 3;
    PlannedModel model;
    model.classMap = classes("shapenetpart");
    model.rules = scoreRules(plan.benchmark, model.classMap);
    plan.models.push_back(model);
    EvaluationSummary summary(plan);
    const auto add = [&](std::size_t position, const char* group, ClassId truth, ClassId guess) {
        FrameRecord record;
        record.position = position;
        record.group = group;
        record.labels = true;
        ModelRecord one;
        one.scores.perRule.emplace_back(50).add(truth, guess, 10);
        record.models.push_back(one);
        summary.add(record);
    };
    add(0, "Mug", 36, 36); // both parts 1
    add(1, "Mug", 36, 37); // both parts 0
    add(2, "Cap", 6, 6);   // 1
    const auto totals = summary.totals(0);
    ASSERT_TRUE(totals.shapes.has_value());
    EXPECT_NEAR(totals.shapes->instanceMeanIou, 2.0 / 3.0, kExact);
    EXPECT_NEAR(totals.shapes->classMeanIou, (0.5 + 1.0) / 2.0, kExact);
    ASSERT_EQ(totals.rules.front().figures.front().name, "instance_miou");
    EXPECT_NEAR(totals.rules.front().figures.front().value, 2.0 / 3.0, kExact);
    ASSERT_EQ(totals.shapes->categories.size(), 2U);
    EXPECT_EQ(totals.shapes->categories[0].name, "Cap");
    EXPECT_EQ(summary.worstFrames(1), std::vector<std::size_t>{1});
}

TEST(ScoreRules, EachBenchmarkHasItsOwn) {
    const auto names = [](const char* benchmark, const char* map) {
        std::vector<std::string> result;
        for (const auto& rule : scoreRules(benchmark, classes(map))) {
            result.push_back(rule.name);
        }
        return result;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(
        names("semantickitti", "semantickitti-official"), (Names{"official", "spvnas-meter"})
    );
    EXPECT_EQ(names("semantickitti", "semantickitti-multiscan"), Names{"official"});
    EXPECT_EQ(names("nuscenes", "nuscenes-lidarseg"), Names{"devkit"});
    EXPECT_EQ(names("shapenetpart", "shapenetpart"), Names{"parts"});
    EXPECT_EQ(names("", "s3dis"), Names{"classes"});
    EXPECT_EQ(names("nuscenes", "s3dis"), Names{"classes"});
}

TEST(ScoreRules, MovingClassesScoreAsClassesOfTheirOwn) {
    const auto moving = classes("semantickitti-multiscan");
    const auto rule = scoreRules("semantickitti", moving).front();
    EXPECT_EQ(rule.classMap->size(), 25U);
    EXPECT_NE(rule.classMap->classOf(10), rule.classMap->classOf(252));
    EXPECT_EQ(rule.classMap->classOf(256), rule.classMap->classOf(259));
}

TEST(Latencies, AreNearestRank) {
    std::vector<double> seconds(200);
    std::iota(seconds.rbegin(), seconds.rend(), 1.0);
    const Latency latency = latencyOf(seconds);
    EXPECT_EQ(latency.p50, 100.0);
    EXPECT_EQ(latency.p90, 180.0);
    EXPECT_EQ(latency.p99, 198.0);
    EXPECT_EQ(latency.maximum, 200.0);
    EXPECT_EQ(latencyOf({3.0}).p99, 3.0);
    EXPECT_EQ(latencyOf({}).p50, 0.0);
}

} // namespace
} // namespace siskin
