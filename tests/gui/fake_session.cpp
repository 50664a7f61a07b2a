// SPDX-License-Identifier: MIT
#include "tests/gui/fake_session.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "core/scan/shape_categories.hpp"

#include <cmath>
#include <random>
#include <thread>

namespace siskin::test {

namespace {

constexpr auto kClassMap = R"({
  "format": "siskin-classmap-1", "name": "fake", "title": "Fake",
  "ignored": {"name": "unlabelled", "colour": [0, 0, 0], "rawIds": [0], "submissionId": 0},
  "classes": [
    {"name": "road", "colour": [255, 0, 255], "rawIds": [40], "submissionId": 40},
    {"name": "car", "colour": [100, 150, 245], "rawIds": [10], "submissionId": 10},
    {"name": "building", "colour": [255, 200, 0], "rawIds": [50], "submissionId": 50},
    {"name": "vegetation", "colour": [0, 175, 0], "rawIds": [70], "submissionId": 70},
    {"name": "pole", "colour": [255, 240, 150], "rawIds": [80], "submissionId": 80},
    {"name": "bicycle", "colour": [100, 230, 245], "rawIds": [11], "submissionId": 11}
  ]})";

constexpr ClassId kRoad = 0;
constexpr ClassId kCar = 1;
constexpr ClassId kBuilding = 2;
constexpr ClassId kVegetation = 3;

struct Sample {
    Vec3f position;
    ClassId id;
};

Sample sampleStreet(std::mt19937& random) {
    const auto uniform = [&random](float low, float high) {
        return std::uniform_real_distribution<float>(low, high)(random);
    };
    const float kind = uniform(0.0F, 1.0F);
    const float x = uniform(-35.0F, 35.0F);
    if (kind < 0.5F) {
        const float y = uniform(-6.0F, 6.0F);
        return {{x, y, -1.73F + uniform(-0.02F, 0.02F)}, kind < 0.03F ? kIgnored : kRoad};
    }
    const float side = uniform(0.0F, 1.0F) < 0.5F ? -1.0F : 1.0F;
    if (kind < 0.62F) {
        const float along = std::round(x / 8.0F) * 8.0F + uniform(-2.0F, 2.0F);
        return {{along, side * (4.2F + uniform(-0.9F, 0.9F)), uniform(-1.7F, -0.3F)}, kCar};
    }
    if (kind < 0.85F) {
        return {{x, side * 9.0F, uniform(-1.7F, 7.0F)}, kBuilding};
    }
    const float tree = std::round(x / 10.0F) * 10.0F;
    return {
        {tree + uniform(-1.5F, 1.5F), side * (7.0F + uniform(-1.5F, 1.5F)), uniform(0.5F, 4.5F)},
        kVegetation};
}

std::shared_ptr<const ClassMap> mapOf(FakeScene scene) {
    const auto read = [](const char* file) {
        return std::make_shared<const ClassMap>(ClassMap::fromJsonFile(resourcePath(file)));
    };
    static const auto rooms = read("classmaps/s3dis.json");
    static const auto shapes = read("classmaps/shapenetpart.json");
    return scene == FakeScene::Room ? rooms : scene == FakeScene::Shape ? shapes : fakeClassMap();
}

void label(Scan& scan, FakeScene scene, std::vector<ClassId> ids) {
    GroundTruth truth;
    truth.classMap = mapOf(scene);
    for (const ClassId id : ids) {
        truth.rawIds.push_back(truth.classMap->info(id).rawIds.front());
    }
    truth.classIds = std::move(ids);
    scan.groundTruth = std::move(truth);
}

/// Six metres long, four wide, three high: floor, ceiling and two walls, in colour.
std::shared_ptr<const Scan> fakeRoom(const std::string& id, std::size_t points) {
    constexpr ClassId kCeiling = 1;
    constexpr ClassId kFloor = 2;
    constexpr ClassId kWall = 3;
    auto scan = std::make_shared<Scan>();
    scan->id = id;
    scan->warnings.push_back("room " + id + ": made up");
    std::mt19937 random(11);
    std::uniform_real_distribution<float> unit(0.0F, 1.0F);
    PointField colours{"rgb", 3, {}};
    std::vector<ClassId> ids;
    for (std::size_t i = 0; i < points; ++i) {
        const float x = 6.0F * unit(random);
        const float y = 4.0F * unit(random);
        const float z = 3.0F * unit(random);
        const std::size_t side = i % 4;
        scan->positions.push_back(
            side == 0   ? Vec3f{x, y, 0.0F}
            : side == 1 ? Vec3f{x, y, 3.0F}
                        : Vec3f{x, side == 2 ? 0.0F : 4.0F, z}
        );
        ids.push_back(side == 0 ? kFloor : side == 1 ? kCeiling : kWall);
        colours.values.insert(colours.values.end(), {40.0F * x, 60.0F * y, 80.0F * z});
    }
    scan->fields.push_back(std::move(colours));
    label(*scan, FakeScene::Room, std::move(ids));
    return scan;
}

