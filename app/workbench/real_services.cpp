// SPDX-License-Identifier: MIT
#include "app/workbench/real_services.hpp"

#include "app/cli/model_argument.hpp"
#include "app/cli/version.hpp"
#include "core/base/resources.hpp"
#include "datasets/open.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace siskin::workbench {

ui::Services realServices(const std::string& device) {
    const auto classMap = std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-spvnas.json"))
    );
    ui::Services services;
    services.openDataset = [](const std::filesystem::path& path) { return openDataset(path); };
    services.loadModel = [classMap, ops = cli::openDevice(device)](ModelSpec spec) {
        if (!spec.classMap) {
            spec.classMap = cli::classMapOf(spec, classMap);
        }
        const std::shared_ptr<Pipeline> pipeline = Pipeline::load(spec, ops);
        ui::LoadedModel model;
        model.info = pipeline->info();
        // The first run of a network also claims memory and wakes threads, which can cost several
        // times the run itself: it is not the one that is shown.
        auto warm = std::make_shared<std::atomic<bool>>(false);
        model.run = [pipeline, warm](const Scan& scan, const RunOptions& options) {
            if (!warm->exchange(true)) {
                pipeline->run(scan, {.stop = options.stop, .progress = {}});
            }
            return pipeline->run(scan, options);
        };
        return model;
    };
    services.grid = GridTable::fromCsvFile(resourcePath("carbon_intensity.csv"));
    return services;
}

} // namespace siskin::workbench
