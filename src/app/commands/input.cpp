#include "app/commands/input.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

namespace rotacast::app {

Result<std::string> read_input(const std::string& file) {
    std::ifstream opened;
    if (file != "-") opened.open(file, std::ios::binary);
    std::istream& in = file == "-" ? std::cin : opened;
    std::string content{std::istreambuf_iterator<char>(in), {}};
    if (file != "-" && !opened.is_open())
        return Error{
            ErrorCode::unavailable, "cannot read " + file + "; check its name and mode", ""};
    if (in.bad()) return Error{ErrorCode::unavailable, "cannot read " + file + " to its end", ""};
    return content;
}

Result<std::string> read_secret_line(const std::string& file) {
    auto content = read_input(file);
    if (!content) return content.error();
    while (content->ends_with('\n') || content->ends_with('\r')) content->pop_back();
    if (content->empty()) return Error{ErrorCode::invalid_field, file + " is empty", ""};
    return content;
}

std::string check_uuid(const std::string& text) {
    return Uuid::parse(text) ? "" : "must be a UUID such as " + to_string(Uuid::derived({}, 1));
}

}  // namespace rotacast::app
