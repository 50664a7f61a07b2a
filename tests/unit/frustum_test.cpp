// SPDX-License-Identifier: MIT
// From a KITTI frame to result files, on a frame whose car is known.
#include "app/cli/frustums_command.hpp"
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/run/frustum_cut.hpp"
#include "datasets/kitti/kitti_files.hpp"
#include "datasets/kitti/kitti_object_set.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/kitti_frame.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <numbers>

namespace siskin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

constexpr double kPi = std::numbers::pi;

TEST(CameraCalibration, PixelsAndPlacesBelongTogether) {
    const auto calibration = test::madeCalibration();
    const Vec3d place{3.0, -1.0, 17.5};
    const auto pixel = calibration.toPixel(place);
    EXPECT_NEAR(pixel[0], (720.0 * 3.0 + 610.0 * 17.5 + 45.0) / 17.503, 1e-9);
    const auto back = calibration.atPixel(pixel[0], pixel[1], 17.5);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(back[i], place[i], 1e-9);
    }
    const auto sensor = test::toSensor(calibration, place);
    EXPECT_NEAR(sensor[0], 17.5 + 0.27, 0.05); // ahead
    EXPECT_LT(sensor[1], 0.0);                 // to the right
    const auto again = calibration.toRectified(sensor);
    EXPECT_NEAR(again[0], place[0], 1e-5);
}

TEST(FrustumCut, HoldsWhatTheBoxSelects) {
    const auto frame = test::madeFrame();
    const auto cut = cutFrustums(frame, 1);
    ASSERT_EQ(cut.frustums.size(), 1U);
    const auto& frustum = cut.frustums[0];
    std::size_t inside = 0;
    for (const auto& position : frame.positions) {
        const auto at = frame.calibration.toRectified(position);
        const auto [x, y] = frame.calibration.toPixel(at);
        const auto& box = frame.boxes[0];
        inside +=
            position[0] >= 2.0F && x >= box.left && x < box.right && y >= box.top && y < box.bottom
                ? 1
                : 0;
    }
    EXPECT_GE(inside, test::kCarPoints);
    ASSERT_EQ(frustum.points.size(), kFrustumPoints);
    const auto edge = [&](double pixel) { // x / z of the turned rays along a side of the box
        const auto at = turnedAboutY(frame.calibration.atPixel(pixel, 175.0, 18.0), frustum.turn);
        return at[0] / at[2];
    };
    const auto sides = std::minmax({edge(frame.boxes[0].left), edge(frame.boxes[0].right)});
    EXPECT_NEAR(sides.first, -sides.second, 0.01); // the middle of the box lies straight ahead
    std::size_t ofCar = 0;
    for (const auto& point : frustum.points) {
        EXPECT_GT(point[0] / point[2], sides.first - 0.01); // the camera stands 6 cm aside
        EXPECT_LT(point[0] / point[2], sides.second + 0.01);
        const auto back = turnedAboutY({point[0], point[1], point[2]}, -frustum.turn);
        const auto sensor = test::toSensor(frame.calibration, back);
        const auto found =
            std::find_if(frame.positions.begin(), frame.positions.end(), [&](const Vec3f& p) {
                return std::abs(p[0] - sensor[0]) + std::abs(p[1] - sensor[1]) +
                           std::abs(p[2] - sensor[2]) <
                       1e-3F;
            });
        ASSERT_NE(found, frame.positions.end());
        ofCar += point[3] == 0.9F ? 1 : 0;
    }
    const auto share = [](std::size_t part, std::size_t whole) {
        return static_cast<double>(part) / static_cast<double>(whole);
    };
    EXPECT_NEAR(share(ofCar, kFrustumPoints), share(test::kCarPoints, inside), 0.06); // 4 sigma
    EXPECT_EQ(cutFrustums(frame, 1).frustums[0].points, frustum.points);
    EXPECT_NE(cutFrustums(frame, 2).frustums[0].points, frustum.points);
}

