// SPDX-License-Identifier: MIT
#include "core/sparse/tensor_pool.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace siskin {
namespace {

constexpr std::size_t kMegabyte = 1 << 20;

TEST(TensorPool, HandsOutAlignedMemoryOfEverySize) {
    for (const std::size_t bytes : {1, 63, 64, 65, 4096, 1'000'003, 20'000'000}) {
        const auto block = tensorPool().allocate(bytes);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.get()) % 64, 0U) << bytes;
        std::memset(block.get(), 1, bytes);
    }
    EXPECT_EQ(tensorPool().allocate(0).get(), nullptr);
}

TEST(TensorPool, ReusesWhatWasGivenBack) {
    { const auto warm = tensorPool().allocate(60 * kMegabyte); }
    const auto before = tensorPoolStats().growths;
    for (int frame = 0; frame < 20; ++frame) {
        const auto a = tensorPool().allocate((10 + static_cast<std::size_t>(frame)) * kMegabyte);
        const auto b = tensorPool().allocate(5 * kMegabyte);
        const auto c = tensorPool().allocate(100);
    }
    EXPECT_EQ(tensorPoolStats().growths, before);
}

TEST(TensorPool, JoinsNeighboursAgain) {
    trimTensorPool();
    {
        std::vector<c10::DataPtr> blocks;
        for (int i = 0; i < 16; ++i) {
            blocks.push_back(tensorPool().allocate(kMegabyte));
        }
        while (!blocks.empty()) { // every second one first, so that holes come about
            blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(blocks.size() / 2));
        }
    }
    const auto before = tensorPoolStats().growths;
    const auto whole = tensorPool().allocate(15 * kMegabyte);
    EXPECT_EQ(tensorPoolStats().growths, before);
}

TEST(TensorPool, LivingBlocksNeverOverlap) {
    std::mt19937 random(7);
    std::vector<std::pair<c10::DataPtr, std::size_t>> living;
    for (int step = 0; step < 3000; ++step) {
        if (living.size() > 40 || (!living.empty() && random() % 3 == 0)) {
            const auto at = random() % living.size();
            const auto& [block, bytes] = living[at];
            const auto* data = static_cast<const unsigned char*>(block.get());
            EXPECT_EQ(data[0], static_cast<unsigned char>(bytes)); // nobody wrote over it
            EXPECT_EQ(data[bytes - 1], static_cast<unsigned char>(bytes));
            living.erase(living.begin() + static_cast<std::ptrdiff_t>(at));
            continue;
        }
        const std::size_t bytes = 1 + random() % 300'000;
        auto block = tensorPool().allocate(bytes);
        std::memset(block.get(), static_cast<unsigned char>(bytes), bytes);
        living.emplace_back(std::move(block), bytes);
    }
}

TEST(TensorPool, CountsAndTrims) {
    trimTensorPool();
    const auto before = tensorPoolStats();
    {
        const auto block = tensorPool().allocate(64 * kMegabyte);
        EXPECT_EQ(
            tensorPoolStats().bytesInUse,
            before.bytesInUse + static_cast<std::int64_t>(64 * kMegabyte)
        );
    }
    EXPECT_EQ(tensorPoolStats().bytesInUse, before.bytesInUse);
    EXPECT_GE(
        tensorPoolStats().peakBytesInUse,
        before.bytesInUse + static_cast<std::int64_t>(64 * kMegabyte)
    );
    EXPECT_GE(tensorPoolStats().bytesHeld, static_cast<std::int64_t>(64 * kMegabyte));
    trimTensorPool();
    EXPECT_LE(tensorPoolStats().bytesHeld, before.bytesHeld);
    EXPECT_EQ(tensorPoolStats().peakBytesInUse, before.bytesInUse);
}

TEST(TensorPool, APeakCountsFromItsBeginning) {
    const auto before = tensorPool().allocate(32 * kMegabyte);
    {
        const TensorPeak peak;
        EXPECT_EQ(peak.bytes(), 0);
        {
            const auto first = tensorPool().allocate(8 * kMegabyte);
            const auto second = tensorPool().allocate(4 * kMegabyte);
        }
        const auto third = tensorPool().allocate(2 * kMegabyte);
        EXPECT_EQ(peak.bytes(), static_cast<std::int64_t>(12 * kMegabyte));
        {
            const TensorPeak another; // neither knows whose tensors it sees
            EXPECT_EQ(another.bytes(), 0);
        }
        const auto fourth = tensorPool().allocate(64 * kMegabyte);
        EXPECT_EQ(peak.bytes(), 0);
    }
    const TensorPeak alone;
    const auto last = tensorPool().allocate(kMegabyte);
    EXPECT_EQ(alone.bytes(), static_cast<std::int64_t>(kMegabyte));
}

TEST(TensorPool, SeveralThreadsAtOnce) {
    std::vector<std::jthread> threads;
    for (unsigned char id = 1; id <= 4; ++id) {
        threads.emplace_back([id] {
            for (std::size_t i = 0; i < 2000; ++i) {
                const std::size_t bytes = 1 + i * 37 % 50'000;
                const auto block = tensorPool().allocate(bytes);
                std::memset(block.get(), id, bytes);
                ASSERT_EQ(static_cast<unsigned char*>(block.get())[bytes / 2], id);
            }
        });
    }
}

} // namespace
} // namespace siskin
