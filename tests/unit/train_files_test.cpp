// SPDX-License-Identifier: MIT
// Weight files that say what they are: written by the trainer, read by the loader.
#include "core/base/file.hpp"
#include "core/base/resources.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "core/models/model_metadata.hpp"
#include "core/run/model_file.hpp"
#include "core/run/model_loader.hpp"
#include "core/train/trainable_network.hpp"
#include "core/train/training_folder.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/train_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <gmock/gmock.h>

namespace siskin {
namespace {

using test::errorOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr const char* kClasses = "semantickitti-spvnas";

std::shared_ptr<const ClassMap> classes(const char* name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (std::string(name) + ".json"))
    );
}

ModelMetadata sampleMetadata(ModelKind kind) {
    return {
        .kind = kind,
        .classMap = kClasses,
        .voxelSize = 0.1,
        .width = 0.1,
        .parameters = 218'000,
        .data = "street, 200 frames",
        .seed = 7,
        .step = 1200,
        .commit = "abc",
        .version = "0.1.0",
        .scores = R"({"miou":0.5})"};
}

class TrainedFile : public testing::Test {
  protected:
    fs::path write(ModelKind kind, const ModelMetadata& metadata, bool half = false) const {
        const auto network = TrainableNetwork::create(
            {.kind = kind, .width = 0.1, .netConfig = metadata.netConfig}, makeCpuOps(), 3
        );
        const auto file = folder_.path() / "weights.safetensors";
        writeSafetensors(file, storedWeights(network->stateDict(), half), toMap(metadata));
        return file;
    }

    LoadedNetwork load(const fs::path& file, ModelKind kind) const {
        ModelSpec spec;
        spec.kind = kind;
        spec.weights = file;
        return loadNetwork(spec, *makeCpuOps());
    }

    test::TemporaryFolder folder_;
};

TEST(ModelMetadata, SurvivesTheMap) {
    auto metadata = sampleMetadata(ModelKind::Spvnas);
    metadata.netConfig = "{\"num_classes\": 19}";
    const auto map = toMap(metadata);
    const auto back = metadataFromMap(map, "file");
    ASSERT_TRUE(back);
    EXPECT_EQ(toMap(*back), map);
    EXPECT_EQ(back->kind, ModelKind::Spvnas);
    EXPECT_EQ(back->voxelSize, 0.1);
    EXPECT_EQ(back->seed, 7U);
    EXPECT_EQ(back->netConfig, metadata.netConfig);
}

TEST(ModelMetadata, NetworksOnCloudsHaveNoVoxelSize) {
    auto metadata = sampleMetadata(ModelKind::Pvcnn);
    metadata.classMap = "shapenetpart";
    const auto map = toMap(metadata);
    EXPECT_FALSE(map.contains("siskin.voxel_size"));
    const auto back = metadataFromMap(map, "file");
    ASSERT_TRUE(back);
    EXPECT_EQ(toMap(*back), map);
    EXPECT_EQ(back->kind, ModelKind::Pvcnn);
    EXPECT_EQ(back->classMap, "shapenetpart");
}

TEST(ModelMetadata, ForeignFilesHaveNoneAndBadOnesAreNamed) {
    EXPECT_FALSE(metadataFromMap({}, "f"));
    EXPECT_FALSE(metadataFromMap({{"format", "pt"}}, "f"));
    const auto complaint = [](const char* key, const char* value) {
        auto map = toMap(sampleMetadata(ModelKind::Spvcnn));
        map[key] = value;
        return errorOf([&] { metadataFromMap(map, "w.safetensors"); });
    };
    EXPECT_THAT(complaint("siskin.model", "resnet"), HasSubstr("w.safetensors: unknown model"));
    EXPECT_THAT(complaint("siskin.voxel_size", "big"), HasSubstr("'siskin.voxel_size' is 'big'"));
    EXPECT_THAT(complaint("siskin.seed", "-1"), HasSubstr("siskin.seed"));
    for (const char* size : {"0", "-0.1", "nan", "1e9", ""}) {
        EXPECT_THAT(complaint("siskin.voxel_size", size), HasSubstr("siskin.voxel_size")) << size;
    }
}

TEST_F(TrainedFile, KeepsEveryBitInFullPrecision) {
    const auto network = TrainableNetwork::create({.width = 0.1}, makeCpuOps(), 3);
    const auto file = write(ModelKind::Spvcnn, sampleMetadata(ModelKind::Spvcnn));
    const auto read = readCheckpoint(file);
    const auto state = network->stateDict();
    ASSERT_EQ(read.tensors.size(), state.size());
    for (const auto& [name, value] : state) {
        EXPECT_TRUE(torch::equal(read.tensors.at(name), value)) << name;
    }
    EXPECT_EQ(read.metadata, toMap(sampleMetadata(ModelKind::Spvcnn)));
    EXPECT_EQ(readMetadata(file), read.metadata);
}

