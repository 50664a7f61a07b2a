// SPDX-License-Identifier: MIT
// ShapeNetPart's own measure: Yi et al., "A scalable active framework for region annotation in 3D
// shape collections", SIGGRAPH Asia 2016.
#pragma once

#include "core/eval/confusion.hpp"
#include "core/scan/shape_categories.hpp"

namespace siskin {

/// Mean over the parts of the category of a shape of their IoU over all its points; a part that
/// neither ground truth nor prediction has counts 1. `shape`: counts of one shape, in the fifty
/// parts. 0..1.
double shapeIou(const Confusion& shape, const ShapeCategory& category);

/// By its name as in the data set, e.g. "Chair"; nullptr when there is none.
const ShapeCategory* shapeCategoryNamed(std::string_view name) noexcept;

} // namespace siskin
