#pragma once

// Output of the operators' commands.

#include "app/commands/operator_client.hpp"

#include <cstdio>
#include <string>

namespace rotacast::app {

inline void print_text(const std::string& text) {
    std::fputs(text.c_str(), stdout);
}

/// Prints to standard output: with --json the response unchanged, else by calling
/// `print_for_people`.
template <class Print>
Result<void> print_answer(const OperatorFlags& flags,
                          const Result<OperatorAnswer>& answer,
                          Print print_for_people) {
    if (!answer) return answer.error();
    if (flags.json)
        print_text(answer->text + '\n');
    else
        print_for_people(answer->value);
    return {};
}

}  // namespace rotacast::app
