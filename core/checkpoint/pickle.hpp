// SPDX-License-Identifier: MIT
// A pickle machine that only ever builds a graph of plain nodes. A class or function is a name, a
// call is a node that remembers what would be called with what: nothing is looked up, nothing runs.
// Opcodes: Python's `pickletools`, protocols 0 to 5 (no extension registry, no out-of-band
// buffers).
#pragma once

#include "core/checkpoint/byte_source.hpp"
#include "core/checkpoint/checkpoint.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <variant>
#include <vector>

namespace siskin::checkpoint {

/// Index of a node in its graph. Nodes refer to each other by index, so cycles need no care.
using NodeId = std::uint32_t;

enum class NodeKind : std::uint8_t {
    None,
    Bool,       ///< int64: 0 or 1
    Integer,    ///< int64
    BigInteger, ///< text: "0x..." two's complement, or decimal, as the file had it
    Real,       ///< double
    Text,       ///< text: a str, or a Python 2 str
    Bytes,      ///< text
    Tuple,      ///< items
    List,       ///< items
    Set,        ///< items
    Dict,       ///< items: key, value, key, value ...
    Global,     ///< text: "module.name"
    Call,       ///< items: callee, arguments, then key, value ... of items set on the result
    Persistent, ///< items: the persistent id
};

struct Node {
    NodeKind kind = NodeKind::None;
    std::uint64_t offset = 0; ///< byte of the opcode that made it
    std::variant<std::monostate, std::int64_t, double, std::string, std::vector<NodeId>> payload;

    std::int64_t integer() const { return std::get<std::int64_t>(payload); }

    double real() const { return std::get<double>(payload); }

    const std::string& text() const { return std::get<std::string>(payload); }

    const std::vector<NodeId>& items() const { return std::get<std::vector<NodeId>>(payload); }
};

struct PickleGraph {
    std::deque<Node> nodes;
    NodeId root = 0;

    const Node& operator[](NodeId id) const { return nodes[id]; }
};

/// Reads one pickle from where `reader` stands up to and including its STOP. Throws
/// `CheckpointError` with the byte of the opcode at fault; also when the pickle would call a
/// function that only an attack calls (os.system, eval ...), or takes more than `limits.pickleOps`
/// steps.
PickleGraph readPickle(ByteReader& reader, const CheckpointLimits& limits);

} // namespace siskin::checkpoint
