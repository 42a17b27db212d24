#pragma once

// One function per command, each in a file with the command's name; table.cpp lists them.

#include "app/commands/command_line.hpp"

namespace rotacast::app {

void declare_serve(CLI::App& app, Invocation& invocation);
void declare_demo(CLI::App& app, Invocation& invocation);
void declare_user(CLI::App& app, Invocation& invocation);
void declare_key(CLI::App& app, Invocation& invocation);
void declare_token(CLI::App& app, Invocation& invocation);
void declare_publish(CLI::App& app, Invocation& invocation);
void declare_tail(CLI::App& app, Invocation& invocation);
void declare_dead_letters(CLI::App& app, Invocation& invocation);
void declare_replay(CLI::App& app, Invocation& invocation);
void declare_webhook(CLI::App& app, Invocation& invocation);
void declare_nodes(CLI::App& app, Invocation& invocation);
void declare_drain(CLI::App& app, Invocation& invocation);
void declare_check_config(CLI::App& app, Invocation& invocation);
void declare_contract(CLI::App& app, Invocation& invocation);

}  // namespace rotacast::app
