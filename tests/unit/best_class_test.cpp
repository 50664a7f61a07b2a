// SPDX-License-Identifier: MIT
// Best class and confidence against a softmax in double.
#include "core/sparse/best_class.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace siskin {
namespace {

TEST(BestClass, ExponentialIsAccurateDownToTheSmallestNumbers) {
    const auto fastExp = [](float x) { return expOfNonPositive(FloatLanes{x, -1.0F, x, x})[2]; };
    EXPECT_EQ(fastExp(0.0F), 1.0F);
    for (float x = -86.9F; x < 0.0F; x += 0.0131F) {
        ASSERT_NEAR(fastExp(x) / std::exp(static_cast<double>(x)), 1.0, 3e-7) << x;
    }
    EXPECT_LT(fastExp(-1e30F), 1e-37F);
    EXPECT_LT(fastExp(-std::numeric_limits<float>::infinity()), 1e-37F);
}

void expectSoftmax(const std::vector<float>& logits, std::int64_t rows, std::int64_t classes) {
    std::vector<BestClass> result(static_cast<std::size_t>(rows));
    bestClasses(logits.data(), rows, classes, result.data());
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* row = logits.data() + r * classes;
        const float* best = std::max_element(row, row + classes);
        double sum = 0.0;
        for (std::int64_t c = 0; c < classes; ++c) {
            sum += std::exp(static_cast<double>(row[c]) - static_cast<double>(*best));
        }
        const auto& found = result[static_cast<std::size_t>(r)];
        ASSERT_EQ(found.id, best - row) << "row " << r;
        ASSERT_NEAR(found.confidence, 1.0 / sum, 1e-6) << "row " << r;
    }
}

TEST(BestClass, AgreesWithSoftmaxInDouble) {
    std::mt19937 random(5);
    for (const float spread : {0.01F, 1.0F, 8.0F, 60.0F}) {
        std::normal_distribution<float> normal(0.0F, spread);
        for (const std::int64_t classes : {1, 2, 19, 50, 200}) {
            for (const std::int64_t rows : {0, 1, 7, 8, 9, 100}) {
                std::vector<float> logits(static_cast<std::size_t>(rows * classes));
                std::generate(logits.begin(), logits.end(), [&] { return normal(random); });
                expectSoftmax(logits, rows, classes);
            }
        }
    }
}

TEST(BestClass, AmongAllowedClassesTheProbabilityIsStillOverAll) {
    std::mt19937 random(6);
    std::normal_distribution<float> normal(0.0F, 5.0F);
    constexpr std::int64_t kRows = 50;
    constexpr std::int64_t kClasses = 13;
    std::vector<float> logits(kRows * kClasses);
    std::generate(logits.begin(), logits.end(), [&] { return normal(random); });
    std::vector<BestClass> result(kRows);
    bestClasses(logits.data(), kRows, kClasses, {4, 6}, result.data());
    for (std::int64_t r = 0; r < kRows; ++r) {
        const float* row = logits.data() + r * kClasses;
        const float* best = std::max_element(row + 4, row + 7);
        double sum = 0.0;
        for (std::int64_t c = 0; c < kClasses; ++c) {
            sum += std::exp(static_cast<double>(row[c]) - static_cast<double>(*best));
        }
        const auto& found = result[static_cast<std::size_t>(r)];
        ASSERT_EQ(found.id, best - row);
        ASSERT_NEAR(found.confidence * sum, 1.0, 1e-5);
    }
}

TEST(BestClass, TheFirstOfEqualLogitsWins) {
    expectSoftmax({2.0F, 5.0F, 5.0F, 1.0F, 5.0F, 0.0F, 0.0F, 0.0F}, 2, 4);
    expectSoftmax(std::vector<float>(19 * 3, -1e6F), 3, 19);
}

} // namespace
} // namespace siskin
