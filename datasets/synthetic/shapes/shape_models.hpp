// SPDX-License-Identifier: MIT
// Parametric shapes of the sixteen ShapeNetPart categories, one random style and proportion each.
#pragma once

#include "datasets/synthetic/mesh.hpp"
#include "datasets/synthetic/random.hpp"

#include <cstddef>

namespace siskin {

/// The parts of ShapeNetPart by their global ids, used as the tags of the meshes. The archive
/// carries no names; these are the ones in common use.
enum ShapePart : MeshTag {
    kAirplaneBody = 0,
    kAirplaneWing,
    kAirplaneTail,
    kAirplaneEngine,
    kBagHandle,
    kBagBody,
    kCapCrown,
    kCapPeak,
    kCarRoof,
    kCarHood,
    kCarWheel,
    kCarBody,
    kChairBack,
    kChairSeat,
    kChairLeg,
    kChairArm,
    kEarphoneCup,
    kEarphoneBand,
    kEarphoneWire,
    kGuitarHead,
    kGuitarNeck,
    kGuitarBody,
    kKnifeBlade,
    kKnifeHandle,
    kLampBase,
    kLampShade,
    kLampCanopy,
    kLampStem,
    kLaptopKeyboard,
    kLaptopScreen,
    kMotorbikeTank,
    kMotorbikeSeat,
    kMotorbikeWheel,
    kMotorbikeHandlebar,
    kMotorbikeLight,
    kMotorbikeFrame,
    kMugHandle,
    kMugCup,
    kPistolBarrel,
    kPistolGrip,
    kPistolTrigger,
    kRocketBody,
    kRocketFin,
    kRocketNose,
    kSkateboardWheel,
    kSkateboardDeck,
    kSkateboardStrap,
    kTableTop,
    kTableLeg,
    kTableDrawer,
};

/// A shape of category `category` (index in `kShapeCategories`), every triangle tagged with its
/// part; +y up, +x front, any scale. Throws `ConfigError` above the last category.
Mesh makeShape(std::size_t category, Random& random);

// One per category, in metres; in chairs.cpp, lamps.cpp, tables.cpp, things.cpp, tools.cpp,
// vehicles.cpp.
Mesh makeAirplane(Random& random);
Mesh makeBag(Random& random);
Mesh makeCap(Random& random);
Mesh makeCar(Random& random);
Mesh makeChair(Random& random);
Mesh makeEarphone(Random& random);
Mesh makeGuitar(Random& random);
Mesh makeKnife(Random& random);
Mesh makeLamp(Random& random);
Mesh makeLaptop(Random& random);
Mesh makeMotorbike(Random& random);
Mesh makeMug(Random& random);
Mesh makePistol(Random& random);
Mesh makeRocket(Random& random);
Mesh makeSkateboard(Random& random);
Mesh makeTable(Random& random);

// The two kinds of chairs; rooms tell them apart.
Mesh makePlainChair(Random& random);
Mesh makeSofa(Random& random); ///< an armchair or a sofa

} // namespace siskin
