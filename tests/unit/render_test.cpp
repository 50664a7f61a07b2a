// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/report/comparison.hpp"
#include "core/report/image.hpp"
#include "core/report/picture.hpp"
#include "tests/unit/report_test.hpp"

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <stb/stb_image.h>

namespace siskin::test {
namespace {

constexpr Colour kRed{255, 0, 0};

/// Looks along +x from the origin.
constexpr Camera kAhead{.eye = {0, 0, 0}, .target = {10, 0, 0}, .verticalFieldOfView = 90.0F};

constexpr RasterOptions kPlain{
    .width = 100, .height = 100, .pointSize = 1.0F, .edlRadius = 1.0F, .edlStrength = 0.0F};

std::int32_t pointAt(const PointRaster& raster, int x, int y) {
    return raster.point.at(static_cast<std::size_t>(y * raster.width + x));
}

float shadeAt(const PointRaster& raster, int x, int y) {
    return raster.shade.at(static_cast<std::size_t>(y * raster.width + x));
}

std::int64_t paintedPixels(const PointRaster& raster) {
    return std::count_if(raster.point.begin(), raster.point.end(), [](auto p) {
        return p != kNoPoint;
    });
}

std::int64_t countColour(const Image& image, const PaneRectangle& view, Colour colour) {
    std::int64_t count = 0;
    for (int y = view.y; y < view.y + view.height; ++y) {
        for (int x = view.x; x < view.x + view.width; ++x) {
            count += image.pixel(x, y) == colour ? 1 : 0;
        }
    }
    return count;
}

TEST(Raster, PointsLandWhereTheyProject) {
    // 90 degrees: at depth 10 the picture is 20 m high, 5 pixels per metre. y is left, z is up.
    const std::vector<Vec3f> points{{10.0F, 0.02F, 0.02F}, {10.0F, 4.0F, 6.0F}};
    const auto raster = rasterise(points, kAhead, kPlain);
    EXPECT_EQ(pointAt(raster, 49, 49), 0);
    EXPECT_EQ(pointAt(raster, 30, 20), 1);
    EXPECT_EQ(paintedPixels(raster), 2);
}

TEST(Raster, NearestWinsThenLowestIndex) {
    const std::vector<Vec3f> points{{20, 0, 0}, {10, 0, 0}, {10, 0, 0}};
    const auto raster = rasterise(points, kAhead, kPlain);
    EXPECT_EQ(pointAt(raster, 50, 50), 1);
    EXPECT_FLOAT_EQ(raster.depth[50 * 100 + 50], 10.0F);
}

TEST(Raster, LeavesOutWhatCannotBeSeen) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    const std::vector<Vec3f> points{
        {-10, 0, 0},
        {0.1F, 0, 0},
        {nan, 0, 0},
        {10, nan, 0},
        {10, 0, infinity},
        {infinity, 0, 0},
        {1, 1000, 0}};
    EXPECT_EQ(paintedPixels(rasterise(points, kAhead, kPlain)), 0);
}

TEST(Raster, SizeGrowsNearTheCamera) {
    auto options = kPlain;
    options.pointSize = 4.0F;
    const auto far = paintedPixels(rasterise(std::vector<Vec3f>{{10, 0, 0}}, kAhead, options));
    const auto near = paintedPixels(rasterise(std::vector<Vec3f>{{4, 0, 0}}, kAhead, options));
    EXPECT_GE(far, 9);
    EXPECT_GT(near, 2 * far);
}

/// A wall at depth 20 that fills the picture, and a nearer one at depth 10 over its left half.
std::vector<Vec3f> twoWalls() {
    std::vector<Vec3f> points;
    for (float z = -20.0F; z <= 20.0F; z += 0.2F) {
        for (float y = -20.0F; y <= 20.0F; y += 0.2F) {
            points.push_back({20.0F, y, z});
            if (y > 0.0F) {
                points.push_back({10.0F, y, z});
            }
        }
    }
    return points;
}

TEST(Raster, EyeDomeLightingDarkensTheFartherSideOfAnEdge) {
    auto options = kPlain;
    options.pointSize = 2.0F;
    options.edlStrength = 1.0F;
    const auto raster = rasterise(twoWalls(), kAhead, options);
    float besideEdge = 1.0F;
    for (int x = 50; x < 53; ++x) {
        besideEdge = std::min(besideEdge, shadeAt(raster, x, 50));
    }
    EXPECT_LT(besideEdge, 0.6F);
    EXPECT_GT(shadeAt(raster, 80, 50), 0.95F); // inside the far wall
    EXPECT_GT(shadeAt(raster, 40, 50), 0.95F); // the nearer wall does not darken at its edge
    options.edlStrength = 0.0F;
    const auto unlit = rasterise(twoWalls(), kAhead, options);
    EXPECT_EQ(*std::min_element(unlit.shade.begin(), unlit.shade.end()), 1.0F);
}

TEST(Picture, FourPanesDoNotOverlapAndShareOneSize) {
    for (std::size_t count = 1; count <= 4; ++count) {
        const auto views = paneRectangles(count, 1000);
        ASSERT_EQ(views.size(), count);
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT_EQ(views[i].width, views[0].width);
            EXPECT_EQ(views[i].height, views[0].height);
            EXPECT_LE(views[i].x + views[i].width, 1000);
            for (std::size_t j = 0; j < i; ++j) {
                const bool beside = views[j].x + views[j].width <= views[i].x;
                const bool above = views[j].y + views[j].height <= views[i].y;
                EXPECT_TRUE(beside || above) << i << " over " << j;
            }
        }
    }
    EXPECT_THROW(paneRectangles(0, 1000), ConfigError);
    EXPECT_THROW(paneRectangles(5, 1000), ConfigError);
}

