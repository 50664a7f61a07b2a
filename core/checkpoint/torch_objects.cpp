// SPDX-License-Identifier: MIT
#include "core/checkpoint/torch_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string_view>

namespace siskin::checkpoint {

namespace {

constexpr std::string_view kOrderedDict = "collections.OrderedDict";
constexpr std::string_view kSize = "torch.Size";
constexpr std::string_view kTypeTag = "torch.jit._pickle.restore_type_tag";
constexpr std::string_view kFromType = "torch._tensor._rebuild_from_type_v2";
constexpr std::array<std::string_view, 2> kParameters = {
    "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"};
constexpr std::array<std::string_view, 3> kTensors = {
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor_v3"};

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The part after "torch.", "torch.cuda." or "torch.storage."; empty for other modules.
std::string_view torchName(std::string_view global) {
    for (const std::string_view module : {"torch.cuda.", "torch.storage.", "torch."}) {
        if (global.starts_with(module)) {
            return global.substr(module.size());
        }
    }
    return {};
}

bool isKnown(std::string_view global) {
    const auto name = torchName(global);
    return global == kOrderedDict || global == kSize || global == kTypeTag || global == kFromType ||
           isOneOf(kParameters, global) || isOneOf(kTensors, global) || name == "UntypedStorage" ||
           findElementType(&ElementType::storage, name) != nullptr ||
           findElementType(&ElementType::element, name) != nullptr;
}

} // namespace

void TorchObjects::fail(NodeId at, const std::string& why, const std::string& hint) const {
    source_.fail(graph_[at].offset, why, hint);
}

const std::string* TorchObjects::callee(NodeId call) const {
    const Node& node = graph_[call];
    if (node.kind != NodeKind::Call) {
        return nullptr;
    }
    const Node& function = graph_[node.items()[0]];
    return function.kind == NodeKind::Global ? &function.text() : nullptr;
}

const std::vector<NodeId>& TorchObjects::arguments(NodeId id, NodeId at, std::size_t least) const {
    const Node& node = graph_[id];
    if (node.kind != NodeKind::Tuple || node.items().size() < least) {
        fail(at, fmt::format("fewer than {} arguments", least));
    }
    return node.items();
}

const std::vector<NodeId>& TorchObjects::children(NodeId id) const {
    static const std::vector<NodeId> kNone;
    const Node& node = graph_[id];
    switch (node.kind) {
    case NodeKind::Tuple:
    case NodeKind::List:
    case NodeKind::Set:
    case NodeKind::Dict:
        return node.items();
    case NodeKind::Call: {
        const auto* name = callee(id);
        // Other calls are opaque: what hangs on an inert object is never looked at.
        return name != nullptr && *name == kOrderedDict ? node.items() : kNone;
    }
    default:
        return kNone;
    }
}

void TorchObjects::checkStructure() const {
    constexpr int kNew = -2;
    constexpr int kOpen = -1;
    std::vector<int> heights(graph_.nodes.size(), kNew); // containers from a node down

    struct Step {
        NodeId id;
        std::size_t next = 0;
    };

    std::vector<Step> path{{.id = graph_.root}};
    heights[graph_.root] = kOpen;
    while (!path.empty()) {
        Step& step = path.back();
        const auto& below = children(step.id);
        if (step.next == below.size()) {
            int height = -1;
            for (const NodeId child : below) {
                height = std::max(height, heights[child]);
            }
            heights[step.id] = height + 1;
            path.pop_back();
            continue;
        }
        const NodeId child = below[step.next++];
        if (heights[child] == kOpen) {
            fail(child, "a container that contains itself");
        }
        if (static_cast<int>(path.size()) + std::max(0, heights[child]) > limits_.nesting) {
            fail(child, fmt::format("containers nested more than {} deep", limits_.nesting));
        }
        if (heights[child] == kNew) {
            heights[child] = kOpen;
            path.push_back({.id = child});
        }
    }
}

bool TorchObjects::isDictionary(NodeId id) const {
    const auto* name = callee(id);
    if (name != nullptr && *name == kTypeTag) {
        const Node& tagged = graph_[graph_[id].items()[1]];
        return tagged.kind == NodeKind::Tuple && !tagged.items().empty() &&
               graph_[tagged.items()[0]].kind == NodeKind::Dict;
    }
    return graph_[id].kind == NodeKind::Dict || (name != nullptr && *name == kOrderedDict);
}

Entries TorchObjects::entries(NodeId id) const {
    const auto* name = callee(id);
    if (name != nullptr && *name == kTypeTag) {
        id = arguments(graph_[id].items()[1], id, 1)[0];
    }
    const Node& node = graph_[id];
    Entries found;
    std::size_t first = 0;
    if (node.kind == NodeKind::Call) {
        first = 2;
        const auto& given = arguments(node.items()[1], id, 0);
        const std::vector<NodeId> none;
        const bool listed = !given.empty() && graph_[given[0]].kind == NodeKind::List;
        for (const NodeId pair : listed ? graph_[given[0]].items() : none) {
            const Node& couple = graph_[pair];
            if ((couple.kind != NodeKind::Tuple && couple.kind != NodeKind::List) ||
                couple.items().size() != 2) {
                fail(pair, "an ordered dictionary made of something other than pairs");
            }
            found.emplace_back(couple.items()[0], couple.items()[1]);
        }
    }
    for (std::size_t i = first; i + 1 < node.items().size(); i += 2) {
        found.emplace_back(node.items()[i], node.items()[i + 1]);
    }
    return found;
}

std::vector<std::string> TorchObjects::notes() const {
    constexpr std::size_t kMost = 50;
    std::set<std::string> names;
    for (const Node& node : graph_.nodes) {
        if (node.kind == NodeKind::Global && !isKnown(node.text()) && names.size() < kMost) {
            names.insert(printable(node.text()));
        }
    }
    std::vector<std::string> lines;
    for (const auto& name : names) {
        lines.push_back(fmt::format("{}: left inert, not part of the weights", name));
    }
    return lines;
}

bool TorchObjects::isStorage(const Node& node) const {
    if (node.kind != NodeKind::Persistent || graph_[node.items()[0]].kind != NodeKind::Tuple) {
        return false;
    }
    const auto& parts = graph_[node.items()[0]].items();
    return parts.size() >= 5 && graph_[parts[0]].kind == NodeKind::Text &&
           graph_[parts[0]].text() == "storage";
}

std::map<std::string, StorageSpec> TorchObjects::storages() const {
    std::map<std::string, StorageSpec> found;
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
        if (!isStorage(graph_[id])) {
            continue;
        }
        const StorageSpec spec = storageView(id).storage;
        const auto& known = found.emplace(spec.key, spec).first->second;
        if (known.type != spec.type || known.count != spec.count) {
            fail(
                id, fmt::format("storage '{}' is declared twice, differently", printable(spec.key))
            );
        }
    }
    return found;
}

torch::ScalarType
TorchObjects::namedType(NodeId global, std::string_view ElementType::*member) const {
    const Node& node = graph_[global];
    const auto name = node.kind == NodeKind::Global ? torchName(node.text()) : std::string_view();
    const auto* known = findElementType(member, name);
    if (known == nullptr) {
        fail(
            global,
            fmt::format(
                "type '{}' is not supported",
                node.kind == NodeKind::Global ? printable(node.text()) : "?"
            ),
            "plain floating point, integer and bool tensors are"
        );
    }
    return known->type;
}

std::int64_t TorchObjects::integer(NodeId id, const char* what) const {
    const Node& node = graph_[id];
    if (node.kind != NodeKind::Integer || node.integer() < 0) {
        fail(id, fmt::format("{} is not a non-negative 64-bit integer", what));
    }
    return node.integer();
}

/// Persistent ids: ('storage', type, key, location, elements[, view]) with view None or (key,
/// first, elements); the last element exists in the legacy container only.
TorchObjects::View TorchObjects::storageView(NodeId id) const {
    const auto& parts = graph_[graph_[id].items()[0]].items();
    View view;
    const Node& type = graph_[parts[1]];
    view.storage.untyped =
        type.kind == NodeKind::Global && torchName(type.text()) == "UntypedStorage";
    view.storage.type =
        view.storage.untyped ? torch::kByte : namedType(parts[1], &ElementType::storage);
    view.storage.offset = graph_[id].offset;
    constexpr std::size_t kLongestKey = 256;
    if (graph_[parts[2]].kind != NodeKind::Text || graph_[parts[2]].text().size() > kLongestKey) {
        fail(id, "a storage without a name of at most 256 bytes");
    }
    view.storage.key = graph_[parts[2]].text();
    view.storage.count = integer(parts[4], "the size of a storage");
    const auto width = static_cast<std::int64_t>(c10::elementSize(view.storage.type));
    if (view.storage.count > std::numeric_limits<std::int64_t>::max() / width) {
        fail(id, fmt::format("a storage of {} elements", view.storage.count));
    }
    view.count = view.storage.count;
    if (parts.size() > 5 && graph_[parts[5]].kind != NodeKind::None) {
        const auto& window = arguments(parts[5], id, 3);
        view.first = integer(window[1], "the start of a storage view");
        view.count = integer(window[2], "the size of a storage view");
        if (view.first > view.storage.count || view.count > view.storage.count - view.first) {
            fail(id, "a view that leaves its storage");
        }
    }
    return view;
}

std::vector<std::int64_t> TorchObjects::shape(NodeId id, const char* what) const {
    constexpr std::size_t kMostDimensions = 64;
    const auto* name = callee(id);
    if (name != nullptr && *name == kSize) {
        id = arguments(graph_[id].items()[1], id, 1)[0];
    }
    const Node& node = graph_[id];
    if ((node.kind != NodeKind::Tuple && node.kind != NodeKind::List) ||
        node.items().size() > kMostDimensions) {
        fail(id, fmt::format("the {} of a tensor are not a tuple of at most 64 numbers", what));
    }
    std::vector<std::int64_t> values;
    for (const NodeId item : node.items()) {
        values.push_back(integer(item, what));
    }
    return values;
}

std::optional<TensorSpec> TorchObjects::tensor(NodeId id) const {
    const auto* name = callee(id);
    if (name == nullptr) {
        return std::nullopt;
    }
    NodeId given = graph_[id].items()[1];
    // Parameters and tagged tensors wrap the call that makes the tensor.
    for (int depth = 0; isOneOf(kParameters, *name); ++depth) {
        const NodeId wrapped = arguments(given, id, 1)[0];
        name = callee(wrapped);
        if (name == nullptr || depth == limits_.nesting) {
            fail(id, "a parameter that is not made of a tensor");
        }
        given = graph_[wrapped].items()[1];
    }
    if (*name == kFromType) {
        const auto& parts = arguments(given, id, 3);
        const Node& function = graph_[parts[0]];
        if (function.kind != NodeKind::Global) {
            fail(id, "a tensor made by something that is not a function");
        }
        name = &function.text();
        given = parts[2];
    }
    if (!isOneOf(kTensors, *name)) {
        return std::nullopt;
    }
    return rebuild(*name, arguments(given, id, 4), id);
}

TensorSpec TorchObjects::rebuild(
    const std::string& function, const std::vector<NodeId>& parts, NodeId at
) const {
    if (!isStorage(graph_[parts[0]])) {
        fail(at, "a tensor without a storage");
    }
    const View view = storageView(parts[0]);
    TensorSpec spec;
    spec.storage = view.storage;
    spec.type = view.storage.type;
    spec.offset = graph_[at].offset;
    if (function == kTensors[2]) {
        constexpr std::size_t kTypeArgument = 6;
        if (parts.size() <= kTypeArgument) {
            fail(at, "a tensor without a type");
        }
        spec.type = namedType(parts[kTypeArgument], &ElementType::element);
    }
    spec.first = integer(parts[1], "the offset of a tensor");
    spec.sizes = shape(parts[2], "sizes");
    spec.strides = shape(parts[3], "strides");
    checkBounds(spec, view, at);
    return spec;
}

void TorchObjects::checkBounds(TensorSpec& spec, const View& view, NodeId at) const {
    if (spec.sizes.size() != spec.strides.size()) {
        fail(at, fmt::format("{} sizes but {} strides", spec.sizes.size(), spec.strides.size()));
    }
    const auto width = static_cast<std::int64_t>(c10::elementSize(spec.type));
    const auto storageWidth = static_cast<std::int64_t>(c10::elementSize(view.storage.type));
    const std::int64_t room = view.count * storageWidth / width;
    spec.count = 1;
    std::int64_t last = spec.first; // index of the last element
    bool overflow = false;
    for (std::size_t i = 0; i < spec.sizes.size(); ++i) {
        std::int64_t reach = 0;
        // A size of 0 must not hide the others: LibTorch multiplies them one by one.
        const auto size = std::max<std::int64_t>(spec.sizes[i], 1);
        overflow |= __builtin_mul_overflow(spec.count, size, &spec.count);
        overflow |= __builtin_mul_overflow(size - 1, spec.strides[i], &reach);
        overflow |= __builtin_add_overflow(last, reach, &last);
    }
    const bool empty = std::find(spec.sizes.begin(), spec.sizes.end(), 0) != spec.sizes.end();
    if (overflow || spec.count > limits_.tensorBytes / width) {
        fail(
            at,
            fmt::format(
                "a tensor of [{}] elements is larger than accepted", fmt::join(spec.sizes, ", ")
            )
        );
    }
    if (view.first * storageWidth % width != 0) {
        fail(at, "a tensor that starts inside an element of its storage");
    }
    if (spec.first > room || (last >= room && !empty)) {
        fail(
            at,
            fmt::format(
                "a tensor that reaches element {} of a storage of {}",
                std::max(last, spec.first),
                room
            )
        );
    }
    spec.first += view.first * storageWidth / width;
    spec.count = empty ? 0 : spec.count;
}

} // namespace siskin::checkpoint
