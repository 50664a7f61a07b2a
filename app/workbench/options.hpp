// SPDX-License-Identifier: MIT
// The command line of `siskin-workbench`.
#pragma once

#include "core/run/pipeline.hpp"

#include <string>
#include <vector>

namespace siskin::workbench {

struct Options {
    bool help = false;
    bool version = false;
    std::string path; ///< data-set folder, scan file or "demo:street"; empty = welcome page
    std::vector<ModelSpec> models;
    int panes = 0; ///< 0 = as many as there is something to show
    bool run = false;
    bool paperPreset = false; ///< run the networks of the PVCNN paper
    double playSeconds = 0.0; ///< play that long, print how it went and end; 0 = do not
    std::string screenshot;   ///< file; empty = stay open
    std::string device = "cpu";
    std::string region = "WORLD";
};

/// Throws `ConfigError`.
Options parseOptions(const std::vector<std::string>& arguments);

std::string helpText();

/// Panes to start with: the ones asked for, else ground truth, each model, and a right/wrong map.
int startingPanes(const Options& options);

} // namespace siskin::workbench
