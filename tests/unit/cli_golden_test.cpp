// SPDX-License-Identifier: MIT
// `siskin run` on a real frame with the golden weights.
#include "tests/unit/cli_test.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

class SiskinOnRealFrame : public testing::Test {
  protected:
    std::string scan() const {
        return (sharedRoot() / "data/semantickitti/sequences/00/velodyne/000000.bin").string();
    }

    std::string weights(const std::string& name) const {
        return (sharedRoot() / "golden" / name / "weights.pt").string();
    }
};

TEST_F(SiskinOnRealFrame, ReportsWhatTheGoldenFilesSay) {
    const TemporaryFolder folder;
    const auto out = folder.path().string();
    const auto result = runSiskin(
        "run '" + scan() + "' --model 'spvcnn:" + weights("spvcnn_cr025") + "' --model 'minkunet:" +
        weights("minkunet_cr025") + "' --out '" + out + "' --png --html '" + out + "/page.html'"
    );
    ASSERT_EQ(result.exitCode, 0) << result.err;
    const auto json = nlohmann::json::parse(readTextFile(folder.path() / "run.json"));
    const auto& runs = json.at("frames").at(0).at("runs");
    ASSERT_EQ(runs.size(), 2U);
    for (const auto& [index, name] :
         {std::pair{0, "spvcnn_cr025"}, std::pair{1, "minkunet_cr025"}}) {
        const auto& run = runs[static_cast<std::size_t>(index)];
        const auto meta =
            nlohmann::json::parse(readTextFile(sharedRoot() / "golden" / name / "meta.json"));
        EXPECT_EQ(run.at("points"), 124'668);
        EXPECT_EQ(run.at("voxels"), 91'852);
        EXPECT_EQ(run.at("model").at("trained"), true);
        EXPECT_GT(run.at("macs").get<double>(), 5e9);
        EXPECT_GT(run.at("energy").at("j_per_frame").at("value").get<double>(), 0.0);
        // A few points lie so near a tie that rounding may turn them.
        EXPECT_NEAR(
            run.at("scores").at("absent_skipped").at("miou").get<double>(),
            meta.at("miou_over_present_classes").get<double>(),
            1e-4
        );
        EXPECT_NEAR(
            run.at("scores").at("accuracy").get<double>(),
            meta.at("accuracy_points").get<double>(),
            1e-3
        );
    }
    int labelFiles = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
        if (entry.path().extension() == ".label") {
            ++labelFiles;
            EXPECT_EQ(entry.file_size(), 4U * 124'668U);
        }
    }
    EXPECT_EQ(labelFiles, 2);
    EXPECT_GT(std::filesystem::file_size(folder.path() / "comparison.png"), 100'000U);
    EXPECT_GT(
        std::filesystem::file_size(folder.path() / "page.html"),
        std::filesystem::file_size(folder.path() / "comparison.png")
    );
}

TEST_F(SiskinOnRealFrame, InfoNamesNetworkAndClasses) {
    const auto network = runSiskin("info '" + weights("spvcnn_cr025") + "'");
    EXPECT_EQ(network.exitCode, 0);
    EXPECT_THAT(network.out, testing::HasSubstr("width 0.25, 19 classes"));
    EXPECT_THAT(network.out, testing::HasSubstr("1 364 707"));
    const auto points = runSiskin("info '" + scan() + "'");
    EXPECT_EQ(points.exitCode, 0);
    EXPECT_THAT(points.out, testing::HasSubstr("124 668"));
    EXPECT_THAT(points.out, testing::HasSubstr("motorcyclist"));
}

} // namespace
} // namespace siskin::test
