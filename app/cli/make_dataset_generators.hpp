// SPDX-License-Identifier: MIT
// What make-dataset can make: one function per generator, listed in make_dataset_command.cpp.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

struct Generator {
    std::string name;    ///< the word after make-dataset
    std::string summary; ///< half a line for --help
    std::string (*help)();
    void (*make)(const std::vector<std::string>& arguments, const std::stop_token& stop);
};

std::string streetHelp();
void makeStreet(const std::vector<std::string>& arguments, const std::stop_token& stop);

std::string shapesHelp();
void makeShapes(const std::vector<std::string>& arguments, const std::stop_token& stop);

std::string roomsHelp();
void makeRooms(const std::vector<std::string>& arguments, const std::stop_token& stop);

std::string trackHelp();
void makeTrack(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
