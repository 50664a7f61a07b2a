// SPDX-License-Identifier: MIT
#include "app/cli/compare_command.hpp"

#include "app/cli/parse_options.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/report/evaluation_compare.hpp"
#include "core/report/json_parts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>

namespace siskin::cli {

namespace po = boost::program_options;

namespace {

constexpr auto kHint = "see 'siskin compare --help'";

po::options_description compareOptions() {
    po::options_description options("Options");
    options.add_options()("help,h", "this text")(
        "max-latency",
        po::value<std::string>()->value_name("CHANGE"),
        "p50 may grow by this much: +5% or +3ms"
    )("max-energy",
      po::value<std::string>()->value_name("CHANGE"),
      "J per frame may grow by this much: +5% or +0.5J"
    )("min-miou",
      po::value<std::string>()->value_name("POINTS"),
      "the headline figure may change by this much, in percentage points: -0.2"
    )("min-class-iou",
      po::value<std::string>()->value_name("POINTS"),
      "the same for the IoU of every class"
    )("model",
      po::value<std::vector<std::string>>()->composing()->value_name("LABEL"),
      "compare this model only; may be repeated"
    )("allow-different-data", "compare although frames or their data differ"
    )("json", po::value<std::string>()->value_name("FILE"), "also write the comparison there");
    return options;
}

/// A file, or the folder that `siskin eval --out` wrote.
ReportedEvaluation readReport(const std::filesystem::path& given) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 28U;
    const auto path = std::filesystem::is_directory(given) ? given / "report.json" : given;
    return readEvaluation(readTextFile(path, kMostBytes), path.string());
}

CompareOptions optionsFrom(const po::variables_map& values) {
    CompareOptions options;
    take(values, "model", options.models);
    options.allowDifferentData = values.count("allow-different-data") != 0;
    const auto given = [&values](const char* name) -> std::optional<std::string> {
        return values.count(name) == 0 ? std::nullopt
                                       : std::optional(values[name].as<std::string>());
    };
    if (const auto text = given("max-latency")) {
        options.gates.latency = growthLimitFrom(*text, "ms", "--max-latency");
    }
    if (const auto text = given("max-energy")) {
        options.gates.energy = growthLimitFrom(*text, "J", "--max-energy");
    }
    if (const auto text = given("min-miou")) {
        options.gates.meanIou = pointsFrom(*text, "--min-miou");
    }
    if (const auto text = given("min-class-iou")) {
        options.gates.classIou = pointsFrom(*text, "--min-class-iou");
    }
    return options;
}

} // namespace

std::string compareHelp() {
    std::ostringstream options;
    options << compareOptions();
    return "Compares two evaluations and judges the second one.\n\n"
           "Usage:\n"
           "  siskin compare BASELINE NEW [options]\n\n"
           "BASELINE and NEW are the report.json of 'siskin eval' or 'siskin merge', or their "
           "folders. "
           "Models are matched\nby their labels, or the only one with the only one.\n\n" +
           options.str() +
           "\nExamples:\n"
           "  siskin compare main/ branch/ --max-latency +5% --max-energy +5% --min-miou -0.2\n\n"
           "A gate that cannot be judged, because a report lacks the figure or the model, trips. "
           "Exit code 5 when any\ngate trips.\n";
}

int compareCommand(const std::vector<std::string>& arguments) {
    const auto values = parseOptions(arguments, compareOptions(), "report", kHint);
    if (values.count("help") != 0) {
        std::fputs(compareHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    std::vector<std::string> reports;
    take(values, "report", reports);
    if (reports.size() != 2) {
        throw ConfigError("'siskin compare' takes two reports", kHint);
    }
    const auto options = optionsFrom(values);
    const auto comparison =
        compareEvaluations(readReport(reports[0]), readReport(reports[1]), options);
    if (values.count("json") != 0) {
        writeFileAtomically(
            values["json"].as<std::string>(), jsonText(comparisonDocument(comparison))
        );
    }
    std::fputs(comparisonText(comparison).c_str(), stdout);
    return static_cast<int>(comparison.passed() ? ExitCode::Ok : ExitCode::RegressionGate);
}

} // namespace siskin::cli
