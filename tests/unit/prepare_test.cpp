// SPDX-License-Identifier: MIT
// `siskin prepare s3dis`: files read back with the HDF5 library.
#include "app/cli/prepare_command.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "core/base/split_mix.hpp"
#include "datasets/s3dis/prepared_room.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/made_folders.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <hdf5.h>
#include <map>
#include <set>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

/// One data set of an HDF5 file.
template <typename T>
struct Array {
    std::vector<hsize_t> shape;
    std::vector<T> values;
};

template <typename T>
Array<T> readArray(const fs::path& file, const char* name) {
    const hid_t opened = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    EXPECT_GE(opened, 0) << file;
    const hid_t data = H5Dopen2(opened, name, H5P_DEFAULT);
    EXPECT_GE(data, 0) << name;
    const hid_t space = H5Dget_space(data);
    Array<T> array;
    array.shape.resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    H5Sget_simple_extent_dims(space, array.shape.data(), nullptr);
    array.values.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    const hid_t type = std::is_same_v<T, float> ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT32;
    EXPECT_GE(H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()), 0);
    H5Sclose(space);
    H5Dclose(data);
    H5Fclose(opened);
    return array;
}

/// The numbers of a `.npy` file behind its header, which must say `wanted`.
template <typename T>
std::vector<T> readNpy(const fs::path& file, const std::string& wanted) {
    const std::string text = readTextFile(file);
    EXPECT_EQ(text.substr(0, 8), std::string("\x93NUMPY\x01\0", 8));
    const auto length =
        static_cast<unsigned char>(text[8]) + 256U * static_cast<unsigned char>(text[9]);
    EXPECT_EQ((10 + length) % 64, 0U);
    EXPECT_THAT(text.substr(10, length), HasSubstr(wanted));
    std::vector<T> values((text.size() - 10 - length) / sizeof(T));
    std::memcpy(values.data(), text.data() + 10 + length, values.size() * sizeof(T));
    return values;
}

struct Prepare : testing::Test {
    void writeObject(const std::string& room, const std::string& name, int points, int seed) const {
        SplitMix64 random(static_cast<std::uint64_t>(seed));
        std::string text;
        for (int i = 0; i < points; ++i) {
            text += fmt::format(
                "{:.3f} {:.3f} {:.3f} {} {} {}\n",
                random.uniform(-2, 2),
                random.uniform(10, 13),
                random.uniform(0, 3),
                random.below(256),
                random.below(256),
                random.below(256)
            );
        }
        writeText(root() / room / "Annotations" / name, text);
    }

    void run(std::vector<std::string> more = {}) const {
        std::vector<std::string> words = {
            "s3dis", root().string(), "--out", out().string(), "--quiet"};
        words.insert(words.end(), more.begin(), more.end());
        EXPECT_EQ(cli::prepareCommand(words, stop.get_token()), 0);
    }

    template <typename E>
    std::string refusal(const std::vector<std::string>& words) const {
        return lineOf<E>([&] { cli::prepareCommand(words, stop.get_token()); });
    }

    fs::path root() const { return folder.path() / "data"; }

    fs::path out() const { return folder.path() / "out"; }

    TemporaryFolder folder;
    std::stop_source stop;
};

TEST_F(Prepare, WritesPointsAndWindows) {
    writeObject("Area_1/office_1", "wall_1.txt", 9000, 1);
    writeObject("Area_1/office_1", "chair_1.txt", 700, 2);
    writeObject("Area_1/office_1", "stairs_1.txt", 50, 3);
    writeText(root() / "Area_1/office_1/Annotations/door_1.txt", "1 2 3\n");
    run();
    const fs::path room = out() / "Area_1/office_1";
    const auto points = readNpy<double>(
        room / "xyzrgb.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (9700, 6), }"
    );
    const auto labels = readNpy<std::int32_t>(room / "label.npy", "'shape': (9700,), }");
    ASSERT_EQ(points.size(), 9700U * 6U);
    ASSERT_EQ(labels.size(), 9700U);
    EXPECT_EQ(labels.front(), 9); // chairs come first, walls are 3
    EXPECT_EQ(labels.back(), 3);
    for (const char* cut : {"zero_0.h5", "half_0.h5"}) {
        const auto data = readArray<float>(room / cut, "data");
        const auto counts = readArray<std::int32_t>(room / cut, "data_num");
        const auto classes = readArray<std::int32_t>(room / cut, "label_seg");
        const auto indices = readArray<std::int32_t>(room / cut, "indices_split_to_full");
        const std::size_t windows = counts.values.size();
        ASSERT_THAT(data.shape, ElementsAre(windows, 8192, 9));
        ASSERT_THAT(classes.shape, ElementsAre(windows, 8192));
        ASSERT_THAT(indices.shape, ElementsAre(windows, 8192));
        EXPECT_THAT(readArray<std::int32_t>(room / cut, "label").values, Each(0));
        std::set<std::int32_t> seen;
        for (std::size_t w = 0; w < windows; ++w) {
            for (std::size_t i = 0; i < 8192; ++i) {
                const std::size_t at = w * 8192 + i;
                if (i >= static_cast<std::size_t>(counts.values[w])) {
                    ASSERT_EQ(classes.values[at] + indices.values[at], 0);
                    ASSERT_EQ(data.values[9 * at + 3], 0.0F);
                    continue;
                }
                const auto point = static_cast<std::size_t>(indices.values[at]);
                ASSERT_LT(point, labels.size());
                ASSERT_EQ(classes.values[at], labels[point]);
                ASSERT_NEAR(data.values[9 * at + 4], points[6 * point + 4] / 255.0, 1e-6);
                seen.insert(indices.values[at]);
            }
        }
        EXPECT_GT(seen.size(), labels.size() * 99 / 100);
    }
}

