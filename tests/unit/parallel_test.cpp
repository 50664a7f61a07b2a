// SPDX-License-Identifier: MIT
// The thread pool: coverage, exceptions, nesting, concurrent callers.
#include "core/base/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace siskin {
namespace {

using Chunk = std::pair<std::int64_t, std::int64_t>;

/// Restores the default number of threads when a test ends.
class Parallel : public testing::TestWithParam<int> {
  protected:
    void SetUp() override { setThreadCount(GetParam()); }

    void TearDown() override { setThreadCount(0); }
};

std::set<Chunk> chunksOf(std::int64_t count, std::int64_t grain) {
    std::mutex mutex;
    std::set<Chunk> chunks;
    parallelFor(count, grain, [&](std::int64_t begin, std::int64_t end) {
        const std::scoped_lock lock(mutex);
        EXPECT_TRUE(chunks.emplace(begin, end).second) << "chunk given out twice";
    });
    return chunks;
}

TEST_P(Parallel, VisitsEveryItemExactlyOnce) {
    for (const std::int64_t count : {1, 2, 7, 64, 1000, 4097}) {
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
        parallelFor(count, 3, [&](std::int64_t begin, std::int64_t end) {
            for (auto i = begin; i < end; ++i) {
                ++visits[static_cast<std::size_t>(i)];
            }
        });
        for (const auto& visit : visits) {
            ASSERT_EQ(visit.load(), 1);
        }
    }
}

TEST_P(Parallel, ChunkBordersDependOnTheGrainAlone) {
    EXPECT_EQ(chunksOf(10, 4), (std::set<Chunk>{{0, 4}, {4, 8}, {8, 10}}));
    EXPECT_EQ(chunksOf(4, 4), (std::set<Chunk>{{0, 4}}));
    EXPECT_EQ(chunksOf(3, 100), (std::set<Chunk>{{0, 3}}));
    EXPECT_EQ(chunksOf(2, 0), (std::set<Chunk>{{0, 1}, {1, 2}})); // a grain below 1 counts as 1
}

TEST_P(Parallel, NothingToDoCallsNothing) {
    EXPECT_TRUE(chunksOf(0, 4).empty());
    EXPECT_TRUE(chunksOf(-5, 4).empty());
}

TEST_P(Parallel, RethrowsAnExceptionAndWorksAfterwards) {
    for (int repeat = 0; repeat < 20; ++repeat) {
        EXPECT_THROW(
            parallelFor(
                1000,
                1,
                [](std::int64_t begin, std::int64_t) {
                    if (begin == 500) {
                        throw std::runtime_error("chunk 500");
                    }
                }
            ),
            std::runtime_error
        );
        EXPECT_EQ(chunksOf(100, 1).size(), 100U);
    }
}

TEST_P(Parallel, NestedCallRunsOnTheCallingThread) {
    std::atomic<int> strangers{0};
    std::atomic<std::int64_t> items{0};
    parallelFor(16, 1, [&](std::int64_t, std::int64_t) {
        const auto outer = std::this_thread::get_id();
        parallelFor(64, 1, [&](std::int64_t begin, std::int64_t end) {
            strangers += std::this_thread::get_id() == outer ? 0 : 1;
            items += end - begin;
        });
    });
    EXPECT_EQ(strangers.load(), 0);
    EXPECT_EQ(items.load(), 16 * 64);
}

TEST_P(Parallel, CallersTakeTurns) {
    std::vector<std::int64_t> sums(4, 0);
    {
        std::vector<std::jthread> callers;
        for (auto& sum : sums) {
            callers.emplace_back([&sum] {
                for (int repeat = 0; repeat < 50; ++repeat) {
                    std::atomic<std::int64_t> total{0};
                    parallelFor(257, 8, [&](std::int64_t begin, std::int64_t end) {
                        total += end - begin;
                    });
                    sum += total.load();
                }
            });
        }
    }
    EXPECT_EQ(sums, std::vector<std::int64_t>(4, 50 * 257));
}

TEST_P(Parallel, SingleThreadScopeRunsInlineBesideOthers) {
    std::vector<std::atomic<int>> strangers(3);
    std::atomic<std::int64_t> items{0};
    {
        std::vector<std::jthread> callers;
        for (auto& count : strangers) {
            callers.emplace_back([&count, &items] {
                const SingleThreadScope scope(3);
                EXPECT_EQ(threadCount(), 1);
                EXPECT_EQ(sideBySideCount(), 3);
                const auto self = std::this_thread::get_id();
                for (int repeat = 0; repeat < 20; ++repeat) {
                    parallelFor(100, 3, [&](std::int64_t begin, std::int64_t end) {
                        count += std::this_thread::get_id() == self ? 0 : 1;
                        items += end - begin;
                    });
                }
            });
        }
    }
    EXPECT_EQ(items.load(), 3 * 20 * 100);
    for (const auto& count : strangers) {
        EXPECT_EQ(count.load(), 0);
    }
}

TEST_P(Parallel, ScopesNestAndEnd) {
    {
        const SingleThreadScope outer(4);
        {
            const SingleThreadScope inner;
            EXPECT_EQ(sideBySideCount(), 1);
        }
        EXPECT_EQ(sideBySideCount(), 4);
        EXPECT_EQ(threadCount(), 1);
        EXPECT_EQ(chunksOf(10, 4), (std::set<Chunk>{{0, 4}, {4, 8}, {8, 10}}));
    }
    EXPECT_EQ(threadCount(), GetParam());
    EXPECT_EQ(sideBySideCount(), 1);
    std::atomic<int> wrong{0};
    parallelFor(8, 1, [&](std::int64_t, std::int64_t) { wrong += threadCount() == 1 ? 0 : 1; });
    EXPECT_EQ(wrong.load(), 0);
}

INSTANTIATE_TEST_SUITE_P(Threads, Parallel, testing::Values(1, 2, 5));

TEST(ThreadCount, CanBeSetAndRestored) {
    const int before = threadCount();
    EXPECT_GE(before, 1);
    setThreadCount(3);
    EXPECT_EQ(threadCount(), 3);
    setThreadCount(0);
    EXPECT_EQ(threadCount(), before);
}

TEST(ThreadCount, ManyThreadsReallyTakePart) {
    setThreadCount(4);
    std::mutex mutex;
    std::set<std::thread::id> seen;
    // Each chunk waits until all four threads have arrived (or a second has passed).
    parallelFor(4, 1, [&](std::int64_t, std::int64_t) {
        for (int wait = 0; wait < 1000; ++wait) {
            {
                const std::scoped_lock lock(mutex);
                seen.insert(std::this_thread::get_id());
                if (seen.size() == 4) {
                    return;
                }
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    EXPECT_EQ(seen.size(), 4U);
    setThreadCount(0);
}

} // namespace
} // namespace siskin
