// SPDX-License-Identifier: MIT
#include "core/base/file.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace siskin {

namespace {

std::size_t checkedSize(const std::filesystem::path& path, std::size_t maxBytes) {
    std::error_code status;
    if (!std::filesystem::exists(path, status)) {
        throw DatasetError(fmt::format("{}: no such file", path.string()), "check the path");
    }
    if (std::filesystem::is_directory(path, status)) {
        throw DatasetError(fmt::format("{}: is a folder, a file was expected", path.string()));
    }
    const auto size = std::filesystem::file_size(path, status);
    if (status) {
        throw DatasetError(fmt::format("{}: {}", path.string(), status.message()));
    }
    if (size > maxBytes) {
        throw DatasetError(
            fmt::format("{}: {} bytes, more than the {} accepted", path.string(), size, maxBytes)
        );
    }
    return size;
}

void readInto(const std::filesystem::path& path, char* target, std::size_t size) {
    std::ifstream stream(path, std::ios::binary);
    stream.read(target, static_cast<std::streamsize>(size));
    if (!stream || stream.gcount() != static_cast<std::streamsize>(size)) {
        throw DatasetError(
            fmt::format("{}: cannot read: {}", path.string(), std::strerror(errno)),
            "check the permissions"
        );
    }
}

} // namespace

std::vector<std::byte> readFile(const std::filesystem::path& path, std::size_t maxBytes) {
    std::vector<std::byte> content(checkedSize(path, maxBytes));
    readInto(path, reinterpret_cast<char*>(content.data()), content.size());
    return content;
}

std::string readTextFile(const std::filesystem::path& path, std::size_t maxBytes) {
    std::string content(checkedSize(path, maxBytes), '\0');
    readInto(path, content.data(), content.size());
    return content;
}

void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> content) {
    std::error_code status;
    if (path.has_parent_path()) {
        std::filesystem::create_directories(path.parent_path(), status);
    }
    auto temporary = path;
    temporary += fmt::format(".tmp-{}", ::getpid());
    {
        std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
        stream.write(
            reinterpret_cast<const char*>(content.data()),
            static_cast<std::streamsize>(content.size())
        );
        stream.flush();
        if (!stream) {
            const std::string reason = std::strerror(errno);
            std::filesystem::remove(temporary, status);
            throw DatasetError(
                fmt::format("{}: cannot write: {}", path.string(), reason),
                "check free space and permissions"
            );
        }
    }
    std::filesystem::rename(temporary, path, status);
    if (status) {
        const std::string reason = status.message();
        std::filesystem::remove(temporary, status);
        throw DatasetError(fmt::format("{}: cannot write: {}", path.string(), reason));
    }
}

void writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
    writeFileAtomically(path, std::as_bytes(std::span(content.data(), content.size())));
}

void requireWritableFolder(const std::filesystem::path& folder) {
    std::error_code status;
    std::filesystem::create_directories(folder, status);
    if (!status && ::access(folder.c_str(), W_OK | X_OK) != 0) {
        status = std::error_code(errno, std::generic_category());
    }
    if (status) {
        throw DatasetError(
            fmt::format("{}: cannot write there: {}", folder.string(), status.message()),
            "give another folder, or check its permissions"
        );
    }
}

} // namespace siskin