TEST_F(TrainedFile, HalfPrecisionRoundsKernelsAndNothingElse) {
    const auto state = TrainableNetwork::create({.width = 0.1}, makeCpuOps(), 3)->stateDict();
    const auto read =
        readCheckpoint(write(ModelKind::Spvcnn, sampleMetadata(ModelKind::Spvcnn), true)).tensors;
    for (const auto& [name, value] : state) {
        if (value.dim() < 2) {
            EXPECT_TRUE(torch::equal(read.at(name), value)) << name;
            continue;
        }
        EXPECT_EQ(read.at(name).scalar_type(), torch::kHalf) << name;
        const auto error = (read.at(name).to(torch::kFloat32) - value).abs();
        const auto bound = value.abs() * 0x1.0p-11 + 0x1.0p-25; // half a unit in the last place
        EXPECT_TRUE((error <= bound).all().item<bool>()) << name;
    }
    const StateDict large{{"a.kernel", torch::full({2, 2}, 1e5F)}};
    EXPECT_THAT(errorOf([&] { storedWeights(large, true); }), HasSubstr("'a.kernel'"));
    EXPECT_EQ(errorOf([&] { storedWeights(large, false); }), "no error");
}

TEST_F(TrainedFile, TellsTheLoaderEverything) {
    const auto file = write(ModelKind::Spvcnn, sampleMetadata(ModelKind::Spvcnn));
    const auto described = describeModelFile(file);
    ASSERT_TRUE(described);
    EXPECT_EQ(described->kind, ModelKind::Spvcnn);
    EXPECT_EQ(described->classMap, kClasses);
    EXPECT_EQ(described->voxelSize, 0.1);
    EXPECT_EQ(described->label, "SPVCNN 0.2M");
    const auto loaded = load(file, ModelKind::Spvcnn);
    EXPECT_EQ(loaded.info.voxelSize, 0.1);
    EXPECT_EQ(loaded.info.classMap->name(), kClasses);
    EXPECT_TRUE(loaded.info.trained);
}

TEST_F(TrainedFile, HoldsTheArchitectureOfSpvnas) {
    auto metadata = sampleMetadata(ModelKind::Spvnas);
    metadata.netConfig = R"({"output_channels":[8,8,8,8,8,8,8,8,8],"num_classes":19)";
    for (const char* part : {"downsample", "upsample"}) {
        for (int i = 0; i < 4; ++i) {
            metadata.netConfig += fmt::format(
                R"(,"{0}.{1}.transition":8,"{0}.{1}.feature":1,"{0}.{1}.feature.layers.0.net.layers.0":8)",
                part,
                i
            );
        }
    }
    metadata.netConfig += "}";
    const auto file = write(ModelKind::Spvnas, metadata);
    EXPECT_EQ(load(file, ModelKind::Spvnas).network->classes(), 19);

    ModelSpec spec;
    spec.kind = ModelKind::Spvnas;
    spec.weights = file;
    spec.config = folder_.path() / "net.config";
    std::ofstream(*spec.config) << " " << metadata.netConfig
                                << "\n"; // the same but for white space
    EXPECT_EQ(errorOf([&] { loadNetwork(spec, *makeCpuOps()); }), "no error");
    std::ofstream(*spec.config) << R"({"num_classes":19})";
    EXPECT_THAT(
        errorOf([&] { loadNetwork(spec, *makeCpuOps()); }), HasSubstr("is not the architecture of")
    );
}

TEST_F(TrainedFile, ContradictionsAreRefused) {
    const auto file = write(ModelKind::Spvcnn, sampleMetadata(ModelKind::Spvcnn));
    EXPECT_THAT(
        errorOf([&] { load(file, ModelKind::MinkUNet); }),
        HasSubstr("holds a SPVCNN, not a MinkUNet")
    );
    ModelSpec spec;
    spec.weights = file;
    spec.classMap = classes("semantickitti-official"); // the same classes, other raw ids
    EXPECT_EQ(loadNetwork(spec, *makeCpuOps()).info.classMap->name(), "semantickitti-official");
    spec.classMap = classes("nuscenes-lidarseg");
    EXPECT_NE(errorOf([&] { loadNetwork(spec, *makeCpuOps()); }), "no error");
    spec.weights.clear();
    spec.classMap = nullptr;
    EXPECT_THAT(errorOf([&] { loadNetwork(spec, *makeCpuOps()); }), HasSubstr("class map"));
}

TEST_F(TrainedFile, OnlyTheHeadIsNeededToDescribeIt) {
    const auto file = write(ModelKind::Spvcnn, sampleMetadata(ModelKind::Spvcnn));
    const auto whole = readTextFile(file);
    std::uint64_t header = 0;
    std::copy_n(whole.data(), sizeof(header), reinterpret_cast<char*>(&header));
    writeFileAtomically(file, whole.substr(0, 8 + header));
    EXPECT_TRUE(describeModelFile(file));
    EXPECT_NE(errorOf([&] { readCheckpoint(file); }), "no error");
    writeFileAtomically(file, whole.substr(0, 4 + header));
    EXPECT_NE(errorOf([&] { describeModelFile(file); }), "no error");
    for (const auto* other : {"", "PK\x03\x04 something", "\x80\x02}q."}) {
        writeFileAtomically(file, std::string_view(other));
        EXPECT_FALSE(describeModelFile(file));
    }
    EXPECT_THAT(errorOf([&] { describeModelFile(folder_.path() / "none"); }), HasSubstr("none"));
}

} // namespace
} // namespace siskin