TEST(Picture, EveryPaneShowsItsOwnColours) {
    const std::vector<Vec3f> points{{5, 0, 0}, {5, 0.1F, 0}, {5, 0.2F, 0}};
    const std::vector<Colour> palette{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 0}};
    std::vector<Pane> panes;
    for (const auto& colour : palette) {
        panes.push_back({"pane", "detail", "", std::vector<Colour>(3, colour), {}});
    }
    const PictureOptions options{
        .width = 800, .pointSize = 12.0F, .edlStrength = 0.0F, .camera = kAhead};
    const auto image = composePicture(points, panes, {}, options);
    const auto views = paneRectangles(4, 800);
    for (std::size_t pane = 0; pane < 4; ++pane) {
        for (std::size_t colour = 0; colour < 4; ++colour) {
            const auto count = countColour(image, views[pane], palette[colour]);
            EXPECT_EQ(count > 50, pane == colour) << pane << " " << colour << " " << count;
        }
    }
}

TEST(Picture, TheSameOnAnyNumberOfThreads) {
    const auto frame = makeFrame({{"A", kOneWrong}});
    setThreadCount(1);
    const auto one = comparisonPicture(frame, {.width = 800});
    setThreadCount(4);
    const auto four = comparisonPicture(frame, {.width = 800});
    setThreadCount(0);
    EXPECT_EQ(one.pixels(), four.pixels());
}

TEST(Picture, EmptyScanGivesAnEmptyView) {
    const auto image = composePicture({}, {{"nothing", "", "", {}, {}}}, {}, {.width = 640});
    EXPECT_EQ(image.width(), 640);
    const auto view = paneRectangles(1, 640).front();
    EXPECT_EQ(countColour(image, view, kRed), 0);
    EXPECT_EQ(image.height(), view.y + view.height); // no legend, no room for one
}

TEST(Picture, RefusesWhatDoesNotFit) {
    const std::vector<Vec3f> points{{5, 0, 0}};
    EXPECT_THROW(composePicture(points, {{"p", "", "", {}, {}}}, {}, {}), ConfigError);
    EXPECT_THROW(
        composePicture(points, {{"p", "", "", {kRed}, {}}}, {}, {.width = 10}), ConfigError
    );
    EXPECT_THROW(composePicture(points, {}, {}, {}), ConfigError);
}

TEST(Picture, LegendAddsAStripBelow) {
    const std::vector<Vec3f> points{{5, 0, 0}};
    const std::vector<Pane> panes{{"p", "", "", {kRed}, {}}};
    const Legend legend{{"truth"}, {{kRed, "car", {"12"}}, {{0, 255, 0}, "road", {"34"}}}};
    const auto with = composePicture(points, panes, legend, {.width = 640});
    const auto without = composePicture(points, panes, {}, {.width = 640});
    ASSERT_GT(with.height(), without.height());
    const PaneRectangle strip{0, without.height(), 640, with.height() - without.height()};
    EXPECT_GE(countColour(with, strip, kRed), 200); // the swatch
    EXPECT_GE(countColour(with, strip, {0, 255, 0}), 200);
}

TEST(Comparison, OneModelGetsARightWrongMap) {
    const auto panes = comparisonPanes(makeFrame({{"A", kOneWrong}}));
    ASSERT_EQ(panes.size(), 3U);
    EXPECT_EQ(panes[0].title, "ground truth");
    EXPECT_EQ(panes[1].title, "A");
    EXPECT_THAT(
        panes[1].detail, testing::HasSubstr("600 ms  14.2 J/frame E2  1.87 gCO2e/1000  mIoU 66.7 %")
    );
    const std::vector<Colour> expected{
        kRightColour, kRightColour, kRightColour, kRightColour, kWrongColour, kIgnoredColour};
    EXPECT_EQ(panes[2].colours, expected);
    EXPECT_EQ(panes[2].key[1].text, "wrong  1");
}

