// SPDX-License-Identifier: MIT
// Whole weight files: both PyTorch containers, honest, odd and hostile.
#include "core/base/error.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "tests/unit/checkpoint_files.hpp"

#include <torch/csrc/jit/serialization/pickle.h>

#include <gmock/gmock.h>

namespace siskin {
namespace {

using namespace std::string_literals;
using test::Assembler;
using test::errorOf;
using test::fileOf;
using test::LegacyStorage;
using test::rawAll;
using test::readBytes;
using test::torchLegacy;
using test::torchZip;
using test::viewFile;
using test::wrapped;
using testing::Contains;
using testing::HasSubstr;

using Shape = std::vector<std::int64_t>;

TEST(CheckpointRead, SmallFilesOfBothContainers) {
    for (const auto& [bytes, format] :
         {std::pair(test::smallZip(), "pytorch-zip"),
          std::pair(test::smallLegacy(), "pytorch-legacy")}) {
        const auto file = readBytes(bytes);
        EXPECT_EQ(file.format, format);
        ASSERT_EQ(file.tensors.size(), 2U);
        EXPECT_TRUE(
            torch::equal(file.tensors.at("a"), torch::arange(1, 7, torch::kFloat).view({2, 3}))
        );
        EXPECT_EQ(file.tensors.at("b").dim(), 0);
        EXPECT_EQ(file.tensors.at("b").item<std::int64_t>(), 7);
        EXPECT_TRUE(file.notes.empty());
    }
}

TEST(CheckpointRead, FilesThatLibTorchWrote) {
    c10::Dict<std::string, torch::Tensor> state;
    const auto base = torch::arange(24).view({4, 6});
    for (const auto type : test::kElementTypes) {
        state.insert(c10::toString(type), base.to(type));
    }
    state.insert("transposed", base.t());
    state.insert("slice", base.slice(0, 1, 3).slice(1, 1, 6, 2));
    state.insert("expanded", torch::ones({3, 1}).expand({3, 5}));
    state.insert("scalar", torch::tensor(2.5));
    state.insert("empty", torch::empty({0, 3}));
    const auto bytes = torch::jit::pickle_save(c10::IValue(state));
    const auto file = readBytes({bytes.data(), bytes.size()});
    ASSERT_EQ(file.tensors.size(), state.size());
    for (const auto& item : state) {
        const auto& tensor = file.tensors.at(item.key());
        EXPECT_EQ(tensor.scalar_type(), item.value().scalar_type()) << item.key();
        EXPECT_TRUE(tensor.is_contiguous()) << item.key();
        EXPECT_TRUE(torch::equal(tensor, item.value())) << item.key();
    }
}

TEST(CheckpointRead, ViewsHonourOffsetAndStrides) {
    const auto read = [](const std::string& bytes) { return readBytes(bytes).tensors.at("w"); };
    EXPECT_TRUE(
        torch::equal(read(viewFile(1, {2, 2}, {1, 2})), torch::tensor({{1.F, 3.F}, {2.F, 4.F}}))
    );
    EXPECT_TRUE(torch::equal(read(viewFile(5, {}, {})), torch::tensor(5.F)));
    EXPECT_TRUE(torch::equal(read(viewFile(2, {3}, {0})), torch::tensor({2.F, 2.F, 2.F})));
    EXPECT_TRUE(torch::equal(read(viewFile(2, {1, 2}, {1'000'000, 1})), torch::tensor({{2.F, 3.F}}))
    );
    EXPECT_EQ(read(viewFile(6, {0, 4}, {4, 1})).sizes(), (Shape{0, 4}));
}

TEST(CheckpointRead, TensorsOfOneStorageDoNotShareMemory) {
    Assembler code;
    code.op('}').mark().text("all").vector("Float", "0", 6).text("again").vector("Float", "0", 6);
    code.text("part").rebuild().storage("Float", "0", 6).shape(2, {2}, {1}).op('u');
    const auto file = readBytes(fileOf(code));
    file.tensors.at("all").fill_(9);
    EXPECT_EQ(file.tensors.at("again")[1].item<float>(), 1);
    EXPECT_EQ(file.tensors.at("part")[0].item<float>(), 2);
}

TEST(CheckpointRead, FindsTheStateDictUnderItsUsualNames) {
    for (const auto& keys : std::vector<std::vector<std::string>>{
             {}, {"model"}, {"state_dict"}, {"model_state_dict"}, {"model", "state_dict"}}) {
        EXPECT_EQ(readBytes(wrapped(keys)).tensors.at("w").numel(), 2);
    }
    EXPECT_THAT(errorOf(wrapped({"encoder"})), HasSubstr("'encoder' (a dictionary)"));
    EXPECT_TRUE(readBytes(wrapped({}, "model")).tensors.contains("model"))
        << "a tensor of that name is no wrapper";
}

TEST(CheckpointRead, RemovesTheDataParallelPrefixOnce) {
    EXPECT_TRUE(readBytes(wrapped({}, "module.w")).tensors.contains("w"));
    EXPECT_TRUE(readBytes(wrapped({}, "module.module.w")).tensors.contains("module.w"));
    EXPECT_TRUE(readBytes(wrapped({}, "modules.w")).tensors.contains("modules.w"));
    Assembler code;
    code.op('}')
        .mark()
        .text("w")
        .vector("Float", "0", 6)
        .text("module.w")
        .vector("Float", "0", 6)
        .op('u');
    EXPECT_THAT(errorOf(fileOf(code)), HasSubstr("with and without 'module.'"));
}

TEST(CheckpointRead, KeepsScalarsAndNotesWhatItSkips) {
    Assembler code;
    code.op('}')
        .mark()
        .text("epoch")
        .integer(12)
        .text("lr")
        .bytes("G\x3f\xe0\0\0\0\0\0\0"s)
        .text("tag")
        .text("best");
    code.text("optimizer")
        .op('}')
        .text("configs")
        .global("utils.config", "Config")
        .bytes(")\x81")
        .mark();
    code.text("x").global("torch.nn.modules.activation", "ReLU").op('u');
    code.text("model").op('}').text("w").vector("Float", "0", 6).bytes("su");
    const auto file = readBytes(fileOf(code));
    EXPECT_EQ(
        file.metadata,
        (std::map<std::string, std::string>{{"epoch", "12"}, {"lr", "0.5"}, {"tag", "best"}})
    );
    EXPECT_THAT(file.notes, Contains(HasSubstr("utils.config.Config")));
    EXPECT_THAT(file.notes, Contains(HasSubstr("torch.nn.modules.activation.ReLU")));
    EXPECT_THAT(file.notes, Contains(HasSubstr("'optimizer': a dictionary, skipped")));
    EXPECT_THAT(file.notes, Contains(HasSubstr("'configs': an object of utils.config.Config")));
    EXPECT_EQ(file.tensors.size(), 1U);
}

TEST(CheckpointRead, InertObjectsMayReferToThemselves) {
    Assembler code;
    code.op('}')
        .mark()
        .text("configs")
        .global("app", "Config")
        .bytes(")\x81q\x05}")
        .text("self")
        .bytes("h\x05sb");
    code.text("model").op('}').text("w").vector("Float", "0", 6).bytes("su");
    EXPECT_EQ(readBytes(fileOf(code)).tensors.size(), 1U);
}

TEST(CheckpointRead, UnwrapsParametersAndSizes) {
    Assembler code;
    code.op('}').mark().text("p").global("torch._utils", "_rebuild_parameter").mark();
    code.vector("Float", "0", 6).op('\x88').orderedDict().bytes("tR");
    code.text("q")
        .rebuild()
        .storage("Float", "0", 6)
        .integer(0)
        .global("torch", "Size")
        .numbers({3, 2})
        .bytes("\x85R");
    code.numbers({2, 1}).op('\x89').orderedDict().bytes("tRu");
    const auto file = readBytes(fileOf(code));
    EXPECT_EQ(file.tensors.at("p").numel(), 6);
    EXPECT_EQ(file.tensors.at("q").sizes(), (Shape{3, 2}));
}

TEST(CheckpointRead, OrderedDictsMadeOfPairs) {
    Assembler code;
    code.global("collections", "OrderedDict")
        .bytes("](")
        .bytes("](")
        .text("w")
        .vector("Float", "0", 6)
        .bytes("ee");
    EXPECT_TRUE(readBytes(fileOf(code.bytes("\x85R"))).tensors.contains("w"));
}

TEST(CheckpointRead, BoolsAreZeroOrOne) {
    Assembler code;
    code.op('}').text("w").vector("Bool", "0", 3).op('s');
    const auto file = readBytes(torchZip(code.stop(), {{"0", "\x00\x02\xff"s}}));
    EXPECT_TRUE(
        torch::equal(file.tensors.at("w").to(torch::kInt), torch::tensor({0, 1, 1}, torch::kInt))
    );
}

TEST(CheckpointRead, LegacyViewsOfStorages) {
    Assembler code;
    code.op('}')
        .text("w")
        .rebuild()
        .mark()
        .text("storage")
        .global("torch.cuda", "FloatStorage")
        .text("0")
        .text("cuda:0");
    code.integer(6)
        .mark()
        .text("0.1")
        .integer(2)
        .integer(3)
        .bytes("ttQ")
        .shape(1, {2}, {1})
        .op('s');
    const std::vector<LegacyStorage> storages{{"0", 6, rawAll<float>({0, 1, 2, 3, 4, 5})}};
    EXPECT_TRUE(torch::equal(
        readBytes(torchLegacy(code.stop(), storages)).tensors.at("w"), torch::tensor({3.F, 4.F})
    ));
}

TEST(CheckpointRead, UntypedStoragesTakeTheTypeOfTheirTensor) {
    // Argument 7 of _rebuild_tensor_v3 is the type.
    const auto code = [](std::string_view type, std::int64_t count) {
        Assembler all;
        all.op('}').text("w").global("torch._utils", "_rebuild_tensor_v3").mark().mark();
        all.text("storage").global("torch.storage", "UntypedStorage").text("0").text("cpu");
        all.integer(6).bytes("tQ").integer(0).numbers({count}).numbers({1}).op('\x89').orderedDict(
        );
        return all.global("torch", type).bytes("NtRs");
    };
    const auto read = [&](std::string_view type, std::int64_t count) {
        return readBytes(
                   torchZip(code(type, count).stop(), {{"0", rawAll<std::int16_t>({0, -2, 1})}})
        ).tensors.at("w");
    };
    EXPECT_TRUE(torch::equal(read("int16", 3), torch::tensor({0, -2, 1}, torch::kShort)));
    EXPECT_EQ(read("float32", 1).numel(), 1) << "two bytes left over";
    EXPECT_EQ(read("bool", 6).to(torch::kInt).max().item<int>(), 1);
    EXPECT_THAT(
        errorOf(torchZip(code("float32", 2).stop(), {{"0", "123456"}})),
        HasSubstr("reaches element 1")
    );
    EXPECT_THAT(
        errorOf(torchZip(code("complex64", 1).stop(), {{"0", "123456"}})),
        HasSubstr("'torch.complex64' is not supported")
    );
}

TEST(CheckpointRead, TensorsWithPythonAttributes) {
    Assembler code;
    code.op('}').text("w").global("torch._tensor", "_rebuild_from_type_v2").mark();
    code.global("torch._utils", "_rebuild_tensor_v2")
        .global("torch.nn.parameter", "Parameter")
        .mark();
    code.storage("Float", "0", 6)
        .integer(0)
        .numbers({2, 3})
        .numbers({3, 1})
        .op('\x89')
        .orderedDict();
    const auto file = readBytes(fileOf(code.bytes("t}tRs")));
    EXPECT_EQ(file.tensors.at("w").sizes(), (Shape{2, 3}));
}

} // namespace
} // namespace siskin
