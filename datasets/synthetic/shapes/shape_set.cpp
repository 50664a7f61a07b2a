// SPDX-License-Identifier: MIT
#include "datasets/synthetic/shapes/shape_set.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "core/scan/shape_categories.hpp"
#include "datasets/synthetic/output_folder.hpp"
#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/shapes/shape_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace siskin {

namespace {

constexpr int kMostShapes = 1'000'000;

std::string shapeId(std::uint64_t seed, std::size_t index) {
    return fmt::format("synthetic_s{}_{:06}", seed, index);
}

const ShapeCategory& categoryOf(std::size_t index) {
    return kShapeCategories[index % kShapeCategories.size()];
}

std::string shapeText(const SurfaceSample& sample) {
    std::string text;
    for (std::size_t i = 0; i < sample.positions.size(); ++i) {
        const Vec3d& p = sample.positions[i];
        const Vec3d& n = sample.normals[i];
        fmt::format_to(
            std::back_inserter(text),
            "{:.6f} {:.6f} {:.6f} {:.6f} {:.6f} {:.6f} {}.000000\n",
            p.x,
            p.y,
            p.z,
            n.x,
            n.y,
            n.z,
            sample.tags[i]
        );
    }
    return text;
}

/// Of every ten shapes of a category seven train, one validates and two test.
std::string_view splitOf(std::size_t index) {
    const std::size_t turn = index / kShapeCategories.size() % 10;
    return turn < 7 ? "train" : turn == 7 ? "val" : "test";
}

void writeTables(const OutputFolder& output, const ShapeSetOptions& options) {
    std::string table;
    for (const ShapeCategory& category : kShapeCategories) {
        table += fmt::format("{}\t{}\n", category.name, category.synset);
    }
    output.write("synsetoffset2category.txt", table);
    // Shuffled by sorting random keys.
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (std::size_t i = 0; i < static_cast<std::size_t>(options.count); ++i) {
        order.emplace_back(Random::forPart(~options.seed, i).bits(), i);
    }
    std::sort(order.begin(), order.end());
    for (const std::string_view split : {"train", "val", "test"}) {
        std::string list;
        for (const auto& [key, index] : order) {
            if (splitOf(index) == split) {
                list += fmt::format(
                    "{}\"shape_data/{}/{}\"",
                    list.empty() ? "" : ", ",
                    categoryOf(index).synset,
                    shapeId(options.seed, index)
                );
            }
        }
        output.write(
            fmt::format("train_test_split/shuffled_{}_file_list.json", split), "[" + list + "]\n"
        );
    }
}

} // namespace

SurfaceSample makeShapePoints(std::uint64_t seed, std::size_t index) {
    Random random = Random::forPart(seed, index);
    Mesh mesh = makeShape(index % kShapeCategories.size(), random);
    normalizeShape(mesh);
    // Most of the archive's shapes have 2000 to 3000 points.
    const int count = std::max(random.integer(1000, 3000), random.integer(1000, 3000));
    return sampleSurface(mesh, static_cast<std::size_t>(count), random);
}

void makeShapeSet(
    const std::filesystem::path& folder,
    const ShapeSetOptions& options,
    const std::stop_token& stop,
    const std::function<void(double, const std::string&)>& progress
) {
    if (options.count < 1 || options.count > kMostShapes) {
        throw ConfigError(
            fmt::format("{} shapes cannot be made", options.count),
            fmt::format("give a count from 1 to {}", kMostShapes)
        );
    }
    OutputFolder output(folder);
    constexpr std::int64_t kBatch = 32; // a stop is obeyed between batches
    for (std::int64_t done = 0; done < options.count; done += kBatch) {
        throwIfStopRequested(stop);
        progress(
            static_cast<double>(done) / options.count,
            fmt::format("shape {} of {}", done, options.count)
        );
        const auto count = std::min<std::int64_t>(kBatch, options.count - done);
        parallelFor(count, 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i) {
                const auto index = static_cast<std::size_t>(done + i);
                const std::string name = shapeId(options.seed, index) + ".txt";
                output.write(
                    std::filesystem::path(categoryOf(index).synset) / name,
                    shapeText(makeShapePoints(options.seed, index))
                );
            }
        });
    }
    writeTables(output, options);
    output.finish();
    progress(1.0, fmt::format("{} shapes", options.count));
}

} // namespace siskin
