// SPDX-License-Identifier: MIT
// Fingerprints of data and weights (FIPS 180-4), computed by OpenSSL.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace siskin {

class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::span<const std::byte> bytes);
    void add(std::string_view text);

    /// The bytes of plain values.
    template <typename T>
    requires std::is_trivially_copyable_v<T>

    void addValues(std::span<const T> values) { add(std::as_bytes(values)); }

    /// 64 hexadecimal digits. Ends the computation.
    std::string hex();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string sha256Of(std::string_view text);
/// Of a file, read in pieces. Throws `DatasetError` naming the path when it cannot be read.
std::string sha256OfFile(const std::filesystem::path& path);

} // namespace siskin