TEST_F(Prepare, SameSeedSameBytesAloneOrAmongOthers) {
    for (const char* room : {"Area_1/office_1", "Area_1/office_2", "Area_2/hallway_1"}) {
        writeObject(room, "floor_1.txt", 3000, 7);
    }
    setThreadCount(7);
    run();
    setThreadCount(1);
    const auto all = contentOf(out());
    EXPECT_EQ(all.size(), 12U);
    const fs::path second = folder.path() / "second";
    EXPECT_EQ(
        cli::prepareCommand(
            {"s3dis", (root() / "Area_2").string(), "--out", second.string(), "--quiet"}, {}
        ),
        0
    );
    for (const auto& [name, content] : contentOf(second)) {
        EXPECT_EQ(all.at(name), content) << name;
    }
    fs::remove_all(out());
    run({"--seed", "2"});
    EXPECT_NE(
        contentOf(out()).at("Area_2/hallway_1/half_0.h5"), all.at("Area_2/hallway_1/half_0.h5")
    );
    EXPECT_EQ(
        contentOf(out()).at("Area_2/hallway_1/label.npy"), all.at("Area_2/hallway_1/label.npy")
    );
    setThreadCount(0);
}

TEST_F(Prepare, ManyWindowsGoIntoSeveralFiles) {
    // Seven lonely points, 3 m apart: one window each, three to a file.
    RoomPoints points;
    for (int i = 0; i < 7; ++i) {
        points.positions.push_back({3.0 * i, 0, 0});
        points.colours.push_back({0, 0, 0});
        points.classes.push_back(static_cast<std::uint32_t>(i));
    }
    writePreparedRoom(folder.path(), "Area_1/hall_1", points, 1, {}, 3);
    for (const auto& [file, classes] : std::map<std::string, std::vector<int>>{
             {"zero_0.h5", {0, 1, 2}}, {"zero_1.h5", {3, 4, 5}}, {"half_2.h5", {6}}}) {
        const auto labels = readArray<std::int32_t>(folder.path() / file, "label_seg");
        ASSERT_THAT(labels.shape, ElementsAre(classes.size(), 8192));
        for (std::size_t window = 0; window < classes.size(); ++window) {
            EXPECT_EQ(labels.values[window * 8192], classes[window]) << file;
        }
    }
    EXPECT_FALSE(fs::exists(folder.path() / "zero_3.h5"));
    EXPECT_EQ(kWindowsPerFile, 2048U);
}

TEST_F(Prepare, LeavesRoomsOutThatCannotBePrepared) {
    writeObject("Area_1/office_1", "floor_1.txt", 10, 1);
    writeText(root() / "Area_1/office_2/Annotations/floor_1.txt", "broken");
    writeText(root() / "Area_1/office_3/office_3.txt", "1 2 3 4 5 6\n");
    writeObject("Area_1/office_4", "stairs_1.txt", 10, 1);
    run();
    EXPECT_EQ(contentOf(out()).size(), 4U);
    fs::remove_all(root() / "Area_1/office_1");
    EXPECT_THAT(
        refusal<DatasetError>({"s3dis", root().string(), "--out", (folder.path() / "b").string()}),
        HasSubstr("no room of it can be prepared")
    );
    EXPECT_FALSE(fs::exists(folder.path() / "b"));
    EXPECT_FALSE(fs::exists(folder.path() / "b.partial"));
}

TEST_F(Prepare, RefusesOddCommands) {
    writeObject("Area_1/office_1", "floor_1.txt", 10, 1);
    const auto data = root().string();
    EXPECT_THAT(refusal<ConfigError>({}), HasSubstr("prepare: what?"));
    EXPECT_THAT(
        refusal<ConfigError>({"s3di", data}), AllOf(HasSubstr("'s3di'"), HasSubstr("s3dis"))
    );
    EXPECT_THAT(refusal<ConfigError>({"s3dis"}), HasSubstr("no data set to prepare"));
    EXPECT_THAT(refusal<ConfigError>({"s3dis", data}), HasSubstr("no folder for the prepared"));
    EXPECT_THAT(
        refusal<ConfigError>({"s3dis", data, "--out", "x", "--seed", "-1"}), HasSubstr("--seed -1")
    );
    EXPECT_THAT(
        refusal<ConfigError>({"s3dis", data, "--out", "x", "--threads", "0"}),
        HasSubstr("--threads 0")
    );
    EXPECT_THAT(refusal<ConfigError>({"s3dis", data, "--ot", "x"}), HasSubstr("--out"));
    EXPECT_THAT(
        refusal<DatasetError>({"s3dis", folder.path().string() + "/absent", "--out", "x"}),
        HasSubstr("no room of S3DIS")
    );
    writeText(out() / "mine.txt", "keep me");
    EXPECT_THAT(
        refusal<DatasetError>({"s3dis", data, "--out", out().string()}), HasSubstr("exists already")
    );
    EXPECT_EQ(contentOf(out()).size(), 1U);
}

TEST_F(Prepare, CancelLeavesNothing) {
    writeObject("Area_1/office_1", "floor_1.txt", 10, 1);
    stop.request_stop();
    EXPECT_THROW(run(), Cancelled);
    EXPECT_FALSE(fs::exists(out()));
    EXPECT_TRUE(!fs::exists(out().string() + ".partial"));
}

} // namespace
} // namespace siskin::test
