// SPDX-License-Identifier: MIT
// --model with weights that say themselves what they are.
#include "app/cli/model_argument.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/resources.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <cstdlib>
#include <cstring>
#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using cli::classMapOf;
using cli::makeModelSpec;
using cli::parseModelArgument;
using testing::AllOf;
using testing::HasSubstr;

/// A safetensors file without tensors whose metadata block is `metadata` (JSON).
void writeWeights(const std::filesystem::path& file, const std::string& metadata) {
    std::string header = "{\"__metadata__\":" + metadata + "}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::uint64_t size = header.size();
    std::string bytes(sizeof size, '\0');
    std::memcpy(bytes.data(), &size, sizeof size);
    writeFileAtomically(file, bytes + header);
}

constexpr auto kMinkUNet = R"({"siskin.model": "minkunet", "siskin.voxel_size": "0.1",
                              "siskin.class_map": "nuscenes-lidarseg"})";

TEST(ModelArgument, AFileAloneIsItsOwnKind) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "net.safetensors";
    writeWeights(file, kMinkUNet);
    const auto argument = parseModelArgument(file.string() + "@fp16");
    EXPECT_FALSE(argument.kind);
    EXPECT_EQ(argument.weights, file);
    EXPECT_EQ(argument.precision, Precision::Float16);
    const ModelSpec spec = makeModelSpec(argument);
    EXPECT_EQ(spec.kind, ModelKind::MinkUNet);
    EXPECT_EQ(spec.weights, file);
    EXPECT_EQ(spec.precision, Precision::Float16);

    // A kind in front still holds, and a ':' in the name of a file that exists is part of it.
    EXPECT_EQ(parseModelArgument("spvcnn:" + file.string()).kind, ModelKind::Spvcnn);
    const auto colon = folder.path() / "run:3.safetensors";
    writeWeights(colon, kMinkUNet);
    EXPECT_EQ(makeModelSpec(parseModelArgument(colon.string())).kind, ModelKind::MinkUNet);
}

TEST(ModelArgument, ClassesAreThoseOfTheWeights) {
    const TemporaryFolder folder;
    const auto usual = std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-official.json"))
    );
    const auto file = folder.path() / "net.safetensors";
    writeWeights(file, kMinkUNet);
    EXPECT_EQ(
        classMapOf(makeModelSpec(parseModelArgument(file.string())), usual)->name(),
        "nuscenes-lidarseg"
    );
    EXPECT_EQ(classMapOf(makeModelSpec(parseModelArgument("spvcnn:random")), usual), usual);
    writeWeights(file, "{}");
    EXPECT_EQ(
        classMapOf(makeModelSpec(parseModelArgument("spvcnn:" + file.string())), usual), usual
    );
}

TEST(ModelArgument, RefusesAFileThatDoesNotSay) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "net.safetensors";
    const auto refusal = [&] {
        return lineOf<ConfigError>([&] { makeModelSpec(parseModelArgument(file.string())); });
    };
    writeWeights(file, "{}");
    EXPECT_THAT(refusal(), AllOf(HasSubstr("does not say"), HasSubstr("--model KIND:")));
    std::filesystem::remove(file);
    EXPECT_THROW(makeModelSpec(parseModelArgument(file.string())), CheckpointError);
}

/// resources/demo in a folder of the test's own.
TEST(ModelArgument, NetworksThatComeWithTheProgram) {
    const TemporaryFolder folder;
    writeWeights(folder.path() / "demo/spvcnn-0.25.safetensors", kMinkUNet);
    const char* before = std::getenv("SISKIN_RESOURCES");
    const std::string resources = before == nullptr ? "" : before;
    setenv("SISKIN_RESOURCES", folder.path().c_str(), 1);
    const auto argument = parseModelArgument("demo:spvcnn-0.25");
    EXPECT_EQ(argument.weights, folder.path() / "demo/spvcnn-0.25.safetensors");
    EXPECT_FALSE(argument.kind);
    EXPECT_THAT(
        lineOf<ConfigError>([] { parseModelArgument("demo:spvcn-0.25"); }),
        AllOf(HasSubstr("comes with the program"), HasSubstr("did you mean 'demo:spvcnn-0.25'?"))
    );
    EXPECT_THAT(
        lineOf<ConfigError>([] { parseModelArgument("demo:zebra"); }),
        HasSubstr("there are demo:spvcnn-0.25")
    );
    std::filesystem::remove(folder.path() / "demo/spvcnn-0.25.safetensors");
    EXPECT_THAT(
        lineOf<ConfigError>([] { parseModelArgument("demo:spvcnn-0.25"); }), HasSubstr("none does")
    );
    resources.empty() ? unsetenv("SISKIN_RESOURCES")
                      : setenv("SISKIN_RESOURCES", resources.c_str(), 1);
}

} // namespace
} // namespace siskin::test
