// SPDX-License-Identifier: MIT
// Point files that Open3D wrote, as we read them and as Open3D reads them back.
#include "core/base/split_mix.hpp"
#include "datasets/files/plain_file_reader.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>
#include <open3d/t/io/PointCloudIO.h>

namespace siskin::test {
namespace {

namespace o3d = open3d;
using Cloud = o3d::t::geometry::PointCloud;
using o3d::core::Tensor;

constexpr std::int64_t kPoints = 5000;

/// Smooth columns, so that compression finds something, and rough ones.
template <typename T>
Tensor column(std::int64_t channels, double scale, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<T> values;
    for (std::int64_t i = 0; i < kPoints * channels; ++i) {
        const double smooth = std::floor(static_cast<double>(i / 40) / 10.0);
        values.push_back(static_cast<T>(i % 7 == 0 ? random.uniform(0.0, scale) : smooth));
    }
    return Tensor(values, {kPoints, channels}, o3d::core::Dtype::FromType<T>());
}

Cloud madeUpCloud() {
    Cloud cloud;
    cloud.SetPointPositions(column<float>(3, 80.0, 1));
    cloud.SetPointNormals(column<float>(3, 1.0, 2));
    cloud.SetPointColors(column<std::uint8_t>(3, 255.0, 3));
    cloud.SetPointAttr("intensity", column<float>(1, 255.0, 4));
    cloud.SetPointAttr("classification", column<std::int32_t>(1, 20.0, 5));
    cloud.SetPointAttr("time", column<double>(1, 0.5, 6));
    return cloud;
}

std::vector<float> floatsOf(const Tensor& tensor, double scale = 1.0) {
    return (tensor.To(o3d::core::Float64) * scale)
        .To(o3d::core::Float32)
        .Contiguous()
        .ToFlatVector<float>();
}

struct Format {
    const char* name;
    bool ascii;
    bool compressed;
};

/// What Open3D calls an attribute, and what we do.
const char* ourName(const std::string& attribute) {
    return attribute == "colors"        ? "rgb"
           : attribute == "normals"     ? "normal"
           : attribute == "intensities" ? "intensity"
                                        : attribute.c_str();
}

void expectSame(const Scan& scan, const Cloud& cloud) {
    ASSERT_EQ(scan.pointCount(), static_cast<std::size_t>(kPoints));
    const auto positions = floatsOf(cloud.GetPointPositions());
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            ASSERT_EQ(scan.positions[i][axis], positions[3 * i + axis]) << i;
        }
    }
    std::size_t fields = 0;
    for (const auto& [name, tensor] : cloud.GetPointAttr()) {
        if (name == "positions") {
            continue;
        }
        const bool unit = name == "colors" && tensor.GetDtype() != o3d::core::UInt8;
        const PointField* field = scan.field(ourName(name));
        ASSERT_NE(field, nullptr) << name;
        const auto expected = floatsOf(tensor, unit ? 255.0 : 1.0);
        ASSERT_EQ(field->values.size(), expected.size()) << name;
        for (std::size_t i = 0; i < expected.size(); ++i) { // text colours: digits of 1/255
            ASSERT_NEAR(field->values[i], expected[i], unit ? 1e-4 : 0.0) << name << i;
        }
        ++fields;
    }
    EXPECT_EQ(scan.fields.size(), fields);
}

void checkFormat(const Cloud& cloud, const Format& format) {
    SCOPED_TRACE(testing::Message() << format.name << format.ascii << format.compressed);
    const TemporaryFolder folder;
    const auto file = folder.path() / format.name;
    const o3d::io::WritePointCloudOption how(format.ascii, format.compressed);
    ASSERT_TRUE(o3d::t::io::WritePointCloud(file.string(), cloud, how));
    Cloud again;
    ASSERT_TRUE(o3d::t::io::ReadPointCloud(file.string(), again, {"auto", false, false, false}));
    const PlainFileReader reader(file, loadMap("spvnas"));
    expectSame(*reader.read(0), again);
}

TEST(Open3dFiles, AreReadAsOpen3dReadsThem) {
    for (const Format& format : {
             Format{"a.pcd", true, false},
             Format{"a.pcd", false, false},
             Format{"a.pcd", false, true},
             Format{"a.ply", true, false},
             Format{"a.ply", false, false},
         }) {
        checkFormat(madeUpCloud(), format);
    }
}

TEST(Open3dFiles, TextFilesToo) {
    const Cloud all = madeUpCloud();
    Cloud cloud;
    cloud.SetPointPositions(all.GetPointPositions());
    checkFormat(cloud, {"a.xyz", true, false});
    checkFormat(cloud, {"a.pts", true, false});
    cloud.SetPointNormals(all.GetPointNormals());
    checkFormat(cloud, {"a.xyzn", true, false});
    cloud.RemovePointAttr("normals");
    cloud.SetPointAttr("intensities", column<float>(1, 1.0, 7));
    checkFormat(cloud, {"a.xyzi", true, false});
    cloud.SetPointColors(all.GetPointColors());
    checkFormat(cloud, {"b.pts", true, false});
    cloud.RemovePointAttr("intensities");
    cloud.SetPointColors(all.GetPointColors().To(o3d::core::Float32) / 255.0);
    checkFormat(cloud, {"a.xyzrgb", true, false});
}

} // namespace
} // namespace siskin::test