/// A mug of two parts with normals; y is up.
std::shared_ptr<const Scan> fakeShape(const std::string& id, std::size_t points) {
    constexpr std::size_t kMug = 11;
    auto scan = std::make_shared<Scan>();
    scan->id = id;
    scan->shapeCategory = kMug;
    PointField normals{"normal", 3, {}};
    std::vector<ClassId> ids;
    for (std::size_t i = 0; i < points; ++i) {
        const auto t = static_cast<float>(i) / static_cast<float>(points);
        const Vec3f out{std::cos(400.0F * t), 0.0F, std::sin(400.0F * t)};
        scan->positions.push_back({0.3F * out[0], t - 0.5F, 0.3F * out[2]});
        normals.values.insert(normals.values.end(), out.begin(), out.end());
        ids.push_back(static_cast<ClassId>(kShapeCategories[kMug].firstPart + (i % 5 == 0 ? 0 : 1))
        );
    }
    scan->fields.push_back(std::move(normals));
    label(*scan, FakeScene::Shape, std::move(ids));
    return scan;
}

class FakeDataset final : public DatasetReader {
  public:
    FakeDataset(Script& script, FakeScene scene)
        : script_(script), scene_(scene), classMap_(mapOf(scene)) {
        const int count = script.frames;
        for (int i = 0; i < count; ++i) {
            const std::string number = std::to_string(i);
            const std::string id = "00/" + std::string(6 - number.size(), '0') + number;
            frames_.push_back({id, "00", {}, i != count - 1});
        }
    }

    std::string title() const override {
        return "Fake street, " + std::to_string(frames_.size()) + " frames";
    }

    const std::vector<FrameInfo>& frames() const override { return frames_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::shared_ptr<const Scan> read(std::size_t index) const override {
        ++script_.framesRead;
        const auto points = static_cast<std::size_t>(script_.points.load());
        if (scene_ != FakeScene::Street) {
            const std::string& id = frames_.at(index).id;
            return scene_ == FakeScene::Room ? fakeRoom(id, points) : fakeShape(id, points);
        }
        return fakeScan(frames_.at(index).id, points, frames_.at(index).hasLabels);
    }

  private:
    Script& script_;
    FakeScene scene_;
    std::shared_ptr<const ClassMap> classMap_;
    std::vector<FrameInfo> frames_;
};

Trace fakeTrace(double seconds) {
    Trace trace;
    trace.device = "fake";
    trace.root.name = "frame";
    trace.root.duration = seconds;
    double start = 0.0;
    for (const auto& [name, share] :
         {std::pair{"prepare", 0.1}, {"maps", 0.2}, {"network", 0.6}, {"to points", 0.1}}) {
        Span span;
        span.name = name;
        span.start = start;
        span.duration = share * seconds;
        start += span.duration;
        trace.root.children.push_back(span);
    }
    return trace;
}

Energy fakeEnergy(bool known) {
    DomainEnergy cpu;
    cpu.domain = "cpu-package";
    if (known) {
        cpu.joules = Estimate{3.1, 1.0, 9.2};
        cpu.method = EnergyMethod::PerOperation;
    } else {
        cpu.reason = "no counter is readable";
    }
    Energy energy;
    energy.domains.push_back(cpu);
    return energy;
}

/// Answers like a decent network: wrong on every seventh point, blind to bicycles.
RunResult answer(const ModelInfo& info, const Scan& scan, const Script& script) {
    RunResult result;
    result.model = info;
    result.scanId = scan.id;
    result.points = static_cast<std::int64_t>(scan.pointCount());
    result.voxels = result.points / 2;
    result.prediction.model = info.label;
    result.prediction.classMap = info.classMap;
    const std::size_t wrongEvery = info.kind == ModelKind::MinkUNet ? 5 : 11;
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        const bool low = scan.positions[i][2] < -1.6F;
        const ClassId truth = scan.groundTruth ? scan.groundTruth->classIds[i] : kIgnored;
        const ClassId guess = truth != kIgnored ? truth : (low ? kRoad : kBuilding);
        const bool wrong = (i / 40) % wrongEvery == 0;
        result.prediction.classIds.push_back(
            wrong ? static_cast<ClassId>((guess + 1) % info.classMap->size()) : guess
        );
        result.prediction.confidence.push_back(wrong ? 0.4F : 0.9F);
    }
    result.trace = fakeTrace(info.kind == ModelKind::MinkUNet ? 0.35 : 0.61);
    result.energy = fakeEnergy(script.withEnergy);
    if (info.task != ModelTask::LidarScene) {
        result.peakTensorBytes = std::int64_t{48} << 20;
        result.notes.push_back("12 points lie in no block");
    }
    return result;
}

