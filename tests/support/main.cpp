// SPDX-License-Identifier: MIT
// GoogleTest's main, plus the check of what the program needs: a missing need exits 77 (skipped),
// and so does a program of which a single test was skipped, so that ctest shows it.
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#ifdef SISKIN_TEST_NEEDS_GPU
#include "gpu/cuda_devices.hpp"
#endif

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    constexpr std::string_view needs = SISKIN_TEST_NEEDS;
    constexpr int kSkipped = 77;
    if (needs.find("data") != std::string_view::npos && !siskin::test::hasSharedData()) {
        std::puts(
            "SKIPPED: no sample data; set SISKIN_SHARED to the folder that holds data/ and golden/"
        );
        return kSkipped;
    }
    if (needs.find("display") != std::string_view::npos && std::getenv("DISPLAY") == nullptr) {
        std::puts("SKIPPED: no display; run under xvfb-run");
        return kSkipped;
    }
#ifdef SISKIN_TEST_NEEDS_GPU
    if (const auto cuda = siskin::listCudaDevices(); cuda.devices.empty()) {
        std::printf("SKIPPED: no GPU (%s)\n", cuda.reason.c_str());
        return kSkipped;
    }
#endif
    const int failed = RUN_ALL_TESTS();
    const bool skippedAny = testing::UnitTest::GetInstance()->skipped_test_count() > 0;
    return failed == 0 && skippedAny ? kSkipped : failed;
}
