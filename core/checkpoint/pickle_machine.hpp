// SPDX-License-Identifier: MIT
// The machine behind `readPickle`: private to pickle.cpp and pickle_values.cpp.
#pragma once

#include "core/checkpoint/pickle.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace siskin::checkpoint {

/// Each `step...` function carries out the opcodes of its group and says whether `op` was one of
/// them.
class PickleMachine {
  public:
    PickleMachine(ByteReader& reader, const CheckpointLimits& limits)
        : reader_(reader),
          maxOps_(std::min<std::int64_t>(limits.pickleOps, std::int64_t{1} << 30)) {}

    PickleGraph run();

  private:
    bool stepNumber(char op);
    bool stepText(char op);
    bool stepContainer(char op);
    bool stepFill(char op);
    bool stepObject(char op);
    bool stepMemo(char op);
    void stepControl(char op);

    [[noreturn]] void fail(const std::string& why, const std::string& hint = {}) const {
        reader_.source().fail(at_, why, hint);
    }

    template <typename T>
    void push(NodeKind kind, T payload) {
        graph_.nodes.push_back(Node{.kind = kind, .offset = at_, .payload = std::move(payload)});
        stack_.push_back(static_cast<NodeId>(graph_.nodes.size() - 1));
    }

    NodeId pop();
    std::vector<NodeId> pop(std::size_t count);
    std::vector<NodeId> popToMark();
    NodeId top() const;

    void fillSequence(std::vector<NodeId> items);
    void fillMapping(std::vector<NodeId> items);
    void call(NodeId callee, NodeId arguments);
    void callMarked(const std::vector<NodeId>& items);
    void pushGlobal(const std::string& module, const std::string& name);
    std::string popText();
    std::uint64_t length(std::int64_t count) const;
    void pushDecimal(std::string text);
    void pushLong(std::uint64_t bytes);
    void memoize(std::uint64_t slot);
    void recall(std::uint64_t slot);
    std::uint64_t slotNumber(const std::string& text) const;

    ByteReader& reader_;
    std::int64_t maxOps_;
    std::uint64_t at_ = 0; ///< byte of the current opcode
    bool stopped_ = false;
    PickleGraph graph_;
    std::vector<NodeId> stack_;
    std::vector<std::size_t> marks_; ///< stack heights
    std::unordered_map<std::uint64_t, NodeId> memo_;
};

} // namespace siskin::checkpoint
