// SPDX-License-Identifier: MIT
// Small submissions without a fault, for tests to spoil.
#pragma once

#include "core/base/file.hpp"
#include "core/submission/submission_check.hpp"
#include "core/submission/submission_format.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/submission_tools.hpp"

#include <memory>
#include <string>
#include <vector>

namespace siskin::test {

inline constexpr std::size_t kPoints = 4;

inline const std::string kKittiFile = "sequences/12/predictions/000001.label";

/// A submission of a few frames of `kPoints` points in a folder of its own, without a fault.
struct Submission {
    Submission(const std::string& benchmark, const std::string& split) {
        expected.benchmark = benchmark;
        expected.split = split;
        expected.pointsOf = [](std::size_t) { return kPoints; };
    }

    void addFrame(
        const std::string& id, const std::string& token, const std::shared_ptr<const ClassMap>& map
    ) {
        FrameInfo frame;
        frame.id = id;
        frame.benchmarkName = token;
        expected.frames.push_back(frame);
        const SubmissionFormat format(expected.benchmark, expected.split);
        format.write(path(), *scanOf(id, kPoints, token), predictionOf(map, {0, 1, 2, 3}));
        format.writeDescription(path());
    }

    std::filesystem::path path() const { return folder.path() / "submission"; }

    void put(const std::filesystem::path& name, const std::string& content) const {
        writeFileAtomically(path() / name, content);
    }

    /// Two frames in each of SemanticKITTI's test sequences.
    static std::unique_ptr<Submission> kitti() {
        auto made = std::make_unique<Submission>("semantickitti", "test");
        const auto map = shippedMap("semantickitti-official");
        for (int sequence = 11; sequence <= 21; ++sequence) {
            for (int frame = 0; frame < 2; ++frame) {
                made->addFrame(fmt::format("{}/{:06}", sequence, frame), "", map);
            }
        }
        return made;
    }

    static std::unique_ptr<Submission> nuScenes() {
        auto made = std::make_unique<Submission>("nuscenes", "val");
        for (const auto* token : {"aa", "bb", "cc"}) {
            made->addFrame(
                fmt::format("scene-1/{}", token), token, shippedMap("nuscenes-lidarseg")
            );
        }
        return made;
    }

    static std::unique_ptr<Submission> rooms() {
        auto made = std::make_unique<Submission>("s3dis", "");
        made->addFrame("Area_5/office_1", "", shippedMap("s3dis"));
        return made;
    }

    static std::unique_ptr<Submission> shapes() {
        auto made = std::make_unique<Submission>("shapenetpart", "test");
        made->addFrame("02691156/ab", "", shippedMap("shapenetpart"));
        return made;
    }

    TemporaryFolder folder;
    SubmissionExpectation expected;
};

inline std::string linesOf(const std::vector<SubmissionFinding>& findings) {
    std::string lines;
    for (const auto& finding : findings) {
        lines += fmt::format(
            "{}: {}\n", finding.severity == FindingSeverity::Error ? "error" : "note", finding.text
        );
    }
    return lines;
}

} // namespace siskin::test
