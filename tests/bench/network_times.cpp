// SPDX-License-Identifier: MIT
#include "tests/bench/network_times.hpp"

#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "core/run/devices.hpp"
#include "datasets/open.hpp"
#include "tests/bench/machine_limits.hpp"
#include "tests/bench/statistics.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <charconv>
#include <fstream>

namespace siskin::bench {

namespace {

/// Forgets the high-water mark of the resident set, so that each network gets its own.
void resetPeakMemory() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

/// "VmRSS" or "VmHWM" of this process in MB (10^6 bytes).
double residentMegabytes(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(field + ":")) {
            return std::stod(line.substr(field.size() + 1)) * 1024e-6;
        }
    }
    return 0.0;
}

std::unique_ptr<DatasetReader> openScan(const std::string& scan) {
    return openDataset(
        scan,
        std::make_shared<ClassMap>(
            ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-spvnas.json"))
        )
    );
}

ModelSpec parseSubject(const std::string& name) {
    const auto first = name.find(':');
    const auto second = std::min(name.find(':', first + 1), name.size());
    ModelSpec subject;
    subject.kind = modelKindFromName(name.substr(0, first));
    const char* begin = name.data() + first + 1;
    const char* end = name.data() + second;
    if (first == std::string::npos || std::from_chars(begin, end, subject.randomWidth).ptr != end) {
        throw ConfigError(
            fmt::format("'{}' is not a network to time", name),
            "write KIND:WIDTH[:PRECISION], e.g. minkunet:0.5"
        );
    }
    if (second < name.size()) {
        subject.precision = precisionFromName(name.substr(second + 1));
    }
    return subject;
}

using Samples = std::map<std::string, std::vector<double>>;

/// The layers of the network stage in the order they ran.
const std::vector<Span>& layersOf(const RunResult& result) {
    return result.trace.stage("network")->children;
}

void addSample(const RunResult& result, Samples& stages, std::vector<std::vector<double>>& layers) {
    stages["total"].push_back(result.trace.totalSeconds() * 1e3);
    for (const auto& stage : result.trace.root.children) {
        stages[stage.name].push_back(stage.duration * 1e3);
    }
    double convolutions = 0.0;
    layers.resize(layersOf(result).size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto& span = layersOf(result)[i];
        layers[i].push_back(span.duration * 1e3);
        if (span.kind == SpanKind::Convolution || span.kind == SpanKind::Linear) {
            convolutions += span.duration * 1e3;
        }
    }
    stages["convolutions"].push_back(convolutions);
}

/// Not between the runs: a product this size would leave each of them cold caches.
void addSgemmSamples(std::vector<double>& samples) {
    constexpr int kSamples = 5;
    for (int i = 0; i < kSamples; ++i) {
        samples.push_back(measureSgemm());
    }
}

} // namespace

NetworkTimes timeNetwork(const std::string& name, const std::string& scan, int warmUps, int runs) {
    auto subject = parseSubject(name);
    const auto reader = openScan(scan);
    subject.classMap = reader->classMap();
    resetPeakMemory();
    const double memoryBefore = residentMegabytes("VmRSS");
    const auto pipeline = Pipeline::load(subject, DeviceRegistry().open("cpu"));
    Samples stages;
    std::vector<std::vector<double>> layers;
    RunResult result;
    std::vector<double> sgemm;
    addSgemmSamples(sgemm);
    for (int run = -warmUps; run < runs; ++run) {
        result = pipeline->run(*reader->read(0));
        if (run >= 0) {
            addSample(result, stages, layers);
        }
    }
    NetworkTimes times;
    times.name = name;
    times.p95 = percentile(stages.at("total"), 0.95);
    for (auto& [stage, samples] : stages) {
        times.stages[stage] = percentile(samples, 0.5);
    }
    addSgemmSamples(sgemm);
    times.sgemm = percentile(sgemm, 0.5);
    times.macs = result.trace.totalMacs();
    times.peakMegabytes = residentMegabytes("VmHWM") - memoryBefore;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        times.layers.push_back({layersOf(result)[i], percentile(layers[i], 0.5), {}});
    }
    times.labels = std::move(result.prediction.classIds);
    return times;
}

void addBaselines(NetworkTimes& times, const std::string& scan, int runs) {
    const auto frame = openScan(scan)->read(0);
    auto* data = const_cast<float*>(frame->positions.front().data());
    const auto positions =
        torch::from_blob(data, {static_cast<std::int64_t>(frame->pointCount()), 3});
    const auto levels = levelsOf(makeCpuOps()->quantize(positions, 0.05F).voxels);
    for (auto& layer : times.layers) {
        layer.elsewhere = timeBaselines(layer.span, levels, runs);
    }
}

void printAgreement(const std::vector<NetworkTimes>& all) {
    const auto base = [](const std::string& name) {
        const auto second = name.find(':', name.find(':') + 1);
        return name.substr(0, second);
    };
    for (const auto& reference : all) {
        for (const auto& other : all) {
            if (reference.name != base(reference.name) || base(other.name) != reference.name ||
                &other == &reference || other.labels.size() != reference.labels.size()) {
                continue;
            }
            std::size_t equal = 0;
            for (std::size_t i = 0; i < other.labels.size(); ++i) {
                equal += other.labels[i] == reference.labels[i] ? 1U : 0U;
            }
            fmt::print(
                "{}: {:.2f}x the speed of fp32 (maps + network), {:.2f} % of the labels equal\n",
                other.name,
                (reference.stages.at("maps") + reference.stages.at("network")) /
                    (other.stages.at("maps") + other.stages.at("network")),
                100.0 * static_cast<double>(equal) / static_cast<double>(other.labels.size())
            );
        }
    }
}

nlohmann::json toJson(const NetworkTimes& times) {
    auto layers = nlohmann::json::array();
    for (const auto& layer : times.layers) {
        nlohmann::json entry{
            {"name", layer.span.name},
            {"ms", layer.milliseconds},
            {"rows", layer.span.rowsOut},
            {"pairs", layer.span.pairs},
            {"channels_in", layer.span.channelsIn},
            {"channels_out", layer.span.channelsOut},
            {"macs", layer.span.macs},
        };
        if (layer.elsewhere) {
            entry["libtorch_ms"] = layer.elsewhere->libtorch * 1e3;
            if (layer.elsewhere->open3d) {
                entry["open3d_ms"] = *layer.elsewhere->open3d * 1e3;
            }
        }
        layers.push_back(std::move(entry));
    }
    return {
        {"stages_ms", times.stages},
        {"total_p95_ms", times.p95},
        {"macs", times.macs},
        {"sgemm_gflops", times.sgemm},
        {"peak_megabytes", times.peakMegabytes},
        {"layers", std::move(layers)},
    };
}

} // namespace siskin::bench
