// SPDX-License-Identifier: MIT
// The journal survives being cut anywhere, and notices what is not its own.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/benchmark/journal.hpp"
#include "core/benchmark/record_json.hpp"
#include "tests/unit/evaluation_fakes.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace siskin {
namespace {

namespace fs = std::filesystem;

/// A plan of one fake model and frames that a journal can hold.
class JournalFile : public testing::Test {
  protected:
    JournalFile() : plan_(fakes::planOf(reader_, {&model_})), file_(folder_.path() / "j.jsonl") {}

    FrameRecord record(std::size_t position) const {
        FrameRecord record;
        record.position = position;
        record.frame = reader_.frames()[position].id;
        record.dataSha256 = "ab";
        record.points = 100;
        record.labels = true;
        record.warnings = {"a \"quoted\" warning", "\xff no UTF-8"};
        record.readSeconds = 0.25;
        ModelRecord model;
        model.voxels = 12;
        for (const auto& rule : plan_.models[0].rules) {
            auto& confusion = model.scores.perRule.emplace_back(rule.classMap->size());
            confusion.add(0, 1, 5);
            confusion.add(18, kIgnored, static_cast<std::int64_t>(position) + (1LL << 40));
        }
        for (const Stratum stratum : kStrata) {
            model.scores.strata.emplace_back(stratum, 19).at(2, 3) = {4, 5, 3};
        }
        model.scores.calibration.emplace().bins()[14] = {7, 6, 1LL << 50};
        model.measured.seconds = 0.125;
        model.measured.stages = {{"voxelise", 0.1}, {"network", 0.025}};
        model.measured.joules = Estimate{2.0, 1.0, 4.0};
        model.measured.energyMethod = "E2";
        model.measured.framesSideBySide = 2;
        record.models.push_back(model);
        return record;
    }

    void write(std::size_t frames) const {
        Journal journal(file_, plan_, 0);
        for (std::size_t i = 0; i < frames; ++i) {
            journal.append(record(i));
        }
    }

    std::string failure() const {
        try {
            readJournal(file_, plan_, [](const FrameRecord&) {});
        } catch (const DatasetError& error) {
            return error.what();
        }
        return "nothing was thrown";
    }

    fakes::FakeReader reader_{6};
    fakes::FakeModel model_{"m", 1};
    fakes::TemporaryFolder folder_;
    EvaluationPlan plan_;
    fs::path file_;
};

TEST_F(JournalFile, GivesBackWhatItTook) {
    write(3);
    std::vector<FrameRecord> records;
    const auto content =
        readJournal(file_, plan_, [&](const FrameRecord& one) { records.push_back(one); });
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(content.frames(), 3U);
    EXPECT_EQ(content.validBytes, fs::file_size(file_));
    EXPECT_EQ(
        toJson(records[2]).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace),
        toJson(record(2)).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
    );
    const auto& scores = records[1].models[0].scores;
    EXPECT_EQ(scores.perRule[1].withoutClass(), 1 + (1LL << 40));
    EXPECT_EQ(scores.strata[2].at(2, 3).positive, 5);
    EXPECT_EQ(scores.calibration->bins()[14].confidence, 1LL << 50);
    EXPECT_EQ(records[1].models[0].measured.joules->high, 4.0);
}

TEST_F(JournalFile, MissingIsEmpty) {
    const auto content = readJournal(file_, plan_, [](const FrameRecord&) { FAIL(); });
    EXPECT_EQ(content.frames(), 0U);
    EXPECT_EQ(content.validBytes, 0U);
}

TEST_F(JournalFile, CutAnywhereGoesOn) {
    write(3);
    const auto whole = readTextFile(file_);
    for (std::size_t bytes = 0; bytes < whole.size(); bytes += 13) {
        writeFileAtomically(file_, whole.substr(0, bytes));
        const auto past = readJournal(file_, plan_, [](const FrameRecord&) {});
        {
            Journal journal(file_, plan_, past.validBytes);
            for (std::size_t i = 0; i < 3; ++i) {
                if (!past.done[i]) {
                    journal.append(record(i));
                }
            }
        }
        ASSERT_EQ(readTextFile(file_), whole) << "cut after " << bytes << " bytes";
    }
}

TEST_F(JournalFile, DamageBeforeTheEndIsNotPassedOver) {
    write(3);
    const auto whole = readTextFile(file_);
    const auto second = whole.find('\n') + 1;
    auto damaged = whole;
    damaged[second + 30] ^= 1;
    writeFileAtomically(file_, damaged);
    EXPECT_NE(failure().find("line 2: it is damaged"), std::string::npos) << failure();
    // A whole line missing is not noticed here: its frame is simply to be done again.
    writeFileAtomically(
        file_, whole.substr(0, second) + whole.substr(whole.find('\n', second) + 1)
    );
    const auto content = readJournal(file_, plan_, [](const FrameRecord&) {});
    EXPECT_FALSE(content.done[0]);
    EXPECT_TRUE(content.done[1]);
}

