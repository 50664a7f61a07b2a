// SPDX-License-Identifier: MIT
#include "datasets/shapenetpart/layout.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/scan/shape_categories.hpp"
#include "datasets/paths.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>

namespace siskin {

namespace {

namespace fs = std::filesystem;

const fs::path kTable = "synsetoffset2category.txt";
const fs::path kLists = "train_test_split";
constexpr std::array<std::string_view, 3> kSplits = {"train", "val", "test"};
constexpr const char* kExpected =
    "expected: <root>/<synset>/<id>.txt with <root>/train_test_split, as in the archive "
    "shapenetcore_partanno_segmentation_benchmark_v0_normal";

std::optional<std::size_t> categoryOfFolder(const fs::path& folder) {
    return shapeCategoryOfSynset(cleanPath(folder).filename().string());
}

ShapeNetPartShape shapeAt(const fs::path& root, std::size_t category, const std::string& id) {
    const ShapeCategory& known = kShapeCategories[category];
    const fs::path file = root / known.synset / (id + ".txt");
    return {
        {fmt::format("{}/{}", known.name, id),
         std::string(known.name),
         file,
         true,
         fmt::format("{}/{}", known.synset, id), // as its folders are called
         {}},
        category};
}

/// The `.txt` files of one category below `root`, sorted.
std::vector<ShapeNetPartShape> shapesOfCategory(const fs::path& root, std::size_t category) {
    std::vector<ShapeNetPartShape> shapes;
    for (const fs::path& file : sortedEntries(root / kShapeCategories[category].synset)) {
        if (file.extension() == ".txt") {
            shapes.push_back(shapeAt(root, category, file.stem().string()));
        }
    }
    return shapes;
}

/// The table only has to agree with what we know: its order defines the category ids.
void checkCategoryTable(const fs::path& file) {
    std::istringstream lines(readTextFile(file));
    std::string line;
    std::size_t known = 0;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        std::istringstream words(line);
        std::string name;
        std::string synset;
        std::string more;
        if (!(words >> name)) {
            continue;
        }
        const bool whole = words >> synset && !(words >> more);
        if (!whole || known >= kShapeCategories.size() || name != kShapeCategories[known].name ||
            synset != kShapeCategories[known].synset) {
            const std::string wanted =
                known < kShapeCategories.size()
                    ? fmt::format(
                          "'{} {}'", kShapeCategories[known].name, kShapeCategories[known].synset
                      )
                    : "the end of the file";
            throw DatasetError(
                fmt::format(
                    "{}: line {}: unknown category '{} {}': {} was expected",
                    file.string(),
                    number,
                    name,
                    synset,
                    wanted
                ),
                "the sixteen categories of ShapeNetPart come in alphabetical order"
            );
        }
        ++known;
    }
    if (known != kShapeCategories.size()) {
        throw DatasetError(fmt::format(
            "{}: {} categories, {} were expected", file.string(), known, kShapeCategories.size()
        ));
    }
}

/// "shape_data/<synset>/<id>" of a list.
ShapeNetPartShape parseListEntry(
    const fs::path& list, std::size_t number, const nlohmann::json& entry, const fs::path& root
) {
    const fs::path name = entry.is_string() ? entry.get<std::string>() : std::string();
    const std::string id = name.filename().string();
    const std::string synset = name.parent_path().filename().string();
    if (id.empty() || name.parent_path().parent_path() != "shape_data") {
        throw DatasetError(
            fmt::format("{}: entry {}: {} is not a shape", list.string(), number, entry.dump()),
            "expected: \"shape_data/<synset>/<id>\""
        );
    }
    const auto category = shapeCategoryOfSynset(synset);
    if (!category) {
        throw DatasetError(
            fmt::format("{}: entry {}: unknown category '{}'", list.string(), number, synset),
            "categories are named by their WordNet offset, see synsetoffset2category.txt"
        );
    }
    return shapeAt(root, *category, id);
}

std::vector<ShapeNetPartShape> readList(const fs::path& list, const fs::path& root) {
    const auto entries = nlohmann::json::parse(readTextFile(list), nullptr, false);
    if (!entries.is_array()) {
        throw DatasetError(
            fmt::format("{}: not a JSON list of shapes", list.string()),
            "fetch the file again, or move it away to go on without it"
        );
    }
    std::vector<ShapeNetPartShape> shapes;
    for (const auto& entry : entries) {
        shapes.push_back(parseListEntry(list, shapes.size() + 1, entry, root));
    }
    return shapes;
}

/// A shape of the list `split` belongs to it; published networks train on the first two lists.
std::vector<std::string> splitsOf(std::string_view split) {
    std::vector<std::string> splits{std::string(split)};
    if (split == "train" || split == "val") {
        splits.emplace_back("trainval");
    }
    return splits;
}

/// Shapes in the order of `lists`, as far as their files are there.
class Collector {
  public:
    explicit Collector(const fs::path& root) {
        for (std::size_t category = 0; category < kShapeCategories.size(); ++category) {
            for (auto& shape : shapesOfCategory(root, category)) {
                unlisted_.emplace(shape.info.file, std::move(shape));
            }
        }
    }

