// SPDX-License-Identifier: MIT
// What a benchmark's server would refuse is found before uploading.
#include "core/base/error.hpp"
#include "core/submission/submission_zip.hpp"
#include "tests/unit/submission_maker.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

using Maker = std::unique_ptr<Submission> (*)();

TEST(SubmissionCheck, AWholeSubmissionIsTaken) {
    for (const Maker make :
         {&Submission::kitti, &Submission::nuScenes, &Submission::rooms, &Submission::shapes}) {
        const auto submission = make();
        const auto inFolder =
            checkSubmission(*openSubmissionFolder(submission->path()), submission->expected);
        EXPECT_TRUE(isAccepted(inFolder)) << linesOf(inFolder);
        const auto zip = submission->folder.path() / "upload.zip";
        writeSubmissionZip(submission->path(), zip);
        const auto packed = checkSubmission(*openSubmissionZip(zip), submission->expected);
        EXPECT_THAT(linesOf(packed), IsEmpty());
    }
}

struct Broken {
    std::string name;
    Maker make;
    std::function<void(Submission&)> spoil;
    std::string finding; ///< words of the error
};

const std::string kNuScenesFile = "lidarseg/val/bb_lidarseg.bin";
const std::string kDescription = "val/submission.json";

std::string jsonWith(const std::string& camera, const std::string& rest = {}) {
    return R"({"meta": {"use_camera": )" + camera +
           R"(, "use_lidar": true, "use_radar": false, "use_map": false)" + rest + "}}";
}

const std::string kExternal = R"(, "use_external": false)";

std::vector<Broken> brokenSubmissions() {
    const auto kitti = &Submission::kitti;
    const auto nuScenes = &Submission::nuScenes;
    const auto put = [](const std::string& name, const std::string& content) {
        return [=](Submission& s) { s.put(name, content); };
    };
    const auto remove = [](const std::string& name) {
        return [=](Submission& s) { fs::remove_all(s.path() / name); };
    };
    const std::string labels13 = {10, 0, 0, 0, 7, 0, 0, 0, 10, 0, 0, 0, 7, 0, 0, 0};
    return {
        {"missing file", kitti, remove(kKittiFile), kKittiFile + ": is missing (frame 12/000001)"},
        {"missing sequence", kitti, remove("sequences/21"), "sequences/21/predictions/: nothing"},
        {"short file",
         kitti,
         put(kKittiFile, "123"),
         kKittiFile + ": has 3 bytes, 16 expected (4 points x 4)"},
        {"one label too many", kitti, put(kKittiFile, std::string(20, '\0')), "has 20 bytes, 16"},
        {"empty file", kitti, put(kKittiFile, ""), "has 0 bytes, 16"},
        {"training ids",
         kitti,
         put(kKittiFile, labels13),
         "2 of 4 points have an illegal label, first 7 at point 1; legal are raw ids of "
         "semantic-kitti.yaml, e.g. 10 for car; these look like"},
        {"unpadded name",
         kitti,
         put("sequences/12/predictions/2.label", std::string(16, '\0')),
         "sequences/12/predictions/2.label: belongs to no frame; the benchmark pairs"},
        {"finder's folder",
         kitti,
         put("__MACOSX/sequences/x", "1"),
         "__MACOSX/sequences/x: belongs to no frame"},
        {"left-over", kitti, put(kKittiFile + ".tmp-77", "1"), ".tmp-77: belongs to no frame"},
        {"training sequence",
         kitti,
         put("sequences/08/predictions/000000.label", "1"),
         "sequences/08/predictions/000000.label: belongs to no frame"},
        {"wrapped",
         kitti,
         [](Submission& s) {
             fs::rename(s.path(), s.folder.path() / "inner");
             fs::create_directory(s.path());
             fs::rename(s.folder.path() / "inner", s.path() / "mine");
         },
         "everything lies in the folder mine/"},
        {"no json", nuScenes, remove(kDescription), kDescription + ": is missing"},
        {"bad json", nuScenes, put(kDescription, "{\"meta\": "), "is not valid JSON"},
        {"no meta", nuScenes, put(kDescription, "[]"), "has no \"meta\""},
        {"four booleans", nuScenes, put(kDescription, jsonWith("false")), "lacks \"use_external\""},
        {"six booleans",
         nuScenes,
         put(kDescription, jsonWith("false", kExternal + R"(, "use_gps": true)")),
         "unknown key \"use_gps\""},
        {"number for a boolean",
         nuScenes,
         put(kDescription, jsonWith("0", kExternal)),
         "\"use_camera\" is not true or false"},
        {"zero",
         nuScenes,
         put(kNuScenesFile, std::string{1, 2, 0, 3}),
         kNuScenesFile +
             ": 1 of 4 points have an illegal label, first 0 at point 2; legal are 1 to 16"},
        {"fine index",
         nuScenes,
         put(kNuScenesFile, std::string{17, 24, 16, 1}),
         "2 of 4 points have an illegal label, first 17 at point 0"},
        {"four bytes a point",
         nuScenes,
         put(kNuScenesFile, std::string(16, '\1')),
         "has 16 bytes, 4 expected (4 points x 1)"},
        {"missing token", nuScenes, remove(kNuScenesFile), kNuScenesFile + ": is missing"},
        {"unknown split", nuScenes, [](Submission& s) { s.expected.split = ""; }, "no split 'all'"},
        {"no room", &Submission::rooms, remove("Area_5"), "Area_5/office_1.txt: is missing"},
        {"class 13",
         &Submission::rooms,
         put("Area_5/office_1.txt", "1\n2\n13\n0\n"),
         "first 13 at point 2; legal are 0 to 12, or -1"},
        {"no number",
         &Submission::rooms,
         put("Area_5/office_1.txt", "1\nwall\n"),
         "line 2: 'wall' is no label"},
        {"three lines",
         &Submission::shapes,
         put("02691156/ab.txt", "1\n2\n3\n"),
         "has 3 labels for 4 points"},
        {"part 50",
         &Submission::shapes,
         put("02691156/ab.txt", "1\n2\n3\n50\n"),
         "first 50 at point 3"},
        {"huge text",
         &Submission::shapes,
         put("02691156/ab.txt", std::string(400, '1')),
         "too many for 4 lines"},
    };
}