TEST(FrustumCut, LeavesOutWhatNetworksCannotUse) {
    auto frame = test::madeFrame();
    const ImageBox car = frame.boxes[0];
    ImageBox van = car, low = car, sky = car, walker = car;
    van.type = "Van";
    low.bottom = low.top + 24.9;
    sky.top = -400.0;
    sky.bottom = -300.0;
    walker.type = "Pedestrian";
    frame.boxes = {van, low, sky, walker, car};
    const auto cut = cutFrustums(frame, 1);
    EXPECT_EQ(cut.otherTypes, 1U);
    EXPECT_EQ(cut.tooLow, 1U);
    EXPECT_EQ(cut.tooFew, 1U);
    ASSERT_EQ(cut.frustums.size(), 2U);
    EXPECT_EQ(cut.frustums[0].box, 3U);
    EXPECT_EQ(cut.frustums[0].category, 1U);
    EXPECT_EQ(cut.frustums[1].category, 0U);
    EXPECT_NE(cut.frustums[0].points, cut.frustums[1].points);
    frame.positions.clear();
    frame.intensity.clear();
    EXPECT_EQ(cutFrustums(frame, 1).tooFew, 3U);
}

/// What a network that knows the box would say about it.
FrustumAnswer answerFor(const CameraBox& box, const Frustum& frustum) {
    FrustumAnswer answer;
    const Vec3d middle{box.bottom[0], box.bottom[1] - box.height / 2.0, box.bottom[2]};
    answer.centre = turnedAboutY(middle, frustum.turn);
    // Which way its front lies in the turned frame; KITTI counts from x towards -z.
    const auto centre = turnedAboutY(test::pointOf(box, 0.0, 0.0, 0.0), frustum.turn);
    const auto front = turnedAboutY(test::pointOf(box, 0.5, 0.0, 0.0), frustum.turn);
    double heading = std::atan2(centre[2] - front[2], front[0] - centre[0]);
    heading -= 2.0 * kPi * std::floor(heading / (2.0 * kPi));
    const auto bin = static_cast<std::size_t>(std::lround(heading / (kPi / 6.0))) % 12;
    answer.headingScores[bin] = 1.0F;
    answer.headingResiduals.fill(9.0F);
    answer.headingResiduals[bin] =
        static_cast<float>(std::remainder(heading - static_cast<double>(bin) * kPi / 6.0, 2.0 * kPi)
        );
    answer.sizeScores[5] = 1.0F;
    answer.sizes[5] = {
        static_cast<float>(box.length),
        static_cast<float>(box.width),
        static_cast<float>(box.height)};
    return answer;
}

TEST(FrustumBoxes, AnswersComeBackAsTheBox) {
    const auto frame = test::madeFrame();
    const auto cut = cutFrustums(frame, 1);
    auto car = test::madeCar(frame.calibration);
    for (const double rotation : {0.7, 0.0, -1.2, 3.1, -3.14, 2.0}) {
        car.rotationY = rotation;
        const auto box = boxOf(answerFor(car, cut.frustums[0]), cut.frustums[0], car.image);
        EXPECT_NEAR(std::remainder(box.rotationY - rotation, 2.0 * kPi), 0.0, 1e-5) << rotation;
        EXPECT_LE(std::abs(box.rotationY), kPi + 1e-9);
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_NEAR(box.bottom[i], car.bottom[i], 1e-6);
        }
        EXPECT_NEAR(box.length, 4.0, 1e-6);
        EXPECT_NEAR(box.width, 1.7, 1e-6);
        EXPECT_NEAR(box.height, 1.5, 1e-6);
        EXPECT_EQ(box.image.type, "Car");
    }
}

TEST(KittiFiles, ResultsReadBackAsBoxes) {
    auto car = test::madeCar(test::madeCalibration());
    car.image = {"Cyclist", 10.25, 20.5, 110.75, 220.0, 0.625};
    const auto text = kittiResultText(std::vector{car});
    EXPECT_EQ(
        text,
        "Cyclist -1 -1 -10 10.25 20.50 110.75 220.00 1.5000 1.7000 4.0000 4.0000 1.6500 18.0000 "
        "0.7000 0.625000\n"
    );
    const test::TemporaryFolder folder;
    writeFileAtomically(folder.path() / "a.txt", text);
    const auto boxes = readKittiBoxes(folder.path() / "a.txt");
    ASSERT_EQ(boxes.size(), 1U);
    EXPECT_EQ(boxes[0].type, "Cyclist");
    EXPECT_EQ(boxes[0].right, 110.75);
    EXPECT_EQ(boxes[0].score, 0.625);
    EXPECT_TRUE(kittiResultText({}).empty());
}

