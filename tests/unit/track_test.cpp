// SPDX-License-Identifier: MIT
// Made-up race tracks: what they hold, their files, and reading them back.
#include "core/base/parallel.hpp"
#include "datasets/open.hpp"
#include "datasets/synthetic/track/track_set.hpp"
#include "datasets/track/track_reader.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/made_folders.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gmock/gmock.h>
#include <map>

namespace siskin::test {
namespace {

using testing::HasSubstr;

/// The files of a set, made with that many threads.
std::map<std::string, std::string> filesOf(const TrackSetPlan& plan, int threads) {
    setThreadCount(threads);
    const TemporaryFolder folder;
    OutputFolder out(folder.path() / "set");
    writeTrackSet(plan, out, {}, [](std::size_t, std::size_t) {});
    out.finish();
    setThreadCount(0);
    return contentOf(folder.path() / "set");
}

struct TrackFiles : testing::Test {
    TrackFiles() {
        OutputFolder out(root());
        writeTrackSet({2, 1, 32, 4}, out, {}, [](std::size_t, std::size_t) {});
        out.finish();
    }

    std::filesystem::path root() const { return folder.path() / "set"; }

    std::string errorAfterWriting(const std::string& name, const std::string& text) const {
        writeText(root() / name, text);
        return lineOf<DatasetError>([this] {
            const auto reader = openDataset(root());
            dynamic_cast<const TrackReader&>(*reader).cones(0);
        });
    }

    TemporaryFolder folder;
};

TEST(Track, OneSeedOneSetOnAnyNumberOfThreads) {
    const auto files = filesOf({3, 2, 32, 5}, 1);
    EXPECT_EQ(files.size(), 10U);
    EXPECT_EQ(files, filesOf({3, 2, 32, 5}, 7));
    auto beginning = filesOf({2, 2, 32, 5}, 2);
    beginning.erase("track.json"); // names the number of frames
    for (const auto& [name, content] : beginning) {
        EXPECT_EQ(content, files.at(name)) << name;
    }
    EXPECT_NE(files.at("velodyne/000000.bin"), filesOf({1, 2, 32, 6}, 1).at("velodyne/000000.bin"));
}

TEST(Track, LineIsClosedSmoothAndWide) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        Random random(seed);
        const TrackLine line(random);
        EXPECT_GT(line.length(), 100.0);
        EXPECT_LT(line.length(), 600.0);
        const Vec2d a = line.at(0.0), b = line.at(line.length()), c = line.at(-line.length());
        EXPECT_LT(std::hypot(a.x - b.x, a.y - b.y) + std::hypot(a.x - c.x, a.y - c.y), 1e-6);
        for (double s = 0.0; s < line.length(); s += 0.7) {
            const Vec2d here = line.at(s), left = line.at(s, 2.0), on = line.at(s + 0.5);
            EXPECT_NEAR(std::hypot(left.x - here.x, left.y - here.y), 2.0, 1e-9);
            EXPECT_NEAR(std::hypot(on.x - here.x, on.y - here.y), 0.5, 0.02);
            EXPECT_LT(line.distance(here.x, here.y), 0.3);
        }
    }
}

TEST(Track, BlueIsLeftYellowIsRightAndBigOnesStandAtTheStart) {
    const TrackWorld world = makeTrackWorld(3);
    std::map<ConeKind, int> counts;
    std::map<ConeKind, double> sides; // metres to the left, summed over cones near the edge
    for (const auto& [kind, base] : world.cones) {
        EXPECT_NEAR(base.z, world.ground.height(base.x, base.y), 1e-9);
        ++counts[kind];
        const double off = world.line.distance(base.x, base.y);
        EXPECT_GT(off, world.halfWidth - 0.3);
        for (double s = 0.0; s < world.line.length() && off < world.halfWidth + 0.4; s += 0.25) {
            const Vec2d left = world.line.at(s, off);
            if (std::hypot(left.x - base.x, left.y - base.y) < 0.3) {
                sides[kind] += 1.0;
                break;
            }
        }
    }
    EXPECT_GE(counts[ConeKind::BigOrange], 4);
    EXPECT_GE(counts[ConeKind::Orange], 8);
    EXPECT_GT(sides[ConeKind::Blue], 0.8 * counts[ConeKind::Blue] - 10);
    EXPECT_LT(sides[ConeKind::Yellow], 10);
}

TEST(Track, StripesShowInTheIntensity) {
    const TrackDrive drive(8, 4);
    std::map<std::uint32_t, std::array<double, 4>> sums; // by kind: middle, count, ends, count
    for (std::size_t i = 0; i < 4; ++i) {
        const TrackFrame frame = drive.frame(i, 64);
        std::map<std::uint32_t, const Cone*> cones;
        for (const Cone& cone : frame.cones) {
            cones[cone.instance] = &cone;
        }
        for (std::size_t p = 0; p < frame.size(); ++p) {
            const auto found = cones.find(frame.raw[p] >> 16U);
            if (found == cones.end() || found->second->kind == ConeKind::BigOrange) {
                continue;
            }
            const float up = frame.positions[p][2] - found->second->base[2];
            const float share = up / sizeOf(found->second->kind).height;
            const bool middle = share > 0.5F && share < 0.65F;
            auto& sum = sums[frame.raw[p] & 0xFFFFU];
            if (middle || share < 0.35F) {
                sum[middle ? 0 : 2] += frame.intensity[p];
                sum[middle ? 1 : 3] += 1.0;
            }
        }
    }
    const auto contrast = [&](TrackLabel label) {
        const auto& sum = sums.at(static_cast<std::uint32_t>(label));
        EXPECT_GT(sum[1], 20);
        return sum[0] / sum[1] - sum[2] / sum[3];
    };
    EXPECT_GT(contrast(TrackLabel::Blue), 0.25) << "white on blue";
    EXPECT_LT(contrast(TrackLabel::Yellow), -0.25) << "black on yellow";
}

