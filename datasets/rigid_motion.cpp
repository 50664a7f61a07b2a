// SPDX-License-Identifier: MIT
#include "datasets/rigid_motion.hpp"

#include <cmath>

namespace siskin {

Pose product(const Pose& left, const Pose& right) {
    Pose result{};
    for (std::size_t row = 0; row < 4; ++row) {
        for (std::size_t column = 0; column < 4; ++column) {
            for (std::size_t k = 0; k < 4; ++k) {
                result[row * 4 + column] += left[row * 4 + k] * right[k * 4 + column];
            }
        }
    }
    return result;
}

Pose rigidInverse(const Pose& pose) {
    Pose inverse{};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            inverse[row * 4 + column] = pose[column * 4 + row];
            inverse[row * 4 + 3] -= pose[column * 4 + row] * pose[column * 4 + 3];
        }
    }
    inverse[15] = 1.0;
    return inverse;
}

bool isRigid(const Pose& pose) {
    constexpr double kTolerance = 1e-3;
    const Pose shouldBeIdentity = product(rigidInverse(pose), pose);
    for (std::size_t i = 0; i < shouldBeIdentity.size(); ++i) {
        const double expected = i % 5 == 0 ? 1.0 : 0.0;
        if (std::abs(shouldBeIdentity[i] - expected) > kTolerance) {
            return false;
        }
    }
    return true;
}

Vec3f moved(const Pose& pose, const Vec3f& point) {
    Vec3f result{};
    for (std::size_t row = 0; row < 3; ++row) {
        double sum = pose[row * 4 + 3];
        for (std::size_t k = 0; k < 3; ++k) {
            sum += pose[row * 4 + k] * static_cast<double>(point[k]);
        }
        result[row] = static_cast<float>(sum);
    }
    return result;
}

} // namespace siskin