    void add(const std::vector<ShapeNetPartShape>& listed, std::string_view split) {
        for (const auto& shape : listed) {
            const auto found = unlisted_.extract(shape.info.file);
            if (!found.empty()) {
                layout_.shapes.push_back(shape);
                layout_.shapes.back().info.splits = splitsOf(split);
            } else if (missing_++ == 0) {
                firstMissing_ = shape.info.file;
            }
            ++listed_;
        }
    }

    void addUnlisted() {
        if (listed_ > 0 && !unlisted_.empty()) {
            layout_.warnings.push_back(fmt::format(
                "{} shapes are in no list, the first is {}",
                unlisted_.size(),
                unlisted_.begin()->first.string()
            ));
        }
        for (auto& [file, shape] : unlisted_) {
            layout_.shapes.push_back(std::move(shape));
        }
    }

    void warn(std::string text) { layout_.warnings.push_back(std::move(text)); }

    ShapeNetPartLayout finish(const fs::path& path) {
        if (missing_ > 0) {
            warn(fmt::format(
                "{} of {} listed shapes are not there (or listed twice) and left out, the first is "
                "{}",
                missing_,
                listed_,
                firstMissing_.string()
            ));
        }
        if (layout_.shapes.empty()) {
            throw DatasetError(
                fmt::format("{}: no shape of ShapeNetPart is here", path.string()), kExpected
            );
        }
        return std::move(layout_);
    }

  private:
    ShapeNetPartLayout layout_;
    std::map<fs::path, ShapeNetPartShape> unlisted_;
    fs::path firstMissing_;
    std::size_t listed_ = 0;
    std::size_t missing_ = 0;
};

fs::path listFile(const fs::path& root, std::string_view split) {
    return root / kLists / fmt::format("shuffled_{}_file_list.json", split);
}

bool isList(const fs::path& path) {
    return path.extension() == ".json" && cleanPath(path).parent_path().filename() == kLists;
}

ShapeNetPartLayout layoutOfRoot(const fs::path& root) {
    if (isFile(root / kTable)) {
        checkCategoryTable(root / kTable);
    }
    Collector shapes(root);
    for (const auto split : kSplits) {
        const fs::path list = listFile(root, split);
        if (isFile(list)) {
            shapes.add(readList(list, root), split);
        } else if (isFolder(root / kLists)) {
            shapes.warn(fmt::format("{}: no such list", list.string()));
        }
    }
    shapes.addUnlisted();
    return shapes.finish(root);
}

} // namespace

bool looksLikeShapeNetPart(const fs::path& path) {
    if (isFile(path)) {
        const bool shape = path.extension() == ".txt" &&
                           categoryOfFolder(cleanPath(path).parent_path()).has_value();
        return shape || isList(path);
    }
    if (!isFolder(path)) {
        return false;
    }
    return categoryOfFolder(path) || isFile(path / kTable) || isFile(listFile(path, "train")) ||
           std::any_of(kShapeCategories.begin(), kShapeCategories.end(), [&](const auto& known) {
               return isFolder(path / known.synset);
           });
}

ShapeNetPartLayout findShapeNetPart(const fs::path& path) {
    const fs::path place = cleanPath(path);
    if (isList(place)) {
        const fs::path root = place.parent_path().parent_path();
        Collector shapes(root);
        const auto split = std::find_if(kSplits.begin(), kSplits.end(), [&](auto name) {
            return listFile(root, name) == place;
        });
        shapes.add(readList(place, root), split == kSplits.end() ? place.stem().string() : *split);
        return shapes.finish(path);
    }
    if (isFile(place)) {
        const auto category = categoryOfFolder(place.parent_path());
        if (place.extension() == ".txt" && category) {
            const fs::path root = place.parent_path().parent_path();
            return {{shapeAt(root, *category, place.stem().string())}, {}};
        }
    }
    if (const auto category = categoryOfFolder(place); category && isFolder(place)) {
        ShapeNetPartLayout layout{shapesOfCategory(place.parent_path(), *category), {}};
        if (layout.shapes.empty()) {
            throw DatasetError(fmt::format("{}: holds no .txt file", path.string()), kExpected);
        }
        return layout;
    }
    if (!isFolder(place)) {
        throw DatasetError(
            fmt::format("{}: not a folder or shape of ShapeNetPart", path.string()), kExpected
        );
    }
    return layoutOfRoot(place);
}

} // namespace siskin