TEST(Comparison, TwoModelsGetWhoIsRight) {
    const auto panes = comparisonPanes(makeFrame({{"A", kOneWrong}, {"B", {2, 0, 2, 1, 1, 0}}}));
    ASSERT_EQ(panes.size(), 4U);
    const std::vector<Colour> expected{
        kOnlyFirstColour,
        kRightColour,
        kOnlyFirstColour,
        kRightColour,
        kOnlySecondColour,
        kIgnoredColour};
    EXPECT_EQ(panes[3].colours, expected);
}

TEST(Comparison, WithoutLabelsAgreement) {
    EXPECT_EQ(comparisonPanes(makeFrame({{"A", kOneWrong}}, false)).size(), 1U);
    const auto panes = comparisonPanes(makeFrame({{"A", kOneWrong}, {"B", kAllBus}}, false));
    ASSERT_EQ(panes.size(), 3U);
    EXPECT_EQ(panes[2].colours.front(), kWrongColour);
    EXPECT_EQ(panes[2].colours.back(), kRightColour); // both say bus
}

TEST(Comparison, NeverMoreThanFourPanes) {
    const auto frame = makeFrame({{"A", kAllBus}, {"B", kAllBus}, {"C", kAllBus}, {"D", kAllBus}});
    EXPECT_EQ(comparisonPanes(frame).size(), 4U);
    EXPECT_THROW(comparisonPanes(makeFrame({})), ConfigError);
}

TEST(Comparison, UntrainedIsWrittenIntoTheTitle) {
    auto frame = makeFrame({{"A", kOneWrong}});
    frame.runs[0].result.model.trained = false;
    frame.runs[0].result.model.label = "A (untrained)";
    EXPECT_EQ(comparisonPanes(frame)[1].title, "A");
    EXPECT_EQ(comparisonPanes(frame)[1].warning, "UNTRAINED");
}

TEST(Comparison, LegendListsClassesThatOccur) {
    const auto legend = comparisonLegend(makeFrame({{"A", {0, 0, 1, 1, 0, 1}}}));
    EXPECT_EQ(legend.columns, (std::vector<std::string>{"truth", "A", "IoU"}));
    ASSERT_EQ(legend.rows.size(), 3U); // car, road, unlabelled; no bus
    EXPECT_EQ(legend.rows[0].cells, (std::vector<std::string>{"2", "3", "66.7 %"}));
    EXPECT_EQ(legend.rows[2].name, "unlabelled");
    EXPECT_EQ(legend.rows[2].cells, (std::vector<std::string>{"1", "0", "-"}));
}

TEST(Text, IsDrawnInsideThePictureOnly) {
    Image image(40, 20);
    drawText(image, 30, 2, "over the edge", {.colour = kRed, .scale = 3});
    drawText(image, -500, -500, "outside", {.colour = {0, 255, 0}, .scale = 3});
    const PaneRectangle all{0, 0, 40, 20};
    EXPECT_GT(countColour(image, all, kRed), 0);
    EXPECT_EQ(countColour(image, all, {0, 255, 0}), 0);
}

TEST(Text, FitsOrIsShortened) {
    const TextStyle style;
    EXPECT_EQ(fitText("short", 1000, style), "short");
    const auto cut = fitText("a rather long title for a small pane", 120, style);
    EXPECT_THAT(cut, testing::EndsWith(".."));
    EXPECT_LE(textWidth(cut, style), 120);
    EXPECT_EQ(
        fitText(
            "Stra\xc3\x9f"
            "e\n\x7f",
            1000,
            style
        ),
        "Stra?e??"
    );
}

TEST(Png, DecodesToTheSamePixels) {
    Image image(3, 2, {9, 8, 7});
    image.setPixel(2, 1, kRed);
    const auto png = encodePng(image);
    int width = 0;
    int height = 0;
    int channels = 0;
    auto* pixels = stbi_load_from_memory(
        reinterpret_cast<const stbi_uc*>(png.data()),
        static_cast<int>(png.size()),
        &width,
        &height,
        &channels,
        3
    );
    ASSERT_NE(pixels, nullptr);
    EXPECT_EQ(width, 3);
    EXPECT_EQ(height, 2);
    const std::vector<int> last(pixels + 15, pixels + 18);
    const int first = pixels[0];
    stbi_image_free(pixels);
    EXPECT_EQ(last, (std::vector<int>{255, 0, 0}));
    EXPECT_EQ(first, 9);
}

TEST(Image, ImpossibleSizesAreRefused) {
    EXPECT_THROW(Image(0, 5), ConfigError);
    EXPECT_THROW(Image(5, 20'000), ConfigError);
}

} // namespace
} // namespace siskin::test
