// SPDX-License-Identifier: MIT
#include "datasets/s3dis/window_file.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#ifdef SISKIN_HDF5
#include <algorithm>
#include <hdf5.h>
#include <string>
#include <utility>
#include <vector>
#endif

namespace siskin {

#ifdef SISKIN_HDF5

namespace {

void require(bool done, const std::filesystem::path& path) {
    if (!done) {
        throw DatasetError(
            fmt::format("{}: cannot write this HDF5 file", path.string()),
            "check free space and permissions"
        );
    }
}

/// An HDF5 identifier; closed when it goes. Throws when HDF5 refused to make it.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t), const std::filesystem::path& path)
        : id_(id), close_(close) {
        require(id_ >= 0, path);
    }

    ~Handle() {
        if (id_ >= 0) {
            close_(id_);
        }
    }

    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    operator hid_t() const noexcept { return id_; }

    /// Closes it now; what is left to write may fail here.
    herr_t closeNow() { return close_(std::exchange(id_, -1)); }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

class WindowFile {
  public:
    explicit WindowFile(const std::filesystem::path& path)
        : path_(path),
          file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, path) {}

    /// A data set whose chunks are single windows. `Fill(window index, values of the window)`.
    template <typename T, typename Fill>
    void write(const char* name, const std::vector<hsize_t>& shape, Fill fill) {
        const hid_t type = std::is_same_v<T, float> ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT32;
        const hid_t stored = std::is_same_v<T, float> ? H5T_IEEE_F32LE : H5T_STD_I32LE;
        const auto rank = static_cast<int>(shape.size());
        std::vector<hsize_t> chunk = shape;
        chunk.front() = 1;
        std::size_t size = 1;
        for (const hsize_t extent : chunk) {
            size *= extent;
        }
        const Handle space(H5Screate_simple(rank, shape.data(), nullptr), H5Sclose, path_);
        const Handle part(H5Screate_simple(rank, chunk.data(), nullptr), H5Sclose, path_);
        const Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, path_);
        check(H5Pset_obj_track_times(layout, false));
        if (size > 1) {
            check(H5Pset_chunk(layout, rank, chunk.data()));
            check(H5Pset_shuffle(layout));
            check(H5Pset_deflate(layout, kCompression));
        }
        const Handle data(
            H5Dcreate2(file_, name, stored, space, H5P_DEFAULT, layout, H5P_DEFAULT),
            H5Dclose,
            path_
        );
        std::vector<hsize_t> start(shape.size(), 0);
        std::vector<T> values(size);
        for (; start.front() < shape.front(); ++start.front()) {
            std::fill(values.begin(), values.end(), T{});
            fill(static_cast<std::size_t>(start.front()), values);
            check(H5Sselect_hyperslab(
                space, H5S_SELECT_SET, start.data(), nullptr, chunk.data(), nullptr
            ));
            check(H5Dwrite(data, type, part, space, H5P_DEFAULT, values.data()));
        }
    }

    void finish() { check(file_.closeNow()); }

  private:
    static constexpr unsigned kCompression = 1;

    void check(herr_t status) const { require(status >= 0, path_); }

    std::filesystem::path path_;
    Handle file_;
};

} // namespace

void requireWindowFiles() {}

void writeWindows(
    const std::filesystem::path& path,
    std::span<const RoomWindow> windows,
    std::span<const std::uint32_t> classes
) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // one line of ours, not HDF5's page
    WindowFile file(path);
    const hsize_t count = windows.size();
    using Integers = std::vector<std::int32_t>;
    file.write<float>(
        "data",
        {count, kWindowPoints, kWindowFeatures},
        [&](std::size_t window, std::vector<float>& values) {
            auto out = values.begin();
            for (const WindowFeatures& features : windows[window].features) {
                out = std::copy(features.begin(), features.end(), out);
            }
        }
    );
    file.write<std::int32_t>("data_num", {count}, [&](std::size_t window, Integers& values) {
        values[0] = static_cast<std::int32_t>(windows[window].points.size());
    });
    const std::vector<hsize_t> perPoint = {count, kWindowPoints};
    file.write<std::int32_t>("label_seg", perPoint, [&](std::size_t window, Integers& values) {
        const auto& points = windows[window].points;
        std::transform(points.begin(), points.end(), values.begin(), [&](std::uint32_t point) {
            return static_cast<std::int32_t>(classes[point]);
        });
    });
    file.write<std::int32_t>(
        "indices_split_to_full",
        perPoint,
        [&](std::size_t window, Integers& values) {
            const auto& points = windows[window].points;
            std::transform(points.begin(), points.end(), values.begin(), [](std::uint32_t point) {
                return static_cast<std::int32_t>(point);
            });
        }
    );
    file.write<std::int32_t>("label", {count}, [](std::size_t, Integers&) {});
    file.finish();
}

#else

void requireWindowFiles() {
    throw ConfigError(
        "this build of siskin cannot write HDF5 files", "install libhdf5-dev and build it again"
    );
}

void writeWindows(const std::filesystem::path&, std::span<const RoomWindow>, std::span<const std::uint32_t>) {
    requireWindowFiles();
}

#endif

} // namespace siskin
