// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"
#include "core/run/fallback_model.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FakeModel final : public ScanModel {
  public:
    FakeModel(std::string device, int goodRuns) : goodRuns_(goodRuns) {
        info_.device = std::move(device);
    }

    const ModelInfo& info() const noexcept override { return info_; }

    RunResult run(const Scan& scan, const RunOptions&) const override {
        if (scan.id == "broken") {
            throw DatasetError("no points");
        }
        if (goodRuns_-- <= 0) {
            throw DeviceError("out of memory");
        }
        RunResult result;
        result.model = info_;
        return result;
    }

  private:
    ModelInfo info_;
    mutable int goodRuns_;
};

struct Fallback {
    int loads = 0;
    std::unique_ptr<ScanModel> model;

    explicit Fallback(int goodRuns)
        : model(makeFallbackModel(std::make_unique<FakeModel>("cuda", goodRuns), [this] {
              ++loads;
              return std::make_unique<FakeModel>("cpu", 1000);
          })) {}
};

TEST(FallbackModel, StaysOnItsDeviceWhileThatWorks) {
    Fallback fallback(2);
    for (int i = 0; i < 2; ++i) {
        const auto result = fallback.model->run({}, {});
        EXPECT_EQ(result.model.device, "cuda");
        EXPECT_THAT(result.notes, IsEmpty());
    }
    EXPECT_EQ(fallback.loads, 0);
}

TEST(FallbackModel, GoesOnElsewhereAndSaysSo) {
    Fallback fallback(1);
    EXPECT_EQ(fallback.model->run({}, {}).model.device, "cuda");
    for (int i = 0; i < 3; ++i) {
        const auto result = fallback.model->run({}, {});
        EXPECT_EQ(result.model.device, "cpu");
        EXPECT_THAT(result.notes, ElementsAre(HasSubstr("ran on cpu, because: out of memory")));
    }
    EXPECT_EQ(fallback.loads, 1);
}

TEST(FallbackModel, OtherTroubleIsNoReason) {
    Fallback fallback(5);
    Scan scan;
    scan.id = "broken";
    EXPECT_THROW(fallback.model->run(scan, {}), DatasetError);
    EXPECT_EQ(fallback.loads, 0);
}

} // namespace
} // namespace siskin
