// SPDX-License-Identifier: MIT
#include "app/cli/compare_command.hpp"
#include "app/cli/program.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/report/json_parts.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/made_evaluation.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

class CompareCommand : public testing::Test {
  protected:
    CompareCommand() {
        const auto plan = evaluationPlan();
        EvaluationSummary summary(plan);
        addFrames(summary);
        report_ = evaluationDocument(evaluationReport(summary));
        base_ = write("base/report.json", report_);
        report_["measured"]["models"][0]["latency_s"]["p50"] = 0.022; // 10 % slower
        slower_ = write("slower.json", report_);
    }

    std::string write(const std::string& name, const Json& document) {
        const auto path = folder_.path() / name;
        writeFileAtomically(path, jsonText(document));
        return path.string();
    }

    /// Exit code; what it printed is in `out_`.
    int compare(const std::vector<std::string>& arguments) {
        testing::internal::CaptureStdout();
        int code = -1;
        try {
            std::vector<std::string> all{"compare"};
            all.insert(all.end(), arguments.begin(), arguments.end());
            code = cli::runProgram(all, {});
        } catch (const Error& error) {
            code = static_cast<int>(error.exitCode());
            line_ = error.line();
        }
        out_ = testing::internal::GetCapturedStdout();
        return code;
    }

    TemporaryFolder folder_;
    Json report_;
    std::string base_;
    std::string slower_;
    std::string out_;
    std::string line_;
};

TEST_F(CompareCommand, PassesAndTrips) {
    EXPECT_EQ(compare({base_, slower_}), 0);
    EXPECT_THAT(out_, HasSubstr("+10.0 %"));
    EXPECT_EQ(compare({base_, slower_, "--max-latency", "+11%", "--min-miou", "-0.2"}), 0);
    EXPECT_THAT(out_, HasSubstr("passed  --min-miou -0.2"));
    EXPECT_EQ(compare({base_, slower_, "--max-latency", "+5%", "--max-energy", "+5%"}), 5);
    EXPECT_THAT(out_, HasSubstr("TRIPPED  --max-latency +5%  A: latency p50 20.00 to 22.00 ms"));
    EXPECT_EQ(compare({base_, slower_, "--max-latency=+5%", "--model", "B"}), 0);
    EXPECT_EQ(compare({slower_, base_, "--max-latency", "+0%", "--min-class-iou", "-0.0"}), 0);
}

TEST_F(CompareCommand, TakesAFolderAndWritesJson) {
    const auto folder = std::filesystem::path(base_).parent_path().string();
    const auto file = (folder_.path() / "diff.json").string();
    EXPECT_EQ(compare({folder, slower_, "--max-latency", "+5%", "--json", file}), 5);
    const auto document = Json::parse(readTextFile(file));
    EXPECT_EQ(document.at("schema"), "siskin.compare");
    EXPECT_EQ(document.at("passed"), false);
}

TEST_F(CompareCommand, BadCommandLinesAndBadFiles) {
    EXPECT_EQ(compare({base_}), 2);
    EXPECT_EQ(compare({base_, slower_, slower_}), 2);
    EXPECT_EQ(compare({base_, slower_, "--max-latency", "5%"}), 2);
    EXPECT_EQ(compare({base_, slower_, "--max-latency"}), 2);
    EXPECT_EQ(compare({base_, slower_, "--max-latenzy", "+5%"}), 2);
    EXPECT_THAT(line_, HasSubstr("--max-latency"));
    EXPECT_EQ(compare({base_, slower_, "--model", "C"}), 2);
    EXPECT_THAT(line_, HasSubstr("it has 'A', 'B'"));
    EXPECT_EQ(compare({base_, (folder_.path() / "none.json").string()}), 3);
    EXPECT_EQ(compare({base_, folder_.path().string()}), 3);
    report_["scores"]["data"]["split"] = "test";
    EXPECT_EQ(compare({base_, write("other.json", report_)}), 3);
    EXPECT_THAT(line_, HasSubstr("--allow-different-data"));
    EXPECT_EQ(compare({base_, write("other.json", report_), "--allow-different-data"}), 0);
    EXPECT_EQ(compare({"--help"}), 0);
    EXPECT_THAT(out_, HasSubstr("--min-class-iou"));
}

} // namespace
} // namespace siskin::test
