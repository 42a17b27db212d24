#include "reflect/naming.hpp"

namespace rotacast::reflect {

std::string to_camel(std::string_view snake) {
    std::string out;
    bool raise = false;
    for (const char c : snake) {
        if (c == '_') {
            raise = true;
            continue;
        }
        const bool lower = c >= 'a' && c <= 'z';
        out += raise && lower ? static_cast<char>(c - 'a' + 'A') : c;
        raise = false;
    }
    return out;
}

}  // namespace rotacast::reflect
