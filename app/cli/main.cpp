// SPDX-License-Identifier: MIT
#include "app/cli/interrupt.hpp"
#include "app/cli/program.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    using siskin::ExitCode;
    // A file that outgrows `ulimit -f` is then a failed write with its one line, no core dump.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        const siskin::cli::InterruptGuard interrupt;
        const int code = siskin::cli::runProgram({argv + 1, argv + argc}, interrupt.token());
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
            throw siskin::DatasetError(
                "standard output: cannot write", "is the disk full or the reader gone?"
            );
        }
        return code;
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
