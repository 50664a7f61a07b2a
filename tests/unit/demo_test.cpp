// SPDX-License-Identifier: MIT
// Packed scans: what goes in comes out, within half a step; damage is noticed.
#include "core/base/file.hpp"
#include "datasets/demo/columns.hpp"
#include "datasets/demo/demo_maker.hpp"
#include "datasets/demo/demo_reader.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gmock/gmock.h>
#include <limits>
#include <random>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kStep = 0.005;

TEST(Columns, ComeBackAsTheyWere) {
    std::mt19937 random(3);
    std::uniform_int_distribution<std::int32_t> any(
        std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()
    );
    for (const std::size_t rows : {0U, 1U, 2U, 257U, 10'000U}) {
        std::vector<IntColumn> columns(3, IntColumn(rows));
        for (auto& column : columns) {
            std::generate(column.begin(), column.end(), [&] { return any(random); });
        }
        const auto packed = packColumns(columns);
        EXPECT_EQ(unpackColumns(packed, 3, rows, "here"), columns) << rows;
    }
    const std::vector<IntColumn> extremes = {
        {std::numeric_limits<std::int32_t>::max(),
         std::numeric_limits<std::int32_t>::min(),
         0,
         -1,
         std::numeric_limits<std::int32_t>::min()}};
    EXPECT_EQ(unpackColumns(packColumns(extremes), 1, 5, "here"), extremes);
}

TEST(Columns, PackSmallDifferencesSmall) {
    IntColumn slope(100'000);
    for (std::size_t i = 0; i < slope.size(); ++i) {
        slope[i] = static_cast<std::int32_t>(3 * i) - 100'000;
    }
    EXPECT_LT(packColumns(std::span(&slope, 1)).size(), 1000U);
}

TEST(Columns, RefuseWhatIsNotThem) {
    const std::vector<IntColumn> columns = {{1, 2, 3}, {4, 5, 6}};
    const auto packed = packColumns(columns);
    const auto refusal = [](std::span<const std::byte> bytes, std::size_t count, std::size_t rows) {
        return lineOf<DatasetError>([&] { unpackColumns(bytes, count, rows, "there"); });
    };
    EXPECT_THAT(refusal(packed, 2, 4), HasSubstr("there: the packed points are damaged"));
    EXPECT_THAT(refusal(packed, 2, 2), HasSubstr("damaged"));
    EXPECT_THAT(refusal({}, 2, 3), HasSubstr("damaged"));
    EXPECT_THAT(refusal(std::span(packed).first(packed.size() - 1), 2, 3), HasSubstr("damaged"));
    auto longer = packed;
    longer.push_back(std::byte{0});
    EXPECT_THAT(refusal(longer, 2, 3), HasSubstr("damaged"));
    // Does not even try to reserve memory for what cannot be in so few bytes.
    EXPECT_THAT(refusal(packed, 16, std::size_t{1} << 40U), HasSubstr("damaged"));
}

/// A made-up frame with every kind of field.
std::shared_ptr<const Scan> makeScan(const std::string& id, std::size_t points, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> metres(-90.0F, 90.0F);
    std::uniform_real_distribution<float> share(0.0F, 1.0F);
    auto scan = std::make_shared<Scan>();
    scan->id = id;
    scan->fields = {{"intensity", 1, {}}, {"normal", 3, {}}};
    GroundTruth truth;
    for (std::size_t i = 0; i < points; ++i) {
        scan->positions.push_back({metres(random), metres(random), metres(random)});
        scan->fields[0].values.push_back(share(random));
        for (int axis = 0; axis < 3; ++axis) {
            scan->fields[1].values.push_back(share(random) * 2.0F - 1.0F);
        }
        truth.rawIds.push_back(i % 2 == 0 ? 10 : 259);
    }
    scan->groundTruth = std::move(truth);
    std::array<double, 16> pose{};
    std::generate(pose.begin(), pose.end(), [&] { return 1.0 / 3.0 * metres(random); });
    scan->pose = pose;
    return scan;
}

ArchiveHeader makeHeader() {
    return {
        .title = "made up",
        .classMap = "semantickitti-official",
        .framesPerSecond = 12.5,
        .fields = {
            {"position", 3, kStep},
            {"intensity", 1, 1.0 / 255},
            {"normal", 3, 1.0 / 127},
            {"label", 1, 1}}};
}

struct Archive : testing::Test {
    TemporaryFolder folder;
    fs::path file = folder.path() / "a.scans";
    std::vector<ArchivedScan> scans = {
        {makeScan("g/000000", 1000, 1), "g"},
        {makeScan("h/000001", 0, 2), "h"},
        {makeScan("h/000002", 1, 3), "h"}};
    std::vector<std::byte> bytes = packArchive(makeHeader(), scans);

    std::string refusal() const {
        return lineOf<DatasetError>([&] {
            const ScanArchive archive(file);
            for (std::size_t i = 0; i < archive.frames().size(); ++i) {
                static_cast<void>(archive.read(i));
            }
        });
    }
};

TEST_F(Archive, KeepsScansWithinHalfAStep) {
    writeFileAtomically(file, bytes);
    const DemoReader reader(ScanArchive(file), loadMap("official"));
    EXPECT_EQ(reader.title(), "made up, 3 frames");
    EXPECT_EQ(reader.framesPerSecond(), 12.5);
    ASSERT_EQ(reader.frames().size(), 3U);
    EXPECT_EQ(reader.frames()[2].id, "h/000002");
    EXPECT_EQ(reader.frames()[0].group, "g");
    EXPECT_TRUE(reader.frames()[0].hasLabels);
    for (std::size_t frame = 0; frame < scans.size(); ++frame) {
        const Scan& in = *scans[frame].scan;
        const auto out = reader.read(frame);
        EXPECT_EQ(out->id, in.id);
        EXPECT_EQ(out->pose, in.pose); // every bit
        ASSERT_EQ(out->pointCount(), in.pointCount());
        EXPECT_EQ(out->groundTruth->rawIds, in.groundTruth->rawIds);
        EXPECT_EQ(out->groundTruth->classIds, reader.classMap()->classesOf(in.groundTruth->rawIds));
        for (std::size_t i = 0; i < in.pointCount(); ++i) {
            for (std::size_t axis = 0; axis < 3; ++axis) {
                ASSERT_NEAR(out->positions[i][axis], in.positions[i][axis], 0.5001 * kStep);
                const std::size_t at = 3 * i + axis;
                ASSERT_NEAR(out->fields[1].values[at], in.fields[1].values[at], 0.5001 / 127);
            }
            ASSERT_NEAR(out->fields[0].values[i], in.fields[0].values[i], 0.5001 / 255);
        }
    }
    EXPECT_THROW(reader.read(3), DatasetError);
    EXPECT_THROW(DemoReader(ScanArchive(file), nullptr), ConfigError);
}

TEST_F(Archive, SameScansSameBytes) {
    EXPECT_EQ(packArchive(makeHeader(), scans), bytes);
    scans[2].scan = makeScan("h/000002", 1, 4);
    EXPECT_NE(packArchive(makeHeader(), scans), bytes);
}

TEST_F(Archive, NoticesEveryCutAndEveryFlippedByte) {
    for (std::size_t size = 0; size < bytes.size(); size += 97) {
        writeFileAtomically(file, std::span(bytes).first(size));
        EXPECT_THAT(refusal(), HasSubstr(file.string())) << size;
    }
    writeFileAtomically(file, std::span(bytes).first(bytes.size() - 1));
    EXPECT_THAT(refusal(), AllOf(HasSubstr("cut short"), HasSubstr("inside frame h/000002")));
    for (std::size_t at = 0; at < bytes.size(); at += 41) {
        auto damaged = bytes;
        damaged[at] ^= std::byte{0x10};
        writeFileAtomically(file, damaged);
        EXPECT_THAT(refusal(), HasSubstr(file.string())) << at;
    }
    auto damaged = bytes;
    damaged[bytes.size() / 2] ^= std::byte{1};
    writeFileAtomically(file, damaged);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("frame g/000000: damaged"), HasSubstr("git checkout")));
    auto longer = bytes;
    longer.push_back(std::byte{7});
    writeFileAtomically(file, longer);
    EXPECT_THAT(refusal(), HasSubstr("1 bytes too many"));
    writeText(file, "hello, this is a text and not an archive");
    EXPECT_THAT(refusal(), HasSubstr("not a scan archive"));
    EXPECT_THAT(
        lineOf<DatasetError>([&] { ScanArchive(folder.path() / "absent.scans"); }),
        HasSubstr("no such file")
    );
}

