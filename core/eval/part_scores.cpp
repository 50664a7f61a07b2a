// SPDX-License-Identifier: MIT
#include "core/eval/part_scores.hpp"

namespace siskin {

double shapeIou(const Confusion& shape, const ShapeCategory& category) {
    double sum = 0.0;
    for (std::uint32_t i = 0; i < category.partCount; ++i) {
        const auto part = static_cast<ClassId>(category.firstPart + i);
        const std::int64_t correct = shape.correct(part);
        const std::int64_t either = shape.seen(part) + shape.positive(part) - correct;
        sum += either == 0 ? 1.0 : static_cast<double>(correct) / static_cast<double>(either);
    }
    return sum / category.partCount;
}

const ShapeCategory* shapeCategoryNamed(std::string_view name) noexcept {
    const auto index = shapeCategoryOfName(name);
    return index ? &kShapeCategories[*index] : nullptr;
}

} // namespace siskin
