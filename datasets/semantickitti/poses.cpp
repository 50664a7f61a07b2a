// SPDX-License-Identifier: MIT
#include "datasets/semantickitti/poses.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace siskin {

namespace {

/// The twelve numbers of a 3 x 4 matrix, completed to 4 x 4; empty when `text` is not just that.
std::optional<Pose> parseMatrix(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r";
    Pose matrix{};
    matrix[15] = 1.0;
    for (std::size_t i = 0; i < 12; ++i) {
        text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
        const auto [end, status] =
            std::from_chars(text.data(), text.data() + text.size(), matrix[i]);
        if (status != std::errc() || !std::isfinite(matrix[i])) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    if (text.find_first_not_of(kBlank) != std::string_view::npos) {
        return std::nullopt;
    }
    return matrix;
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

[[noreturn]] void failAt(const std::filesystem::path& path, std::size_t line) {
    throw DatasetError(
        fmt::format("{}: line {}: 12 finite numbers were expected", path.string(), line)
    );
}

Pose product(const Pose& left, const Pose& right) {
    Pose result{};
    for (std::size_t row = 0; row < 4; ++row) {
        for (std::size_t column = 0; column < 4; ++column) {
            for (std::size_t k = 0; k < 4; ++k) {
                result[row * 4 + column] += left[row * 4 + k] * right[k * 4 + column];
            }
        }
    }
    return result;
}

/// Inverse of a rotation with translation.
Pose rigidInverse(const Pose& pose) {
    Pose inverse{};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            inverse[row * 4 + column] = pose[column * 4 + row];
            inverse[row * 4 + 3] -= pose[column * 4 + row] * pose[column * 4 + 3];
        }
    }
    inverse[15] = 1.0;
    return inverse;
}

bool isRigid(const Pose& pose) {
    constexpr double kTolerance = 1e-3;
    const Pose shouldBeIdentity = product(rigidInverse(pose), pose);
    for (std::size_t i = 0; i < shouldBeIdentity.size(); ++i) {
        const double expected = i % 5 == 0 ? 1.0 : 0.0;
        if (std::abs(shouldBeIdentity[i] - expected) > kTolerance) {
            return false;
        }
    }
    return true;
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
            failAt(posesFile, number);
        }
        poses.push_back(product(fromCamera, product(*camera, toCamera)));
    });
    return poses;
}

} // namespace siskin