TEST_F(Archive, RefusesHeadersItCannotUse) {
    const auto refusalOf = [&](const std::function<void(ArchiveHeader&)>& spoil) {
        ArchiveHeader header = makeHeader();
        spoil(header);
        writeFileAtomically(file, packArchive(header, {}));
        return refusal();
    };
    constexpr auto kUnusable = "not what this version of the program expects";
    EXPECT_THAT(refusalOf([](auto& header) { header.fields.clear(); }), HasSubstr(kUnusable));
    EXPECT_THAT(
        refusalOf([](auto& header) { header.fields[0].channels = 2; }), HasSubstr(kUnusable)
    );
    EXPECT_THAT(
        refusalOf([](auto& header) { header.fields[1].channels = 0; }), HasSubstr(kUnusable)
    );
    EXPECT_THAT(refusalOf([](auto& header) { header.fields[1].step = 0; }), HasSubstr(kUnusable));
    EXPECT_THAT(refusalOf([](auto& header) { header.framesPerSecond = 0; }), HasSubstr(kUnusable));
    EXPECT_THAT(
        refusalOf([](auto& header) { std::swap(header.fields[0], header.fields[1]); }),
        HasSubstr(kUnusable)
    );
}

TEST_F(Archive, RefusesScansItCannotKeep) {
    const auto refusalOf = [](const std::function<void(Scan&)>& spoil) {
        Scan scan = *makeScan("g/0", 10, 1);
        spoil(scan);
        const ArchivedScan one{std::make_shared<const Scan>(scan), "g"};
        return lineOf<DatasetError>([&] { packArchive(makeHeader(), std::span(&one, 1)); });
    };
    EXPECT_THAT(
        refusalOf([](Scan& scan) { scan.positions[3][1] = std::nanf(""); }),
        AllOf(HasSubstr("g/0"), HasSubstr("'position' of point 3 is nan"))
    );
    EXPECT_THAT(refusalOf([](Scan& scan) { scan.positions[3][1] = 1e9F; }), HasSubstr("too large"));
    EXPECT_THAT(refusalOf([](Scan& scan) { scan.fields.pop_back(); }), HasSubstr("no 'normal'"));
    EXPECT_THAT(refusalOf([](Scan& scan) { scan.groundTruth.reset(); }), HasSubstr("no 'label'"));
}

TEST(PickFrames, TakesTheFirstOnesOrOneOfEachGroup) {
    const std::vector<FrameInfo> frames = {
        {"0", "chair", {}, true},
        {"1", "chair", {}, true},
        {"2", "lamp", {}, true},
        {"3", "mug", {}, true}};
    EXPECT_THAT(pickFrames(frames, {"a", 3, {}}), ElementsAre(0, 1, 2));
    EXPECT_THAT(pickFrames(frames, {"a", 3, {"mug", "lamp", "chair"}}), ElementsAre(3, 2, 0));
    EXPECT_THAT(
        lineOf<DatasetError>([&] {
            pickFrames(frames, {"a", 2, {"mug", "sofa"}});
        }),
        HasSubstr("needs a sofa")
    );
    EXPECT_THAT(
        lineOf<DatasetError>([&] {
            pickFrames(frames, {"a", 5, {}});
        }),
        HasSubstr("needs 5 scans, only 4 are there")
    );
    EXPECT_THROW(pickFrames({}, {"a", 1, {}}), DatasetError);
}

} // namespace
} // namespace siskin::test
