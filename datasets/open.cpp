// SPDX-License-Identifier: MIT
#include "datasets/open.hpp"

#include "core/base/error.hpp"
#include "datasets/semantickitti/semantickitti_reader.hpp"
#include "datasets/synthetic/synthetic_reader.hpp"

#include <fmt/format.h>

namespace siskin {

std::unique_ptr<DatasetReader>
openDataset(const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap) {
    const std::string text = path.string();
    if (text.empty()) {
        throw DatasetError("no data set was named", "give a folder, a .bin file, or demo:street");
    }
    if (text == "demo:street") {
        return std::make_unique<SyntheticReader>(std::move(classMap));
    }
    if (text.starts_with("demo:")) {
        throw DatasetError(
            fmt::format("'{}' is not a built-in scan", text), "there is one: demo:street"
        );
    }
    return std::make_unique<SemanticKittiReader>(path, std::move(classMap));
}

} // namespace siskin