TEST(KittiFiles, SayWhatIsWrong) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "bad.txt";
    const auto boxesOf = [&](const std::string& text) {
        writeFileAtomically(path, text);
        return readKittiBoxes(path);
    };
    EXPECT_TRUE(boxesOf("").empty());
    EXPECT_TRUE(boxesOf("\n\n").empty());
    const std::string good = "Car 0 0 0 1 2 30 40 1 1 1 0 0 9 0\n";
    EXPECT_EQ(boxesOf(good + good).size(), 2U);
    const std::pair<std::string, const char*> bad[] = {
        {good + "Car 0 0 0 1 2 30 40\n", "line 2"},
        {"Car 0 0 0 1 2 thirty 40 1 1 1 0 0 9 0\n", "x2 'thirty'"},
        {"Car 0 0 0 1 2 nan 40 1 1 1 0 0 9 0\n", "not a finite number"},
        {"Car 0 0 0 30 2 1 40 1 1 1 0 0 9 0\n", "no box"},
        {"Car 0 0 0 1 2 30 40 1 1 1 0 0 9 0 0.5 7\n", "17 columns"}};
    for (const auto& [text, why] : bad) {
        EXPECT_THAT([&] { boxesOf(text); }, ThrowsMessage<DatasetError>(HasSubstr(why)));
    }
    const auto calibrationOf = [&](const std::string& text) {
        writeFileAtomically(path, text);
        return readKittiCalibration(path);
    };
    const std::string r = "R0_rect: 1 0 0 0 1 0 0 0 1\n";
    const std::string tr = "Tr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0\n";
    const std::string p = "P2: 7 0 6 0 0 7 1 0 0 0 1 0\n";
    EXPECT_EQ(calibrationOf(p + r + tr).projection[2], 6.0);
    const std::pair<std::string, const char*> wrong[] = {
        {r + tr, "no line 'P2:'"},
        {p + tr, "R0_rect"},
        {p + p + r + tr, "second time"},
        {"P2: 7 0 6 0 0 7 1 0 0 0 1\n" + r + tr, "11 numbers, not 12"},
        {"P2: 0 0 6 0 0 7 1 0 0 0 1 0\n" + r + tr, "focal"},
        {"P2: 7 0 x 0 0 7 1 0 0 0 1 0\n" + r + tr, "'x'"},
        {"", "P2"}};
    for (const auto& [text, why] : wrong) {
        EXPECT_THAT([&] { calibrationOf(text); }, ThrowsMessage<DatasetError>(HasSubstr(why)));
    }
}

/// A weight file that can only be a Frustum PointNet's, of one number.
std::string oneTensor() {
    const std::string header = R"({"inst_seg_net.cloud_features.0.layers.0.weight":)"
                               R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
    std::string file(8, '\0');
    file[0] = static_cast<char>(header.size());
    return file + header + std::string(4, '\0');
}

class FrustumsCommand : public testing::Test {
  protected:
    FrustumsCommand() {
        auto frame = test::madeFrame();
        test::writeKittiFrame(frame, data_);
        frame.id = "000008";
        frame.boxes.clear();
        test::writeKittiFrame(frame, data_);
    }

    std::string path(const char* name) const { return (folder_.path() / name).string(); }

    std::string results(const char* out, const std::vector<std::string>& more) const {
        std::vector<std::string> arguments = {
            path("kitti"), "--model", "pointnet:random", "--quiet", "--out", path(out)};
        arguments.insert(arguments.end(), more.begin(), more.end());
        EXPECT_EQ(cli::frustumsCommand(arguments, {}), 0);
        return readTextFile(folder_.path() / out / "000007.txt");
    }

    test::TemporaryFolder folder_;
    std::filesystem::path data_ = folder_.path() / "kitti" / "training";
};

