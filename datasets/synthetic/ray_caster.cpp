// SPDX-License-Identifier: MIT
#include "datasets/synthetic/ray_caster.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace siskin {

namespace {

using Vec = std::array<float, 3>;

constexpr std::size_t kBins = 12;
constexpr std::uint32_t kLeaf = 4; ///< triangles that are not split any more
constexpr std::size_t kDepth = 96; ///< deeper than any tree of 2^32 triangles gets here

Vec minus(const Vec& a, const Vec& b) {
    return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

Vec cross(const Vec& a, const Vec& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

float dot(const Vec& a, const Vec& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

struct Bounds {
    Vec low{INFINITY, INFINITY, INFINITY};
    Vec high{-INFINITY, -INFINITY, -INFINITY};

    void add(const Vec& p) {
        for (std::size_t k = 0; k < 3; ++k) {
            low[k] = std::min(low[k], p[k]);
            high[k] = std::max(high[k], p[k]);
        }
    }

    void add(const Bounds& other) {
        add(other.low);
        add(other.high);
    }

    float area() const { // half of it; 0 when nothing was added
        const Vec d = minus(high, low);
        return d[0] < 0.0F ? 0.0F : d[0] * d[1] + d[1] * d[2] + d[2] * d[0];
    }
};

/// Four floats that the processor treats as one (an extension that GCC and Clang share).
using Four = float __attribute__((vector_size(16)));

Four load(const std::array<float, 4>& values) {
    Four four;
    std::memcpy(&four, values.data(), sizeof four);
    return four;
}

Four smaller(Four a, Four b) {
    return a < b ? a : b;
}

Four larger(Four a, Four b) {
    return a < b ? b : a;
}

struct Bin {
    Bounds bounds;
    std::uint32_t count = 0;
};

} // namespace

struct RayCaster::Builder {
    const Mesh& mesh;
    RayCaster& tree;
    std::vector<Bounds> bounds; ///< of each triangle
    std::vector<Vec> middles;   ///< of each triangle
    std::vector<std::uint32_t> order;

    Builder(const Mesh& source, RayCaster& target) : mesh(source), tree(target) {
        for (const auto& corners : mesh.triangles) {
            Bounds box;
            for (const std::uint32_t corner : corners) {
                box.add(mesh.vertices[corner]);
            }
            bounds.push_back(box);
            middles.push_back(
                {0.5F * (box.low[0] + box.high[0]),
                 0.5F * (box.low[1] + box.high[1]),
                 0.5F * (box.low[2] + box.high[2])}
            );
        }
        order.resize(mesh.triangles.size());
        std::iota(order.begin(), order.end(), 0U);
    }

    void run() {
        // All triangles are the first child of node 0, which has no second one.
        tree.nodes_.push_back({});
        attach(0, 0, 0, static_cast<std::uint32_t>(order.size()), 0);
        for (const std::uint32_t index : order) {
            const auto& [a, b, c] = mesh.triangles[index];
            const auto& v = mesh.vertices;
            tree.triangles_.push_back(
                {v[a], minus(v[b], v[a]), minus(v[c], v[a]), index, mesh.tags[index]}
            );
        }
    }

    /// Makes the triangles [first, last) child `slot` of a node: a leaf, or a node of its own.
    void attach(
        std::size_t parent,
        std::size_t slot,
        std::uint32_t first,
        std::uint32_t last,
        std::size_t depth
    ) {
        Bounds box;
        Bounds middle;
        for (std::uint32_t i = first; i < last; ++i) {
            box.add(bounds[order[i]]);
            middle.add(middles[order[i]]);
        }
        for (std::size_t axis = 0; axis < 3; ++axis) {
            tree.nodes_[parent].bounds[axis][slot] = box.low[axis];
            tree.nodes_[parent].bounds[axis][2 + slot] = box.high[axis];
        }
        tree.nodes_[parent].first[slot] = first;
        tree.nodes_[parent].count[slot] = last - first;
        if (last - first <= kLeaf || depth + 2 > kDepth) {
            return;
        }
        const std::uint32_t cut = partition(first, last, middle);
        if (cut == first || cut == last) {
            return;
        }
        const std::size_t node = tree.nodes_.size();
        tree.nodes_.push_back({});
        tree.nodes_[parent].first[slot] = static_cast<std::uint32_t>(node);
        tree.nodes_[parent].count[slot] = 0;
        attach(node, 0, first, cut, depth + 1);
        attach(node, 1, cut, last, depth + 1);
    }

    /// Sorts [first, last) into two parts at the cheapest of the planes between bins along the
    /// longest side; returns where the second one begins.
    std::uint32_t partition(std::uint32_t first, std::uint32_t last, const Bounds& middle) {
        const Vec size = minus(middle.high, middle.low);
        const auto axis =
            static_cast<std::size_t>(std::max_element(size.begin(), size.end()) - size.begin());
        if (!(size[axis] > 0.0F)) { // all in one place: halves, so that leaves stay small
            return first + (last - first) / 2;
        }
        const float scale = static_cast<float>(kBins) * 0.9999F / size[axis];
        const auto binOf = [&](std::uint32_t triangle) {
            return static_cast<std::size_t>(scale * (middles[triangle][axis] - middle.low[axis]));
        };
        std::array<Bin, kBins> bins;
        for (std::uint32_t i = first; i < last; ++i) {
            Bin& bin = bins[binOf(order[i])];
            bin.bounds.add(bounds[order[i]]);
            ++bin.count;
        }
        const std::size_t best = cheapestCut(bins);
        const auto begin = order.begin();
        const auto cut = std::partition(begin + first, begin + last, [&](std::uint32_t triangle) {
            return binOf(triangle) < best;
        });
        return static_cast<std::uint32_t>(cut - begin);
    }

    static std::size_t cheapestCut(const std::array<Bin, kBins>& bins) {
        std::array<float, kBins> above{};
        Bin sum;
        for (std::size_t i = kBins; i-- > 1;) {
            sum.bounds.add(bins[i].bounds);
            sum.count += bins[i].count;
            above[i] = sum.bounds.area() * static_cast<float>(sum.count);
        }
        sum = {};
        std::size_t best = kBins / 2;
        float least = INFINITY;
        for (std::size_t i = 1; i < kBins; ++i) {
            sum.bounds.add(bins[i - 1].bounds);
            sum.count += bins[i - 1].count;
            const float cost = sum.bounds.area() * static_cast<float>(sum.count) + above[i];
            if (sum.count > 0 && cost < least) {
                least = cost;
                best = i;
            }
        }
        return best;
    }
};

namespace {

/// A ray as the boxes want it.
struct Probe {
    Vec origin, direction, inverse;

    explicit Probe(const Ray& ray) : origin(ray.origin), direction(ray.direction), inverse{} {
        for (std::size_t k = 0; k < 3; ++k) {
            constexpr float kTiny = 1e-12F; // no 0 times infinity
            const float d = direction[k];
            inverse[k] = 1.0F / (std::abs(d) < kTiny ? std::copysign(kTiny, d) : d);
        }
    }

    /// Ranges at which two boxes are entered; infinite when one is missed or lies beyond `nearest`.
    std::array<float, 2>
    enter(const std::array<std::array<float, 4>, 3>& bounds, float nearest) const {
        Four from{0.0F, 0.0F, 0.0F, 0.0F};
        Four to{nearest, nearest, nearest, nearest};
        for (std::size_t k = 0; k < 3; ++k) {
            const Four low = (load(bounds[k]) - origin[k]) * inverse[k];
            const Four high = __builtin_shufflevector(low, low, 2, 3, 0, 1);
            from = larger(from, smaller(low, high));
            to = smaller(to, larger(low, high));
        }
        // Flat boxes and rounding: a hair wider than exact.
        const auto missed = from > to * 1.00001F + 1e-5F;
        return {missed[0] != 0 ? INFINITY : from[0], missed[1] != 0 ? INFINITY : from[1]};
    }

    /// Moeller and Trumbore (1997). Edges belong to both neighbours, so nothing leaks between.
    float hit(const Vec& corner, const Vec& edge1, const Vec& edge2) const {
        constexpr float kEdge = 1e-6F;
        const Vec p = cross(direction, edge2);
        const float determinant = dot(edge1, p);
        if (std::abs(determinant) < 1e-12F) {
            return INFINITY;
        }
        const float scale = 1.0F / determinant;
        const Vec t = minus(origin, corner);
        const float u = dot(t, p) * scale;
        const Vec q = cross(t, edge1);
        const float v = dot(direction, q) * scale;
        if (u < -kEdge || v < -kEdge || u + v > 1.0F + kEdge) {
            return INFINITY;
        }
        const float range = dot(edge2, q) * scale;
        return range > 1e-5F ? range : INFINITY;
    }
};

} // namespace

RayCaster::RayCaster(const Mesh& mesh) {
    if (!mesh.empty()) {
        Builder(mesh, *this).run();
    }
}

RayHit RayCaster::hitOf(const Triangle& triangle, const Ray& ray, float range) {
    const Vec normal = cross(triangle.edge1, triangle.edge2);
    const float size = std::max(std::sqrt(dot(normal, normal)), 1e-20F);
    const float cosIncidence = std::min(1.0F, std::abs(dot(normal, ray.direction)) / size);
    return {range, cosIncidence, triangle.tag, triangle.index};
}

RayHit RayCaster::cast(const Ray& ray, float limit) const {
    const Probe probe(ray);
    const Triangle* found = nullptr;
    float best = limit;

    struct Open {
        std::uint32_t node;
        float from;
    };

    std::array<Open, kDepth> stack;
    std::size_t open = 0;
    if (!nodes_.empty()) {
        stack[open++] = {0, 0.0F};
    }
    while (open > 0) {
        const auto [index, from] = stack[--open];
        if (!(from <= best)) {
            continue;
        }
        const Node& node = nodes_[index];
        const auto enter = probe.enter(node.bounds, best);
        const std::size_t nearer = enter[0] <= enter[1] ? 0 : 1;
        for (const std::size_t slot : {nearer, 1 - nearer}) {
            const bool isOpen = enter[slot] < INFINITY && enter[slot] <= best;
            const std::uint32_t count = isOpen ? node.count[slot] : 0;
            for (std::uint32_t i = 0; i < count; ++i) {
                const Triangle& triangle = triangles_[node.first[slot] + i];
                const float range = probe.hit(triangle.corner, triangle.edge1, triangle.edge2);
                const bool tie = range == best && found != nullptr && triangle.index < found->index;
                if (range < best || tie) {
                    best = range;
                    found = &triangle;
                }
            }
        }
        for (const std::size_t slot : {1 - nearer, nearer}) { // the nearer one comes off first
            if (node.count[slot] == 0 && node.first[slot] != 0 && enter[slot] < INFINITY) {
                stack[open++] = {node.first[slot], enter[slot]};
            }
        }
    }
    return found == nullptr ? RayHit{} : hitOf(*found, ray, best);
}

std::vector<RayHit> RayCaster::cast(std::span<const Ray> rays) const {
    std::vector<RayHit> hits;
    hits.reserve(rays.size());
    for (const Ray& ray : rays) {
        hits.push_back(cast(ray));
    }
    return hits;
}

} // namespace siskin
