// SPDX-License-Identifier: MIT
#include "core/checkpoint/pickle.hpp"

#include "core/checkpoint/pickle_machine.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>

namespace siskin::checkpoint {

namespace {

/// True for functions whose only use in a weight file is to attack the person who opens it.
bool isAttack(std::string_view global) {
    static constexpr std::array kModules = {
        "os",
        "posix",
        "nt",
        "subprocess",
        "sys",
        "shutil",
        "socket",
        "pty",
        "ctypes",
        "runpy",
        "importlib",
        "commands",
        "code",
        "pip",
        "requests",
        "webbrowser"};
    static constexpr std::array kBuiltins = {
        "eval", "exec", "execfile", "compile", "open", "__import__", "input", "breakpoint"};
    const auto dot = global.find('.');
    const auto module = global.substr(0, dot);
    if (module == "builtins" || module == "__builtin__") {
        const auto name = global.substr(std::min(global.size(), dot + 1));
        return std::find(kBuiltins.begin(), kBuiltins.end(), name) != kBuiltins.end();
    }
    return std::find(kModules.begin(), kModules.end(), module) != kModules.end();
}

} // namespace

PickleGraph PickleMachine::run() {
    for (std::int64_t steps = 0; !stopped_; ++steps) {
        at_ = reader_.position();
        if (steps >= maxOps_) {
            fail(fmt::format("more than {} pickle instructions", maxOps_));
        }
        const char op = reader_.number<char>();
        if (!stepNumber(op) && !stepText(op) && !stepContainer(op) && !stepFill(op) &&
            !stepObject(op) && !stepMemo(op)) {
            stepControl(op);
        }
    }
    graph_.root = pop();
    return std::move(graph_);
}

NodeId PickleMachine::pop() {
    const NodeId id = top();
    stack_.pop_back();
    return id;
}

NodeId PickleMachine::top() const {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
        fail("the pickle's stack is empty");
    }
    return stack_.back();
}

std::vector<NodeId> PickleMachine::pop(std::size_t count) {
    std::vector<NodeId> items(count);
    for (std::size_t i = count; i-- > 0;) {
        items[i] = pop();
    }
    return items;
}

std::vector<NodeId> PickleMachine::popToMark() {
    if (marks_.empty()) {
        fail("the pickle's stack has no mark");
    }
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<NodeId> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
}

bool PickleMachine::stepContainer(char op) {
    switch (op) {
    case '(':
        marks_.push_back(stack_.size());
        return true;
    case 't':
        push(NodeKind::Tuple, popToMark());
        return true;
    case '\x85':
    case '\x86':
    case '\x87':
        push(NodeKind::Tuple, pop(static_cast<std::size_t>(op - '\x85' + 1)));
        return true;
    case ')':
        push(NodeKind::Tuple, std::vector<NodeId>{});
        return true;
    case ']':
        push(NodeKind::List, std::vector<NodeId>{});
        return true;
    case '}':
        push(NodeKind::Dict, std::vector<NodeId>{});
        return true;
    case '\x8f':
        push(NodeKind::Set, std::vector<NodeId>{});
        return true;
    case 'l':
        push(NodeKind::List, popToMark());
        return true;
    case '\x91':
        push(NodeKind::Set, popToMark());
        return true;
    case 'd': {
        auto items = popToMark();
        push(NodeKind::Dict, std::vector<NodeId>{});
        fillMapping(std::move(items));
        return true;
    }
    default:
        return false;
    }
}

bool PickleMachine::stepFill(char op) {
    switch (op) {
    case 'a':
        fillSequence(pop(1));
        return true;
    case 'e':
    case '\x90':
        fillSequence(popToMark());
        return true;
    case 's':
        fillMapping(pop(2));
        return true;
    case 'u':
        fillMapping(popToMark());
        return true;
    case 'b': // the state of an object that is never made
        pop();
        top();
        return true;
    default:
        return false;
    }
}

void PickleMachine::fillSequence(std::vector<NodeId> items) {
    Node& node = graph_.nodes[top()];
    if (node.kind == NodeKind::Call) {
        return; // an inert object keeps no items
    }
    if (node.kind != NodeKind::List && node.kind != NodeKind::Set) {
        fail("items appended to something that is not a list");
    }
    auto& all = std::get<std::vector<NodeId>>(node.payload);
    all.insert(all.end(), items.begin(), items.end());
}

void PickleMachine::fillMapping(std::vector<NodeId> items) {
    Node& node = graph_.nodes[top()];
    if (node.kind != NodeKind::Dict && node.kind != NodeKind::Call) {
        fail("items set on something that is not a dictionary");
    }
    if (items.size() % 2 != 0) {
        fail("a dictionary key without a value");
    }
    auto& all = std::get<std::vector<NodeId>>(node.payload);
    all.insert(all.end(), items.begin(), items.end());
}

