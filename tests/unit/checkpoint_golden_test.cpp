// SPDX-License-Identifier: MIT
// Weight files that PyTorch itself wrote, in both containers.
#include "core/base/error.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "tests/support/npz.hpp"
#include "tests/support/shared_data.hpp"

#include <gmock/gmock.h>
#include <string>

namespace siskin {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::filesystem::path golden(const std::string& name) {
    return test::sharedRoot() / "golden" / name;
}

void expectSameTensors(
    const std::map<std::string, torch::Tensor>& left,
    const std::map<std::string, torch::Tensor>& right
) {
    ASSERT_EQ(left.size(), right.size());
    for (const auto& [name, tensor] : left) {
        ASSERT_TRUE(right.contains(name)) << name;
        EXPECT_EQ(tensor.scalar_type(), right.at(name).scalar_type()) << name;
        EXPECT_EQ(tensor.sizes(), right.at(name).sizes()) << name;
        EXPECT_TRUE(torch::equal(tensor, right.at(name))) << name;
    }
}

std::int64_t parameterCount(const Checkpoint& checkpoint) {
    std::int64_t count = 0;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        const bool isStatistic = name.ends_with("running_mean") || name.ends_with("running_var") ||
                                 name.ends_with("tracked");
        count += isStatistic ? 0 : tensor.numel();
    }
    return count;
}

class BothContainers : public testing::TestWithParam<const char*> {};

TEST_P(BothContainers, HoldTheSameTensors) {
    const auto zip = readCheckpoint(golden(GetParam()) / "weights.pt");
    const auto legacy = readCheckpoint(golden(GetParam()) / "weights_legacy.pth.tar");
    EXPECT_EQ(zip.format, "pytorch-zip");
    EXPECT_EQ(legacy.format, "pytorch-legacy");
    EXPECT_EQ(zip.tensors.size(), 317U);
    EXPECT_EQ(parameterCount(zip), 1'364'707);
    expectSameTensors(zip.tensors, legacy.tensors);
    const auto& tracked = zip.tensors.at("stem.1.num_batches_tracked");
    EXPECT_EQ(tracked.dim(), 0);
    EXPECT_EQ(tracked.scalar_type(), torch::kLong);
    EXPECT_EQ(zip.tensors.at("stem.0.kernel").sizes(), (std::vector<std::int64_t>{27, 4, 8}));
}

INSTANTIATE_TEST_SUITE_P(
    Networks, BothContainers, testing::Values("spvcnn_cr025", "minkunet_cr025")
);

TEST(CheckpointGolden, SpvnasInitHoldsItsStateDictUnderModel) {
    const auto init = readCheckpoint(golden("spvnas_small") / "init");
    EXPECT_EQ(init.format, "pytorch-zip");
    EXPECT_EQ(init.tensors.size(), 263U);
    EXPECT_EQ(parameterCount(init), 2'185'339);
}

TEST(CheckpointGolden, CustomConfigObjectsStayInert) {
    struct Expected {
        const char* name;
        std::size_t tensors;
        std::int64_t parameters;
    };

    for (const auto& [name, tensors, parameters] :
         {Expected{"pvcnn_s3dis_c0p25", 121, 166'205},
          Expected{"pvcnn2_s3dis_c0p25", 434, 863'597},
          Expected{"pvcnn_shapenet_c0p25", 106, 268'898}}) {
        const auto weights = readCheckpoint(golden(name) / "weights.pth.tar");
        EXPECT_EQ(weights.tensors.size(), tensors) << name;
        EXPECT_EQ(parameterCount(weights), parameters) << name;
        EXPECT_THAT(weights.notes, Contains(HasSubstr("utils.config.Config"))) << name;
        for (const auto& [tensor, value] : weights.tensors) {
            EXPECT_THAT(tensor, Not(testing::StartsWith("module.")));
        }
        EXPECT_TRUE(weights.metadata.contains("epoch")) << name;
    }
}

TEST(CheckpointGolden, LegacyFileEqualsItsNumpyTwin) {
    const auto folder = test::sharedRoot() / "weights";
    const auto file = readCheckpoint(folder / "dgcnn_semseg_s3dis_fold5.t7");
    expectSameTensors(test::readNpz(folder / "dgcnn_semseg_s3dis_fold5.npz"), file.tensors);
}

TEST(CheckpointGolden, TruncatedFilesAreErrors) {
    const test::TemporaryFolder folder;
    for (const auto& name : {"minkunet_cr025/weights.pt", "pvcnn_s3dis_c0p25/weights.pth.tar"}) {
        const auto copy = folder.path() / "weights";
        std::filesystem::copy_file(
            golden(name), copy, std::filesystem::copy_options::overwrite_existing
        );
        std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
        const auto size = std::filesystem::file_size(copy);
        constexpr std::uintmax_t kSteps = 40;
        for (auto step = kSteps; step-- > 0;) {
            std::filesystem::resize_file(copy, size * step / kSteps);
            EXPECT_THROW(readCheckpoint(copy), CheckpointError) << name << ", step " << step;
        }
    }
}

TEST(CheckpointGolden, NumpyArchivesOfTheGoldenFolder) {
    const auto arrays = test::readNpz(golden("spvcnn_cr025") / "expected.npz");
    EXPECT_EQ(arrays.at("voxel_coords").sizes(), (std::vector<std::int64_t>{91852, 3}));
    EXPECT_EQ(arrays.at("logits").scalar_type(), torch::kFloat);
    EXPECT_TRUE(torch::isfinite(arrays.at("logits")).all().item<bool>());
    EXPECT_EQ(arrays.at("labels").max().item<int>() < 19, true);
}

} // namespace
} // namespace siskin
