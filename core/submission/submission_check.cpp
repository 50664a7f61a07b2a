// SPDX-License-Identifier: MIT
#include "core/submission/submission_check.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/submission/description.hpp"
#include "core/submission/label_check.hpp"
#include "core/submission/submission_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace siskin {

namespace {

constexpr int kFirstTestSequence = 11; // of SemanticKITTI
constexpr int kLastTestSequence = 21;

/// Lists the first few findings of each kind and counts the rest.
class Findings {
  public:
    void error(const std::string& kind, std::string text) {
        if (++errors_[kind] <= kMostFindings) {
            list_.push_back({FindingSeverity::Error, std::move(text)});
        }
    }

    void note(std::string text) { list_.push_back({FindingSeverity::Note, std::move(text)}); }

    std::vector<SubmissionFinding> take() {
        for (const auto& [kind, count] : errors_) {
            if (count > kMostFindings) {
                const auto more = count - kMostFindings;
                list_.push_back(
                    {FindingSeverity::Error, fmt::format("{}: {} more like these", kind, more)}
                );
            }
        }
        std::stable_partition(list_.begin(), list_.end(), [](const SubmissionFinding& finding) {
            return finding.severity == FindingSeverity::Error;
        });
        return std::move(list_);
    }

  private:
    std::vector<SubmissionFinding> list_;
    std::map<std::string, std::size_t> errors_;
};

/// One check under way.
class Check {
  public:
    Check(const SubmissionFiles& files, const SubmissionExpectation& expected)
        : files_(files), expected_(expected), format_(expected.benchmark, expected.split),
          rules_(expected.benchmark) {
        for (const FrameInfo& frame : expected.frames) {
            names_.push_back(format_.path(frame.id, frame.benchmarkName).generic_string());
        }
        wanted_.insert(names_.begin(), names_.end());
    }

    std::vector<SubmissionFinding> run() {
        for (const auto& problem : files_.problems()) {
            findings_.error("odd entries", problem);
        }
        checkContainer();
        if (const auto wrapper = wrappingFolder(); !wrapper.empty()) {
            findings_.error(
                "structure",
                fmt::format(
                    "{}: everything lies in the folder {}: pack its content, not the folder itself",
                    files_.title(),
                    wrapper
                )
            );
            return findings_.take();
        }
        if (isKitti()) {
            checkSequenceFolders();
        } else if (isNuScenes()) {
            checkDescription();
        }
        checkSuperfluous();
        for (std::size_t i = 0; i < names_.size(); ++i) {
            throwIfStopRequested(expected_.stop);
            if (expected_.progress) {
                const auto done = static_cast<double>(i) / static_cast<double>(names_.size());
                expected_.progress(done, names_[i]);
            }
            checkFrame(i);
        }
        noteUnlabelled();
        return findings_.take();
    }

  private:
    bool isKitti() const { return expected_.benchmark == "semantickitti"; }

    bool isNuScenes() const { return expected_.benchmark == "nuscenes"; }

    bool isTestSplit() const { return expected_.split == "test"; }

    std::string descriptionName() const {
        return isKitti() ? "description.txt" : fmt::format("{}/submission.json", format_.split());
    }

    void checkContainer();
    std::string wrappingFolder() const;
    void checkSequenceFolders();
    void checkDescription();
    void checkSuperfluous();
    bool isOfAbsentSequence(const std::string& name) const;
    void checkFrame(std::size_t i);
    bool checkSize(std::size_t i, std::uint64_t bytes, std::size_t points);
    void checkLabels(std::size_t i, std::size_t points);
    void noteUnlabelled();

