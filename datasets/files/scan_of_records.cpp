// SPDX-License-Identifier: MIT
#include "datasets/files/scan_of_records.hpp"

#include "core/base/error.hpp"
#include "datasets/files/point_values.hpp"
#include "datasets/names.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>

namespace siskin {

namespace {

using Triple = std::array<std::string_view, 3>;
using Columns = std::array<std::vector<double>, 3>;

constexpr Triple kAxes = {"x", "y", "z"};
constexpr std::array kNormals = {
    Triple{"nx", "ny", "nz"}, Triple{"normal_x", "normal_y", "normal_z"}};
constexpr std::array kColours = {
    Triple{"red", "green", "blue"},
    Triple{"r", "g", "b"},
    Triple{"diffuse_red", "diffuse_green", "diffuse_blue"}};
constexpr std::array<std::string_view, 4> kIntensities = {
    "intensity", "reflectance", "reflectivity", "remission"};

// Steps of float32 are coarser than 1 mm beyond.
constexpr double kFarthest = 16384.0;

/// Moves fields from the records into the scan.
class ScanFiller {
  public:
    ScanFiller(Records records, Scan& scan) : records_(std::move(records)), scan_(scan) {}

    void fill() {
        for (const std::string& warning : records_.warnings) {
            warn(warning);
        }
        addPositions();
        addNormals();
        addColours();
        addIntensity();
        for (const RecordField& field : records_.fields) {
            const auto name = lowerCase(field.name);
            const bool packed = (name == "rgb" || name == "rgba") && field.channels == 1 &&
                                sizeOf(field.declared) == 4;
            if (packed) {
                addPackedColours(field, name == "rgba");
            } else if (name != "_") {
                addField(field.name, field);
            }
        }
    }

  private:
    void warn(const std::string& text) {
        scan_.warnings.push_back(fmt::format("{}: {}", scan_.source.string(), text));
    }

    [[noreturn]] void fail(const std::string& why, const std::string& hint) const {
        throw DatasetError(fmt::format("{}: {}", scan_.source.string(), why), hint);
    }

    std::vector<RecordField>::iterator find(std::string_view name) {
        auto& fields = records_.fields;
        return std::find_if(fields.begin(), fields.end(), [name](const RecordField& field) {
            return field.channels == 1 && lowerCase(field.name) == name;
        });
    }

    /// Takes three fields out of the records; nothing unless all are there.
    std::optional<std::array<RecordField, 3>> take(const Triple& names) {
        for (const auto name : names) {
            if (find(name) == records_.fields.end()) {
                return std::nullopt;
            }
        }
        std::array<RecordField, 3> taken;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto found = find(names[i]);
            taken[i] = *found;
            records_.fields.erase(found);
        }
        return taken;
    }

    /// Of a value per record, those of the points that stay.
    template <typename T>
    std::vector<T> kept(std::vector<T> values) const {
        for (std::size_t i = 0; i < kept_.size(); ++i) {
            values[i] = values[kept_[i]];
        }
        values.resize(scan_.pointCount());
        return values;
    }

    void chooseFinite(const Columns& axes);
    void addPositions();
    void addNormals();
    void addColours();
    void addIntensity();
    void addPackedColours(const RecordField& field, bool hasAlpha);
    void addField(const std::string& name, const RecordField& field);
    void add(std::string name, std::span<const std::vector<double>> channels);

