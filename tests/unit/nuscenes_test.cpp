// SPDX-License-Identifier: MIT
// The nuScenes reader on small tables made here, whole and broken.
#include "datasets/nuscenes/categories.hpp"
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two scenes: "beta" with samples b0, b1 and "alpha" with a0, in this order of the table, plus a
/// camera and a sweep. Every table can be changed before `write`.
struct TinyNuScenes {
    TemporaryFolder folder;
    fs::path root = folder.path() / "nu";
    std::map<std::string, json> tables;
    std::string version = "v1.0-tiny";

    TinyNuScenes() {
        tables["sensor"] = {
            {{"token", "sl"}, {"channel", "LIDAR_TOP"}, {"modality", "lidar"}},
            {{"token", "sc"}, {"channel", "CAM_FRONT"}, {"modality", "camera"}}};
        // The LiDAR sits 2 m above the car and is turned by 90 degrees about z.
        const double half = std::sqrt(0.5);
        tables["calibrated_sensor"] = {
            {{"token", "cl"},
             {"sensor_token", "sl"},
             {"translation", {0, 0, 2}},
             {"rotation", {half, 0, 0, half}}},
            {{"token", "cc"},
             {"sensor_token", "sc"},
             {"translation", {0, 0, 0}},
             {"rotation", {1, 0, 0, 0}}}};
        tables["scene"] = {scene("beta", "b0", 2), scene("alpha", "a0", 1)};
        tables["sample"] = {
            sample("b1", "beta", "", 500'000),
            sample("b0", "beta", "b1", 0),
            sample("a0", "alpha", "", 9'000'000)};
        for (const char* name : {"a0", "b0", "b1"}) {
            tables["sample_data"].push_back(data(name, "cl", true));
            tables["ego_pose"].push_back(
                {{"token", std::string("e-") + name},
                 {"translation", {100, 200, 0}},
                 {"rotation", {0, 0, 0, 1}}} // half a turn about z
            );
            tables["lidarseg"].push_back(
                {{"token", std::string("d-") + name},
                 {"sample_data_token", std::string("d-") + name},
                 {"filename", fmt::format("lidarseg/{}/d-{}_lidarseg.bin", version, name)}}
            );
        }
        json sweep = data("b0", "cl", false);
        sweep["token"] = "d-sweep";
        tables["sample_data"].push_back(sweep);
        json camera = data("b0", "cc", true);
        camera["token"] = "d-camera";
        tables["sample_data"].push_back(camera);
        // Numbers of its own, not the usual ones.
        tables["category"] = {
            {{"token", "k1"}, {"name", "vehicle.car"}, {"index", 3}},
            {{"token", "k2"}, {"name", "noise"}, {"index", 7}},
            {{"token", "k3"}, {"name", "static.vegetation"}, {"index", 0}},
            {{"token", "k4"}, {"name", "animal.unicorn"}, {"index", 9}}};
        for (const char* name : {"a0", "b0", "b1"}) {
            writePoints(name, {1, 2, 3, 40, 5, -1, -2, -3, 255, 31, 7, 8, 9, 0, 0});
            writeLabels(name, {3, 7, 0});
        }
    }

    static json scene(const std::string& name, const std::string& first, int samples) {
        return {
            {"token", "s-" + name},
            {"name", name},
            {"first_sample_token", first},
            {"nbr_samples", samples}};
    }

    static json sample(
        const std::string& token,
        const std::string& scene,
        const std::string& next,
        std::int64_t time
    ) {
        return {
            {"token", token},
            {"scene_token", "s-" + scene},
            {"next", next},
            {"prev", ""},
            {"timestamp", time}};
    }

    static json data(const std::string& sample, const std::string& calibration, bool key) {
        return {
            {"token", "d-" + sample},
            {"sample_token", sample},
            {"ego_pose_token", "e-" + sample},
            {"calibrated_sensor_token", calibration},
            {"is_key_frame", key},
            {"filename", "samples/LIDAR_TOP/" + sample + ".pcd.bin"}};
    }

    fs::path points(const std::string& name) const {
        return root / "samples/LIDAR_TOP" / (name + ".pcd.bin");
    }

    fs::path labels(const std::string& name) const {
        return root / "lidarseg" / version / fmt::format("d-{}_lidarseg.bin", name);
    }

    void writePoints(const std::string& name, const std::vector<float>& values) const {
        writeBinary(points(name), values);
    }

    void writeLabels(const std::string& name, const std::vector<std::uint8_t>& values) const {
        writeBinary(labels(name), values);
    }

    void write() const {
        for (const auto& [name, table] : tables) {
            writeText(root / version / (name + ".json"), table.dump());
        }
    }

    std::unique_ptr<DatasetReader> open() const {
        write();
        return openDataset(root);
    }

    std::string refusal() const {
        return lineOf<DatasetError>([&] { open(); });
    }
};

std::vector<std::string> idsOf(const DatasetReader& reader) {
    std::vector<std::string> ids;
    for (const auto& frame : reader.frames()) {
        ids.push_back(frame.id);
    }
    return ids;
}

TEST(NuScenes, ReadsKeyframesInSceneOrder) {
    const TinyNuScenes tiny;
    const auto reader = tiny.open();
    EXPECT_EQ(reader->title(), "nuScenes, 3 keyframes");
    EXPECT_THAT(idsOf(*reader), ElementsAre("beta/000", "beta/001", "alpha/000"));
    EXPECT_EQ(reader->frames()[1].group, "beta");
    EXPECT_EQ(reader->classMap()->name(), "nuscenes-lidarseg");
    EXPECT_DOUBLE_EQ(reader->framesPerSecond(), 2.0);
    EXPECT_THAT(reader->warnings(), IsEmpty());

    const auto scan = reader->read(0);
    ASSERT_EQ(scan->pointCount(), 3U);
    EXPECT_EQ(scan->source.filename(), "b0.pcd.bin");
    EXPECT_THAT(scan->positions[1], ElementsAre(-1.0F, -2.0F, -3.0F));
    EXPECT_THAT(scan->field("intensity")->values, ElementsAre(40.0F, 255.0F, 0.0F));
    EXPECT_THAT(scan->field("ring")->values, ElementsAre(5.0F, 31.0F, 0.0F));
    // Category numbers come from category.json: 3 is a car here, 7 is noise, 0 is vegetation.
    EXPECT_THAT(scan->groundTruth->rawIds, ElementsAre(17U, 0U, 30U));
    const auto& map = *reader->classMap();
    EXPECT_EQ(map.info(scan->groundTruth->classIds[0]).name, "car");
    EXPECT_EQ(scan->groundTruth->classIds[1], kIgnored);
    EXPECT_EQ(map.info(scan->groundTruth->classIds[2]).name, "vegetation");
    EXPECT_THAT(scan->warnings, IsEmpty());
}

TEST(NuScenes, ChainsTheTwoPoses) {
    const TinyNuScenes tiny;
    const auto pose = tiny.open()->read(0)->pose.value();
    // (1, 0, 0) of the sensor: turned to (0, 1, 2) of the car, turned and moved to (100, 199, 2).
    EXPECT_NEAR(pose[0] + pose[3], 100.0, 1e-12);
    EXPECT_NEAR(pose[4] + pose[7], 199.0, 1e-12);
    EXPECT_NEAR(pose[8] + pose[11], 2.0, 1e-12);
    // (0, 1, 0): (-1, 0, 2) of the car, (101, 200, 2) of the world.
    EXPECT_NEAR(pose[1] + pose[3], 101.0, 1e-12);
    EXPECT_NEAR(pose[5] + pose[7], 200.0, 1e-12);
    EXPECT_EQ(pose[15], 1.0);
}

TEST(NuScenes, FindsTheRootOneVersionAndOneFile) {
    const TinyNuScenes tiny;
    tiny.write();
    EXPECT_EQ(openDataset(tiny.root / "v1.0-tiny")->frames().size(), 3U);
    EXPECT_EQ(openDataset(tiny.root / "v1.0-tiny/")->read(0)->pointCount(), 3U);
    const auto single = openDataset(tiny.points("a0"));
    ASSERT_EQ(single->frames().size(), 1U);
    EXPECT_EQ(single->frames()[0].id, "a0");
    EXPECT_FALSE(single->read(0)->groundTruth.has_value());
    EXPECT_FALSE(single->read(0)->pose.has_value());

    writeText(tiny.root / "v1.0-other/scene.json", "[]");
    EXPECT_THAT(
        tiny.refusal(),
        AllOf(HasSubstr("2 versions of the nuScenes tables"), HasSubstr("v1.0-other"))
    );
    EXPECT_THAT(
        lineOf<DatasetError>([&] { openDataset(tiny.root / "v1.0-other"); }),
        AllOf(HasSubstr("sample.json"), HasSubstr("table is missing"))
    );
}

TEST(NuScenes, FallsBackToTheSampleDataToken) {
    TinyNuScenes tiny;
    for (auto& record : tiny.tables["lidarseg"]) {
        record["token"] = "own-" + record["token"].get<std::string>();
    }
    const auto reader = tiny.open();
    EXPECT_TRUE(reader->frames()[2].hasLabels);
    EXPECT_EQ(reader->read(2)->groundTruth->rawIds[0], 17U);
}

TEST(NuScenes, GoesOnWithoutLabelsAndSaysWhy) {
    TinyNuScenes tiny;
    const auto labels = tiny.tables["lidarseg"];
    tiny.tables["lidarseg"] = json::array();
    auto reader = tiny.open();
    ASSERT_EQ(reader->warnings().size(), 1U);
    EXPECT_THAT(
        reader->warnings()[0],
        AllOf(HasSubstr("3 of 3 keyframes have no labels"), HasSubstr("lidarseg.json"))
    );
    EXPECT_FALSE(reader->frames()[0].hasLabels);
    EXPECT_FALSE(reader->read(0)->groundTruth.has_value());

    tiny.tables["lidarseg"] = labels;
    for (auto& record : tiny.tables["category"]) {
        record.erase("index"); // the table as it is without lidarseg
    }
    reader = tiny.open();
    EXPECT_THAT(reader->warnings()[0], HasSubstr("category.json has no 'index'"));
    EXPECT_FALSE(reader->read(1)->groundTruth.has_value());
}

TEST(NuScenes, WarnsAboutMissingFilesAndUnknownCategories) {
    const TinyNuScenes tiny;
    fs::remove(tiny.points("b0"));
    fs::remove(tiny.labels("b1"));
    tiny.writeLabels("a0", {9, 9, 250});
    const auto reader = tiny.open();
    EXPECT_THAT(idsOf(*reader), ElementsAre("beta/001", "alpha/000"));
    ASSERT_EQ(reader->warnings().size(), 2U);
    EXPECT_THAT(
        reader->warnings()[0],
        AllOf(HasSubstr("1 of 3 keyframes are left out"), HasSubstr("b0.pcd"))
    );
    EXPECT_THAT(reader->warnings()[1], HasSubstr("1 of 2 keyframes have no labels"));
    const auto scan = reader->read(1);
    EXPECT_THAT(scan->groundTruth->classIds, ElementsAre(kIgnored, kIgnored, kIgnored));
    ASSERT_EQ(scan->warnings.size(), 1U);
    EXPECT_THAT(scan->warnings[0], HasSubstr("3 points have a class id unknown"));

    fs::remove(tiny.points("b1"));
    fs::remove(tiny.points("a0"));
    EXPECT_THAT(tiny.refusal(), HasSubstr("3 of 3 keyframes are left out"));
}

TEST(NuScenes, RefusesBadPointAndLabelFiles) {
    const TinyNuScenes tiny;
    const auto reader = tiny.open();
    const auto refusalOf = [&] { return lineOf<DatasetError>([&] { reader->read(0); }); };
    tiny.writeLabels("b0", {3, 7});
    EXPECT_THAT(refusalOf(), AllOf(HasSubstr("2 labels, but"), HasSubstr("has 3 points")));
    tiny.writePoints("b0", {1, 2, 3, 4, 5, 6});
    EXPECT_THAT(refusalOf(), AllOf(HasSubstr("24 bytes are not a whole number of 20-byte points")));
    tiny.writePoints("b0", {});
    EXPECT_THAT(refusalOf(), HasSubstr("the scan is empty"));
    tiny.writePoints("b0", {1, 2, 3, 4, 5, 1, 2, 3, std::nanf(""), 5, 1, 2, 3, 4, 5});
    EXPECT_THAT(
        refusalOf(), AllOf(HasSubstr("1 of 3 points"), HasSubstr("intensity"), HasSubstr("byte 32"))
    );
    EXPECT_THROW(reader->read(3), DatasetError);
}

TEST(NuScenes, RefusesBrokenTables) {
    const auto refusalAfter = [](const std::function<void(TinyNuScenes&)>& spoil) {
        TinyNuScenes tiny;
        spoil(tiny);
        return tiny.refusal();
    };
    for (const char* table :
         {"scene", "sample", "sample_data", "sensor", "calibrated_sensor", "ego_pose"}) {
        EXPECT_THAT(
            refusalAfter([&](TinyNuScenes& tiny) { tiny.tables.erase(table); }),
            AllOf(HasSubstr(fmt::format("{}.json", table)), HasSubstr("table is missing"))
        );
        EXPECT_THAT(
            refusalAfter([&](TinyNuScenes& tiny) { tiny.tables[table][0].erase("token"); }),
            AllOf(
                HasSubstr(fmt::format("{}.json: record 0", table)), HasSubstr("'token' is missing")
            )
        );
    }
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) { tiny.tables["sample"][1]["next"] = "gone"; }),
        AllOf(HasSubstr("sample.json"), HasSubstr("no record 'gone' (beta)"))
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) { tiny.tables["sample"][0]["next"] = "b0"; }),
        AllOf(HasSubstr("go round in a circle at 'b0'"), HasSubstr("beta"))
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) { tiny.tables["sample"][0]["next"] = "a0"; }),
        HasSubstr("'a0' is in the chain of beta but of another scene")
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) { tiny.tables["ego_pose"].erase(1); }),
        AllOf(HasSubstr("ego_pose.json: no record 'e-b0'"), HasSubstr("b0.pcd.bin"))
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) {
            tiny.tables["sample_data"][2]["calibrated_sensor_token"] = "gone";
        }),
        AllOf(HasSubstr("sample_data.json: record 2"), HasSubstr("'gone' leads to no record"))
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) { tiny.tables["sample_data"][2]["sample_token"] = "x"; }
        ),
        HasSubstr("leads to no record of sample.json")
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) {
            tiny.tables["sample_data"][1]["sample_token"] = "a0";
        }),
        HasSubstr("a second record with sample_token 'a0'")
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) {
            tiny.tables["ego_pose"][0]["rotation"] = {0, 0, 0, 0};
        }),
        HasSubstr("not a unit quaternion")
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) { tiny.tables["scene"][1]["name"] = "beta"; }),
        HasSubstr("two scenes are named 'beta'")
    );
    EXPECT_THAT(
        refusalAfter([](TinyNuScenes& tiny) { tiny.tables["category"][1]["index"] = 3; }),
        HasSubstr("a second category with index 3")
    );
}