TEST_F(FrustumsCommand, WritesAFilePerFrame) {
    const auto text = results("a", {"--threads", "1"});
    EXPECT_THAT(text, StartsWith("Car -1 -1 -10 "));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
    EXPECT_EQ(readTextFile(folder_.path() / "a" / "000008.txt"), "");
    testing::internal::CaptureStdout();
    EXPECT_EQ(results("b", {"--threads", "3", "--frame", "000007", "--frame", "000007"}), text);
    EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("\n1 frame, 1 box in the pict"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "b" / "000008.txt"));
    setThreadCount(0);
    // A detector of one's own; for 000008 it wrote nothing.
    auto box = test::madeFrame().boxes[0];
    const auto line = fmt::format(
        "Pedestrian -1 -1 -10 {} {} {} {} 0 0 0 0 0 0 0 0.25\n",
        box.left,
        box.top,
        box.right,
        box.bottom
    );
    writeFileAtomically(folder_.path() / "detections" / "000007.txt", line);
    const auto other = results("c", {"--boxes", path("detections")});
    EXPECT_THAT(other, AllOf(HasSubstr("Pedestrian"), HasSubstr("0.250000\n")));
}

TEST_F(FrustumsCommand, SaysWhatIsMissing) {
    const auto run = [](const std::vector<std::string>& arguments) {
        return [arguments] { cli::frustumsCommand(arguments, {}); };
    };
    const auto kitti = path("kitti");
    const auto out = path("out");
    EXPECT_THAT(run({kitti, "--out", out}), ThrowsMessage<ConfigError>(HasSubstr("--model")));
    EXPECT_THAT(
        run({kitti, "--model", "pvcnn:random"}), ThrowsMessage<ConfigError>(HasSubstr("--out"))
    );
    EXPECT_THAT(
        run({kitti, "--model", "pvcn:random", "--out", out}),
        ThrowsMessage<ConfigError>(HasSubstr("'pvcn'"))
    );
    EXPECT_THAT(
        run({kitti, "--model", "pvcnn:no.pt", "--out", out}),
        ThrowsMessage<CheckpointError>(StartsWith("no.pt"))
    );
    writeFileAtomically(folder_.path() / "pointnet.safetensors", oneTensor());
    EXPECT_THAT(
        run({kitti, "--model", "pvcnn:" + path("pointnet.safetensors"), "--quiet", "--out", out}),
        ThrowsMessage<ConfigError>(HasSubstr("holds a Frustum PointNet, not a Frustum PVCNN-E"))
    );
    const std::vector<std::string> good = {"--model", "pointnet:random", "--quiet", "--out", out};
    const auto with = [&](std::vector<std::string> words) {
        words.insert(words.end(), good.begin(), good.end());
        return run(words);
    };
    EXPECT_THAT(with({out}), ThrowsMessage<DatasetError>(HasSubstr("velodyne")));
    EXPECT_THAT(
        with({kitti, "--frame", "000007", "--frame", "000099"}),
        ThrowsMessage<ConfigError>(HasSubstr("000099"))
    );
    EXPECT_THAT(
        with({kitti, "--boxes", path("none")}), ThrowsMessage<DatasetError>(HasSubstr("2D boxes"))
    );
    EXPECT_THAT(
        with({kitti, "--boxes", kitti}), ThrowsMessage<DatasetError>(HasSubstr("no text file of"))
    );
    EXPECT_THAT(
        with({(data_ / "velodyne" / "000007.bin").string()}),
        ThrowsMessage<DatasetError>(HasSubstr("not a folder"))
    );
    std::filesystem::remove(data_ / "calib" / "000007.txt");
    EXPECT_THAT(with({kitti}), ThrowsMessage<DatasetError>(HasSubstr("calib")));
}

TEST_F(FrustumsCommand, DoesNotWriteOverWhatItReads) {
    const auto own = data_ / "detections";
    writeFileAtomically(own / "000007.txt", std::string_view());
    const auto labels = readTextFile(data_ / "label_2" / "000007.txt");
    for (const auto& folder :
         {data_ / "label_2", data_ / "calib", data_ / "." / "label_2" / "", own}) {
        const std::vector<std::string> arguments = {
            path("kitti"),
            "--model",
            "pointnet:random",
            "--quiet",
            "--boxes",
            own,
            "--out",
            folder};
        EXPECT_THAT(
            [&] { cli::frustumsCommand(arguments, {}); },
            ThrowsMessage<ConfigError>(HasSubstr("replace"))
        );
    }
    EXPECT_EQ(readTextFile(data_ / "label_2" / "000007.txt"), labels);
}

} // namespace
} // namespace siskin
