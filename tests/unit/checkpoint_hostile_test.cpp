// SPDX-License-Identifier: MIT
// Weight files that are damaged, lie, or attack: an error with its byte, in bounded time and
// memory.
#include "core/base/error.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/checkpoint_files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace siskin {
namespace {

using namespace std::string_literals;
using test::Assembler;
using test::errorOf;
using test::fileOf;
using test::raw;
using test::readBytes;
using test::torchLegacy;
using test::viewFile;
using test::wrapped;
using test::ZipItem;
using testing::Contains;
using testing::HasSubstr;

using Shape = std::vector<std::int64_t>;

TEST(CheckpointHostile, RefusesTensorsThatCannotBe) {
    constexpr std::int64_t kHuge = std::int64_t{1} << 60;
    EXPECT_THAT(errorOf(viewFile(0, {kHuge}, {1})), HasSubstr("larger than accepted"));
    EXPECT_THAT(errorOf(viewFile(0, {kHuge}, {0})), HasSubstr("larger than accepted"));
    EXPECT_THAT(
        errorOf(viewFile(0, {kHuge, kHuge, 0}, {0, 0, 0})), HasSubstr("larger than accepted")
    );
    EXPECT_THAT(errorOf(viewFile(0, {kHuge}, {1}, kHuge)), HasSubstr("larger than accepted"));
    EXPECT_THAT(errorOf(viewFile(0, {6}, {1}, kHuge)), HasSubstr("of which the file holds 24"));
    EXPECT_THAT(
        errorOf(viewFile(0, {6}, {1}, INT64_MAX)), HasSubstr("a storage of 9223372036854775807")
    );
    EXPECT_THAT(errorOf(viewFile(0, {-1}, {1})), HasSubstr("not a non-negative"));
    EXPECT_THAT(errorOf(viewFile(0, {2}, {-1})), HasSubstr("not a non-negative"));
    EXPECT_THAT(errorOf(viewFile(-1, {2}, {1})), HasSubstr("not a non-negative"));
    EXPECT_THAT(errorOf(viewFile(1, {6}, {1})), HasSubstr("reaches element 6 of a storage of 6"));
    EXPECT_THAT(errorOf(viewFile(0, {2, 2}, {5, 1})), HasSubstr("reaches element 6"));
    EXPECT_THAT(
        errorOf(viewFile(0, {2, 2}, {kHuge * 7, kHuge * 7})), HasSubstr("larger than accepted")
    );
    EXPECT_THAT(errorOf(viewFile(7, {0}, {1})), HasSubstr("reaches element 7"));
    EXPECT_THAT(errorOf(viewFile(0, {2, 3}, {1})), HasSubstr("2 sizes but 1 strides"));
    EXPECT_THAT(errorOf(viewFile(0, Shape(65, 1), Shape(65, 1))), HasSubstr("at most 64"));
}

TEST(CheckpointHostile, BoundsWhatASmallFileMayBecome) {
    // A kilobyte that claims 3 GB through a stride of zero, once and in many small steps.
    EXPECT_THAT(
        errorOf(viewFile(0, {800'000'000}, {0})), HasSubstr("together are larger than accepted")
    );
    Assembler code;
    code.op('}').mark();
    for (int i = 0; i < 100; ++i) {
        code.text(fmt::format("w{}", i))
            .rebuild()
            .storage("Float", "0", 6)
            .shape(0, {1'000'000}, {0});
    }
    EXPECT_THAT(errorOf(fileOf(code.op('u'))), HasSubstr("together are larger than accepted"));
}

TEST(CheckpointHostile, OneValueUnderManyNamesIsBounded) {
    const auto file = [](const std::string& value) {
        Assembler code;
        code.op('}')
            .mark()
            .text("w")
            .vector("Float", "0", 6)
            .text("first")
            .bytes(value)
            .bytes("q\x05");
        for (int i = 0; i < 150'000; ++i) {
            code.text(fmt::format("{}", i)).bytes("h\x05");
        }
        return fileOf(code.op('u'));
    };
    const auto text = Assembler().text(std::string(4000, 't')).stop();
    EXPECT_LE(readBytes(file(text.substr(2, text.size() - 3))).metadata.size(), 1000U);
    const auto empty = Assembler().rebuild().storage("Float", "0", 6).shape(0, {0}, {1}).stop();
    EXPECT_THAT(
        errorOf(file(empty.substr(2, empty.size() - 3))),
        HasSubstr("together are larger than accepted")
    );
}

TEST(CheckpointHostile, RefusesSelfReferenceAndDeepNesting) {
    Assembler list;
    list.op('}')
        .mark()
        .text("x")
        .bytes("]q\x05h\x05")
        .op('a')
        .text("w")
        .vector("Float", "0", 6)
        .op('u');
    EXPECT_THAT(errorOf(fileOf(list)), HasSubstr("data.pkl"));
    EXPECT_THAT(errorOf(fileOf(list)), HasSubstr("contains itself"));
    EXPECT_THAT(
        errorOf(fileOf(Assembler().bytes("}q\x05").text("model").bytes("h\x05s"))),
        HasSubstr("contains itself")
    );
    EXPECT_THAT(
        errorOf(fileOf(Assembler().orderedDict().bytes("q\x05").text("model").bytes("h\x05s"))),
        HasSubstr("contains itself")
    );
    EXPECT_EQ(errorOf(wrapped(std::vector<std::string>(63, "model"))), "");
    EXPECT_THAT(
        errorOf(wrapped(std::vector<std::string>(64, "model"))), HasSubstr("nested more than 64")
    );
    EXPECT_THAT(
        errorOf(
            fileOf(Assembler().bytes(std::string(1'000'000, ']')).bytes(std::string(999'999, 'a')))
        ),
        HasSubstr("nested")
    );
}

TEST(CheckpointHostile, SharedDictionariesDoNotMultiply) {
    // Each level refers three times to the one below: 3^60 paths, 60 nodes.
    Assembler code;
    code.op('}');
    for (int level = 0; level < 60; ++level) {
        code.bytes("q\x01").op('0').op('}').mark();
        code.text("model")
            .bytes("h\x01")
            .text("state_dict")
            .bytes("h\x01")
            .text("model_state_dict")
            .bytes("h\x01u");
    }
    EXPECT_THAT(errorOf(fileOf(code)), HasSubstr("no state dict"));
}

TEST(CheckpointHostile, RefusesWhatHoldsNoStateDict) {
    EXPECT_THAT(
        errorOf(fileOf(Assembler().global("app.net", "Net").bytes(")\x81"))),
        HasSubstr("an object of app.net.Net")
    );
    EXPECT_THAT(errorOf(fileOf(Assembler().op(']'))), HasSubstr("a list of 0"));
    EXPECT_THAT(errorOf(fileOf(Assembler().op('}'))), HasSubstr("a dictionary without tensors"));
    EXPECT_THAT(
        errorOf(fileOf(Assembler().global("os", "system").text("true").bytes("\x85R"))),
        HasSubstr("would call os.system")
    );
}

TEST(CheckpointHostile, RefusesBrokenTensorCalls) {
    const auto code = [](const Assembler& value) {
        return fileOf(Assembler()
                          .op('}')
                          .text("w")
                          .bytes(value.stop().substr(2, value.stop().size() - 3))
                          .op('s'));
    };
    EXPECT_THAT(
        errorOf(code(Assembler().global("torch._utils", "_rebuild_tensor_v2").bytes(")R"))),
        HasSubstr("fewer than 4")
    );
    EXPECT_THAT(
        errorOf(code(Assembler().rebuild().bytes("NNNNtR"))), HasSubstr("without a storage")
    );
    EXPECT_THAT(
        errorOf(code(Assembler().global("torch._utils", "_rebuild_parameter").bytes("N\x85R"))),
        HasSubstr("not made of a tensor")
    );
    EXPECT_THAT(
        errorOf(code(Assembler().vector("ComplexFloat", "0", 3))),
        HasSubstr("ComplexFloatStorage' is not supported")
    );
    EXPECT_THAT(
        errorOf(code(Assembler().vector("Float", "../0", 6))),
        HasSubstr("no entry for storage '../0'")
    );
    EXPECT_THAT(
        errorOf(code(Assembler().vector("Double", "0", 6))),
        HasSubstr("48 bytes of which the file holds 24")
    );
}

TEST(CheckpointHostile, RefusesBigEndianNumbers) {
    Assembler code;
    code.op('}').text("w").vector("Float", "0", 1).op('s');
    const std::vector<ZipItem> items{
        {"w/byteorder", "big"}, {"w/data.pkl", code.stop()}, {"w/data/0", raw(1.F)}};
    EXPECT_THAT(errorOf(test::zipFile(items)), HasSubstr("byte order is 'big'"));
    auto legacy = test::smallLegacy();
    const auto order = legacy.find("little_endian") + 13;
    legacy[order] = '\x89';
    EXPECT_THAT(errorOf(legacy), HasSubstr("big-endian"));
}

TEST(CheckpointHostile, RefusesInconsistentLegacyStorages) {
    const auto legacy = test::smallLegacy();
    auto count = legacy;
    count[count.size() - 16] = 2;
    EXPECT_THAT(errorOf(count), HasSubstr("storage '1' has 2 elements here, 1 in the pickle"));
    Assembler code;
    code.op('}').text("w").vector("Float", "0", 1, true).op('s');
    EXPECT_THAT(errorOf(torchLegacy(code.stop(), {})), HasSubstr("holds no storage '0'"));
    EXPECT_THAT(
        errorOf(torchLegacy(code.stop(), {{"7", 1, raw(1.F)}})), HasSubstr("no tensor refers to")
    );
    EXPECT_THAT(
        errorOf(torchLegacy(code.stop(), {{"0", 1, raw(1.F)}, {"0", 1, raw(1.F)}})),
        HasSubstr("listed twice")
    );
    EXPECT_THAT(
        readBytes(legacy + "tail").notes, Contains(HasSubstr("4 bytes after the last storage"))
    );
}

TEST(CheckpointHostile, EveryTruncationIsAnErrorWithItsByte) {
    for (const auto& bytes : {test::smallZip(), test::smallLegacy()}) {
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            EXPECT_THAT(
                errorOf(bytes.substr(0, size)),
                testing::ContainsRegex("weights.bin.*: byte [0-9]+: ")
            ) << size;
        }
    }
}

TEST(CheckpointHostile, SaysWhatOtherFilesAre) {
    const auto hintOf = [](const std::string& bytes) {
        try {
            readBytes(bytes);
        } catch (const CheckpointError& error) {
            return error.line();
        }
        return ""s;
    };
    EXPECT_THAT(hintOf(""), HasSubstr("empty"));
    EXPECT_THAT(hintOf("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("git lfs pull"));
    EXPECT_THAT(hintOf("<!DOCTYPE html>"), HasSubstr("web page"));
    EXPECT_THAT(hintOf("\x1f\x8b\x08"), HasSubstr("gunzip"));
    EXPECT_THAT(
        hintOf(std::string(257, 'a') + "ustar" + std::string(300, 'b')), HasSubstr("tar archive")
    );
    EXPECT_THAT(hintOf("hello, world"), HasSubstr("safetensors are supported"));
    EXPECT_THAT(hintOf("\x80\x02K\x01."), HasSubstr("not a PyTorch file"));
    EXPECT_THAT(hintOf(test::zipFile({{"x.npy", "1"}})), HasSubstr("without data.pkl"));
}

TEST(CheckpointHostile, RefusesWhatIsNotARegularFile) {
    const test::TemporaryFolder folder;
    EXPECT_THROW(readCheckpoint(folder.path() / "missing"), CheckpointError);
    EXPECT_THROW(readCheckpoint(folder.path()), CheckpointError);
    const auto pipe = folder.path() / "pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_THROW(readCheckpoint(pipe), CheckpointError) << "and must not wait for a writer";
}

TEST(CheckpointHostile, ReadsFilesUpToTheLimitOfTheirSize) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "weights.pt";
    const auto bytes = test::smallZip();
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    EXPECT_EQ(readCheckpoint(path).tensors.size(), 2U);
    CheckpointLimits limits;
    limits.fileBytes = static_cast<std::int64_t>(bytes.size()) - 1;
    EXPECT_THROW(readCheckpoint(path, limits), CheckpointError);
}

TEST(CheckpointHostile, LongNamesUsedManyTimesTakeNoTime) {
    // Without a bound on names each use would copy or compare a megabyte.
    const std::string name(1'000'000, 'n');
    Assembler keys;
    keys.op('}').mark().text("w").vector("Float", "0", 6).text(name).bytes("q\x05");
    keys.bytes("N");
    for (int i = 0; i < 200'000; ++i) {
        keys.bytes("h\x05N");
    }
    EXPECT_THAT(readBytes(fileOf(keys.op('u'))).notes, Contains(HasSubstr("very long")));
    Assembler storage;
    storage.op('}').text("w").vector("Float", name, 6).op('s');
    EXPECT_THAT(errorOf(fileOf(storage)), HasSubstr("at most 256 bytes"));
    EXPECT_THAT(
        errorOf(fileOf(Assembler().text(name).text("f").bytes("\x93"))),
        HasSubstr("name of a class")
    );
}

} // namespace
} // namespace siskin
