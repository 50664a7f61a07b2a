// SPDX-License-Identifier: MIT
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <set>

namespace siskin::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ClassMap, OfficialMapFollowsTheLearningMap) {
    const auto map = loadMap("official");
    EXPECT_EQ(map->name(), "semantickitti-official");
    ASSERT_EQ(map->size(), 19U);
    EXPECT_EQ(map->classOf(10), 0);
    EXPECT_EQ(map->classOf(252), 0);
    EXPECT_EQ(map->classOf(40), 8);
    EXPECT_EQ(map->classOf(60), 8);
    EXPECT_EQ(map->classOf(13), 4);
    EXPECT_EQ(map->classOf(81), 18);
    EXPECT_EQ(map->classOf(0), kIgnored);
    EXPECT_EQ(map->info(0).name, "car");
    EXPECT_EQ(map->info(0).colour, (Colour{100, 150, 245}));
    EXPECT_EQ(map->info(18).name, "traffic-sign");
    EXPECT_EQ(map->info(kIgnored).name, "unlabelled");
    EXPECT_EQ(map->info(19).name, "unlabelled");
}

TEST(ClassMap, SubmissionIdsAreThoseOfTheTool) {
    const std::vector<std::uint32_t> expected = {
        10, 11, 15, 18, 20, 30, 31, 32, 40, 44, 48, 49, 50, 51, 70, 71, 72, 80, 81};
    for (const char* name : {"official", "spvnas"}) {
        const auto map = loadMap(name);
        std::vector<std::uint32_t> ids;
        for (const ClassInfo& info : map->classes()) {
            ids.push_back(info.submissionId);
        }
        EXPECT_EQ(ids, expected) << name;
    }
}

TEST(ClassMap, TheTwoMapsDifferOnlyWhereTheDocumentsSay) {
    const auto official = loadMap("official");
    const auto spvnas = loadMap("spvnas");
    std::set<std::uint32_t> different;
    int known = 0;
    for (std::uint32_t raw = 0; raw <= 1000; ++raw) {
        EXPECT_EQ(official->knows(raw), spvnas->knows(raw)) << raw;
        known += official->knows(raw) ? 1 : 0;
        if (official->classOf(raw) != spvnas->classOf(raw)) {
            different.insert(raw);
            EXPECT_EQ(spvnas->classOf(raw), kIgnored) << raw;
        }
    }
    EXPECT_EQ(different, (std::set<std::uint32_t>{13, 16, 60, 256, 257}));
    EXPECT_EQ(known, 34); // all ids of the data set's configuration
    for (std::size_t id = 0; id < official->size(); ++id) {
        EXPECT_EQ(official->classes()[id].name, spvnas->classes()[id].name);
        EXPECT_EQ(official->classes()[id].colour, spvnas->classes()[id].colour);
    }
}

TEST(ClassMap, MultiScanTakesMovingThingsApart) {
    const auto multi = loadMap("multiscan");
    const auto official = loadMap("official");
    EXPECT_TRUE(multi->sharesRawIdsWith(*official));
    ASSERT_EQ(multi->size(), 25U);
    const std::vector<std::pair<std::string, std::uint32_t>> moving = {
        {"moving-car", 252},
        {"moving-bicyclist", 253},
        {"moving-person", 254},
        {"moving-motorcyclist", 255},
        {"moving-other-vehicle", 259},
        {"moving-truck", 258}};
    for (std::size_t i = 0; i < moving.size(); ++i) {
        EXPECT_EQ(multi->classes()[19 + i].name, moving[i].first);
        EXPECT_EQ(multi->classes()[19 + i].submissionId, moving[i].second);
        EXPECT_EQ(multi->classOf(moving[i].second), 19 + i);
    }
    EXPECT_EQ(multi->classOf(256), 23);
    EXPECT_EQ(multi->classOf(257), 23);
    for (std::uint32_t raw = 0; raw <= 300; ++raw) {
        EXPECT_EQ(multi->knows(raw), official->knows(raw)) << raw;
        if (raw < 252) { // what stands still is as in the map of single scans
            EXPECT_EQ(multi->classOf(raw), official->classOf(raw)) << raw;
        } else if (official->knows(raw)) { // what moves is the same thing, moving
            EXPECT_EQ(
                multi->info(multi->classOf(raw)).name,
                "moving-" + official->info(official->classOf(raw)).name
            );
        }
    }
}

TEST(ClassMap, IgnoredIsKnownAndUnknownIsIgnored) {
    const auto map = loadMap("official");
    for (const std::uint32_t raw : {0U, 1U, 52U, 99U}) {
        EXPECT_TRUE(map->knows(raw)) << raw;
        EXPECT_EQ(map->classOf(raw), kIgnored) << raw;
    }
    EXPECT_FALSE(map->knows(77));
    EXPECT_EQ(map->classOf(77), kIgnored);
    EXPECT_EQ(map->classOf(0xFFFFFFFFU), kIgnored);
    const std::vector<std::uint32_t> raw = {10, 77, 0, 81};
    EXPECT_EQ(map->classesOf(raw), (std::vector<ClassId>{0, kIgnored, kIgnored, 18}));
}

