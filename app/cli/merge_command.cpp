// SPDX-License-Identifier: MIT
#include "app/cli/merge_command.hpp"

#include "app/cli/environment.hpp"
#include "app/cli/eval_reports.hpp"
#include "app/cli/parse_options.hpp"
#include "app/cli/regions_command.hpp"
#include "core/base/error.hpp"
#include "core/benchmark/folder.hpp"
#include "core/benchmark/merge.hpp"
#include "core/submission/submission_format.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;

struct MergeRequest {
    std::vector<std::filesystem::path> folders;
    std::filesystem::path out;
    bool folds = false;
    std::string region = "WORLD";
    bool quiet = false;
    bool help = false;
};

po::options_description visibleOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options()(
        "out", po::value<std::string>()->value_name("DIR"), "folder of the reports"
    )("folds",
      po::bool_switch(),
      "S3DIS: six evaluations, area_1 to area_6, each of the model trained on the other five"
    )("region",
      po::value<std::string>()->value_name("CODE"),
      "electricity for gCO2e, see 'siskin regions' (default WORLD)"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
    return options;
}

std::string helpText() {
    std::ostringstream text;
    text << "siskin merge DIR... --out DIR [options]\n\n"
            "Joins the shards of one evaluation exactly: the scores are those of a single run, to "
            "the\nlast bit. Shards that are missing, unfinished, named twice or of another "
            "evaluation are\nrefused.\n\n"
         << visibleOptions()
         << "\nExamples:\n"
            "  siskin merge kitti-val --out kitti-val/merged\n"
            "  siskin merge area-1 area-2 area-3 area-4 area-5 area-6 --folds --out six-fold\n";
    return text.str();
}

MergeRequest parse(const std::vector<std::string>& arguments) {
    const po::options_description options = visibleOptions();
    const auto values = parseOptions(arguments, options, "folder", "see 'siskin merge --help'");
    MergeRequest request;
    request.help = values["help"].as<bool>();
    request.folds = values["folds"].as<bool>();
    request.quiet = values["quiet"].as<bool>();
    std::vector<std::string> folders;
    std::string out;
    take(values, "folder", folders);
    take(values, "out", out);
    take(values, "region", request.region);
    request.folders.assign(folders.begin(), folders.end());
    request.out = out;
    if (!request.help && folders.empty()) {
        throw ConfigError("nothing to merge", "siskin merge DIR... --out DIR");
    }
    if (!request.help && out.empty()) {
        throw ConfigError("no output folder was named", "add --out DIR");
    }
    return request;
}

} // namespace

int mergeCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const MergeRequest request = parse(arguments);
    if (request.help) {
        std::fputs(helpText().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    const auto grid = findRegion(request.region);
    Progress progress(Progress::styleFor(request.quiet));
    auto parts = findParts(request.folders);
    const auto plan = request.folds ? joinFolds(parts) : joinShards(parts);
    EvaluationSummary summary(plan);
    progress.begin(fmt::format("joining {} parts", parts.size()));
    auto content = readParts(parts, plan, request.folds, [&](const FrameRecord& record) {
        summary.add(record);
    });
    for (const auto& failure : content.failures) {
        summary.add(failure);
    }
    const EvaluationFolder folder(request.out, {});
    if (plan.submission && !request.folds) {
        const auto root = parts.front().plan.shard.count > 1 ? parts.front().folder.parent_path()
                                                             : parts.front().folder;
        const auto submission = [&](std::size_t model) {
            return submissionFolder(root, plan, model);
        };
        const SubmissionFormat format(plan.benchmark, plan.split);
        for (std::size_t i = 0; i < plan.models.size(); ++i) {
            format.writeDescription(submission(i));
        }
        zipSubmissions(plan, submission, progress, stop);
    }
    const EvaluationReport report{
        summary,
        std::move(content.sessions),
        grid,
        describeEnvironment("merge", plan.device, arguments),
        true};
    const auto picture = [&](std::size_t position) {
        const auto& [part, own] = content.origin[position];
        return pictureFile(parts[part].folder, own);
    };
    writeReports(request.out, report, picture, progress);
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