    const SubmissionFiles& files_;
    const SubmissionExpectation& expected_;
    SubmissionFormat format_;
    LabelRules rules_;
    std::vector<std::string> names_; ///< per frame
    std::set<std::string> wanted_;
    Findings findings_;
    std::size_t points_ = 0;
    std::size_t unlabelled_ = 0;
};

void Check::checkContainer() {
    const bool hasServer = isKitti() || isNuScenes();
    if (!hasServer) {
        return;
    }
    if (!files_.isZip()) {
        findings_.note("this is a folder; what is uploaded is a zip of its content");
    } else if (!files_.title().ends_with(".zip")) {
        findings_.error("structure", fmt::format("{}: its name must end in .zip", files_.title()));
    }
    if (isKitti() && !isTestSplit()) {
        findings_.note("the server scores the split test alone, sequences 11 to 21");
    }
    constexpr std::array kSplits = {"train", "val", "test", "mini_train", "mini_val"};
    if (isNuScenes() &&
        std::find(kSplits.begin(), kSplits.end(), format_.split()) == kSplits.end()) {
        findings_.error(
            "structure",
            fmt::format(
                "nuScenes has no split '{}': choose train, val, test, mini_train or mini_val",
                format_.split()
            )
        );
    }
}

/// The folder that, taken away from the names, leaves files that are wanted; empty when there is
/// none, or when wanted files are in their place.
std::string Check::wrappingFolder() const {
    std::string wrapper;
    for (const auto& [name, size] : files_.sizes()) {
        if (wanted_.count(name) != 0) {
            return {};
        }
        for (auto slash = name.find('/'); slash != std::string::npos && wrapper.empty();
             slash = name.find('/', slash + 1)) {
            if (wanted_.count(name.substr(slash + 1)) != 0) {
                wrapper = name.substr(0, slash + 1);
            }
        }
    }
    return wrapper;
}

void Check::checkSequenceFolders() {
    std::set<std::string> folders{"sequences/"};
    const auto addSequence = [&folders](std::string_view sequence) {
        folders.insert(fmt::format("sequences/{}/", sequence));
        folders.insert(fmt::format("sequences/{}/predictions/", sequence));
    };
    for (const FrameInfo& frame : expected_.frames) {
        addSequence(frame.id.substr(0, frame.id.find('/')));
    }
    for (int sequence = kFirstTestSequence; isTestSplit() && sequence <= kLastTestSequence;
         ++sequence) {
        addSequence(fmt::format("{:02}", sequence));
    }
    const auto& listed = files_.folderEntries();
    const std::set<std::string> entries(listed.begin(), listed.end());
    for (const auto& folder : folders) {
        const auto first = files_.sizes().lower_bound(folder);
        if (first == files_.sizes().end() || !first->first.starts_with(folder)) {
            findings_.error("structure", fmt::format("{}: nothing is in it", folder));
        } else if (files_.isZip() && entries.count(folder) == 0) {
            findings_.error(
                "structure",
                fmt::format(
                    "{}: the zip has no entry for this folder, which the server looks for: pack "
                    "with 'zip -r', without -D",
                    folder
                )
            );
        }
    }
}

void Check::checkDescription() {
    const auto name = descriptionName();
    const auto found = files_.sizes().find(name);
    std::vector<std::string> problems;
    constexpr std::uint64_t kLargest = 1U << 20U;
    if (found == files_.sizes().end() || found->second > kLargest) {
        problems.emplace_back(found == files_.sizes().end() ? "is missing" : "is too large");
    } else {
        problems = problemsOfDescription(files_.read(name));
    }
    for (const auto& problem : problems) {
        findings_.error(
            "description",
            fmt::format(
                "{}: {}; expected is {{\"meta\": {{...}}}} with exactly the five booleans "
                "use_camera, use_lidar, use_radar, use_map, use_external",
                name,
                problem
            )
        );
    }
}

/// A test sequence of SemanticKITTI that the server has and this data set has not.
bool Check::isOfAbsentSequence(const std::string& name) const {
    constexpr std::string_view kTop = "sequences/";
    if (!isKitti() || !isTestSplit() || !name.starts_with(kTop)) {
        return false;
    }
    const auto sequence = name.substr(kTop.size(), name.find('/', kTop.size()) - kTop.size());
    const bool isPresent =
        std::any_of(expected_.frames.begin(), expected_.frames.end(), [&](const FrameInfo& frame) {
            return frame.id.starts_with(sequence + "/");
        });
    bool isTest = false;
    for (int number = kFirstTestSequence; number <= kLastTestSequence; ++number) {
        isTest = isTest || sequence == fmt::format("{:02}", number);
    }
    return isTest && !isPresent;
}

void Check::checkSuperfluous() {
    std::size_t unseen = 0;
    std::size_t ignored = 0;
    for (const auto& [name, size] : files_.sizes()) {
        const bool isDescription = (isKitti() || isNuScenes()) && name == descriptionName();
        if (isDescription || wanted_.count(name) != 0) {
            continue;
        }
        if (isOfAbsentSequence(name)) {
            ++unseen;
        } else if (isNuScenes()) {
            ++ignored;
        } else {
            findings_.error(
                "superfluous files",
                fmt::format(
                    "{}: belongs to no frame{}",
                    name,
                    isKitti()
                        ? "; the benchmark pairs predictions and scans by their order, so all "
                          "after it would be scored against the wrong scan"
                        : ""
                )
            );
        }
    }
    if (ignored > 0) {
        findings_.note(fmt::format(
            "{} files belong to no frame of the split; nuScenes's tools do not look at "
            "them",
            ignored
        ));
    }
    if (unseen > 0) {
        findings_.note(fmt::format(
            "{} files of test sequences that the data set here lacks could not be checked", unseen
        ));
    }
}

void Check::checkFrame(std::size_t i) {
    const auto found = files_.sizes().find(names_[i]);
    if (found == files_.sizes().end()) {
        findings_.error(
            "missing files",
            fmt::format("{}: is missing (frame {})", names_[i], expected_.frames[i].id)
        );
        return;
    }
    const auto points = expected_.pointsOf(i);
    if (checkSize(i, found->second, points)) {
        checkLabels(i, points);
    }
}

bool Check::checkSize(std::size_t i, std::uint64_t bytes, std::size_t points) {
    const auto each = bytesPerPoint(format_.encoding());
    constexpr std::uint64_t kLongestLine = 64;
    if (each == 0) { // text says its number of labels by its lines
        if (bytes <= kLongestLine * (points + 1)) {
            return true;
        }
        findings_.error(
            "wrong sizes",
            fmt::format("{}: {} bytes are too many for {} lines", names_[i], bytes, points)
        );
        return false;
    }
    if (bytes == points * each) {
        return true;
    }
    findings_.error(
        "wrong sizes",
        fmt::format(
            "{}: has {} bytes, {} expected ({} points x {})",
            names_[i],
            bytes,
            points * each,
            points,
            each
        )
    );
    return false;
}

void Check::checkLabels(std::size_t i, std::size_t points) {
    std::vector<std::int64_t> labels;
    try {
        labels = readLabels(files_.read(names_[i]), format_.encoding(), names_[i]);
    } catch (const DatasetError& error) {
        findings_.error("unreadable files", error.line());
        return;
    }
    if (labels.size() != points) {
        findings_.error(
            "wrong sizes",
            fmt::format("{}: has {} labels for {} points", names_[i], labels.size(), points)
        );
        return;
    }
    const auto tally = rules_.tally(labels);
    points_ += points;
    unlabelled_ += tally.unlabelled;
    if (tally.illegal == 0) {
        return;
    }
    findings_.error(
        "illegal labels",
        fmt::format(
            "{}: {} of {} points have an illegal label, first {} at point {}; legal are {}{}",
            names_[i],
            tally.illegal,
            points,
            tally.illegalValue,
            tally.firstIllegal,
            rules_.legal(),
            tally.looksLikeTrainIds ? "; these look like the numbers that networks are trained "
                                      "with, which must be mapped back"
                                    : ""
        )
    );
}

void Check::noteUnlabelled() {
    if (unlabelled_ > 0) {
        findings_.note(fmt::format(
            "{} of {} points ({:.2f} %) are given no class and count as wrong wherever the ground "
            "truth has one",
            unlabelled_,
            points_,
            100.0 * static_cast<double>(unlabelled_) / static_cast<double>(points_)
        ));
    }
}

} // namespace

std::vector<SubmissionFinding>
checkSubmission(const SubmissionFiles& files, const SubmissionExpectation& expected) {
    return Check(files, expected).run();
}

bool isAccepted(std::span<const SubmissionFinding> findings) noexcept {
    return std::none_of(findings.begin(), findings.end(), [](const SubmissionFinding& finding) {
        return finding.severity == FindingSeverity::Error;
    });
}

} // namespace siskin