void PickleMachine::call(NodeId callee, NodeId arguments) {
    const Node& function = graph_[callee];
    if (function.kind == NodeKind::Global && isAttack(function.text())) {
        fail(
            fmt::format("this pickle would call {}", printable(function.text())),
            "the file is an attack, not a set of weights; nothing of it was run; delete it"
        );
    }
    push(NodeKind::Call, std::vector<NodeId>{callee, arguments});
}

void PickleMachine::callMarked(const std::vector<NodeId>& items) {
    if (items.empty()) {
        fail("a call without a class");
    }
    push(NodeKind::Tuple, std::vector<NodeId>(items.begin() + 1, items.end()));
    const NodeId arguments = pop();
    call(items.front(), arguments);
}

void PickleMachine::pushGlobal(const std::string& module, const std::string& name) {
    constexpr std::size_t kLongest = 1024;
    if (module.size() + name.size() > kLongest) {
        fail(fmt::format("the name of a class has {} bytes", module.size() + name.size()));
    }
    push(NodeKind::Global, fmt::format("{}.{}", module, name));
}

bool PickleMachine::stepObject(char op) {
    switch (op) {
    case 'c': {
        const auto module = reader_.line();
        pushGlobal(module, reader_.line());
        return true;
    }
    case '\x93': {
        const auto name = popText();
        pushGlobal(popText(), name);
        return true;
    }
    case 'R':
    case '\x81': {
        const auto parts = pop(2);
        call(parts[0], parts[1]);
        return true;
    }
    case '\x92': {
        const auto parts = pop(3);
        call(parts[0], parts[1]);
        return true;
    }
    case 'i': {
        auto items = popToMark();
        const auto module = reader_.line();
        pushGlobal(module, reader_.line());
        items.insert(items.begin(), pop());
        callMarked(items);
        return true;
    }
    case 'o':
        callMarked(popToMark());
        return true;
    case 'P':
        push(NodeKind::Text, reader_.line());
        push(NodeKind::Persistent, pop(1));
        return true;
    case 'Q':
        push(NodeKind::Persistent, pop(1));
        return true;
    default:
        return false;
    }
}

void PickleMachine::memoize(std::uint64_t slot) {
    memo_[slot] = top();
}

void PickleMachine::recall(std::uint64_t slot) {
    const auto found = memo_.find(slot);
    if (found == memo_.end()) {
        fail(fmt::format("nothing was remembered under {}", slot));
    }
    stack_.push_back(found->second);
}

std::uint64_t PickleMachine::slotNumber(const std::string& text) const {
    std::uint64_t slot = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), slot);
    if (error != std::errc() || end != text.data() + text.size()) {
        fail(fmt::format("'{}' is not a memo number", printable(text)));
    }
    return slot;
}

bool PickleMachine::stepMemo(char op) {
    switch (op) {
    case 'p':
        memoize(slotNumber(reader_.line()));
        return true;
    case 'q':
        memoize(reader_.number<std::uint8_t>());
        return true;
    case 'r':
        memoize(reader_.number<std::uint32_t>());
        return true;
    case '\x94':
        memoize(memo_.size());
        return true;
    case 'g':
        recall(slotNumber(reader_.line()));
        return true;
    case 'h':
        recall(reader_.number<std::uint8_t>());
        return true;
    case 'j':
        recall(reader_.number<std::uint32_t>());
        return true;
    default:
        return false;
    }
}

void PickleMachine::stepControl(char op) {
    constexpr int kNewestProtocol = 5;
    switch (op) {
    case '\x80':
        if (const int protocol = reader_.number<std::uint8_t>(); protocol > kNewestProtocol) {
            fail(fmt::format("pickle protocol {} is not known", protocol));
        }
        return;
    case '\x95':
        if (const auto frame = reader_.number<std::uint64_t>(); frame > reader_.remaining()) {
            fail(fmt::format("a frame of {} bytes where {} are left", frame, reader_.remaining()));
        }
        return;
    case '.':
        stopped_ = true;
        return;
    case '0':
        if (!marks_.empty() && marks_.back() == stack_.size()) {
            marks_.pop_back();
        } else {
            pop();
        }
        return;
    case '1':
        popToMark();
        return;
    case '2':
        stack_.push_back(top());
        return;
    default:
        fail(fmt::format(
            "0x{:02x} is not a pickle instruction that weights use", static_cast<unsigned char>(op)
        ));
    }
}

PickleGraph readPickle(ByteReader& reader, const CheckpointLimits& limits) {
    return PickleMachine(reader, limits).run();
}

} // namespace siskin::checkpoint