TEST(SubmissionCheck, FindsWhatIsBroken) {
    for (const auto& broken : brokenSubmissions()) {
        const auto submission = broken.make();
        broken.spoil(*submission);
        const auto findings =
            checkSubmission(*openSubmissionFolder(submission->path()), submission->expected);
        EXPECT_FALSE(isAccepted(findings)) << broken.name;
        std::vector<std::string> errors;
        for (const auto& finding : findings) {
            EXPECT_EQ(finding.text.find('\n'), std::string::npos);
            if (finding.severity == FindingSeverity::Error) {
                errors.push_back(finding.text);
            }
        }
        EXPECT_THAT(errors, Contains(HasSubstr(broken.finding))) << broken.name;
    }
}

TEST(SubmissionCheck, CountsPointsWithoutAClass) {
    const auto submission = Submission::kitti();
    submission->put(kKittiFile, std::string{99, 0, 0, 0, 0, 0, 0, 0, 10, 0, 3, 0, 52, 0, 0, 0});
    const auto findings =
        checkSubmission(*openSubmissionFolder(submission->path()), submission->expected);
    EXPECT_TRUE(isAccepted(findings));
    EXPECT_THAT(linesOf(findings), HasSubstr("note: 3 of 88 points (3.41 %) are given no class"));
}

TEST(SubmissionCheck, ManyFaultsOfOneKindAreCounted) {
    const auto submission = Submission::kitti();
    fs::remove_all(submission->path());
    fs::create_directory(submission->path());
    const auto findings =
        checkSubmission(*openSubmissionFolder(submission->path()), submission->expected);
    const auto lines = linesOf(findings);
    EXPECT_THAT(lines, HasSubstr("missing files: 12 more like these")); // 22 - kMostFindings
    EXPECT_THAT(lines, HasSubstr("sequences/: nothing is in it"));
    EXPECT_LT(lines.find("error"), lines.find("note"));
}

TEST(SubmissionCheck, SequencesThatAreNotHereCannotBeChecked) {
    const auto submission = Submission::kitti();
    std::erase_if(submission->expected.frames, [](const FrameInfo& frame) {
        return frame.id.starts_with("13/");
    });
    const auto findings =
        checkSubmission(*openSubmissionFolder(submission->path()), submission->expected);
    EXPECT_TRUE(isAccepted(findings)) << linesOf(findings);
    EXPECT_THAT(
        linesOf(findings), HasSubstr("2 files of test sequences that the data set here lacks")
    );
}

TEST(SubmissionCheck, StopsWhenAsked) {
    const auto submission = Submission::kitti();
    std::stop_source stop;
    stop.request_stop();
    submission->expected.stop = stop.get_token();
    EXPECT_THROW(
        checkSubmission(*openSubmissionFolder(submission->path()), submission->expected), Cancelled
    );
}

} // namespace
} // namespace siskin::test