TEST(NuScenes, RefusesWhatIsNoTable) {
    const TinyNuScenes tiny;
    tiny.write();
    const fs::path table = tiny.root / tiny.version / "sample_data.json";
    const auto refusalOf = [&](const std::string& text) {
        writeText(table, text);
        return lineOf<DatasetError>([&] { openDataset(tiny.root); });
    };
    EXPECT_THAT(refusalOf("[{\"token\": "), HasSubstr("not valid JSON"));
    EXPECT_THAT(refusalOf(""), HasSubstr("not valid JSON"));
    EXPECT_THAT(refusalOf("{\"token\": \"a\"}"), HasSubstr("not a list of records"));
    EXPECT_THAT(refusalOf("[1, 2]"), HasSubstr("not a list of records"));
    EXPECT_THAT(refusalOf("[[{\"token\": \"a\"}]]"), HasSubstr("not a list of records"));
    EXPECT_THAT(refusalOf("7"), HasSubstr("not a list of records"));
    EXPECT_THAT(refusalOf("[]"), HasSubstr("no LIDAR_TOP keyframe"));
    fs::remove_all(tiny.root / tiny.version);
    EXPECT_THAT(
        lineOf<DatasetError>([&] { openDataset(tiny.root); }),
        AllOf(HasSubstr("looks like nuScenes"), HasSubstr("tables are missing"))
    );
}

TEST(NuScenes, ClassMapHasEveryFineClassOnce) {
    const auto map = ClassMap::fromJsonFile(resourcePath("classmaps/nuscenes-lidarseg.json"));
    EXPECT_EQ(map.size(), 16U);
    for (std::uint32_t raw = 0; raw < kNuScenesCategories.size(); ++raw) {
        EXPECT_TRUE(map.knows(raw)) << kNuScenesCategories[raw];
    }
    EXPECT_FALSE(map.knows(32));
    EXPECT_EQ(map.info(map.classOf(16)).name, "bus");
    EXPECT_EQ(map.info(map.classOf(6)).name, "pedestrian");
    EXPECT_EQ(map.classOf(31), kIgnored);
}

} // namespace
} // namespace siskin::test
