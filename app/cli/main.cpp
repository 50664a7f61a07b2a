// SPDX-License-Identifier: MIT
#include "app/cli/interrupt.hpp"
#include "app/cli/program.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    using siskin::ExitCode;
    try {
        const siskin::cli::InterruptGuard interrupt;
        return siskin::cli::runProgram({argv + 1, argv + argc}, interrupt.token());
    } catch (const siskin::Cancelled&) {
        fmt::print(stderr, "siskin: cancelled\n");
        return static_cast<int>(ExitCode::Interrupted);
    } catch (const siskin::Error& error) {
        fmt::print(stderr, "siskin: error: {}\n", error.line());
        return static_cast<int>(error.exitCode());
    } catch (const std::exception& error) {
        fmt::print(stderr, "siskin: error: {}\n", error.what());
        return static_cast<int>(ExitCode::RunFailed);
    }
}
