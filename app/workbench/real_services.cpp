// SPDX-License-Identifier: MIT
#include "app/workbench/real_services.hpp"

#include "app/cli/model_argument.hpp"
#include "app/cli/version.hpp"
#include "core/base/resources.hpp"
#include "datasets/open.hpp"

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
        model.run = [pipeline](const Scan& scan, const RunOptions& options) {
            return pipeline->run(scan, options);
        };
        return model;
    };
    services.grid = GridTable::fromCsvFile(resourcePath("carbon_intensity.csv"));
    return services;
}

} // namespace siskin::workbench
