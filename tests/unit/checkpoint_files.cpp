// SPDX-License-Identifier: MIT
#include "tests/unit/checkpoint_files.hpp"

#include "core/base/error.hpp"
#include "core/checkpoint/containers.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <zlib.h>

namespace siskin::test {

namespace {

std::string deflated(const std::string& content) {
    std::string packed(compressBound(content.size()) + 64, '\0');
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        throw std::logic_error("deflate");
    }
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string u16(std::size_t value) {
    return raw(static_cast<std::uint16_t>(value));
}

std::string u32(std::size_t value) {
    return raw(static_cast<std::uint32_t>(value));
}

Assembler smallPickle(bool legacy) {
    Assembler code;
    code.orderedDict().mark();
    code.text("a").rebuild().storage("Float", "0", 6, legacy).shape(0, {2, 3}, {3, 1});
    code.text("b").rebuild().storage("Long", "1", 1, legacy).shape(0, {}, {});
    code.op('u');
    return code;
}

const std::string& smallFloats() {
    static const std::string bytes = rawAll<float>({1, 2, 3, 4, 5, 6});
    return bytes;
}

} // namespace

std::vector<std::byte> bytesOf(std::string_view text) {
    std::vector<std::byte> bytes(text.size());
    std::transform(text.begin(), text.end(), bytes.begin(), [](char c) { return std::byte(c); });
    return bytes;
}

Assembler& Assembler::numbers(const std::vector<std::int64_t>& values) {
    mark();
    for (const auto value : values) {
        integer(value);
    }
    return op('t');
}

Assembler&
Assembler::storage(std::string_view type, std::string_view key, std::int64_t count, bool legacy) {
    mark()
        .text("storage")
        .global("torch", std::string(type).append("Storage"))
        .text(key)
        .text("cpu");
    integer(count);
    return bytes(legacy ? "NtQ" : "tQ");
}

Assembler& Assembler::shape(
    std::int64_t offset,
    const std::vector<std::int64_t>& sizes,
    const std::vector<std::int64_t>& strides
) {
    integer(offset).numbers(sizes).numbers(strides).op('\x89').orderedDict();
    return bytes("tR");
}

std::string zipFile(const std::vector<ZipItem>& items) {
    std::string file;
    std::string directory;
    for (const auto& item : items) {
        const std::string packed = item.deflate ? deflated(item.content) : item.content;
        const auto crc =
            crc32_z(0, reinterpret_cast<const Bytef*>(item.content.data()), item.content.size());
        const std::string common = u16(20) + u16(0) + u16(item.deflate ? 8 : 0) + u32(0) +
                                   u32(crc) + u32(packed.size()) + u32(item.content.size()) +
                                   u16(item.name.size()) + u16(0);
        directory += "PK\x01\x02" + u16(20) + common + u16(0) + u16(0) + u16(0) + u32(0) +
                     u32(file.size()) + item.name;
        file += "PK\x03\x04" + common + item.name + packed;
    }
    const auto start = file.size();
    file += directory;
    return file + "PK\x05\x06" + u32(0) + u16(items.size()) + u16(items.size()) +
           u32(directory.size()) + u32(start) + u16(0);
}

std::string torchZip(const std::string& pickle, const std::vector<ZipItem>& storages) {
    std::vector<ZipItem> items{{.name = "w/data.pkl", .content = pickle}};
    for (const auto& storage : storages) {
        items.push_back({"w/data/" + storage.name, storage.content, storage.deflate});
    }
    return zipFile(items);
}

std::string torchLegacy(const std::string& pickle, const std::vector<LegacyStorage>& storages) {
    using namespace std::string_literals;
    std::string file =
        "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03."s;
    file += Assembler().op('}').text("little_endian").op('\x88').op('s').stop() + pickle;
    Assembler keys;
    keys.op(']').mark();
    for (const auto& storage : storages) {
        keys.text(storage.key);
    }
    file += keys.op('e').stop();
    for (const auto& storage : storages) {
        file += raw(storage.count) + storage.content;
    }
    return file;
}

std::string smallZip() {
    return torchZip(
        smallPickle(false).stop(),
        {{.name = "0", .content = smallFloats()}, {.name = "1", .content = raw(std::int64_t{7})}}
    );
}

std::string smallLegacy() {
    return torchLegacy(
        smallPickle(true).stop(), {{"0", 6, smallFloats()}, {"1", 1, raw(std::int64_t{7})}}
    );
}

std::string viewFile(
    std::int64_t offset,
    const std::vector<std::int64_t>& sizes,
    const std::vector<std::int64_t>& strides,
    std::int64_t claimed
) {
    const auto code = Assembler()
                          .op('}')
                          .text("w")
                          .rebuild()
                          .storage("Float", "0", claimed)
                          .shape(offset, sizes, strides);
    return torchZip(Assembler(code).op('s').stop(), {{"0", rawAll<float>({0, 1, 2, 3, 4, 5})}});
}

std::string wrapped(const std::vector<std::string>& keys, const std::string& name) {
    Assembler code;
    for (const auto& key : keys) {
        code.op('}').text(key);
    }
    code.op('}').text(name).vector("Float", "0", 2).op('s').bytes(std::string(keys.size(), 's'));
    return torchZip(code.stop(), {{"0", rawAll<float>({1, 2})}});
}

std::string fileOf(const Assembler& code) {
    return torchZip(code.stop(), {{"0", rawAll<float>({0, 1, 2, 3, 4, 5})}});
}

Checkpoint readBytes(std::string_view bytes, const CheckpointLimits& limits) {
    return checkpoint::readWeights(checkpoint::MemorySource("weights.bin", bytesOf(bytes)), limits);
}

std::string errorOf(std::string_view bytes, const CheckpointLimits& limits) {
    try {
        readBytes(bytes, limits);
    } catch (const CheckpointError& error) {
        return error.what();
    }
    return {};
}

} // namespace siskin::test