TEST_F(JournalFile, AFrameOccursOnce) {
    write(2);
    {
        Journal journal(file_, plan_, fs::file_size(file_));
        journal.append(record(1));
    }
    EXPECT_NE(failure().find("line 4: frame 00/000001 occurs twice"), std::string::npos)
        << failure();
}

TEST_F(JournalFile, AnotherPlanIsRefused) {
    write(1);
    plan_.split = "val";
    EXPECT_NE(failure().find("line 1: this journal is of another evaluation"), std::string::npos);
    plan_.split = "";
    plan_.shard = {2, 2};
    EXPECT_NE(failure().find("of another evaluation"), std::string::npos);
    writeFileAtomically(file_, "hello\nworld\n");
    EXPECT_NE(failure().find("line 1: it is damaged"), std::string::npos) << failure();
}

TEST_F(JournalFile, FramesOfAnotherShardAreRefused) {
    plan_.shard = {1, 2};
    {
        Journal journal(file_, plan_, 0);
        journal.append(record(1));
    }
    EXPECT_NE(failure().find("frame number 1 does not belong here"), std::string::npos)
        << failure();
}

TEST_F(JournalFile, TheLastWordOnFailuresAndSessionsCounts) {
    EvaluationSession session;
    session.host = "node";
    session.started = "2026-01-01T00:00:00Z";
    {
        Journal journal(file_, plan_, 0);
        journal.append(session);
        journal.append(FrameFailure{0, "00/000000", "first"});
        journal.append(FrameFailure{1, "00/000001", "gone"});
        journal.append(FrameFailure{0, "00/000000", "second"});
        journal.append(record(1));
        session.frames = 1;
        session.complete = true;
        journal.append(session);
    }
    const auto content = readJournal(file_, plan_, [](const FrameRecord&) {});
    ASSERT_EQ(content.failures.size(), 1U);
    EXPECT_EQ(content.failures[0].message, "second");
    ASSERT_EQ(content.sessions.size(), 1U);
    EXPECT_TRUE(content.sessions[0].complete);
}

TEST_F(JournalFile, FullDiskIsOneLine) {
    const auto full = fs::path("/dev/full");
    if (!fs::exists(full)) {
        GTEST_SKIP() << "no /dev/full here";
    }
    EXPECT_THROW(Journal(full, plan_, 0), DatasetError);
}

TEST(Plans, SurviveBeingWritten) {
    const fakes::FakeReader reader(5);
    const fakes::FakeModel a("a", 1);
    auto plan = fakes::planOf(reader, {&a});
    plan.shard = {2, 3};
    plan.submission = true;
    plan.models[0].voxelSize = 0.1;
    const auto back = planFromText(planText(plan), "plan.json");
    EXPECT_EQ(planText(back), planText(plan));
    EXPECT_EQ(firstDifference(identityOf(back), identityOf(plan)), "");
    plan.models[0].precision = "int8";
    EXPECT_EQ(
        firstDifference(identityOf(back), identityOf(plan)),
        "models.0.precision: \"fp32\" here, \"int8\" there"
    );
}

TEST(Plans, MalformedOnesNameTheKey) {
    const fakes::FakeReader reader(5);
    const fakes::FakeModel a("a", 1);
    const auto text = planText(fakes::planOf(reader, {&a}));
    const auto complaint = [&](const std::string& from, const std::string& to) {
        auto broken = text;
        broken.replace(broken.find(from), from.size(), to);
        try {
            planFromText(broken, "plan.json");
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("nothing was thrown");
    };
    EXPECT_NE(
        complaint("\"frames\": 5", "\"frames\": \"x\"").find("plan.json: 'frames' is \"x\""),
        std::string::npos
    );
    EXPECT_NE(complaint("\"split\"", "\"spilt\"").find("'split' is missing"), std::string::npos);
    EXPECT_NE(complaint("siskin.plan", "siskin.run").find("no 'siskin.plan'"), std::string::npos);
    EXPECT_NE(complaint("{", "").find("not valid JSON"), std::string::npos);
    EXPECT_NE(complaint("\"car\"", "\"cart\"").find("other class maps"), std::string::npos)
        << complaint("\"car\"", "\"cart\"");
}

} // namespace
} // namespace siskin
