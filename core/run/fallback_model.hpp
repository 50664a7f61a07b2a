// SPDX-License-Identifier: MIT
// A model that goes on elsewhere when its device fails. This header is free of LibTorch.
#pragma once

#include "core/run/scan_model.hpp"

#include <functional>
#include <memory>

namespace siskin {

/// `model` until its device fails (`DeviceError`: out of memory, lost); then, for that scan and all
/// later ones, what `loadOther` makes, which is loaded when it is first needed. Every result from
/// there says so in its notes. May be run from several threads, as other models.
std::unique_ptr<ScanModel> makeFallbackModel(
    std::unique_ptr<ScanModel> model, std::function<std::unique_ptr<ScanModel>()> loadOther
);

} // namespace siskin
