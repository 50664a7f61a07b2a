// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/lidar_chain.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

Pose NuScenesPose::matrix() const {
    const auto [w, x, y, z] = rotation;
    const double s = 2.0 / (w * w + x * x + y * y + z * z);
    const auto& t = translation;
    return {
        1 - s * (y * y + z * z),
        s * (x * y - w * z),
        s * (x * z + w * y),
        t[0],
        s * (x * y + w * z),
        1 - s * (x * x + z * z),
        s * (y * z - w * x),
        t[1],
        s * (x * z - w * y),
        s * (y * z + w * x),
        1 - s * (x * x + y * y),
        t[2],
        0,
        0,
        0,
        1};
}

NuScenesPose readPose(const JsonRecord& record) {
    NuScenesPose pose{record.numbers<3>("translation"), record.numbers<4>("rotation")};
    double norm = 0.0;
    for (const double part : pose.rotation) {
        norm += part * part;
    }
    if (!(norm > 0.5 && norm < 2.0)) {
        record.fail("'rotation' is not a unit quaternion");
    }
    return pose;
}

LidarChainBuilder::Token LidarChainBuilder::pack(std::string_view text) {
    Token token{};
    std::copy(text.begin(), text.end(), token.begin());
    return token;
}

LidarChainBuilder::Token
LidarChainBuilder::tokenOf(const JsonRecord& record, std::string_view key) {
    const std::string& text = record.text(key);
    if (text.size() > Token{}.size()) {
        record.fail(fmt::format("'{}' has {} characters: more than 32", key, text.size()));
    }
    return pack(text);
}

std::string LidarChainBuilder::text(const Token& token) {
    return {token.begin(), std::find(token.begin(), token.end(), '\0')};
}

void LidarChainBuilder::add(
    const JsonRecord& record, const std::string& calibration, const NuScenesPose& sensorToCar
) {
    const auto [known, isNew] = calibrations_.try_emplace(
        calibration, static_cast<std::uint32_t>(chain_.calibrations.size())
    );
    if (isNew) {
        chain_.calibrations.push_back(sensorToCar);
    }
    const auto index = static_cast<std::uint32_t>(chain_.scans.size());
    links_.push_back(
        {tokenOf(record, "token"),
         tokenOf(record, "prev"),
         tokenOf(record, "next"),
         index,
         record.number()}
    );
    egoPoses_.push_back({tokenOf(record, "ego_pose_token"), index});
    NuScenesLidarScan scan;
    scan.calibration = known->second;
    scan.timestamp = record.integer("timestamp");
    scan.file = record.name("filename");
    chain_.scans.push_back(std::move(scan));
}

const LidarChainBuilder::Links* LidarChainBuilder::find(const Token& token) const {
    const auto found = std::lower_bound(
        links_.begin(),
        links_.end(),
        token,
        [](const Links& one, const Token& wanted) { return one.token < wanted; }
    );
    return found != links_.end() && found->token == token ? &*found : nullptr;
}

std::uint32_t LidarChainBuilder::indexOf(std::string_view token) const {
    return find(pack(token))->scan;
}

/// Empty where the chain begins, and where `prev` leads to an earlier scan.
std::string LidarChainBuilder::whyBrokenBackwards(const Links& one) const {
    if (one.previous == Token{}) {
        return {};
    }
    const Links* previous = find(one.previous);
    if (previous == nullptr) {
        return fmt::format(
            "'prev' leads to '{}', which is no record of LIDAR_TOP", text(one.previous)
        );
    }
    if (chain_.scans[previous->scan].timestamp < chain_.scans[one.scan].timestamp) {
        return {};
    }
    return fmt::format(
        "'prev' leads to '{}' (record {}), which is not earlier: the chain goes round in a circle, "
        "or timestamps are wrong",
        text(one.previous),
        previous->record
    );
}

/// Empty where the chain ends, and where `next` leads to a scan whose `prev` leads back.
std::string LidarChainBuilder::whyBrokenForwards(const Links& one) const {
    if (one.next == Token{}) {
        return {};
    }
    const Links* next = find(one.next);
    if (next == nullptr) {
        return fmt::format("'next' leads to '{}', which is no record of LIDAR_TOP", text(one.next));
    }
    if (next->previous == one.token) {
        return {};
    }
    return fmt::format(
        "'next' leads to '{}' (record {}), whose 'prev' leads elsewhere",
        text(one.next),
        next->record
    );
}

void LidarChainBuilder::link(const std::filesystem::path& sampleData) {
    std::sort(links_.begin(), links_.end(), [](const Links& a, const Links& b) {
        return std::tie(a.token, a.record) < std::tie(b.token, b.record);
    });
    const auto fail = [&](std::size_t record, const std::string& why) {
        throw DatasetError(
            fmt::format("{}: record {}: {}", sampleData.string(), record, why), kTablesHint
        );
    };
    for (std::size_t i = 1; i < links_.size(); ++i) {
        if (links_[i - 1].token == links_[i].token) {
            fail(
                links_[i].record,
                fmt::format("a second record with token '{}'", text(links_[i].token))
            );
        }
    }
    const auto check = [&](const Links& one, const std::string& why) {
        if (!why.empty()) {
            fail(one.record, why);
        }
    };
    for (const Links& one : links_) {
        check(one, whyBrokenBackwards(one));
        if (const Links* previous = find(one.previous)) {
            chain_.scans[one.scan].previous = previous->scan;
        }
    }
    for (const Links& one : links_) {
        check(one, whyBrokenForwards(one));
    }
    std::sort(egoPoses_.begin(), egoPoses_.end(), [](const EgoPoseOf& a, const EgoPoseOf& b) {
        return a.token < b.token;
    });
}

void LidarChainBuilder::addEgoPose(const JsonRecord& record) {
    const std::string& wanted = record.name("token");
    if (wanted.size() > Token{}.size()) {
        return;
    }
    const Token token = pack(wanted);
    auto found = std::lower_bound(
        egoPoses_.begin(),
        egoPoses_.end(),
        token,
        [](const EgoPoseOf& one, const Token& other) { return one.token < other; }
    );
    for (; found != egoPoses_.end() && found->token == token; ++found) {
        auto& pose = chain_.scans[found->scan].egoPose;
        if (pose.rotation != std::array<double, 4>{}) {
            record.fail(fmt::format("a second record with token '{}'", wanted));
        }
        pose = readPose(record);
    }
}

NuScenesLidarChain LidarChainBuilder::take(const std::filesystem::path& egoPoses) {
    for (const EgoPoseOf& one : egoPoses_) {
        const auto& scan = chain_.scans[one.scan];
        if (scan.egoPose.rotation == std::array<double, 4>{}) {
            throw DatasetError(
                fmt::format(
                    "{}: no record '{}', the ego_pose_token of {}",
                    egoPoses.string(),
                    text(one.token),
                    scan.file
                ),
                kTablesHint
            );
        }
    }
    return std::move(chain_);
}

} // namespace siskin
