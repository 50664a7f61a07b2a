// SPDX-License-Identifier: MIT
#include "core/base/json_text.hpp"

#include <gtest/gtest.h>

namespace siskin {
namespace {

TEST(JsonText, TakesWhatIsValid) {
    const auto [value, trouble] = parseJson(R"({"b": [1, {"b": 2}], "a": {"b": 3}})");
    EXPECT_EQ(trouble, "");
    EXPECT_EQ(value.begin().key(), "b") << "the order stays";
    EXPECT_EQ(value["a"]["b"], 3);
}

TEST(JsonText, SaysWhereItEnds) {
    EXPECT_EQ(parseJson("{\"a\": 1,").trouble, "byte 9: not valid JSON");
    EXPECT_EQ(parseJson("").trouble, "byte 1: not valid JSON");
    EXPECT_EQ(parseJson("[1] x").trouble, "byte 5: not valid JSON");
    EXPECT_EQ(parseJson("[\"\xff\"]").trouble, "byte 3: not valid JSON");
    EXPECT_EQ(parseJson("[1e999]").trouble, "it holds a number that is out of range");
}

TEST(JsonText, AKeyOccursOnceInAnObject) {
    EXPECT_EQ(
        parseJson(R"([{"a": 1}, {"a": 1, "b": {"a": 2}, "a": 3}])").trouble,
        "key 'a' occurs twice in one object"
    );
    EXPECT_EQ(parseJson(R"([{"a": 1}, {"a": 1}])").trouble, "");
}

TEST(JsonText, DepthHasAnEnd) {
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    EXPECT_EQ(parseJson(nested(100)).trouble, "");
    EXPECT_EQ(parseJson(nested(102)).trouble, "nested more than 100 levels deep");
    EXPECT_EQ(parseJson(std::string(10'000'000, '[')).trouble, "nested more than 100 levels deep");
}

} // namespace
} // namespace siskin
