// SPDX-License-Identifier: MIT
#include "core/submission/submission_zip.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <zip.h>

namespace siskin {

namespace {

namespace fs = std::filesystem;

struct CloseWithoutWriting {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};

using Archive = std::unique_ptr<zip_t, CloseWithoutWriting>;

Archive openArchive(const fs::path& path, int flags) {
    int code = 0;
    Archive archive(zip_open(path.c_str(), flags, &code));
    if (!archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        const std::string reason = zip_error_strerror(&error);
        zip_error_fini(&error);
        throw DatasetError(
            fmt::format("{}: cannot open as a zip: {}", path.string(), reason),
            code == ZIP_ER_NOZIP ? "pack the submission's content with zip" : "check the path"
        );
    }
    return archive;
}

[[noreturn]] void failWriting(zip_t* archive, const fs::path& path, std::string_view name) {
    throw DatasetError(
        fmt::format("{}: cannot pack {}: {}", path.string(), name, zip_strerror(archive)),
        "check free space and permissions"
    );
}

/// What a person's zip program would note, but the same on every machine.
void setAttributes(zip_t* archive, zip_uint64_t index, bool isFolder) {
    constexpr zip_uint16_t kFirstOfJanuary1980 = (1U << 5U) | 1U;
    constexpr zip_uint32_t kFileMode = 0100644U << 16U;
    constexpr zip_uint32_t kFolderMode = (040755U << 16U) | 0x10U; // and DOS's bit for folders
    zip_file_set_dostime(archive, index, 0, kFirstOfJanuary1980, 0);
    zip_file_set_external_attributes(
        archive, index, 0, ZIP_OPSYS_UNIX, isFolder ? kFolderMode : kFileMode
    );
}

/// Names of all files to pack, sorted, and of their folders.
struct Content {
    std::vector<std::string> files;
    std::set<std::string> folders;
};

Content contentOf(const fs::path& folder, const fs::path& zipPath) {
    Content content;
    const auto files = openSubmissionFolder(folder);
    if (!files->problems().empty()) {
        throw DatasetError(fmt::format("{}/{}", folder.string(), files->problems().front()));
    }
    for (const auto& [name, size] : files->sizes()) {
        std::error_code ignored;
        const fs::path relative(name);
        const bool isLeftOver = relative.filename().string().find(".tmp-") != std::string::npos;
        if (isLeftOver || fs::equivalent(folder / relative, zipPath, ignored)) {
            continue;
        }
        content.files.push_back(name);
        for (auto parent = relative.parent_path(); !parent.empty(); parent = parent.parent_path()) {
            content.folders.insert(parent.generic_string());
        }
    }
    if (content.files.empty()) {
        throw DatasetError(fmt::format("{}: holds no file to pack", folder.string()));
    }
    return content;
}

void addFile(zip_t* archive, const fs::path& folder, const std::string& name) {
    const auto file = folder / name;
    zip_source_t* source = zip_source_file(archive, file.c_str(), 0, 0);
    const auto index =
        source == nullptr ? -1 : zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        failWriting(archive, folder, name);
    }
    setAttributes(archive, static_cast<zip_uint64_t>(index), false);
}

/// libzip calls back with these while it writes.
struct Callbacks {
    const std::function<void(double)>& progress;
    std::stop_token stop;
};

void registerCallbacks(zip_t* archive, Callbacks& callbacks) {
    constexpr double kStep = 0.001;
    zip_register_progress_callback_with_state(
        archive,
        kStep,
        [](zip_t*, double fraction, void* state) {
            const auto& progress = static_cast<const Callbacks*>(state)->progress;
            if (progress) {
                progress(fraction);
            }
        },
        nullptr,
        &callbacks
    );
    zip_register_cancel_callback_with_state(
        archive,
        [](zip_t*, void* state) {
            return static_cast<const Callbacks*>(state)->stop.stop_requested() ? 1 : 0;
        },
        nullptr,
        &callbacks
    );
}

class SubmissionZip final : public SubmissionFiles {
  public:
    explicit SubmissionZip(fs::path path)
        : path_(std::move(path)), archive_(openArchive(path_, ZIP_RDONLY)) {
        const auto entries = zip_get_num_entries(archive_.get(), 0);
        for (zip_int64_t i = 0; i < entries; ++i) {
            add(static_cast<zip_uint64_t>(i));
        }
    }

    std::string title() const override { return path_.string(); }

    bool isZip() const noexcept override { return true; }

    std::vector<std::byte> read(const std::string& name) const override {
        const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
            zip_fopen_index(archive_.get(), indices_.at(name), 0), zip_fclose
        );
        std::vector<std::byte> content(sizes_.at(name));
        std::size_t filled = 0;
        zip_int64_t got = file ? 1 : -1;
        while (got > 0 && filled < content.size()) {
            got = zip_fread(file.get(), content.data() + filled, content.size() - filled);
            filled += got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        std::byte beyond{}; // reading to the end makes libzip compare the check sum
        if (got < 0 || filled < content.size() || zip_fread(file.get(), &beyond, 1) != 0) {
            throw DatasetError(
                fmt::format("{}: {}: cannot unpack", path_.string(), name),
                "the zip is damaged: pack it again"
            );
        }
        return content;
    }

  private:
    void add(zip_uint64_t index) {
        zip_stat_t entry;
        if (zip_stat_index(archive_.get(), index, 0, &entry) != 0 ||
            (entry.valid & ZIP_STAT_NAME) == 0 || (entry.valid & ZIP_STAT_SIZE) == 0) {
            problems_.push_back(fmt::format("entry {} has no name or size", index));
            return;
        }
        const std::string name = entry.name;
        if (name.ends_with('/')) {
            folderEntries_.push_back(name);
        } else if (sizes_.emplace(name, entry.size).second) {
            indices_.emplace(name, index);
        } else {
            problems_.push_back(fmt::format("{}: is in the zip twice", name));
        }
    }

    fs::path path_;
    Archive archive_;
    std::map<std::string, zip_uint64_t> indices_;
};

} // namespace

void writeSubmissionZip(
    const fs::path& folder,
    const fs::path& zipPath,
    const std::function<void(double)>& progress,
    const std::stop_token& stop
) {
    const Content content = contentOf(folder, zipPath);
    auto archive = openArchive(zipPath, ZIP_CREATE | ZIP_TRUNCATE);
    for (const auto& name : content.folders) {
        const auto index = zip_dir_add(archive.get(), name.c_str(), ZIP_FL_ENC_UTF_8);
        if (index < 0) {
            failWriting(archive.get(), zipPath, name);
        }
        setAttributes(archive.get(), static_cast<zip_uint64_t>(index), true);
    }
    for (const auto& name : content.files) {
        addFile(archive.get(), folder, name);
    }
    Callbacks callbacks{progress, stop};
    registerCallbacks(archive.get(), callbacks);
    throwIfStopRequested(stop);
    // Writes a temporary file beside the zip and renames it.
    if (zip_close(archive.get()) != 0) {
        throwIfStopRequested(stop);
        failWriting(archive.get(), zipPath, "the files");
    }
    archive.release();
}

std::unique_ptr<SubmissionFiles> openSubmissionZip(const fs::path& zipPath) {
    return std::make_unique<SubmissionZip>(zipPath);
}

} // namespace siskin
