#pragma once

// The command line: a table of commands, each of which declares its flags and the function to run.
// Exit status: 0 success, 1 failure, 2 wrong usage. Standard output is for a command's result;
// messages for the user go to standard error.

#include "base/error.hpp"
#include "config/load.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace rotacast::app {

using config::Config;

/// The selected command and its inputs.
struct Invocation {
    std::map<std::string, std::string> environment;  ///< the ROTACAST_… variables
    std::string name;                                ///< `user add`
    std::function<Result<void>()> run;
};

struct Command {
    std::string_view name;
    std::string_view text;
    /// Adds flags (and subcommands) to `app`. Both arguments outlive the call until `run` returns.
    void (*declare)(CLI::App& app, Invocation& invocation);
};

/// All commands in the order of the help. Static lifetime.
const std::vector<Command>& commands();

/// Parses the arguments, runs the command and prints errors. Returns the exit status.
int run_command_line(int argc, const char* const* argv);

/// The help text of one command, as --help prints it.
std::string help_of(std::string_view command);

/// Sets `run` as the function to call if `app` is the selected command.
void on_chosen(CLI::App& app, Invocation& invocation, std::function<Result<void>()> run);

/// The flags for settings. Their values are kept as text until load() parses them.
class ConfigFlags {
  public:
    /// Adds the flags of `keys`, or with headings those of all settings if `keys` is empty; and
    /// --config.
    static std::shared_ptr<ConfigFlags> add(CLI::App& app,
                                            const Invocation& invocation,
                                            const std::vector<std::string_view>& keys = {});

    Result<config::LoadedConfig> load() const;
    /// Whether a configuration file is named, by --config or its variable.
    bool has_file() const;
    Result<std::string> secret(const Config& config) const;
    /// Whether a secret is named, by the setting or its variable, be it usable or not.
    bool names_secret(const Config& config) const;
    bool has(std::string_view key) const;

  private:
    explicit ConfigFlags(const Invocation& invocation) : invocation_(invocation) {}
    config::ConfigInputs inputs() const;

    const Invocation& invocation_;
    config::ConfigInputs inputs_;
};

}  // namespace rotacast::app
