// SPDX-License-Identifier: MIT
#include "app/cli/environment.hpp"

#include "app/cli/version.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <string_view>

namespace siskin::cli {

namespace {

/// Quotes a word for a POSIX shell where that is needed.
std::string shellWord(const std::string& word) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "_-+=:,./@%";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
        return word;
    }
    std::string quoted(1, '\'');
    for (const char character : word) {
        if (character == '\'') {
            quoted.append("'\\''");
        } else {
            quoted.push_back(character);
        }
    }
    quoted.push_back('\'');
    return quoted;
}

} // namespace

Environment describeEnvironment(
    const std::string& command, const std::string& device, const std::vector<std::string>& arguments
) {
    Environment environment;
    environment.programVersion = programVersion();
    environment.device = device;
    environment.threads = threadCount();
    environment.libraries = libraryVersions();
    environment.command = fmt::format("siskin {}", command);
    for (const auto& argument : arguments) {
        environment.command += fmt::format(" {}", shellWord(argument));
    }
    return environment;
}

} // namespace siskin::cli
