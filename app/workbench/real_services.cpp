// SPDX-License-Identifier: MIT
#include "app/workbench/real_services.hpp"

#include "app/cli/devices.hpp"
#include "app/cli/model_argument.hpp"
#include "app/cli/version.hpp"
#include "core/base/resources.hpp"
#include "core/run/model_file.hpp"
#include "datasets/open.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace siskin::workbench {

namespace {

/// What the data set on display is; set and read by several threads.
class OpenedDataset {
  public:
    void set(const DatasetReader& reader) {
        const std::scoped_lock lock(mutex_);
        benchmark_ = reader.benchmark();
        classMap_ = reader.classMap();
    }

    /// `usual`: the class map while no data set is open.
    cli::ModelSetting setting(std::shared_ptr<const ClassMap> usual) const {
        const std::scoped_lock lock(mutex_);
        return {
            .benchmark = benchmark_,
            .usual = classMap_ ? classMap_ : std::move(usual),
            .chosen = nullptr,
            .device = nullptr,
            .energy = {}};
    }

  private:
    mutable std::mutex mutex_;
    std::string benchmark_;
    std::shared_ptr<const ClassMap> classMap_;
};

/// Where a frame's file lies and what its numbers mean depends on the data set, which may be opened
/// later or change: then the folder is opened anew.
ui::LoadedModel predictionsModel(
    ModelSpec spec,
    std::shared_ptr<const OpenedDataset> opened,
    const std::shared_ptr<const ClassMap>& usual
) {
    struct Folder {
        std::mutex mutex; // playing runs several frames at once
        cli::ModelSetting setting;
        std::shared_ptr<ScanModel> model;
    };

    auto folder = std::make_shared<Folder>();
    folder->setting = opened->setting(usual);
    folder->model = cli::loadModel(spec, folder->setting);
    ui::LoadedModel model;
    model.info = folder->model->info();
    model.run = [spec = std::move(spec), opened = std::move(opened), usual, folder](
                    const Scan& scan, const RunOptions& options
                ) {
        std::shared_ptr<ScanModel> current;
        {
            const std::lock_guard lock(folder->mutex);
            auto now = opened->setting(usual);
            if (now.usual != folder->setting.usual) { // each opened data set brings its own
                folder->model = cli::loadModel(spec, now);
                folder->setting = std::move(now);
            }
            current = folder->model;
        }
        return current->run(scan, options);
    };
    return model;
}

/// The networks that come with the program and label scans, shapes or rooms.
std::vector<ui::ModelOffer> demoNetworks() {
    std::vector<ui::ModelOffer> offers;
    for (const auto& file : demoWeights()) {
        if (const auto described = describeModelFile(file)) {
            offers.push_back(
                {.spec = {.kind = described->kind, .weights = file},
                 .title = described->label,
                 .task = taskOfClasses(described->classMap)}
            );
        }
    }
    return offers;
}

} // namespace

ui::Services realServices(const std::string& device) {
    const auto classMap = std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-spvnas.json"))
    );
    ui::Services services;
    const auto opened = std::make_shared<OpenedDataset>();
    services.openDataset = [opened](const std::filesystem::path& path) {
        auto reader = openDataset(path);
        opened->set(*reader);
        return reader;
    };
    services.loadModel = [classMap, opened, ops = cli::openDevice(device)](ModelSpec spec) {
        if (!spec.predictions.empty()) {
            return predictionsModel(std::move(spec), opened, classMap);
        }
        auto setting = opened->setting(nullptr);
        setting.device = ops;
        if (!isPointModel(spec.kind)) {
            setting.usual = classMap; // LiDAR networks that say nothing are the papers'
        } else if (setting.usual && taskOfClasses(setting.usual->name()) == ModelTask::LidarScene) {
            setting.usual = nullptr; // what is on display does not say which classes are meant
        }
        const std::shared_ptr<ScanModel> network = cli::loadModel(std::move(spec), setting);
        ui::LoadedModel model;
        model.info = network->info();
        model.refusal = [network](const Scan& scan) { return network->refusal(scan); };
        // The first run of a network also claims memory and wakes threads, which can cost several
        // times the run itself: it is not the one that is shown. A room is many runs already.
        auto warm = std::make_shared<std::atomic<bool>>(model.info.task == ModelTask::IndoorScene);
        model.run = [network, warm](const Scan& scan, const RunOptions& options) {
            if (!warm->exchange(true)) {
                network->run(scan, {.stop = options.stop, .progress = {}});
            }
            return network->run(scan, options);
        };
        return model;
    };
    services.offers = demoNetworks();
    services.paperModels = [](ModelTask task) { return paperModels(task); };
    services.published = readPublishedFigures(resourcePath("published_results.csv"));
    services.describeWeights = describeModelFile;
    services.grid = GridTable::fromCsvFile(resourcePath("carbon_intensity.csv"));
    return services;
}

} // namespace siskin::workbench
