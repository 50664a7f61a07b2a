// SPDX-License-Identifier: MIT
// A data set small enough to learn in a second, in SemanticKITTI's layout.
#pragma once

#include "core/base/error.hpp"
#include "core/base/split_mix.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace siskin::test {

/// A flat road, a car on it and a wall beside it: 3 x `pointsEach` points with labels 40, 10, 50.
inline void writeSmallFrame(
    const std::filesystem::path& sequence, int number, std::uint64_t seed, int pointsEach = 150
) {
    SplitMix64 random(seed, static_cast<std::uint64_t>(number));
    std::vector<float> points;
    std::vector<std::uint32_t> labels;
    const auto add = [&](double x, double y, double z, double remission, std::uint32_t label) {
        for (const double value : {x, y, z, remission}) {
            points.push_back(static_cast<float>(value));
        }
        labels.push_back(label);
    };
    for (int i = 0; i < pointsEach; ++i) {
        const auto u = [&random](double low, double high) { return random.uniform(low, high); };
        add(u(-4.0, 4.0), u(-4.0, 4.0), -1.7, 0.1, 40);
        add(u(1.0, 2.5), u(-1.0, 0.0), u(-1.6, -0.5), 0.9, 10);
        add(u(-4.0, 4.0), 4.0, u(-1.5, 1.0), 0.5, 50);
    }
    const auto write = [&](const char* folder, const char* extension, const auto& values) {
        std::filesystem::create_directories(sequence / folder);
        const auto name = std::string(number < 10 ? "00000" : "0000") + std::to_string(number);
        std::ofstream stream(sequence / folder / (name + extension), std::ios::binary);
        stream.write(
            reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(values[0]))
        );
    };
    write("velodyne", ".bin", points);
    write("labels", ".label", labels);
}

/// `frames` of them (at most 99) below `root`; returns `root`.
inline std::filesystem::path
writeSmallKitti(const std::filesystem::path& root, int frames, std::uint64_t seed = 1) {
    for (int number = 0; number < frames; ++number) {
        writeSmallFrame(root / "sequences" / "00", number, seed);
    }
    return root;
}

/// What an action that must fail says.
template <typename Action>
std::string errorOf(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.line();
    }
    return "no error";
}

} // namespace siskin::test
