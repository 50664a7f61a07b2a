// SPDX-License-Identifier: MIT
#include "core/benchmark/folder.hpp"

#include "core/base/error.hpp"
#include "core/base/file_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/file.h>
#include <unistd.h>

namespace siskin {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kTemporary = ".tmp-"; // as writeFileAtomically names them
constexpr const char* kPictures = "worst";

std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        entries.push_back(entry.path());
    }
    return entries;
}

} // namespace

fs::path partFolder(const fs::path& root, const Shard& shard) {
    return shard.count == 1 ? root
                            : root / fmt::format("shard-{:02}-of-{:02}", shard.index, shard.count);
}

fs::path pictureFile(const fs::path& part, std::size_t position) {
    return part / kPictures / fmt::format("{:06}.png", position);
}

fs::path submissionFolder(const fs::path& root, const EvaluationPlan& plan, std::size_t model) {
    const auto folder = root / "submission";
    return plan.models.size() == 1 ? folder : folder / fileNameFrom(plan.models[model].label);
}

EvaluationFolder::EvaluationFolder(const fs::path& root, const Shard& shard)
    : root_(root), path_(partFolder(root, shard)) {
    std::error_code status;
    fs::create_directories(path_, status);
    const auto file = path_ / ".lock";
    lock_ = status ? -1 : ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock_ < 0) {
        throw DatasetError(
            fmt::format(
                "{}: cannot write: {}",
                path_.string(),
                status ? status.message() : std::string(std::strerror(errno))
            ),
            "choose another --out, or check its permissions"
        );
    }
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock_);
        throw Error(
            fmt::format("{}: another process is writing here", path_.string()),
            "wait for it, or choose another --out",
            ExitCode::RunFailed
        );
    }
}

EvaluationFolder::~EvaluationFolder() {
    ::close(lock_);
}

void EvaluationFolder::clear() {
    constexpr std::array kFiles = {
        "plan.json",
        "journal.jsonl",
        "scores.json",
        "frames.csv",
        "classes.csv",
        "timings.csv",
        "report.json",
        "report.html",
        kPictures};
    std::error_code ignored;
    for (const char* name : kFiles) {
        fs::remove_all(path_ / name, ignored);
    }
    if (path_ == root_) {
        fs::remove_all(root_ / "submission", ignored);
    }
}

void EvaluationFolder::removeLeftovers(const std::vector<fs::path>& files) const {
    const std::set<fs::path> ours(files.begin(), files.end());
    std::set<fs::path> folders{path_, path_ / kPictures};
    for (const auto& file : files) {
        folders.insert(file.parent_path());
    }
    std::error_code ignored;
    for (const auto& folder : folders) {
        const bool whole = folder == path_ || folder == path_ / kPictures;
        for (const auto& entry : entriesOf(folder)) {
            const auto name = entry.string();
            const auto cut = name.rfind(kTemporary);
            const bool temporary = cut != std::string::npos && cut > folder.string().size();
            if (temporary && (whole || ours.contains(name.substr(0, cut)))) {
                fs::remove(entry, ignored);
            }
        }
    }
}

void EvaluationFolder::keepPictures(const std::vector<std::size_t>& positions) const {
    std::set<fs::path> wanted;
    for (const std::size_t position : positions) {
        wanted.insert(pictureFile(path_, position));
    }
    std::error_code ignored;
    for (const auto& entry : entriesOf(path_ / kPictures)) {
        if (!wanted.contains(entry)) {
            fs::remove(entry, ignored);
        }
    }
}

} // namespace siskin
