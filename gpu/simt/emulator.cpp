// SPDX-License-Identifier: MIT
// Runs the threads of one block as fibers that give way at barriers. Every kernel of `gpu/kernels`
// goes through here in the tests of machines without a GPU.
#include "gpu/simt/simt.cuh"

#include <boost/context/fiber.hpp>
#include <boost/context/pooled_fixedsize_stack.hpp>

#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

thread_local EmulatedIndex threadIdx;
thread_local EmulatedIndex blockIdx;
thread_local EmulatedIndex blockDim;
thread_local EmulatedIndex gridDim;

namespace siskin::simt::emulator {

namespace {

namespace context = boost::context;

constexpr std::size_t kStackBytes = 64 * 1024;
constexpr std::size_t kAlignment = 128;
constexpr unsigned char kPoison = 0xCD; ///< shared memory that nothing has written

enum class State { Runs, AtWarpBarrier, AtBlockBarrier, Done };

struct Copy {
    void* to;
    const void* from;
    int bytes;
};

struct Thread {
    context::fiber fiber;
    State state = State::Runs;
    unsigned round = 0; ///< of `exchange`
    std::vector<Copy> open;
    std::vector<std::vector<Copy>> groups;
};

struct Warp {
    std::array<std::array<std::byte, kWarp * kSlotBytes>, 2> slots;
};

struct Block {
    std::vector<Thread> threads;
    std::vector<Warp> warps;
    std::vector<unsigned char> shared;
    context::fiber scheduler; ///< while a thread runs: where to go back to
    unsigned running = 0;
    std::exception_ptr error;
};

thread_local Block* current = nullptr;
thread_local WarpOrder warpOrder = WarpOrder::Forward;

Thread& self() {
    return current->threads[current->running];
}

void giveWay(State state) {
    self().state = state;
    current->scheduler = std::move(current->scheduler).resume();
}

/// Runs a thread until it waits or ends.
void resume(Block& block, unsigned index) {
    block.running = index;
    threadIdx.x = index;
    auto& thread = block.threads[index];
    thread.state = State::Runs;
    auto rest = std::move(thread.fiber).resume();
    if (rest) {
        block.threads[block.running].fiber = std::move(rest);
    }
    if (block.error) {
        std::rethrow_exception(block.error);
    }
}

/// Runs the lanes of a warp until each has ended or waits for the block.
void runWarp(Block& block, unsigned warp) {
    const unsigned first = warp * kWarp;
    for (;;) {
        bool ran = false;
        bool atWarpBarrier = false;
        bool atBlockBarrier = false;
        for (unsigned i = first; i < first + kWarp; ++i) {
            if (block.threads[i].state == State::Runs) {
                resume(block, i);
                ran = true;
            }
            atWarpBarrier |= block.threads[i].state == State::AtWarpBarrier;
            atBlockBarrier |= block.threads[i].state == State::AtBlockBarrier;
        }
        if (atWarpBarrier && atBlockBarrier) {
            throw std::logic_error("lanes of one warp wait at different barriers");
        }
        if (!atWarpBarrier) {
            return;
        }
        if (!ran) {
            throw std::logic_error("a warp waits for itself");
        }
        for (unsigned i = first; i < first + kWarp; ++i) {
            auto& state = block.threads[i].state;
            state = state == State::AtWarpBarrier ? State::Runs : state;
        }
    }
}

void runBlock(Block& block, const std::function<void()>& body) {
    static thread_local context::pooled_fixedsize_stack stacks(kStackBytes);
    std::fill(block.shared.begin(), block.shared.end(), kPoison);
    for (auto& thread : block.threads) {
        thread.state = State::Runs;
        thread.round = 0;
        thread.fiber =
            context::fiber(std::allocator_arg, stacks, [&block, &body](context::fiber&& scheduler) {
                block.scheduler = std::move(scheduler);
                try {
                    body();
                } catch (const context::detail::forced_unwind&) {
                    throw;
                } catch (...) {
                    block.error = std::current_exception();
                }
                self().state = State::Done;
                return std::move(block.scheduler);
            });
    }
    const auto warps = static_cast<unsigned>(block.warps.size());
    for (bool waiting = true; waiting;) {
        for (unsigned w = 0; w < warps; ++w) {
            runWarp(block, warpOrder == WarpOrder::Forward ? w : warps - 1 - w);
        }
        waiting = false;
        for (auto& thread : block.threads) {
            if (thread.state == State::AtBlockBarrier) {
                thread.state = State::Runs;
                waiting = true;
            }
        }
    }
}

} // namespace

void setWarpOrder(WarpOrder order) {
    warpOrder = order;
}

void runGrid(const LaunchShape& shape, const std::function<void()>& thread) {
    if (shape.threads == 0 || shape.threads % kWarp != 0 || shape.threads > 1024) {
        throw std::logic_error("a block needs 32, 64, ... 1024 threads");
    }
    Block block;
    block.threads.resize(shape.threads);
    block.warps.resize(shape.threads / kWarp);
    block.shared.resize(shape.sharedBytes + kAlignment);
    current = &block;
    gridDim = {shape.blocksX, shape.blocksY, shape.blocksZ};
    blockDim = {shape.threads, 1, 1};
    for (unsigned z = 0; z < shape.blocksZ; ++z) {
        for (unsigned y = 0; y < shape.blocksY; ++y) {
            for (unsigned x = 0; x < shape.blocksX; ++x) {
                blockIdx = {x, y, z};
                runBlock(block, thread);
            }
        }
    }
    current = nullptr;
}

void blockBarrier() {
    giveWay(State::AtBlockBarrier);
}

void warpBarrier() {
    giveWay(State::AtWarpBarrier);
}

const std::byte* exchange(const void* value, std::size_t bytes) {
    if (bytes > kSlotBytes) {
        throw std::logic_error("a lane shows too large a value");
    }
    // Two sets of slots in turn: nobody can overwrite one before all lanes have left it.
    auto& slots = current->warps[current->running / kWarp].slots[self().round++ % 2];
    std::memcpy(slots.data() + laneIndex() * kSlotBytes, value, bytes);
    giveWay(State::AtWarpBarrier);
    return slots.data();
}

bool isAlive(unsigned lane) {
    // By its count, not its state: a lane that ran on after the exchange may have ended since.
    return current->threads[current->running / kWarp * kWarp + lane].round >= self().round;
}

unsigned char* sharedBuffer() {
    const auto address = reinterpret_cast<std::uintptr_t>(current->shared.data());
    return current->shared.data() + (kAlignment - address % kAlignment) % kAlignment;
}

void copyLater(void* to, const void* from, int bytes) {
    const auto misaligned = [](const void* p) {
        return reinterpret_cast<std::uintptr_t>(p) % 16 != 0;
    };
    if (misaligned(to) || misaligned(from) || bytes < 0 || bytes > 16) {
        throw std::logic_error("an asynchronous copy needs 16-byte addresses and 0 to 16 bytes");
    }
    self().open.push_back({to, from, bytes});
}

void endGroup() {
    self().groups.push_back(std::exchange(self().open, {}));
}

void finishGroups(int pending) {
    auto& groups = self().groups;
    while (groups.size() > static_cast<std::size_t>(pending)) {
        for (const auto& copy : groups.front()) {
            std::memset(copy.to, 0, 16);
            std::memcpy(copy.to, copy.from, static_cast<std::size_t>(copy.bytes));
        }
        groups.erase(groups.begin());
    }
}

} // namespace siskin::simt::emulator
