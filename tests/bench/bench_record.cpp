// SPDX-License-Identifier: MIT
#include "tests/bench/bench_record.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

namespace siskin::bench {

namespace {

using nlohmann::json;

/// Name -> milliseconds of every stage and layer of one network.
std::map<std::string, double> timesOf(const json& network) {
    std::map<std::string, double> times;
    for (const auto& [stage, ms] : network.at("stages_ms").items()) {
        times["  stage " + stage] = ms.get<double>();
    }
    for (const auto& layer : network.at("layers")) {
        times["  layer " + layer.at("name").get<std::string>()] = layer.at("ms").get<double>();
    }
    return times;
}

void printRatio(const std::string& name, double before, double now, double speed) {
    const double ratio = now / before * speed;
    fmt::print(
        "{:<48} {:>9.2f} {:>9.2f} {:>7.2f}{}\n",
        name,
        before,
        now,
        ratio,
        ratio > 1.05   ? "  slower"
        : ratio < 0.95 ? "  faster"
                       : ""
    );
}

} // namespace

std::filesystem::path historyFolder() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state != nullptr && *state != '\0') {
        return std::filesystem::path(state) / "siskin/bench";
    }
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') {
        throw ConfigError("neither XDG_STATE_HOME nor HOME is set", "give --history FOLDER");
    }
    return std::filesystem::path(home) / ".local/state/siskin/bench";
}

std::string sourceCommit() {
    const std::unique_ptr<FILE, int (*)(FILE*)> git(
        popen("git -C '" SISKIN_SOURCE_FOLDER "' describe --always --dirty 2>/dev/null", "r"),
        pclose
    );
    std::array<char, 64> line{};
    if (!git || std::fgets(line.data(), line.size(), git.get()) == nullptr) {
        return "unknown";
    }
    const std::string text(line.data());
    return text.substr(0, text.find('\n'));
}

std::filesystem::path appendToHistory(const json& record, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    const auto path =
        folder / fmt::format("{:%Y-%m-%dT%H-%M-%SZ}.json", fmt::gmtime(std::time(nullptr)));
    writeFileAtomically(path, record.dump(1) + "\n");
    return path;
}

std::filesystem::path latestRecord(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> records;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        if (entry.path().extension() == ".json") {
            records.push_back(entry.path());
        }
    }
    if (records.empty()) {
        throw ConfigError(
            fmt::format("{}: no earlier record", folder.string()),
            "run network_bench once without --compare"
        );
    }
    return *std::max_element(records.begin(), records.end());
}

json readRecord(const std::filesystem::path& path) {
    auto record = json::parse(readTextFile(path), nullptr, false);
    if (!record.is_object() || !record.contains("networks") || !record.at("networks").is_object()) {
        throw ConfigError(
            fmt::format("{}: not a record of network_bench", path.string()),
            "give a file that network_bench wrote"
        );
    }
    return record;
}

void printComparison(const json& before, const json& now) {
    fmt::print(
        "\ncompared with {} (commit {}); ratios allow for the SGEMM rates of the two runs\n"
        "{:<48} {:>9} {:>9} {:>7}\n",
        before.value("time", "?"),
        before.value("commit", "?"),
        "ms",
        "before",
        "now",
        "ratio"
    );
    for (const auto& [name, network] : now.at("networks").items()) {
        if (!before.at("networks").contains(name)) {
            fmt::print("{}: not in the earlier record\n", name);
            continue;
        }
        const auto& earlier = before.at("networks").at(name);
        const double speed =
            network.at("sgemm_gflops").get<double>() / earlier.at("sgemm_gflops").get<double>();
        const auto old = timesOf(earlier);
        fmt::print("{}: SGEMM {:.2f} of that run's\n", name, speed);
        for (const auto& [what, ms] : timesOf(network)) {
            if (const auto found = old.find(what); found != old.end() && found->second > 0.0) {
                printRatio(what, found->second, ms, speed);
            }
        }
    }
}

} // namespace siskin::bench
