// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/checkpoint_files.hpp"

#include <gmock/gmock.h>

namespace siskin {
namespace {

using test::errorOf;
using test::raw;
using test::readBytes;
using testing::HasSubstr;

std::string safetensors(const std::string& header, const std::string& data) {
    return raw(std::uint64_t{header.size()}) + header + data;
}

std::string entry(const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

TEST(Safetensors, WrittenFilesReadBack) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "new" / "weights.safetensors";
    const auto base = torch::arange(24).view({4, 6});
    std::map<std::string, torch::Tensor> tensors{
        {"transposed", base.t().to(torch::kFloat)},
        {"scalar", torch::tensor(2.5)},
        {"empty", torch::empty({0, 3})},
        {"gradient", torch::ones({2}, torch::requires_grad())}};
    for (const auto type : test::kElementTypes) {
        tensors[c10::toString(type)] = base.to(type);
    }
    writeSafetensors(path, tensors, {{"format", "pt"}, {"note", "größer \"quoted\""}});
    const auto file = readCheckpoint(path);
    EXPECT_EQ(file.format, "safetensors");
    EXPECT_EQ(file.metadata.at("note"), "größer \"quoted\"");
    ASSERT_EQ(file.tensors.size(), tensors.size());
    for (const auto& [name, tensor] : tensors) {
        EXPECT_EQ(file.tensors.at(name).scalar_type(), tensor.scalar_type()) << name;
        EXPECT_TRUE(torch::equal(file.tensors.at(name), tensor)) << name;
    }
}

TEST(Safetensors, ReadsAFileWrittenByHand) {
    const auto header =
        R"({"__metadata__":{"k":"v"},"module.w":)" + entry("I16", "[2]", "[0,4]") + "}  ";
    const auto file = readBytes(safetensors(header, test::rawAll<std::int16_t>({-1, 2})));
    EXPECT_TRUE(torch::equal(file.tensors.at("w"), torch::tensor({-1, 2}, torch::kShort)));
    EXPECT_EQ(file.metadata.at("k"), "v");
}

TEST(Safetensors, RefusesHeadersThatLie) {
    const auto refused = [](const std::string& value, const std::string& data = "12345678") {
        return errorOf(safetensors(R"({"w":)" + value + "}", data));
    };
    EXPECT_EQ(refused(entry("F32", "[2]", "[0,8]")), "");
    EXPECT_THAT(refused(entry("F32", "[3]", "[0,8]")), HasSubstr("does not fit"));
    EXPECT_THAT(refused(entry("F32", "[1152921504606846976]", "[0,8]")), HasSubstr("does not fit"));
    EXPECT_THAT(
        refused(entry("F32", "[1152921504606846976,1152921504606846976,0]", "[0,0]")),
        HasSubstr("does not fit")
    );
    EXPECT_THAT(refused(entry("F32", "[-2]", "[0,8]")), HasSubstr("non-negative"));
    EXPECT_THAT(refused(entry("F32", "[2.0]", "[0,8]")), HasSubstr("non-negative"));
    EXPECT_THAT(refused(entry("F32", "[2]", "[8,0]")), HasSubstr("does not fit"));
    EXPECT_THAT(refused(entry("F32", "[2]", "[0]")), HasSubstr("data_offsets"));
    EXPECT_THAT(refused(entry("F8_E4M3", "[8]", "[0,8]")), HasSubstr("not supported"));
    EXPECT_THAT(
        refused(R"({"dtype":7,"shape":[2],"data_offsets":[0,8]})"), HasSubstr("not supported")
    );
    EXPECT_THAT(refused("3"), HasSubstr("no 'dtype'"));
    EXPECT_THAT(
        refused(entry("F32", "[2]", "[0,8]"), "1234"),
        HasSubstr("4 bytes of data where the header says 8")
    );
    EXPECT_THAT(
        refused(entry("F32", "[1]", "[0,4]")), HasSubstr("8 bytes of data where the header says 4")
    );
    EXPECT_THAT(
        refused(entry("F32", "[1]", "[4,8]")), HasSubstr("starts at 4 of the data, 0 expected")
    );
    const auto twice = entry("F32", "[2]", "[0,8]") + R"(,"v":)" + entry("F32", "[2]", "[0,8]");
    EXPECT_THAT(refused(twice), HasSubstr("starts at 0 of the data, 8 expected"));
    const auto same = entry("F32", "[2]", "[0,8]") + R"(,"w":)" + entry("F32", "[2]", "[0,8]");
    EXPECT_THAT(refused(same), HasSubstr("'w' is in the header twice"));
}

TEST(Safetensors, RefusesBrokenHeaders) {
    EXPECT_THAT(errorOf(safetensors("{\"w\":[[[[[[", "")), HasSubstr("nested too deep"));
    EXPECT_THAT(
        errorOf(safetensors("{\"w\" 1}", "")), HasSubstr("byte 14: the header is not JSON")
    );
    EXPECT_THAT(errorOf(safetensors("{\"w\":1e999}", "")), HasSubstr("impossible value"));
    EXPECT_THAT(errorOf(safetensors("{\"\xff\":1}", "")), HasSubstr("not JSON"));
    EXPECT_THAT(errorOf(safetensors("{}", "")), HasSubstr("no tensors"));
    EXPECT_THAT(
        errorOf(safetensors(R"({"__metadata__":{"k":1}})", "")),
        HasSubstr("metadata that is not text")
    );
    EXPECT_THAT(
        errorOf(raw(UINT64_MAX) + "{}"), HasSubstr("a header of 18446744073709551615 bytes")
    );
    const auto good = safetensors(R"({"w":)" + entry("F32", "[2]", "[0,8]") + "}", "12345678");
    for (std::size_t size = 0; size < good.size(); ++size) {
        EXPECT_NE(errorOf(good.substr(0, size)), "") << size;
    }
}

TEST(Safetensors, RefusesToWriteWhatItCannotHold) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "w.safetensors";
    const auto one = torch::ones({1});
    EXPECT_THROW(writeSafetensors(path, {{"w", one.to(torch::kComplexFloat)}}), CheckpointError);
    EXPECT_THROW(writeSafetensors(path, {{"\xff", one}}), CheckpointError);
    EXPECT_THROW(writeSafetensors(path, {{"__metadata__", one}}), CheckpointError);
    EXPECT_FALSE(std::filesystem::exists(path)) << "all or nothing";
    EXPECT_THROW(writeSafetensors("/proc/siskin/w.safetensors", {{"w", one}}), CheckpointError);
}

} // namespace
} // namespace siskin