    Records records_;
    Scan& scan_;
    std::vector<std::size_t> kept_; ///< records that stay, in order; empty: all
};

/// Sensors write NaN coordinates for "no return".
void ScanFiller::chooseFinite(const Columns& axes) {
    for (std::size_t i = 0; i < records_.count; ++i) {
        const bool finite = std::all_of(axes.begin(), axes.end(), [i](const auto& axis) {
            return std::abs(axis[i]) <= std::numeric_limits<float>::max(); // false for NaN
        });
        if (finite) {
            kept_.push_back(i);
        }
    }
    if (kept_.empty()) {
        fail("no point has finite coordinates", "the scan holds no return: export another");
    }
    scan_.positions.resize(kept_.size());
    if (kept_.size() == records_.count) {
        kept_.clear();
        return;
    }
    warn(fmt::format(
        "{} of {} points have no finite coordinates and are left out",
        records_.count - kept_.size(),
        records_.count
    ));
}

void ScanFiller::addPositions() {
    if (records_.count == 0) {
        fail("the scan is empty: no point in it", "export it again with its points");
    }
    std::vector<std::string> names;
    for (const RecordField& field : records_.fields) {
        names.push_back(printable(field.name));
    }
    const auto fields = take(kAxes);
    if (!fields) {
        fail(
            fmt::format("no x, y and z in it; its fields are: {}", fmt::join(names, ", ")),
            "export the file with its coordinates"
        );
    }
    Columns axes;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        axes[axis] = columnOf(records_, (*fields)[axis]);
    }
    chooseFinite(axes);
    std::array<double, 3> origin{};
    double farthest = 0.0;
    double error = 0.0;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        axes[axis] = kept(std::move(axes[axis]));
        const Extent extent = extentOf(axes[axis]);
        origin[axis] = std::floor(extent.low);
        farthest = std::max({farthest, -extent.low, extent.high});
        error = std::max(error, extent.error);
    }
    if (farthest > kFarthest && error > 0.0) {
        scan_.pose = {1, 0, 0, origin[0], 0, 1, 0, origin[1], 0, 0, 1, origin[2], 0, 0, 0, 1};
        warn(fmt::format(
            "coordinates up to {:.0f} do not fit float32: they are now relative to ({:.0f}, "
            "{:.0f}, "
            "{:.0f}), which the pose holds",
            farthest,
            origin[0],
            origin[1],
            origin[2]
        ));
    } else {
        origin = {};
    }
    for (std::size_t i = 0; i < scan_.positions.size(); ++i) {
        for (std::size_t axis = 0; axis < axes.size(); ++axis) {
            scan_.positions[i][axis] = static_cast<float>(axes[axis][i] - origin[axis]);
        }
    }
}

void ScanFiller::addNormals() {
    for (const Triple& names : kNormals) {
        if (const auto fields = take(names)) {
            Columns normals;
            for (std::size_t i = 0; i < normals.size(); ++i) {
                normals[i] = kept(columnOf(records_, (*fields)[i]));
                if (const auto done = fitFloats(normals[i], NumberType::Float32); !done.empty()) {
                    warn(fmt::format("field '{}': {}", names[i], done));
                }
            }
            add("normal", normals);
        }
    }
}

void ScanFiller::addColours() {
    for (const Triple& names : kColours) {
        if (const auto fields = take(names)) {
            Columns colours;
            for (std::size_t i = 0; i < colours.size(); ++i) {
                colours[i] = kept(columnOf(records_, (*fields)[i]));
            }
            scaleColours(colours, fields->front().declared);
            add("rgb", colours);
        }
    }
}

void ScanFiller::addIntensity() {
    for (const std::string_view name : kIntensities) {
        for (const std::string& spelt : {std::string(name), fmt::format("scalar_{}", name)}) {
            if (const auto found = find(spelt); found != records_.fields.end()) {
                addField("intensity", *found);
                records_.fields.erase(found);
                return;
            }
        }
    }
}

void ScanFiller::addPackedColours(const RecordField& field, bool hasAlpha) {
    const auto packed = kept(packedColours(records_, field));
    const auto byteOf = [&packed](unsigned shift) {
        std::vector<double> bytes;
        bytes.reserve(packed.size());
        for (const std::uint32_t colour : packed) {
            bytes.push_back(static_cast<double>((colour >> shift) & 255U));
        }
        return bytes;
    };
    add("rgb", Columns{byteOf(16), byteOf(8), byteOf(0)});
    if (hasAlpha) {
        add("alpha", std::array{byteOf(24)});
    }
}

void ScanFiller::addField(const std::string& name, const RecordField& field) {
    std::vector<std::vector<double>> channels;
    for (std::size_t channel = 0; channel < field.channels; ++channel) {
        channels.push_back(kept(columnOf(records_, field, channel)));
        if (const auto done = fitFloats(channels.back(), field.declared); !done.empty()) {
            warn(fmt::format("field '{}': {}", printable(field.name), done));
        }
    }
    add(name, channels);
}

void ScanFiller::add(std::string name, std::span<const std::vector<double>> channels) {
    for (int copy = 2; scan_.field(name) != nullptr; ++copy) {
        name = fmt::format("{}_{}", copy == 2 ? name : name.substr(0, name.rfind('_')), copy);
    }
    PointField field{std::move(name), static_cast<int>(channels.size()), {}};
    field.values.reserve(scan_.pointCount() * channels.size());
    for (std::size_t i = 0; i < scan_.pointCount(); ++i) {
        for (const auto& channel : channels) {
            field.values.push_back(static_cast<float>(channel[i]));
        }
    }
    scan_.fields.push_back(std::move(field));
}

} // namespace

void fillScan(Records records, Scan& scan) {
    ScanFiller(std::move(records), scan).fill();
}

} // namespace siskin
