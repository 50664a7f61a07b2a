// SPDX-License-Identifier: MIT
#include "core/eval/confusion.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::HasSubstr;

/// Worked by hand. Rows: ground truth; columns: prediction; "no" = a prediction of no class.
///         0  1  2  3  no | seen
///     0   3  1  0  0  1  | 5
///     1   0  2  0  1  0  | 3
///     2   0  0  0  0  0  | 0     (never predicted either)
///     3   0  0  0  0  0  | 0     (predicted once)
/// positive 3  3  0  1       scored 8, correct 5, predicted as a class 7
Confusion worked() {
    const std::vector<ClassId> truth = {0, 0, 0, 0, 0, 1, 1, 1, kIgnored, kIgnored};
    const std::vector<ClassId> guess = {0, 0, 0, 1, kIgnored, 1, 1, 3, 0, 2};
    Confusion confusion(4);
    confusion.add(truth, guess);
    return confusion;
}

TEST(Confusion, CountsWhatWasAdded) {
    const Confusion confusion = worked();
    EXPECT_EQ(confusion.count(0, 0), 3);
    EXPECT_EQ(confusion.count(0, 1), 1);
    EXPECT_EQ(confusion.count(0, kIgnored), 1);
    EXPECT_EQ(confusion.count(1, 3), 1);
    EXPECT_EQ(confusion.seen(0), 5);
    EXPECT_EQ(confusion.seen(1), 3);
    EXPECT_EQ(confusion.seen(2), 0);
    EXPECT_EQ(confusion.positive(1), 3);
    EXPECT_EQ(confusion.positive(2), 0); // predicted once, on an ignored point
    EXPECT_EQ(confusion.positive(3), 1);
    EXPECT_EQ(confusion.correct(1), 2);
    EXPECT_EQ(confusion.scoredPoints(), 8);
}

TEST(Confusion, SpvnasMeterCountsUnseenClassesAsOne) {
    const IouScores scores = intersectionOverUnion(worked(), AbsentClass::CountsAsOne);
    EXPECT_DOUBLE_EQ(scores.perClass.at(0).value(), 3.0 / 5.0); // 3 / (5 + 3 - 3)
    EXPECT_DOUBLE_EQ(scores.perClass.at(1).value(), 2.0 / 4.0); // 2 / (3 + 3 - 2)
    EXPECT_DOUBLE_EQ(scores.perClass.at(2).value(), 1.0);
    EXPECT_DOUBLE_EQ(scores.perClass.at(3).value(), 1.0); // although predicted
    EXPECT_DOUBLE_EQ(scores.mean, 3.1 / 4.0);
    EXPECT_DOUBLE_EQ(scores.accuracy, 5.0 / 8.0);
}

TEST(Confusion, OfficialToolCountsAbsentClassesAsZero) {
    const IouScores scores = intersectionOverUnion(worked(), AbsentClass::CountsAsZero);
    EXPECT_DOUBLE_EQ(scores.perClass.at(0).value(), 0.6);
    EXPECT_DOUBLE_EQ(scores.perClass.at(1).value(), 0.5);
    EXPECT_DOUBLE_EQ(scores.perClass.at(2).value(), 0.0);
    EXPECT_DOUBLE_EQ(scores.perClass.at(3).value(), 0.0);
    EXPECT_DOUBLE_EQ(scores.mean, 1.1 / 4.0);
    EXPECT_DOUBLE_EQ(scores.accuracy, 5.0 / 7.0); // the tool's own: over points given a class
}

TEST(Confusion, SkippedClassesLeaveTheMean) {
    const IouScores scores = intersectionOverUnion(worked(), AbsentClass::Skipped);
    EXPECT_FALSE(scores.perClass.at(2).has_value());
    EXPECT_FALSE(scores.perClass.at(3).has_value());
    EXPECT_DOUBLE_EQ(scores.mean, 1.1 / 2.0);
    EXPECT_DOUBLE_EQ(scores.accuracy, 5.0 / 8.0);
}

TEST(Confusion, ScansAddUp) {
    Confusion sum = worked();
    sum.add(worked());
    EXPECT_EQ(sum.count(0, 0), 6);
    EXPECT_EQ(sum.scoredPoints(), 16);
    const auto once = intersectionOverUnion(worked(), AbsentClass::CountsAsZero);
    const auto twice = intersectionOverUnion(sum, AbsentClass::CountsAsZero);
    EXPECT_DOUBLE_EQ(once.mean, twice.mean);
}

TEST(Confusion, NothingScored) {
    const Confusion confusion(3);
    EXPECT_DOUBLE_EQ(intersectionOverUnion(confusion, AbsentClass::CountsAsOne).mean, 1.0);
    EXPECT_DOUBLE_EQ(intersectionOverUnion(confusion, AbsentClass::CountsAsZero).mean, 0.0);
    EXPECT_DOUBLE_EQ(intersectionOverUnion(confusion, AbsentClass::Skipped).mean, 0.0);
    EXPECT_DOUBLE_EQ(intersectionOverUnion(confusion, AbsentClass::Skipped).accuracy, 0.0);
}

TEST(Confusion, RefusesWhatDoesNotFit) {
    Confusion confusion(4);
    const std::vector<ClassId> three = {0, 1, 2};
    const std::vector<ClassId> two = {0, 1};
    const std::vector<ClassId> foreign = {0, 4, 2};
    EXPECT_THAT(
        lineOf<DatasetError>([&] { confusion.add(three, two); }),
        HasSubstr("3 ground-truth labels, but 2 predictions")
    );
    EXPECT_THAT(
        lineOf<DatasetError>([&] { confusion.add(foreign, three); }),
        HasSubstr("point 1 is class 4")
    );
    EXPECT_THAT(
        lineOf<DatasetError>([&] { confusion.add(Confusion(5)); }), HasSubstr("4 and 5 classes")
    );
    EXPECT_EQ(confusion.scoredPoints(), 0);
}

} // namespace
} // namespace siskin::test
