// SPDX-License-Identifier: MIT
#include "datasets/synthetic/shapes/shape_models.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <array>

namespace siskin {

Mesh makeShape(std::size_t category, Random& random) {
    // The order of `kShapeCategories`.
    constexpr std::array<Mesh (*)(Random&), 16> kMakers = {
        makeAirplane,
        makeBag,
        makeCap,
        makeCar,
        makeChair,
        makeEarphone,
        makeGuitar,
        makeKnife,
        makeLamp,
        makeLaptop,
        makeMotorbike,
        makeMug,
        makePistol,
        makeRocket,
        makeSkateboard,
        makeTable};
    if (category >= kMakers.size()) {
        throw ConfigError(fmt::format("shape category {} does not exist: 0 to 15", category));
    }
    return kMakers[category](random);
}

} // namespace siskin