TEST_F(TrackFiles, ReadBackWhatWasWritten) {
    const auto reader = openDataset(root());
    EXPECT_EQ(reader->title(), "race track, 32 beams, 2 frames");
    EXPECT_EQ(reader->frames()[1].group, "track 1");
    EXPECT_EQ(reader->classMap()->name(), "cones");
    const auto& track = dynamic_cast<const TrackReader&>(*reader);
    const auto scan = reader->read(1);
    const auto instances = track.instances(1);
    ASSERT_EQ(instances.size(), scan->pointCount());
    ASSERT_EQ(scan->field("intensity")->values.size(), scan->pointCount());
    std::map<std::uint32_t, std::uint32_t> points;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        ++points[instances[i]];
        EXPECT_EQ(
            instances[i] != 0,
            scan->groundTruth->rawIds[i] >= 1 && scan->groundTruth->rawIds[i] <= 4
        );
    }
    const auto cones = track.cones(1);
    ASSERT_GT(cones.size(), 10U);
    double before = 0.0;
    for (const Cone& cone : cones) {
        EXPECT_EQ(cone.points, points.contains(cone.instance) ? points[cone.instance] : 0);
        const double range = std::hypot(cone.base[0], cone.base[1]);
        EXPECT_GE(range, before - 1e-3);
        EXPECT_LE(range, kConeSight + 1e-3);
        before = range;
    }
    const auto frame = TrackDrive(Random::forPart(4, 1).bits(), 1).frame(0, 32);
    EXPECT_EQ(scan->positions, frame.positions);
    EXPECT_EQ(scan->field("intensity")->values, frame.intensity);
}

TEST_F(TrackFiles, OneScanAndScansWithoutTruth) {
    const auto one = openDataset(root() / "velodyne/000001.bin");
    ASSERT_EQ(one->frames().size(), 1U);
    EXPECT_EQ(one->frames()[0].id, "000001");
    EXPECT_EQ(openDataset(root() / "track.json")->frames().size(), 2U);
    std::filesystem::remove_all(root() / "labels");
    const auto bare = openDataset(root());
    EXPECT_FALSE(bare->read(0)->groundTruth.has_value());
    EXPECT_FALSE(dynamic_cast<const TrackReader&>(*bare).hasCones(0));
}

TEST_F(TrackFiles, DamagedFilesAreNamed) {
    const auto cone = [this](const std::string& line) {
        return errorAfterWriting("cones/000000.txt", "# instance kind x y z points\n" + line);
    };
    EXPECT_THAT(cone("1 blue 2 3\n"), HasSubstr("000000.txt, line 2"));
    EXPECT_THAT(cone("1 green 1 2 3 4\n"), HasSubstr("is no cone"));
    EXPECT_THAT(cone("1 none 1 2 3 4\n"), HasSubstr("is no cone"));
    EXPECT_THAT(cone("1 blue 1 nan 3 4\n"), HasSubstr("is no cone"));
    EXPECT_THAT(cone("1 blue 1 2 3 4 5\n"), HasSubstr("is no cone"));
    const std::pair<const char*, const char*> descriptions[] = {
        {"", "track.json: byte 1: not valid JSON"},
        {"{", "track.json: byte 2: not valid JSON"},
        {"[]", "siskin-track-1"},
        {R"({"format":"siskin-track-2"})", "siskin-track-1"},
        {R"({"format":"siskin-track-1","beams":-3})", "\"beams\" is not a whole number from 1"},
        {R"({"format":"siskin-track-1","beams":4294967295})", "\"beams\""},
        {R"({"format":"siskin-track-1","beams":64,"beams":32})", "key 'beams' occurs twice"},
        {R"({"format":"siskin-track-1","beams":64})", "\"framesPerTrack\""},
        {R"({"format":"siskin-track-1","beams":64,"framesPerTrack":0})", "\"framesPerTrack\""},
        {R"({"format":"siskin-track-1","beams":64,"framesPerTrack":4294967296})",
         "\"framesPerTrack\" is not a whole number from 1 to 1000000"}};
    for (const auto& [text, why] : descriptions) {
        EXPECT_THAT(errorAfterWriting("track.json", text), HasSubstr(why)) << text;
    }
    std::filesystem::remove_all(root() / "velodyne");
    EXPECT_THAT(
        errorAfterWriting(
            "track.json", R"({"format":"siskin-track-1","beams":32,"framesPerTrack":1})"
        ),
        HasSubstr("no scans")
    );
    EXPECT_THROW(trackLidar(16), ConfigError);
}

} // namespace
} // namespace siskin::test
