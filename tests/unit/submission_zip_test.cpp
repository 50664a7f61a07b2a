// SPDX-License-Identifier: MIT
// The zip that is uploaded.
#include "core/base/error.hpp"
#include "core/submission/submission_zip.hpp"
#include "tests/unit/submission_maker.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <zip.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Names, times and modes in the order of the zip's directory.
std::vector<std::string> entriesOf(const fs::path& path) {
    std::vector<std::string> entries;
    zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, nullptr);
    EXPECT_NE(archive, nullptr);
    for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0)); ++i) {
        entries.emplace_back(zip_get_name(archive, i, 0));
    }
    zip_discard(archive);
    return entries;
}

TEST(SubmissionZip, FoldersFirstThenFilesByName) {
    const TemporaryFolder folder;
    const auto root = folder.path() / "s";
    for (const auto* name :
         {"sequences/12/predictions/b.label",
          "sequences/11/predictions/a.label",
          "description.txt",
          "x.label.tmp-12"}) {
        writeFileAtomically(root / name, std::string("text"));
    }
    writeSubmissionZip(root, root / "out.zip");
    writeSubmissionZip(root, root / "out.zip"); // does not pack itself
    EXPECT_THAT(
        entriesOf(root / "out.zip"),
        testing::ElementsAre(
            "sequences/",
            "sequences/11/",
            "sequences/11/predictions/",
            "sequences/12/",
            "sequences/12/predictions/",
            "description.txt",
            "sequences/11/predictions/a.label",
            "sequences/12/predictions/b.label"
        )
    );
}

TEST(SubmissionZip, EqualContentGivesEqualBytes) {
    const auto first = Submission::kitti();
    const auto second = Submission::kitti();
    fs::last_write_time(
        second->path() / kKittiFile, fs::file_time_type::clock::now() - std::chrono::hours(99)
    );
    fs::permissions(second->path() / kKittiFile, fs::perms::owner_all);
    double last = 0.0;
    writeSubmissionZip(first->path(), first->folder.path() / "a.zip", [&](double fraction) {
        EXPECT_GE(fraction, last);
        last = fraction;
    });
    EXPECT_DOUBLE_EQ(last, 1.0);
    writeSubmissionZip(second->path(), second->folder.path() / "b.zip");
    EXPECT_EQ(readFile(first->folder.path() / "a.zip"), readFile(second->folder.path() / "b.zip"));
}

TEST(SubmissionZip, FailuresLeaveNothingBehind) {
    const TemporaryFolder folder;
    fs::create_directory(folder.path() / "empty");
    const auto zip = folder.path() / "out.zip";
    EXPECT_THROW(writeSubmissionZip(folder.path() / "empty", zip), DatasetError);
    EXPECT_THROW(writeSubmissionZip(folder.path() / "none", zip), DatasetError);
    const auto submission = Submission::kitti();
    EXPECT_THROW(
        writeSubmissionZip(submission->path(), folder.path() / "no/such/out.zip"), DatasetError
    );
    std::stop_source stop;
    const auto stopLater = [&](double) { stop.request_stop(); };
    EXPECT_THROW(
        writeSubmissionZip(submission->path(), zip, stopLater, stop.get_token()), Cancelled
    );
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(SubmissionZip, DamagedOrWithoutFoldersOrTwice) {
    const auto submission = Submission::kitti();
    const auto zip = submission->folder.path() / "out.zip";
    EXPECT_THROW(openSubmissionZip(zip), DatasetError);
    writeFileAtomically(zip, std::string("no zip at all"));
    EXPECT_THROW(openSubmissionZip(zip), DatasetError);

    writeSubmissionZip(submission->path(), zip);
    zip_t* archive = zip_open(zip.c_str(), 0, nullptr);
    zip_delete(archive, static_cast<zip_uint64_t>(zip_name_locate(archive, "sequences/14/", 0)));
    zip_close(archive);
    EXPECT_THAT(
        linesOf(checkSubmission(*openSubmissionZip(zip), submission->expected)),
        HasSubstr("sequences/14/: the zip has no entry for this folder")
    );

    auto bytes = readFile(zip);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto at = text.find(kKittiFile) + kKittiFile.size();
    bytes[at] ^= std::byte{0x55};
    writeFileAtomically(zip, bytes);
    EXPECT_THAT(
        linesOf(checkSubmission(*openSubmissionZip(zip), submission->expected)),
        HasSubstr(kKittiFile + ": cannot unpack")
    );
}

TEST(SubmissionZip, WrongEndingOfItsName) {
    const auto submission = Submission::nuScenes();
    const auto zip = submission->folder.path() / "out.tar";
    writeSubmissionZip(submission->path(), zip);
    EXPECT_THAT(
        linesOf(checkSubmission(*openSubmissionZip(zip), submission->expected)),
        HasSubstr("must end in .zip")
    );
}

} // namespace
} // namespace siskin::test
