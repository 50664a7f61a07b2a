// SPDX-License-Identifier: MIT
// What --model of `siskin cones` and `siskin frustums` takes.
#include "app/cli/kind_argument.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using cli::parseKindArgument;
using testing::HasSubstr;

const std::vector<std::string> kKinds{"pvcnn", "pointnet"};

TEST(KindArgument, NamesAKindOrAFileOrBoth) {
    const auto random = parseKindArgument("pvcnn:random", "network", kKinds);
    EXPECT_EQ(random.kind, "pvcnn");
    EXPECT_TRUE(random.weights.empty());
    const auto both = parseKindArgument("pointnet:w/a:b.pt", "network", kKinds);
    EXPECT_EQ(both.kind, "pointnet");
    EXPECT_EQ(both.weights, "w/a:b.pt");
    for (const char* file : {"w.pt", "folder/w", "pvcnn.pt", "./pvcnn:random"}) {
        const auto alone = parseKindArgument(file, "network", kKinds);
        EXPECT_EQ(alone.kind, "");
        EXPECT_EQ(alone.weights, file);
    }
    const TemporaryFolder folder;
    const auto odd = (folder.path() / "w@int8").string();
    writeFileAtomically(odd, std::string_view("a name, no precision"));
    EXPECT_EQ(parseKindArgument("pvcnn:" + odd, "network", kKinds).weights, odd);
}

TEST(KindArgument, RefusesWhatCannotBeMeant) {
    const std::pair<std::string, const char*> mistakes[] = {
        {"pvcn:w.pt", "unknown network for cones 'pvcn' - did you mean 'pvcnn'?"},
        {"", "unknown network for cones '' - give a weight file, or KIND:random"},
        {":random", "unknown network for cones ':random'"},
        {"pvcnn", "--model pvcnn: which weights? - write pvcnn:FILE"},
        {"pvcnn:", "which weights?"},
        {"pvcnn:random:0.5", "a network for cones has one size - write pvcnn:random"},
        {"pvcnn:random@int8", "a network for cones computes in fp32 - leave '@int8' out"},
        {"pvcnn:random@tf32", "a network for cones computes in fp32 - leave '@tf32' out"},
        {"w.pt@fp16", "leave '@fp16' out"},
        {"demo:spvcnn-0.25@int8", "leave '@int8' out"},
        {"demo:none", "no network 'demo:none' comes with the program"}};
    for (const auto& [text, why] : mistakes) {
        try {
            parseKindArgument(text, "network for cones", kKinds);
            ADD_FAILURE() << text;
        } catch (const ConfigError& error) {
            EXPECT_THAT(error.line(), HasSubstr(why));
        }
    }
}

} // namespace
} // namespace siskin::test