FakeScene sceneOf(ModelKind kind) {
    const bool shapes = kind == ModelKind::PointNet2Ssg || kind == ModelKind::PointNet2Msg;
    return shapes ? FakeScene::Shape : isPointModel(kind) ? FakeScene::Room : FakeScene::Street;
}

std::string refusalOf(FakeScene scene, const Scan& scan) {
    if (scene == FakeScene::Street) {
        return scan.field("intensity") == nullptr ? "needs an intensity per point" : "";
    }
    if (scene == FakeScene::Room) {
        return scan.field("rgb") == nullptr ? "needs a colour per point" : "";
    }
    return scan.shapeCategory ? "" : "needs one object of a known category";
}

ui::LoadedModel loadFake(const ModelSpec& spec, Script& script) {
    if (script.failLoad) {
        throw CheckpointError(spec.weights.string() + ": not a weight file", "choose a .pt file");
    }
    ModelInfo info;
    info.kind = spec.kind;
    info.label = std::string(titleOf(spec.kind)) + " cr 0.25";
    const FakeScene scene = sceneOf(spec.kind);
    info.task = taskOfClasses(mapOf(scene)->name());
    info.trained = !spec.weights.empty();
    info.parameters = 1'361'411;
    info.device = "cpu (fake)";
    info.classMap = mapOf(scene);
    auto run = [info, &script](const Scan& scan, const RunOptions& options) {
        constexpr int kSteps = 10;
        ++script.runsStarted;
        for (int step = 0; step < kSteps; ++step) {
            if (!script.ignoreStop) {
                throwIfStopRequested(options.stop);
            }
            if (options.progress) {
                options.progress(static_cast<double>(step) / kSteps, "network");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(script.runMilliseconds / kSteps));
        }
        if (script.failRun) {
            throw DatasetError("scan " + scan.id + " is bad", "try another frame");
        }
        auto result = answer(info, scan, script);
        ++script.runsFinished;
        return result;
    };
    return {info, run, [scene](const Scan& scan) { return refusalOf(scene, scan); }};
}

} // namespace

std::shared_ptr<const ClassMap> fakeClassMap() {
    static const auto map = std::make_shared<const ClassMap>(ClassMap::fromJson(kClassMap, "fake"));
    return map;
}

std::shared_ptr<const Scan> fakeScan(const std::string& id, std::size_t points, bool labelled) {
    auto scan = std::make_shared<Scan>();
    scan->id = id;
    std::mt19937 random(7);
    PointField intensity{"intensity", 1, {}};
    GroundTruth truth;
    truth.classMap = fakeClassMap();
    for (std::size_t i = 0; i < points; ++i) {
        const Sample sample = sampleStreet(random);
        scan->positions.push_back(sample.position);
        intensity.values.push_back(static_cast<float>(i % 100) / 100.0F);
        truth.classIds.push_back(sample.id);
        const auto& info = truth.classMap->info(sample.id);
        truth.rawIds.push_back(sample.id == kIgnored ? 0 : info.rawIds.front());
    }
    scan->fields.push_back(std::move(intensity));
    if (labelled) {
        scan->groundTruth = std::move(truth);
    }
    return scan;
}

ui::Services fakeServices(Script& script) {
    ui::Services services;
    services.openDataset = [&script](const std::filesystem::path& path) {
        if (path == "missing") {
            throw DatasetError("missing: no such folder", "check the path");
        }
        return std::make_unique<FakeDataset>(
            script,
            path == "rooms"    ? FakeScene::Room
            : path == "shapes" ? FakeScene::Shape
                               : FakeScene::Street
        );
    };
    services.loadModel = [&script](const ModelSpec& spec) { return loadFake(spec, script); };
    const auto offer = [](ModelKind kind, const char* title, ModelTask task) {
        ModelSpec spec;
        spec.kind = kind;
        spec.weights = std::string(title) + ".pt";
        return ui::ModelOffer{spec, title, task};
    };
    services.offers = {
        offer(ModelKind::Spvcnn, "SPVCNN 1.4M", ModelTask::LidarScene),
        offer(ModelKind::Pvcnn, "PVCNN 0.3M", ModelTask::IndoorScene)};
    services.paperModels = [](ModelTask task) {
        std::vector<PaperModel> models;
        for (const ModelKind kind : {ModelKind::Pvcnn, ModelKind::PointNet}) {
            models.push_back({.name = std::string(titleOf(kind)), .spec = {.kind = kind}});
            models.back().spec.label = models.back().name + " (untrained)";
        }
        return task == ModelTask::IndoorScene ? models : std::vector<PaperModel>{};
    };
    services.published = {
        {.model = "PVCNN",
         .dataset = "S3DIS Area 5",
         .hardware = "a GPU",
         .metric = "mIoU",
         .value = 56.64,
         .unit = "%",
         .source = "README",
         .status = "confirmed"}};
    services.grid = GridTable::fromCsvFile(resourcePath("carbon_intensity.csv"));
    return services;
}

} // namespace siskin::test