/// A valid map; each case below breaks one thing.
std::string smallMap() {
    return R"({"format": "siskin-classmap-1", "name": "small", "title": "Small",
        "ignored": {"name": "none", "colour": [0, 0, 0], "rawIds": [0], "submissionId": 0},
        "classes": [
          {"name": "a", "colour": [1, 2, 3], "rawIds": [7, 8], "submissionId": 7},
          {"name": "b", "colour": [4, 5, 6], "rawIds": [9], "submissionId": 9}]})";
}

std::string complaint(const std::string& from, const std::string& to) {
    std::string text = smallMap();
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return lineOf<ConfigError>([&] { ClassMap::fromJson(text, "small.json"); });
}

TEST(ClassMap, KnowsWhoseRawIdsItSpeaksOf) {
    const auto load = [](const std::string& name) {
        return ClassMap::fromJsonFile(resourcePath("classmaps/" + name + ".json"));
    };
    EXPECT_TRUE(load("semantickitti-spvnas").sharesRawIdsWith(load("semantickitti-official")));
    EXPECT_TRUE(load("nuscenes-lidarseg").sharesRawIdsWith(load("nuscenes-lidarseg")));
    EXPECT_FALSE(load("nuscenes-lidarseg").sharesRawIdsWith(load("semantickitti-official")));
}

TEST(ClassMap, ReadsASmallMap) {
    const ClassMap map = ClassMap::fromJson(smallMap(), "small.json");
    EXPECT_EQ(map.title(), "Small");
    EXPECT_EQ(map.classOf(8), 0);
    EXPECT_EQ(map.classOf(9), 1);
}

TEST(ClassMap, ComplaintsNameFileAndKey) {
    const auto says = [](const std::string& key, const std::string& why) {
        return AllOf(HasSubstr("small.json"), HasSubstr(key), HasSubstr(why));
    };
    EXPECT_THAT(complaint("[7, 8]", "[7, 9]"), says("classes[1].rawIds", "9 is listed twice"));
    EXPECT_THAT(complaint("[7, 8]", "[7, 0]"), says("classes[0].rawIds", "0 is listed twice"));
    EXPECT_THAT(complaint("[7, 8]", "[7, -1]"), says("classes[0].rawIds[1]", "-1"));
    EXPECT_THAT(complaint("[7, 8]", "[7, 4294967296]"), says("rawIds[1]", "4294967296"));
    EXPECT_THAT(complaint("[7, 8]", "[7, 1.5]"), says("rawIds[1]", "1.5"));
    EXPECT_THAT(complaint("[7, 8]", "7"), says("classes[0].rawIds", "a list was expected"));
    EXPECT_THAT(complaint("[7, 8]", "[8]"), says("classes[0].submissionId", "7 is not among"));
    EXPECT_THAT(complaint("[1, 2, 3]", "[1, 2]"), says("classes[0].colour", "got 2"));
    EXPECT_THAT(complaint("[1, 2, 3]", "[1, 256, 3]"), says("classes[0].colour[1]", "256"));
    EXPECT_THAT(complaint("\"b\"", "\"a\""), says("classes[1].name", "used twice"));
    EXPECT_THAT(complaint("\"b\"", "\"\""), says("classes[1].name", "non-empty"));
    EXPECT_THAT(complaint("\"name\": \"b\",", ""), says("classes[1]", "'name' is missing"));
    EXPECT_THAT(complaint("\"title\"", "\"titel\""), says("(top)", "unknown key 'titel'"));
    EXPECT_THAT(complaint("classmap-1", "classmap-9"), says("format", "siskin-classmap-1"));
}

TEST(ClassMap, OddFiles) {
    EXPECT_THAT(
        lineOf<ConfigError>([] { ClassMap::fromJson("{\"name\": ", "cut.json"); }),
        AllOf(HasSubstr("cut.json"), HasSubstr("byte 10"))
    );
    EXPECT_THAT(
        lineOf<ConfigError>([] { ClassMap::fromJson("", "empty.json"); }), HasSubstr("empty.json")
    );
    EXPECT_THAT(
        lineOf<ConfigError>([] { ClassMap::fromJson("[]", "list.json"); }), HasSubstr("an object")
    );
    EXPECT_THAT(
        lineOf<ConfigError>([] { ClassMap::fromJsonFile("nowhere/map.json"); }),
        HasSubstr("nowhere/map.json")
    );
    std::string none = smallMap();
    none.replace(none.find("\"classes\""), std::string::npos, "\"classes\": []}");
    EXPECT_THAT(
        lineOf<ConfigError>([&] { ClassMap::fromJson(none, "none.json"); }), HasSubstr("got 0")
    );
}

} // namespace
} // namespace siskin::test
