// SPDX-License-Identifier: MIT
// Points and rigid motions of made-up scenes, in double precision.
#pragma once

#include <array>
#include <cmath>

namespace siskin {

struct Vec3d {
    double x = 0.0, y = 0.0, z = 0.0;

    friend bool operator==(const Vec3d&, const Vec3d&) = default;
};

inline Vec3d operator+(const Vec3d& a, const Vec3d& b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
}

inline Vec3d operator-(const Vec3d& a, const Vec3d& b) {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
}

inline Vec3d operator*(double s, const Vec3d& a) {
    return {s * a.x, s * a.y, s * a.z};
}

inline double dot(const Vec3d& a, const Vec3d& b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

inline Vec3d cross(const Vec3d& a, const Vec3d& b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

inline double length(const Vec3d& a) {
    return std::sqrt(dot(a, a));
}

/// Unit vector along `a`; (0, 0, 1) for the zero vector.
inline Vec3d normalized(const Vec3d& a) {
    const double size = length(a);
    return size > 0.0 ? 1.0 / size * a : Vec3d{0.0, 0.0, 1.0};
}

/// A turn followed by a shift: p -> R p + t.
struct Rigid {
    std::array<double, 9> rotation{1, 0, 0, 0, 1, 0, 0, 0, 1}; ///< row-major
    Vec3d translation;

    /// At `position`, turned by `yaw` about z, then (in the turned frame) by `pitch` about y
    /// (positive: the nose goes down) and `roll` about x. Radians.
    static Rigid at(const Vec3d& position, double yaw = 0.0, double pitch = 0.0, double roll = 0.0);

    /// From a row-major 4 x 4 matrix, the inverse of `matrix`.
    static Rigid fromMatrix(const std::array<double, 16>& m) {
        return {{m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]}, {m[3], m[7], m[11]}};
    }

    Vec3d turn(const Vec3d& v) const {
        const auto& r = rotation;
        return {
            r[0] * v.x + r[1] * v.y + r[2] * v.z,
            r[3] * v.x + r[4] * v.y + r[5] * v.z,
            r[6] * v.x + r[7] * v.y + r[8] * v.z};
    }

    Vec3d operator()(const Vec3d& p) const { return turn(p) + translation; }

    /// First `b`, then `a`.
    friend Rigid operator*(const Rigid& a, const Rigid& b);
    Rigid inverse() const;
    std::array<double, 16> matrix() const; ///< row-major 4 x 4
};

} // namespace siskin
