#include "contract/names.hpp"

namespace rotacast::contract {

std::string pascal(std::string_view name) {
    std::string out;
    bool begins_word = true;
    for (const char c : name) {
        const bool separates = c == '_' || c == '-' || c == '.';
        if (!separates)
            out += begins_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        begins_word = separates;
    }
    return out;
}

std::string event_name(std::string_view type) {
    return pascal(type);
}

std::string client_message_name(std::string_view type, reflect::Naming naming) {
    return "Client" + pascal(type) + (naming == reflect::Naming::camel ? "Camel" : "");
}

std::string broadcast_name(std::string_view type) {
    return pascal(type) + "Broadcast";
}

std::string classic_command_name(std::string_view action) {
    return pascal(action) + "Command";
}

std::string v1_command_name(std::string_view action) {
    return "V1" + classic_command_name(action);
}

std::string v1_message_name(std::string_view type) {
    return "V1" + pascal(type);
}

}  // namespace rotacast::contract
