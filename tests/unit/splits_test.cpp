// SPDX-License-Identifier: MIT
#include "core/base/file.hpp"
#include "datasets/nuscenes/scene_splits.hpp"
#include "datasets/semantickitti/semantickitti_reader.hpp"
#include "datasets/splits.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <fmt/format.h>

#include <gmock/gmock.h>
#include <map>
#include <set>

namespace siskin::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Every scene number that could occur, by split.
std::map<std::string, std::set<int>> officialScenes() {
    const auto splits = SceneSplits::official();
    std::map<std::string, std::set<int>> scenes;
    for (int number = 0; number < 1200; ++number) {
        for (const auto& split : splits.of(fmt::format("scene-{:04}", number))) {
            scenes[split].insert(number);
        }
    }
    return scenes;
}

TEST(SceneSplits, HaveTheOfficialSizes) {
    auto scenes = officialScenes();
    EXPECT_EQ(scenes.size(), 8U);
    EXPECT_EQ(scenes["train"].size(), 700U);
    EXPECT_EQ(scenes["val"].size(), 150U);
    EXPECT_EQ(scenes["test"].size(), 150U);
    EXPECT_EQ(scenes["train_detect"].size(), 350U);
    EXPECT_EQ(scenes["train_track"].size(), 350U);
    EXPECT_EQ(scenes["mini"].size(), 10U);
    EXPECT_EQ(scenes["mini_train"], (std::set{61, 553, 655, 757, 796, 1077, 1094, 1100}));
    EXPECT_EQ(scenes["mini_val"], (std::set{103, 916}));
}

TEST(SceneSplits, DivideWhatTheyDivide) {
    auto scenes = officialScenes();
    const auto unite = [&](const std::vector<std::string>& names) {
        std::set<int> all;
        std::size_t sum = 0;
        for (const auto& name : names) {
            all.insert(scenes[name].begin(), scenes[name].end());
            sum += scenes[name].size();
        }
        EXPECT_EQ(all.size(), sum) << names.front() << ": a scene is in two splits";
        return all;
    };
    EXPECT_EQ(unite({"train", "val", "test"}).size(), 1000U);
    EXPECT_EQ(unite({"train_detect", "train_track"}), scenes["train"]);
    EXPECT_EQ(unite({"mini_train", "mini_val"}), scenes["mini"]);
    const auto labelled = unite({"train", "val"});
    for (const int scene : scenes["mini"]) {
        EXPECT_TRUE(labelled.contains(scene)) << scene;
    }
}

TEST(SceneSplits, OfAScene) {
    const auto splits = SceneSplits::official();
    EXPECT_THAT(
        splits.of("scene-0061"), ElementsAre("train", "train_detect", "mini", "mini_train")
    );
    EXPECT_THAT(splits.of("scene-0103"), ElementsAre("val", "mini", "mini_val"));
    EXPECT_THAT(splits.of("scene-0077"), ElementsAre("test"));
    EXPECT_THAT(splits.of("street-train-0000"), ElementsAre("train"));
    EXPECT_THAT(splits.of("street-val-0012"), ElementsAre("val"));
    for (const char* name :
         {"scene-0037", "scene-9999", "scene-", "scene-1x", "partial-n015", ""}) {
        EXPECT_THAT(splits.of(name), IsEmpty()) << name;
    }
}

TEST(SceneSplits, RefusesAnotherFile) {
    const TemporaryFolder folder;
    const auto refusal = [&](const std::string& text) {
        writeText(folder.path() / "s.json", text);
        return lineOf<ConfigError>([&] { SceneSplits::fromJsonFile(folder.path() / "s.json"); });
    };
    EXPECT_THAT(refusal("{"), AllOf(HasSubstr("s.json"), HasSubstr("not a list of splits")));
    EXPECT_THAT(refusal(R"({"format": "x"})"), HasSubstr("'format'"));
    EXPECT_THAT(
        refusal(R"({"format": "siskin-splits-1", "splits": {"train": [3]}})"),
        HasSubstr("not a list of splits")
    );
}

struct KittiSplits : testing::Test {
    KittiSplits() {
        for (const char* sequence : {"00", "07", "08", "10", "11", "21", "22", "street"}) {
            add(sequence, "000000");
        }
        add("08", "000001");
        writeBinary(root() / "08/labels/000001.label", std::vector<std::uint32_t>{10});
    }

    std::filesystem::path root() const { return folder.path() / "sequences"; }

    void add(const std::string& sequence, const std::string& frame) const {
        writeBinary(root() / sequence / "velodyne" / (frame + ".bin"), std::vector<float>(4));
    }

    TemporaryFolder folder;
};

TEST_F(KittiSplits, GoByTheNumberOfTheSequence) {
    const SemanticKittiReader reader(folder.path(), loadMap("official"));
    EXPECT_EQ(reader.benchmark(), "semantickitti");
    EXPECT_THAT(framesOfSplit(reader, "train"), ElementsAre(0, 1, 4));
    EXPECT_THAT(framesOfSplit(reader, "val"), ElementsAre(2, 3));
    EXPECT_THAT(framesOfSplit(reader, "test"), ElementsAre(5, 6));
    EXPECT_THAT(reader.frames()[7].splits, IsEmpty());
    EXPECT_THAT(reader.frames()[8].splits, IsEmpty());
    const auto sizes = splitsOf(reader);
    EXPECT_EQ(sizes.size(), 3U);
    EXPECT_EQ(sizes.at("val").frames, 2U);
    EXPECT_EQ(sizes.at("val").labelled, 1U);

    const SemanticKittiReader one(root() / "08/velodyne/000001.bin", loadMap("official"));
    EXPECT_THAT(one.frames()[0].splits, ElementsAre("val"));
}

TEST_F(KittiSplits, AnUnknownSplitNamesTheOthers) {
    const SemanticKittiReader reader(folder.path(), loadMap("official"));
    EXPECT_THAT(
        lineOf<ConfigError>([&] { framesOfSplit(reader, "valid"); }),
        AllOf(HasSubstr("'valid'"), HasSubstr("test (2 frames), train (3 frames), val (2 frames)"))
    );
    EXPECT_THROW(framesOfSplit(reader, ""), ConfigError);
    const SemanticKittiReader loose(root() / "street", loadMap("official"));
    EXPECT_THAT(
        lineOf<ConfigError>([&] { framesOfSplit(loose, "val"); }),
        HasSubstr("these frames belong to no split")
    );
}

} // namespace
} // namespace siskin::test
