// SPDX-License-Identifier: MIT
// A folder of prediction files as a model.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/run/offline_model.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/submission_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class OfflineModelTest : public testing::Test {
  protected:
    OfflineModel model(const std::string& benchmark, const std::string& map) const {
        return OfflineModel(
            {.folder = folder.path(), .benchmark = benchmark, .classMap = shippedMap(map)}
        );
    }

    OfflineModel kitti() const { return model("semantickitti", "semantickitti-official"); }

    /// Cars.
    void writeLabels(const fs::path& name, std::size_t points) const {
        std::vector<std::uint32_t> raw(points, 10);
        writeFileAtomically(folder.path() / name, std::as_bytes(std::span(raw)));
    }

    std::string errorOf(const OfflineModel& of, const Scan& scan) const {
        try {
            of.run(scan);
        } catch (const DatasetError& error) {
            return error.line();
        }
        return "no error";
    }

    TemporaryFolder folder;
};

TEST_F(OfflineModelTest, SaysWhatItIs) {
    writeLabels("sequences/08/predictions/000001.label", 3);
    const auto offline = kitti();
    EXPECT_FALSE(offline.info().kind);
    EXPECT_EQ(kindName(offline.info()), "predictions");
    EXPECT_FALSE(offline.info().hasConfidence);
    EXPECT_EQ(offline.info().label, "predictions:" + folder.path().string());
    const auto result = offline.run(*scanOf("08/000001", 3));
    EXPECT_THAT(result.prediction.classIds, ElementsAre(0, 0, 0));
    EXPECT_THAT(result.prediction.confidence, ElementsAre(1.0F, 1.0F, 1.0F));
    ASSERT_EQ(result.trace.root.children.size(), 1U);
    EXPECT_EQ(result.trace.root.children[0].name, "read");
    EXPECT_FALSE(result.energy.total());
    EXPECT_EQ(result.energy.method(), EnergyMethod::NotAvailable);
    EXPECT_EQ(result.points, 3);
}

TEST_F(OfflineModelTest, EveryUsualPlace) {
    struct Place {
        std::string benchmark, map, id, token, file;
    };

    const std::vector<Place> places = {
        {"semantickitti", "semantickitti-official", "08/000001", "", "08/predictions/000001.label"},
        {"semantickitti", "semantickitti-official", "08/000001", "", "predictions/000001.label"},
        {"semantickitti", "semantickitti-official", "08/000001", "", "000001.label"},
        {"semantickitti", "semantickitti-official", "08/000001", "", "08/000001.label"},
        {"semantickitti", "semantickitti-official", "08/000001", "", "sequences/08/000001.label"},
        {"", "semantickitti-official", "000001", "", "predictions/000001.label"},
        {"", "semantickitti-official", "000001", "", "000001.label"},
        {"nuscenes", "nuscenes-lidarseg", "s/1", "ab", "lidarseg/val/ab_lidarseg.bin"},
        {"nuscenes", "nuscenes-lidarseg", "s/1", "ab", "lidarseg/ab_lidarseg.bin"},
        {"nuscenes", "nuscenes-lidarseg", "s/1", "ab", "mini_val/ab_lidarseg.bin"},
        {"nuscenes", "nuscenes-lidarseg", "s/1", "ab", "ab_lidarseg.bin"},
        {"s3dis", "s3dis", "Area_5/office_1", "", "Area_5/office_1.txt"},
        {"s3dis", "s3dis", "Area_5/office_1", "", "office_1.txt"},
        {"shapenetpart", "shapenetpart", "0269/ab", "", "0269/ab.txt"},
        {"shapenetpart", "shapenetpart", "0269/ab", "", "ab.txt"}};
    for (const auto& place : places) {
        const TemporaryFolder own;
        const auto map = shippedMap(place.map);
        const SubmissionFormat format(place.benchmark);
        const std::vector<ClassId> ids = {3, 1, 0};
        writeFileAtomically(own.path() / place.file, format.encode(predictionOf(map, ids), 0, "f"));
        const OfflineModel offline({own.path(), place.benchmark, map, "mine"});
        EXPECT_EQ(offline.run(*scanOf(place.id, 3, place.token)).prediction.classIds, ids)
            << place.file;
    }
}

