// SPDX-License-Identifier: MIT
#include "core/base/sha256.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <openssl/evp.h>
#include <vector>

namespace siskin {

struct Sha256::State {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
        EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    if (EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1) {
        throw Error("OpenSSL offers no SHA-256", {}, ExitCode::RunFailed);
    }
}

Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

void Sha256::add(std::string_view text) {
    add(std::as_bytes(std::span(text)));
}

std::string Sha256::hex() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr);
    std::string text;
    for (const unsigned char byte : digest) {
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

std::string sha256Of(std::string_view text) {
    Sha256 hash;
    hash.add(text);
    return hash.hex();
}

std::string sha256OfFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> piece(std::size_t{1} << 20U);
    Sha256 hash;
    while (file) {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        hash.add(std::string_view(piece.data(), static_cast<std::size_t>(file.gcount())));
    }
    if (!file.eof()) {
        throw DatasetError(fmt::format("{}: cannot be read", path.string()));
    }
    return hash.hex();
}

} // namespace siskin
