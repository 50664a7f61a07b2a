// SPDX-License-Identifier: MIT
// The LiDAR networks against the reference implementation's answers on a real frame.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/resources.hpp"
#include "core/models/network.hpp"
#include "core/run/model_loader.hpp"
#include "core/sparse/sparse_ops.hpp"
#include "datasets/open.hpp"
#include "tests/support/npz.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

namespace siskin {
namespace {

std::shared_ptr<const ClassMap> spvnasClasses() {
    return std::make_shared<ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-spvnas.json"))
    );
}

std::shared_ptr<const Scan> goldenScan() {
    static const auto scan =
        openDataset(
            test::sharedRoot() / "data/semantickitti/sequences/00/velodyne/000000.bin",
            spvnasClasses()
        )
            ->read(0);
    return scan;
}

torch::Tensor positionsOf(const Scan& scan) {
    auto* data = const_cast<float*>(scan.positions.front().data());
    return torch::from_blob(data, {static_cast<std::int64_t>(scan.pointCount()), 3});
}

torch::Tensor featuresOf(const Scan& scan, const torch::Tensor& firstRow) {
    const auto& intensity = scan.field("intensity")->values;
    const auto all = torch::cat({positionsOf(scan), torch::tensor(intensity).unsqueeze(1)}, 1);
    return all.index_select(0, firstRow);
}

struct GoldenCase {
    const char* folder;
    ModelKind kind;
    const char* weights;
    const char* device;
    std::int64_t parameters;
};

void PrintTo(const GoldenCase& c, std::ostream* out) {
    *out << c.folder << "/" << c.weights << " on " << c.device;
}

class LidarGolden : public testing::TestWithParam<GoldenCase> {};

TEST_P(LidarGolden, LogitsAndLabelsMatchTheReference) {
    const auto& golden = GetParam();
    const auto folder = test::sharedRoot() / "golden" / golden.folder;
    const auto expected = test::readNpz(folder / "expected.npz");
    const auto ops = std::string_view(golden.device) == "cpu" ? makeCpuOps() : makeReferenceOps();
    const torch::InferenceMode inference;

    const auto scan = goldenScan();
    const auto quantized = ops->quantize(positionsOf(*scan), 0.05F);
    ASSERT_EQ(quantized.voxels.size(), 91852);
    ASSERT_TRUE(torch::equal(
        quantized.voxels.coords.narrow(1, 1, 3).to(torch::kInt64),
        expected.at("voxel_coords").to(torch::kInt64)
    ));
    ASSERT_TRUE(torch::equal(quantized.firstRow, expected.at("first_point").to(torch::kInt64)));
    ASSERT_TRUE(torch::equal(quantized.inverse, expected.at("point_to_voxel").to(torch::kInt64)));

    ModelSpec spec{
        .kind = golden.kind, .weights = folder / golden.weights, .classMap = spvnasClasses()};
    if (golden.kind == ModelKind::Spvnas) {
        spec.config = folder / "net.config";
    }
    const auto loaded = loadNetwork(spec, *ops);
    EXPECT_EQ(loaded.info.parameters, golden.parameters);
    TraceRecorder trace;
    const ForwardContext context{*ops, trace, {}, {}};
    const NetworkInput input{quantized.voxels, featuresOf(*scan, quantized.firstRow)};
    const auto logits = loaded.network->forward(context, input);

    const auto sampled = logits.index_select(0, expected.at("logits_rows").to(torch::kInt64));
    const auto error = (sampled - expected.at("logits")).abs();
    EXPECT_LT(error.max().item<double>(), 1e-3);
    const double close = (error < 2e-4).to(torch::kFloat64).mean().item<double>();
    EXPECT_GE(close, 0.999);
    const auto labels = logits.argmax(1).index_select(0, quantized.inverse);
    const double equal = (labels == expected.at("labels").to(torch::kInt64))
                             .to(torch::kFloat64)
                             .mean()
                             .item<double>();
    EXPECT_GE(equal, 0.9995);
    std::printf(
        "largest difference %.2e, within 2e-4: %.4f %%, equal labels: %.4f %%\n",
        error.max().item<double>(),
        100 * close,
        100 * equal
    );
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    LidarGolden,
    testing::Values(
        GoldenCase{"spvcnn_cr025", ModelKind::Spvcnn, "weights.pt", "cpu", 1364707},
        GoldenCase{"spvcnn_cr025", ModelKind::Spvcnn, "weights_legacy.pth.tar", "cpu", 1364707},
        GoldenCase{"minkunet_cr025", ModelKind::MinkUNet, "weights.pt", "cpu", 1361019},
        GoldenCase{"spvnas_small", ModelKind::Spvnas, "init", "cpu", 2185339},
        GoldenCase{"spvcnn_cr025", ModelKind::Spvcnn, "weights.pt", "reference", 1364707},
        GoldenCase{"spvnas_small", ModelKind::Spvnas, "init", "reference", 2185339}
    )
);

TEST(LidarGolden, CountsOfTheFrame) {
    const auto ops = makeCpuOps();
    auto voxels = ops->quantize(positionsOf(*goldenScan()), 0.05F).voxels;
    const auto highest = std::get<0>(voxels.coords.max(0));
    EXPECT_EQ(highest[1].item<int>(), 3121);
    EXPECT_EQ(highest[2].item<int>(), 2012);
    EXPECT_EQ(highest[3].item<int>(), 288);
    const std::array<std::int64_t, 5> rows = {91852, 60236, 31883, 14454, 5908};
    const std::array<std::int64_t, 5> pairs = {345532, 365218, 238211, 122064, 54656};
    for (std::size_t level = 0; level < rows.size(); ++level) {
        EXPECT_EQ(voxels.size(), rows[level]);
        EXPECT_EQ(ops->submanifoldMap(voxels, 3)->pairCount(), pairs[level]);
        const auto coarsening = ops->coarsen(voxels);
        EXPECT_EQ(coarsening.down->pairCount(), voxels.size());
        voxels = coarsening.coarse;
    }
}

TEST(LidarGolden, PipelineGivesOneLabelPerRawPointAndAFullTrace) {
    const auto folder = test::sharedRoot() / "golden/spvcnn_cr025";
    const auto expected = test::readNpz(folder / "expected.npz");
    const ModelSpec spec{
        .kind = ModelKind::Spvcnn, .weights = folder / "weights.pt", .classMap = spvnasClasses()};
    const auto pipeline = Pipeline::load(spec, makeCpuOps());
    const auto result = pipeline->run(*goldenScan());
    ASSERT_EQ(result.prediction.classIds.size(), 124668U);
    const auto labels = torch::tensor(result.prediction.classIds, torch::kUInt8).to(torch::kInt64);
    EXPECT_GE(
        (labels == expected.at("labels").to(torch::kInt64))
            .to(torch::kFloat64)
            .mean()
            .item<double>(),
        0.9995
    );
    for (const char* stage : {"read", "voxelise", "maps", "network", "points"}) {
        ASSERT_NE(result.trace.stage(stage), nullptr) << stage;
    }
    // SPVCNN has 49 convolutions with maps, three point transforms and a classifier.
    int convolutions = 0;
    int linear = 0;
    for (const auto& layer : result.trace.stage("network")->children) {
        convolutions += layer.kind == SpanKind::Convolution;
        linear += layer.kind == SpanKind::Linear;
    }
    EXPECT_EQ(convolutions, 49);
    EXPECT_EQ(linear, 4);
    EXPECT_GT(result.trace.totalMacs(), 1'000'000'000);
    ASSERT_TRUE(result.energy.total().has_value());
    EXPECT_GT(result.energy.total()->value, 0.0);
}

/// What a reduced precision may cost on real weights and a real frame: labels that change.
class PrecisionGolden : public testing::TestWithParam<std::pair<Precision, double>> {};

TEST_P(PrecisionGolden, KeepsTheLabelsOfFloat32) {
    const auto [precision, leastEqual] = GetParam();
    try {
        makeCpuOps(precision);
    } catch (const DeviceError& error) {
        GTEST_SKIP() << error.line(); // this processor has no such instructions
    }
    const auto folder = test::sharedRoot() / "golden/minkunet_cr025";
    ModelSpec spec{
        .kind = ModelKind::MinkUNet, .weights = folder / "weights.pt", .classMap = spvnasClasses()};
    const auto exact = Pipeline::load(spec, makeCpuOps())->run(*goldenScan());
    spec.precision = precision;
    const auto pipeline = Pipeline::load(spec, makeCpuOps());
    EXPECT_EQ(pipeline->needsCalibration(), precision == Precision::Int8);
    const auto reduced = pipeline->run(*goldenScan());
    EXPECT_FALSE(pipeline->needsCalibration());
    EXPECT_EQ(reduced.model.precision, precision);
    std::size_t equal = 0;
    for (std::size_t i = 0; i < exact.prediction.classIds.size(); ++i) {
        equal += exact.prediction.classIds[i] == reduced.prediction.classIds[i] ? 1U : 0U;
    }
    const double share =
        static_cast<double>(equal) / static_cast<double>(exact.prediction.classIds.size());
    std::printf("%s: %.3f %% of the labels equal\n", toString(precision).data(), 100 * share);
    EXPECT_GE(share, leastEqual);
    EXPECT_LT(share, 1.0); // really another precision
}

INSTANTIATE_TEST_SUITE_P(
    Precisions,
    PrecisionGolden,
    testing::Values(
        std::pair(Precision::Float16, 0.997),
        std::pair(Precision::BFloat16, 0.99),
        std::pair(Precision::Int8, 0.93)
    ),
    [](const auto& test) { return std::string(toString(test.param.first)); }
);

} // namespace
} // namespace siskin
