// SPDX-License-Identifier: MIT
// Seeded damage to small weight files: every outcome but an honest result or a CheckpointError is a
// bug, and none may take long or much memory. Runs the same cases each time.
#include "core/base/error.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/checkpoint_files.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <random>
#include <sys/resource.h>

namespace siskin {
namespace {

using test::Assembler;

class Mutator {
  public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string damaged(std::string bytes) {
        const auto count = 1 + below(4);
        for (std::size_t i = 0; i < count && !bytes.empty(); ++i) {
            damageOnce(bytes);
        }
        return bytes;
    }

  private:
    std::size_t below(std::size_t bound) { return random_() % bound; }

    void damageOnce(std::string& bytes) {
        static constexpr unsigned char kTelling[] = {
            0, 1, 0x7f, 0x80, 0xff, '(', 'R', 'Q', 'u', 't', 'h', '.', '}'};
        const auto at = below(bytes.size());
        switch (below(6)) {
        case 0:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
            break;
        case 1:
            bytes[at] = static_cast<char>(kTelling[below(std::size(kTelling))]);
            break;
        case 2:
            bytes.erase(at, 1 + below(8));
            break;
        case 3:
            bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(16)));
            break;
        case 4:
            bytes.replace(at, 1 + below(8), bytes.substr(below(bytes.size()), 1 + below(8)));
            break;
        default:
            bytes[at] = static_cast<char>(below(256));
        }
    }

    std::mt19937_64 random_;
};

CheckpointLimits tightLimits() {
    CheckpointLimits limits;
    limits.fileBytes = 1 << 20;
    limits.unpackedBytes = 1 << 20;
    limits.tensorBytes = 1 << 20;
    limits.totalTensorBytes = 4 << 20;
    limits.pickleOps = 10'000;
    return limits;
}

/// Reads `variants` damaged versions; returns how many were still readable.
template <typename Make>
int survivors(std::uint64_t seed, int variants, const Make& make) {
    const auto limits = tightLimits();
    Mutator mutator(seed);
    int readable = 0;
    for (int i = 0; i < variants; ++i) {
        const std::string bytes = make(mutator);
        const auto start = std::chrono::steady_clock::now();
        try {
            std::int64_t total = 0;
            for (const auto& [name, tensor] : test::readBytes(bytes, limits).tensors) {
                total += static_cast<std::int64_t>(tensor.nbytes());
                EXPECT_TRUE(tensor.is_contiguous());
            }
            EXPECT_LE(total, limits.totalTensorBytes);
            ++readable;
        } catch (const CheckpointError& error) {
            EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos)
                << "variant " << i;
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        EXPECT_LT(took.count(), 5.0) << "seed " << seed << ", variant " << i;
    }
    return readable;
}

std::string pickleWithEverything() {
    Assembler code;
    code.op('}')
        .mark()
        .text("epoch")
        .integer(3)
        .text("configs")
        .global("utils.config", "Config")
        .bytes(")\x81}b");
    code.text("list").bytes("](K\x01K\x02"
                            "e");
    code.text("model").orderedDict().bytes("q\x01").mark();
    code.text("a").rebuild().storage("Float", "0", 6).shape(0, {2, 3}, {3, 1});
    code.text("b").rebuild().storage("Float", "0", 6).shape(1, {2, 2}, {2, 1});
    code.text("c").rebuild().storage("Long", "1", 1).shape(0, {}, {}).op('u');
    return code.op('u').stop();
}

TEST(CheckpointFuzz, DamagedArchives) {
    const auto bytes = test::smallZip();
    EXPECT_LT(survivors(1, 3000, [&](Mutator& m) { return m.damaged(bytes); }), 3000);
}

TEST(CheckpointFuzz, DamagedLegacyFiles) {
    const auto bytes = test::smallLegacy();
    const int readable = survivors(2, 3000, [&](Mutator& m) { return m.damaged(bytes); });
    EXPECT_GT(
        readable, 0
    ) << "damage to the numbers themselves is not noticeable in this container";
    EXPECT_LT(readable, 3000);
}

TEST(CheckpointFuzz, DamagedPicklesInIntactArchives) {
    const auto pickle = pickleWithEverything();
    const std::vector<test::ZipItem> storages{
        {"0", std::string(24, '\x3f'), true}, {"1", std::string(8, '\x01')}};
    ASSERT_EQ(test::readBytes(test::torchZip(pickle, storages)).tensors.size(), 3U);
    const int readable =
        survivors(3, 4000, [&](Mutator& m) { return test::torchZip(m.damaged(pickle), storages); });
    EXPECT_GT(readable, 0);
    EXPECT_LT(readable, 4000);
}

TEST(CheckpointFuzz, DamagedSafetensors) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "good.safetensors";
    writeSafetensors(
        path, {{"a", torch::ones({2, 3})}, {"b", torch::zeros({2}, torch::kLong)}}, {{"k", "v"}}
    );
    std::ifstream stream(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_LT(survivors(4, 3000, [&](Mutator& m) { return m.damaged(bytes); }), 3000);
}

TEST(CheckpointFuzz, MemoryStaysSmall) {
    rusage usage{};
    ASSERT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
    EXPECT_LT(usage.ru_maxrss, 2'000'000) << "KiB, sanitizers included";
}

} // namespace
} // namespace siskin
