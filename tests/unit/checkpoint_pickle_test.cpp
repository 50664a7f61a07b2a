// SPDX-License-Identifier: MIT
// The pickle machine: what it builds, and what it refuses.
#include "core/base/error.hpp"
#include "core/checkpoint/pickle.hpp"
#include "tests/unit/checkpoint_files.hpp"

#include <gmock/gmock.h>
#include <set>

namespace siskin::checkpoint {
namespace {

using namespace std::string_literals;
using test::Assembler;
using test::raw;
using testing::HasSubstr;

PickleGraph run(const std::string& code, const CheckpointLimits& limits = {}) {
    const MemorySource source("test", test::bytesOf(code));
    ByteReader reader(source, 0, source.size());
    return readPickle(reader, limits);
}

std::string refusal(const std::string& code, const CheckpointLimits& limits = {}) {
    try {
        run(code, limits);
    } catch (const CheckpointError& error) {
        return error.what();
    }
    return {};
}

Node rootOf(const std::string& code) {
    const auto graph = run(code);
    return graph[graph.root];
}

TEST(Pickle, ReadsIntegersOfEveryWidth) {
    for (const auto& [code, value] : std::map<std::string, std::int64_t>{
             {"K\xff."s, 255},
             {"M\xff\xff."s, 65535},
             {"J\xff\xff\xff\xff."s, -1},
             {"\x8a\x00."s, 0},
             {"\x8a\x01\xfe."s, -2},
             {"\x8a\x02\x00\x80."s, -32768},
             {"\x8a\x02\xff\x00."s, 255},
             {"\x8b\x01\x00\x00\x00\x05."s, 5},
             {"I-17\n."s, -17},
             {"L9223372036854775807L\n."s, INT64_MAX}}) {
        const Node node = rootOf(code);
        ASSERT_EQ(node.kind, NodeKind::Integer) << code;
        EXPECT_EQ(node.integer(), value);
    }
    EXPECT_EQ(rootOf("I01\n."s).kind, NodeKind::Bool);
    EXPECT_EQ(rootOf("L9223372036854775808L\n."s).kind, NodeKind::BigInteger);
    EXPECT_EQ(
        rootOf("\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00."s).text(), "0x008000000000000000"
    );
}

TEST(Pickle, ReadsRealsAndText) {
    EXPECT_EQ(rootOf("G\x3f\xf8\x00\x00\x00\x00\x00\x00."s).real(), 1.5);
    EXPECT_EQ(rootOf("F-2.5e3\n."s).real(), -2500.0);
    EXPECT_EQ(rootOf("X\x02\x00\x00\x00hi."s).text(), "hi");
    EXPECT_EQ(rootOf("\x8c\x02hi."s).text(), "hi");
    EXPECT_EQ(rootOf("\x8d\x02\x00\x00\x00\x00\x00\x00\x00hi."s).text(), "hi");
    EXPECT_EQ(rootOf("T\x02\x00\x00\x00hi."s).kind, NodeKind::Text);
    EXPECT_EQ(rootOf("C\x02hi."s).kind, NodeKind::Bytes);
}

TEST(Pickle, ReadsContainersOfEveryProtocol) {
    EXPECT_EQ(rootOf("(K\x01K\x02l."s).items().size(), 2U);
    EXPECT_EQ(rootOf("(K\x01K\x02"s + "d.").kind, NodeKind::Dict);
    EXPECT_EQ(rootOf("](K\x01K\x02"s + "e.").items().size(), 2U);
    EXPECT_EQ(rootOf("K\x01K\x02K\x03\x87."s).items().size(), 3U);
    EXPECT_EQ(rootOf("\x8f(K\x01\x90."s).kind, NodeKind::Set);
    EXPECT_EQ(rootOf("(K\x01\x91."s).kind, NodeKind::Set);
    EXPECT_EQ(
        rootOf("\x80\x04\x95\x04\x00\x00\x00\x00\x00\x00\x00]\x94K\x01"s + "a.").items().size(), 1U
    );
    EXPECT_EQ(rootOf("K\x01(K\x02"s + "1.").integer(), 1) << "POP_MARK";
    EXPECT_EQ(rootOf("K\x01("s + "0.").integer(), 1) << "POP of a mark";
}

TEST(Pickle, KeepsCallsInert) {
    for (const auto& code :
         {"capp.config\nConfig\n)R."s,
          "capp.config\nConfig\n)\x81."s,
          "capp.config\nConfig\n)}\x92."s,
          "(iapp.config\nConfig\n."s,
          "(capp.config\nConfig\nK\x01o."s,
          "\x8c\x0a"s + "app.config\x8c\x06" + "Config\x93)R."}) {
        const auto graph = run(code);
        ASSERT_EQ(graph[graph.root].kind, NodeKind::Call) << code;
        EXPECT_EQ(graph[graph[graph.root].items()[0]].text(), "app.config.Config");
    }
    EXPECT_EQ(rootOf("capp\nC\n)R}b."s).kind, NodeKind::Call) << "BUILD leaves the object";
}

TEST(Pickle, NamesAttacksWithTheirByte) {
    const std::string attack =
        Assembler().global("os", "system").mark().text("true").bytes("tR").stop();
    EXPECT_THAT(refusal(attack), HasSubstr("byte 24: this pickle would call os.system"));
    for (const auto& [module, name] : std::map<std::string, std::string>{
             {"posix", "system"},
             {"subprocess", "Popen"},
             {"builtins", "eval"},
             {"__builtin__", "exec"},
             {"importlib", "import_module"}}) {
        const auto code = Assembler().global(module, name).bytes(")R").stop();
        EXPECT_THAT(refusal(code), HasSubstr("would call " + module)) << module;
    }
    EXPECT_EQ(refusal(Assembler().global("builtins", "set").bytes(")R").stop()), "");
    EXPECT_EQ(refusal(Assembler().global("ossuary", "Bone").bytes(")R").stop()), "");
}

TEST(Pickle, EveryOpcodeSurvivesAnEmptyStackAndTheEndOfTheFile) {
    // Those that only push need no stack; all others must refuse, and none may crash.
    const std::set<char> pushing = {'(', ')', ']', '}', 'N', '\x88', '\x89', '\x8f'};
    for (int value = 0; value < 256; ++value) {
        const char op = static_cast<char>(value);
        const auto alone = refusal(std::string(1, op));
        EXPECT_THAT(alone, HasSubstr("byte ")) << "opcode " << value;
        const auto padded = refusal(op + std::string(16, '\0'));
        EXPECT_NE(padded, "") << "opcode " << value;
        const auto stopped = refusal(op + "."s);
        EXPECT_EQ(stopped == "", pushing.contains(op) && op != '(')
            << "opcode " << value << stopped;
    }
}

TEST(Pickle, OperandsDoNotReachBelowAMark) {
    for (const std::string op : {"a", "s", "R", "\x81", "\x85", "\x86", "b", "Q", "2"}) {
        EXPECT_NE(refusal("]]]("s + op + "."), "") << op;
    }
    EXPECT_THAT(refusal("(K\x01u."s), HasSubstr("stack is empty"));
    EXPECT_THAT(refusal("}(K\x01u."s), HasSubstr("key without a value"));
    EXPECT_THAT(refusal("K\x01K\x02"s + "a."), HasSubstr("not a list"));
    EXPECT_THAT(refusal("t."), HasSubstr("no mark"));
}

TEST(Pickle, RefusesImpossibleOperands) {
    EXPECT_THAT(
        refusal("j\x00\x00\x00\x80."s), HasSubstr("byte 0: nothing was remembered under 2147483648")
    );
    EXPECT_THAT(refusal("g-1\n."s), HasSubstr("not a memo number"));
    EXPECT_THAT(refusal("X\xff\xff\xff\x7f"s + "abc"), HasSubstr("only 3 are left"));
    EXPECT_THAT(refusal("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"s), HasSubstr("only 0 are left"));
    EXPECT_THAT(refusal("T\xff\xff\xff\xff"s), HasSubstr("length of -1"));
    EXPECT_THAT(refusal("\x8b\xff\xff\xff\x7f"s), HasSubstr("integer of 2147483647 bytes"));
    EXPECT_THAT(refusal("\x80\x06."s), HasSubstr("protocol 6"));
    EXPECT_THAT(refusal("\x95\xff\xff\xff\xff\xff\xff\xff\xff."s), HasSubstr("frame"));
    EXPECT_THAT(refusal("I12x\n."s), HasSubstr("'12x' is not an integer"));
    EXPECT_THAT(refusal("Fnope\n."s), HasSubstr("not a number"));
    EXPECT_THAT(refusal("\x82\x01."s), HasSubstr("0x82 is not"));
    EXPECT_THAT(refusal("I"s + std::string(70000, '1') + "\n."), HasSubstr("a line of more than"));
    EXPECT_NE(refusal("]\x93."s), "");
}

TEST(Pickle, MemoTakesSparseNumbers) {
    EXPECT_EQ(rootOf("K\x07r\xff\xff\xff\xff\x30j\xff\xff\xff\xff."s).integer(), 7);
}

TEST(Pickle, StopsAfterTheAllowedNumberOfSteps) {
    CheckpointLimits limits;
    limits.pickleOps = 1000;
    EXPECT_THAT(
        refusal("]" + std::string(5000, '2') + ".", limits), HasSubstr("byte 1000: more than 1000")
    );
}

TEST(Pickle, ReportsHowFarItRead) {
    const std::string code = "K\x01.K\x02."s;
    const MemorySource source("test", test::bytesOf(code));
    ByteReader reader(source, 0, source.size());
    readPickle(reader, {});
    EXPECT_EQ(reader.position(), 3U);
    const auto second = readPickle(reader, {});
    EXPECT_EQ(second[second.root].integer(), 2);
}

} // namespace
} // namespace siskin::checkpoint
