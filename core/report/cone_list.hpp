// SPDX-License-Identifier: MIT
// The cones that were found, frame by frame, for programs that drive with them.
#pragma once

#include "core/objects/cone_scores.hpp"

#include <string>
#include <vector>

namespace siskin {

/// Collects detections in the order of `add`.
class ConeList {
  public:
    void
    add(const std::string& frame, const std::string& model, std::vector<ConeDetection> detections);

    /// A line per cone: frame,model,x,y,z,colour,confidence; metres in the sensor's frame (x ahead,
    /// y left, z up), the middle of the foot. Begins with the names of the columns.
    std::string csv() const;

    /// A line per frame and model, also without cones: {"frame", "model", "cones": [{"x", "y", "z",
    /// "colour", "confidence"}]}.
    std::string jsonLines() const;

  private:
    struct Entry {
        std::string frame, model;
        std::vector<ConeDetection> detections;
    };

    std::vector<Entry> entries_;
};

} // namespace siskin
