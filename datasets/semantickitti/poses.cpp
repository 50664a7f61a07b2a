// SPDX-License-Identifier: MIT
#include "datasets/semantickitti/poses.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace siskin {

namespace {

/// Finite numbers, as many as `values` has room for; false when `text` is not just those.
bool parseNumbers(std::string_view text, std::span<double> values) {
    constexpr std::string_view kBlank = " \t\r";
    for (double& value : values) {
        text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (status != std::errc() || !std::isfinite(value)) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return text.find_first_not_of(kBlank) == std::string_view::npos;
}

/// The twelve numbers of a 3 x 4 matrix, completed to 4 x 4; empty when `text` is not just that.
std::optional<Pose> parseMatrix(std::string_view text) {
    Pose matrix{};
    matrix[15] = 1.0;
    return parseNumbers(text, std::span(matrix).first(12)) ? std::optional(matrix) : std::nullopt;
}

/// Calls `visit(line number from 1, line)` for every line that is not blank.
template <typename Visit>
void forEachLine(std::string_view text, Visit visit) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t length = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, length);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
            visit(number, line);
        }
        text.remove_prefix(std::min(length + 1, text.size()));
    }
}

Pose readVelodyneToCamera(const std::filesystem::path& path) {
    constexpr std::string_view kKey = "Tr:";
    std::optional<Pose> found;
    forEachLine(readTextFile(path), [&](std::size_t number, std::string_view line) {
        if (!line.starts_with(kKey)) {
            return;
        }
        found = parseMatrix(line.substr(kKey.size()));
        if (!found || !isRigid(*found)) {
            throw DatasetError(
                fmt::format("{}: line {}: 'Tr:' is not a rigid 3 x 4 matrix", path.string(), number)
            );
        }
    });
    if (!found) {
        throw DatasetError(fmt::format("{}: the line 'Tr:' is missing", path.string()));
    }
    return *found;
}

} // namespace

std::vector<Pose> readVelodynePoses(
    const std::filesystem::path& posesFile, const std::filesystem::path& calibrationFile
) {
    const Pose toCamera = readVelodyneToCamera(calibrationFile);
    const Pose fromCamera = rigidInverse(toCamera);
    std::vector<Pose> poses;
    forEachLine(readTextFile(posesFile), [&](std::size_t number, std::string_view line) {
        const std::optional<Pose> camera = parseMatrix(line);
        if (!camera) {
            throw DatasetError(fmt::format(
                "{}: line {}: 12 finite numbers were expected", posesFile.string(), number
            ));
        }
        poses.push_back(product(fromCamera, product(*camera, toCamera)));
    });
    return poses;
}

std::vector<double> readTimes(const std::filesystem::path& path) {
    std::vector<double> times;
    forEachLine(readTextFile(path), [&](std::size_t number, std::string_view line) {
        double time = 0.0;
        if (!parseNumbers(line, {&time, 1}) || (!times.empty() && time <= times.back())) {
            throw DatasetError(fmt::format(
                "{}: line {}: one number, more than the one before, was expected",
                path.string(),
                number
            ));
        }
        times.push_back(time);
    });
    return times;
}

} // namespace siskin
