// SPDX-License-Identifier: MIT
#include "datasets/kitti/kitti_files.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <map>

namespace siskin {

namespace {

[[noreturn]] void
fail(const std::filesystem::path& path, std::size_t line, const std::string& why) {
    throw DatasetError(
        fmt::format("{}: line {}: {}", path.string(), line, why),
        "repair the line or fetch the file again"
    );
}

double numberOf(
    const std::filesystem::path& path,
    std::size_t line,
    std::string_view name,
    std::string_view word
) {
    double value = 0.0;
    if (!parseNumber(word, value) || !std::isfinite(value)) {
        fail(path, line, fmt::format("{} '{}' is not a finite number", name, printable(word)));
    }
    return value;
}

std::vector<std::string_view> wordsOf(std::string_view line) {
    std::vector<std::string_view> words;
    for (auto word = nextWord(line); !word.empty(); word = nextWord(line)) {
        words.push_back(word);
    }
    return words;
}

template <std::size_t N>
std::array<double, N> matrixOf(
    const std::filesystem::path& path,
    const std::map<std::string, std::pair<std::size_t, std::vector<double>>, std::less<>>& lines,
    std::string_view name
) {
    const auto found = lines.find(name);
    if (found == lines.end()) {
        throw DatasetError(
            fmt::format("{}: no line '{}:'", path.string(), name),
            "calib/ of the KITTI object benchmark has P0-P3, R0_rect and Tr_velo_to_cam"
        );
    }
    const auto& [line, values] = found->second;
    if (values.size() != N) {
        fail(path, line, fmt::format("{} has {} numbers, not {}", name, values.size(), N));
    }
    std::array<double, N> matrix{};
    std::copy(values.begin(), values.end(), matrix.begin());
    return matrix;
}

} // namespace

CameraCalibration readKittiCalibration(const std::filesystem::path& path) {
    const auto text = readTextFile(path);
    std::map<std::string, std::pair<std::size_t, std::vector<double>>, std::less<>> lines;
    std::string_view rest = text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto words = wordsOf(nextLine(rest));
        if (words.empty() || !words.front().ends_with(':')) {
            continue;
        }
        const std::string name(words.front().substr(0, words.front().size() - 1));
        if (name != "P2" && name != "R0_rect" && name != "Tr_velo_to_cam") {
            continue;
        }
        std::vector<double> values;
        for (std::size_t i = 1; i < words.size(); ++i) {
            values.push_back(numberOf(path, number, name, words[i]));
        }
        if (!lines.emplace(name, std::pair(number, std::move(values))).second) {
            fail(path, number, fmt::format("{} comes a second time", name));
        }
    }
    CameraCalibration calibration{
        matrixOf<12>(path, lines, "P2"),
        matrixOf<9>(path, lines, "R0_rect"),
        matrixOf<12>(path, lines, "Tr_velo_to_cam")};
    if (!(calibration.projection[0] > 0.0 && calibration.projection[5] > 0.0)) {
        fail(path, lines.at("P2").first, "P2 has no positive focal length");
    }
    return calibration;
}

std::vector<ImageBox> readKittiBoxes(const std::filesystem::path& path) {
    constexpr std::size_t kColumns = 15;
    const auto text = readTextFile(path);
    std::vector<ImageBox> boxes;
    std::string_view rest = text;
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const auto words = wordsOf(nextLine(rest));
        if (words.empty() || words.front() == "DontCare") {
            continue;
        }
        if (words.size() != kColumns && words.size() != kColumns + 1) {
            fail(
                path,
                line,
                fmt::format(
                    "{} columns, but boxes have 15 (type truncated occluded alpha x1 y1 x2 y2 h w "
                    "l x y z ry) or 16 (and score)",
                    words.size()
                )
            );
        }
        const auto number = [&](std::size_t column, std::string_view name) {
            return numberOf(path, line, name, words[column]);
        };
        ImageBox box{
            .type = std::string(words.front()),
            .left = number(4, "x1"),
            .top = number(5, "y1"),
            .right = number(6, "x2"),
            .bottom = number(7, "y2"),
            .score = words.size() > kColumns ? number(kColumns, "score") : 1.0};
        if (!(box.left < box.right && box.top < box.bottom)) {
            fail(path, line, "x1 y1 x2 y2 is no box: x1 < x2 and y1 < y2 must hold");
        }
        boxes.push_back(std::move(box));
    }
    return boxes;
}

std::string kittiResultText(std::span<const CameraBox> boxes) {
    std::string text;
    for (const auto& box : boxes) {
        fmt::format_to(
            std::back_inserter(text),
            "{} -1 -1 -10 {:.2f} {:.2f} {:.2f} {:.2f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} "
            "{:.4f} {:.6f}\n",
            box.image.type,
            box.image.left,
            box.image.top,
            box.image.right,
            box.image.bottom,
            box.height,
            box.width,
            box.length,
            box.bottom[0],
            box.bottom[1],
            box.bottom[2],
            box.rotationY,
            box.image.score
        );
    }
    return text;
}

} // namespace siskin