TEST_F(OfflineModelTest, ReadsWhatSiskinRunWrites) {
    // On any data set, `siskin run --out` writes raw ids in SemanticKITTI's format.
    for (const auto* benchmark : {"semantickitti", "nuscenes", "s3dis", "shapenetpart"}) {
        const auto map = shippedMap(
            std::string(benchmark) == "semantickitti" ? "semantickitti-official"
            : std::string(benchmark) == "nuscenes"    ? "nuscenes-lidarseg"
                                                      : benchmark
        );
        const auto scan = scanOf("Some place/7", 4, "token");
        const std::vector<ClassId> ids = {2, 0, 1, kIgnored};
        SubmissionFormat("").write(folder.path(), *scan, predictionOf(map, ids));
        const OfflineModel offline({folder.path(), benchmark, map, ""});
        EXPECT_EQ(offline.run(*scan).prediction.classIds, ids) << benchmark;
    }
}

TEST_F(OfflineModelTest, WrongCountNamesFileAndBoth) {
    writeLabels("sequences/08/predictions/000001.label", 3);
    EXPECT_THAT(
        errorOf(kitti(), *scanOf("08/000001", 4)),
        AllOf(HasSubstr("000001.label: has 3 labels, but 08/000001 has 4 points"))
    );
    writeFileAtomically(
        folder.path() / "sequences/08/predictions/000002.label", std::string("12345")
    );
    EXPECT_THAT(errorOf(kitti(), *scanOf("08/000002", 1)), HasSubstr("5 bytes"));
    EXPECT_THAT(
        errorOf(kitti(), *scanOf("08/000003", 1)),
        AllOf(HasSubstr("no prediction for 08/000003"), HasSubstr("sequences/08/predictions"))
    );
}

TEST_F(OfflineModelTest, PointsOfEarlierScansHaveNoPrediction) {
    writeLabels("sequences/08/predictions/000001.label", 2);
    auto scan = scanOf("08/000001", 5);
    scan->contextPoints = 3;
    const auto result = kitti().run(*scan);
    EXPECT_THAT(result.prediction.classIds, ElementsAre(0, 0, kIgnored, kIgnored, kIgnored));
    EXPECT_EQ(result.prediction.confidence.size(), 5U);
}

TEST_F(OfflineModelTest, AFileWithoutItsSequenceServesOneSequence) {
    writeLabels("000001.label", 2);
    const auto offline = kitti();
    EXPECT_EQ(errorOf(offline, *scanOf("08/000001", 2)), "no error");
    EXPECT_EQ(errorOf(offline, *scanOf("08/000001", 2)), "no error");
    EXPECT_THAT(errorOf(offline, *scanOf("09/000001", 2)), HasSubstr("of 08 or of 09"));
}

TEST_F(OfflineModelTest, TheDataSetsOwnLabelsAreNotPredictions) {
    writeFileAtomically(folder.path() / "lidarseg/v1.0-mini/ab_lidarseg.bin", std::string(2, '\1'));
    const auto offline = model("nuscenes", "nuscenes-lidarseg");
    EXPECT_THAT(errorOf(offline, *scanOf("s/1", 2, "ab")), HasSubstr("no prediction"));
}

TEST_F(OfflineModelTest, NeedsAFolderAMapAndAKnownBenchmark) {
    const auto map = shippedMap("s3dis");
    EXPECT_THROW(OfflineModel({folder.path() / "none", "s3dis", map, ""}), DatasetError);
    EXPECT_THROW(OfflineModel({folder.path(), "s3dis", nullptr, ""}), ConfigError);
    EXPECT_THROW(OfflineModel({folder.path(), "kitti", map, ""}), ConfigError);
    std::stop_source stop;
    stop.request_stop();
    const OfflineModel offline({folder.path(), "s3dis", map, ""});
    EXPECT_THROW(
        offline.run(*scanOf("a/b", 1), {.stop = stop.get_token(), .progress = {}}), Cancelled
    );
}

} // namespace
} // namespace siskin::test
