// SPDX-License-Identifier: MIT
// The number types that weights may have, and what each container calls them.
#pragma once

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace siskin::checkpoint {

struct ElementType {
    torch::ScalarType type;
    std::string_view storage;     ///< PyTorch's class of storages, e.g. torch.FloatStorage
    std::string_view element;     ///< PyTorch's name of the type, e.g. torch.float32
    std::string_view safetensors; ///< e.g. F32
};

inline constexpr std::array<ElementType, 10> kElementTypes = {{
    {torch::kFloat, "FloatStorage", "float32", "F32"},
    {torch::kDouble, "DoubleStorage", "float64", "F64"},
    {torch::kHalf, "HalfStorage", "float16", "F16"},
    {torch::kBFloat16, "BFloat16Storage", "bfloat16", "BF16"},
    {torch::kLong, "LongStorage", "int64", "I64"},
    {torch::kInt, "IntStorage", "int32", "I32"},
    {torch::kShort, "ShortStorage", "int16", "I16"},
    {torch::kChar, "CharStorage", "int8", "I8"},
    {torch::kByte, "ByteStorage", "uint8", "U8"},
    {torch::kBool, "BoolStorage", "bool", "BOOL"},
}};

/// The type whose `member` is `value`; nullptr when there is none.
template <typename Value>
const ElementType* findElementType(Value ElementType::*member, const Value& value) {
    const auto* found =
        std::find_if(kElementTypes.begin(), kElementTypes.end(), [&](const ElementType& known) {
            return known.*member == value;
        });
    return found == kElementTypes.end() ? nullptr : found;
}

} // namespace siskin::checkpoint
