// SPDX-License-Identifier: MIT
// The table of carbon intensities: the shipped one, and broken ones.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/resources.hpp"
#include "core/energy/csv.hpp"
#include "core/energy/energy.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <set>
#include <string>

namespace siskin {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view kHeader =
    "code,iso2,name,kind,year,gco2e_per_kwh,agreement_class,basis,source,licence\n";
constexpr std::string_view kWorld = "WORLD,,World,region,2024,472.9,,lifecycle,Ember,CC BY\n";

class TableFile : public testing::Test {
  protected:
    std::filesystem::path write(const std::string& text) const {
        writeFileAtomically(path(), text);
        return path();
    }

    std::filesystem::path path() const { return folder_.path() / "table.csv"; }

    std::string errorOf(const std::string& text) const {
        try {
            GridTable::fromCsvFile(write(text));
        } catch (const EnergyError& error) {
            EXPECT_EQ(error.line().find('\n'), std::string::npos);
            return error.line();
        }
        return "no error";
    }

    /// The error of a table whose third line is `row`.
    std::string errorOfRow(const std::string& row) const {
        return errorOf(std::string(kHeader) + std::string(kWorld) + row + "\n");
    }

    test::TemporaryFolder folder_;
};

GridTable shippedTable() {
    return GridTable::fromCsvFile(resourcePath("carbon_intensity.csv"));
}

TEST(ShippedGridTable, EveryRowHasASourceAPlausibleValueAndAUniqueCode) {
    const GridTable table = shippedTable();
    EXPECT_EQ(table.rows().size(), 85U);
    std::set<std::string> codes;
    for (const auto& row : table.rows()) {
        EXPECT_FALSE(row.source.empty()) << row.code;
        EXPECT_FALSE(row.licence.empty()) << row.code;
        EXPECT_GT(row.gramsPerKwh.low, 0.0) << row.code;
        EXPECT_LT(row.gramsPerKwh.low, row.gramsPerKwh.value) << row.code;
        EXPECT_LT(row.gramsPerKwh.value, row.gramsPerKwh.high) << row.code;
        EXPECT_LE(row.gramsPerKwh.value, 1200.0) << row.code;
        EXPECT_TRUE(codes.insert(row.code).second) << row.code;
        EXPECT_EQ(row.region, row.iso2.empty()) << row.code;
    }
}

TEST(ShippedGridTable, FindsByAnyCodeInAnyCase) {
    const GridTable table = shippedTable();
    EXPECT_EQ(table.find("WORLD").gramsPerKwh.value, 472.9);
    EXPECT_EQ(&table.find("world"), &table.find("World"));
    EXPECT_EQ(table.find("FRA").gramsPerKwh.value, 44.2);
    EXPECT_EQ(&table.find("fr"), &table.find("fra"));
    EXPECT_EQ(table.find("IND").year, 2024);
}

TEST(ShippedGridTable, IntervalIsThatOfTheAgreementClass) {
    const GridTable table = shippedTable();
    const auto widths = [&](std::string_view code) {
        const Estimate& grams = table.find(code).gramsPerKwh;
        return std::pair(grams.low / grams.value, grams.high / grams.value);
    };
    const auto expectWidths = [&](std::string_view code, double low, double high) {
        EXPECT_NEAR(widths(code).first, low, 1e-12) << code;
        EXPECT_NEAR(widths(code).second, high, 1e-12) << code;
    };
    expectWidths("WORLD", 0.90, 1.10); // region
    expectWidths("IND", 0.80, 1.20);   // class B
    expectWidths("FRA", 0.65, 1.35);   // class C
    expectWidths("SVK", 0.50, 2.00);   // class D
    expectWidths("CHL", 0.70, 1.30);   // no class
}

TEST(ShippedGridTable, UnknownRegionIsRefusedWithTheNearestCodes) {
    const GridTable table = shippedTable();
    for (const char* unknown : {"", "XX", "FRX", "Frnace", "W", "\xc3\xa9t\xc3\xa9"}) {
        EXPECT_THROW(table.find(unknown), EnergyError) << unknown;
    }
    try {
        table.find("frx");
        FAIL();
    } catch (const EnergyError& error) {
        EXPECT_THAT(error.what(), HasSubstr("'frx'"));
        EXPECT_THAT(error.hint(), AllOf(HasSubstr("FRA (France)"), HasSubstr("WORLD")));
    }
    try {
        table.find("Germny");
        FAIL();
    } catch (const EnergyError& error) {
        EXPECT_THAT(error.hint(), HasSubstr("DEU (Germany)"));
    }
}

TEST_F(TableFile, ReadsQuotesDoubledQuotesAndWindowsLineEnds) {
    const auto table = GridTable::fromCsvFile(write(
        "code,iso2,name,kind,year,gco2e_per_kwh,agreement_class,basis,source,licence\r\n"
        "WORLD,,\"The \"\"whole\"\" world\",region,2024,472.9,,\"a, b\nand c\",Ember,CC BY\r\n"
        "\r\n"
        "FRA,FR,France,country,2024,44.2,C,x,Ember,CC BY" // no line end
    ));
    ASSERT_EQ(table.rows().size(), 2U);
    EXPECT_EQ(table.rows()[0].name, "The \"whole\" world");
    EXPECT_EQ(table.rows()[0].basis, "a, b\nand c");
    EXPECT_EQ(table.rows()[1].licence, "CC BY");
}

TEST_F(TableFile, ErrorsNameFileAndLine) {
    const std::string place = path().string() + ":3: ";
    const auto expectError = [&](const std::string& row, const char* what) {
        EXPECT_THAT(errorOfRow(row), AllOf(HasSubstr(place), HasSubstr(what))) << row;
    };
    expectError("FRA,FR,France,country,2024,44.2,C,x,Ember", "9 fields, the header has 10");
    expectError("FRA,FR,France,country,2024,,C,x,Ember,CC BY", "'gco2e_per_kwh' is empty");
    expectError("FRA,FR,France,country,2024,0,C,x,Ember,CC BY", "gco2e_per_kwh");
    expectError("FRA,FR,France,country,2024,-1,C,x,Ember,CC BY", "gco2e_per_kwh");
    expectError("FRA,FR,France,country,2024,nan,C,x,Ember,CC BY", "gco2e_per_kwh");
    expectError("FRA,FR,France,country,2024,1201,C,x,Ember,CC BY", "gco2e_per_kwh");
    expectError("FRA,FR,France,country,2024,44.2g,C,x,Ember,CC BY", "'44.2g'");
    expectError("FRA,FR,France,country,MMXX,44.2,C,x,Ember,CC BY", "'year'");
    expectError("FRA,FR,France,country,2024,44.2,E,x,Ember,CC BY", "agreement_class");
    expectError("FRA,FR,France,planet,2024,44.2,C,x,Ember,CC BY", "'kind'");
    expectError("FRA,FR,France,country,2024,44.2,C,x,,CC BY", "'source' is empty");
    expectError("FRA,,France,country,2024,44.2,C,x,Ember,CC BY", "'iso2' is empty");
    expectError("world,FR,France,country,2024,44.2,C,x,Ember,CC BY", "'WORLD' appears twice");
    expectError("FRA,FR,\"France,country,2024,44.2,C,x,Ember,CC BY", "not closed");
    expectError("FRA,FR,Fra\"nce,country,2024,44.2,C,x,Ember,CC BY", "quote inside");
    expectError("FRA,FR,\"Fra\"nce,country,2024,44.2,C,x,Ember,CC BY", "after a closing quote");
}

TEST_F(TableFile, LineNumbersCountLineBreaksInsideQuotes) {
    const std::string text = std::string(kHeader) +
                             "WORLD,,World,region,2024,472.9,,\"two\nlines\",Ember,CC BY\n"
                             "FRA,FR,France,country,2024,zero,C,x,Ember,CC BY\n";
    EXPECT_THAT(errorOf(text), HasSubstr(path().string() + ":4: "));
}

TEST_F(TableFile, RefusesATableWithoutHeaderColumnOrDefault) {
    EXPECT_THAT(errorOf(""), HasSubstr("empty"));
    EXPECT_THAT(errorOf("code,name\nWORLD,World\n"), HasSubstr("no column 'kind'"));
    EXPECT_THAT(errorOf(std::string(kHeader)), HasSubstr("WORLD is missing"));
    EXPECT_THROW(GridTable::fromCsvFile(path().parent_path() / "none.csv"), DatasetError);
}

} // namespace
} // namespace siskin
