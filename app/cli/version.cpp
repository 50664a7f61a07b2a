// SPDX-License-Identifier: MIT
#include "app/cli/version.hpp"

#include "app/cli/checkpoint_info.hpp"
#include "app/cli/devices.hpp"

#include <boost/version.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <dlfcn.h>
#include <siskin_commit.hpp>

namespace siskin::cli {

namespace {

/// What a parameterless text function of an already loaded library answers; empty without it.
std::string askLibrary(const char* function) {
    using Ask = char* (*)();
    const auto ask = reinterpret_cast<Ask>(::dlsym(RTLD_DEFAULT, function));
    return ask == nullptr ? std::string() : ask();
}

/// MKL or OpenBLAS when it answers for the BLAS that LibTorch was loaded with, else a warning:
/// Debian's reference BLAS is some forty times slower.
std::string blasNote() {
    if (::dlsym(RTLD_DEFAULT, "MKL_Get_Version_String") != nullptr) {
        return "MKL, part of LibTorch";
    }
    const auto config = askLibrary("openblas_get_config"); // "OpenBLAS 0.3.21 NO_LAPACKE ..."
    if (config.empty()) {
        return "reference BLAS, slow: install libopenblas0-pthread";
    }
    const auto version = config.substr(0, config.find(' ', config.find(' ') + 1));
    return fmt::format("{}, {} kernels", version, askLibrary("openblas_get_corename"));
}

std::string fmtVersion() {
    return fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

std::string boostVersion() {
    return fmt::format(
        "{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100
    );
}

} // namespace

std::string programVersion() {
    return SISKIN_VERSION;
}

std::string programCommit() {
    return SISKIN_COMMIT;
}

std::vector<std::pair<std::string, std::string>> libraryVersions() {
    return {
        {"LibTorch", libTorchVersion()},
        {"BLAS", blasNote()},
        {"Boost", boostVersion()},
        {"fmt", fmtVersion()},
        {"nlohmann-json",
         fmt::format(
             "{}.{}.{}",
             NLOHMANN_JSON_VERSION_MAJOR,
             NLOHMANN_JSON_VERSION_MINOR,
             NLOHMANN_JSON_VERSION_PATCH
         )},
        {"compiler", fmt::format("g++ {}", __VERSION__)}};
}

std::string versionText() {
    std::string text = fmt::format("siskin {}\n", programVersion());
    for (const auto& [name, version] : libraryVersions()) {
        text += fmt::format("  {:<14} {}\n", name, version);
    }
    text += fmt::format("  {:<14} {}\n", "devices", fmt::join(deviceNames(), ", "));
    return text + fmt::format("  {:<14} {}\n", "CUDA", cudaNote());
}

} // namespace siskin::cli
