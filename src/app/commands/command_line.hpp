#pragma once

// The command line: a table of commands, each of which declares its flags and says what to run.
// Exit status: 0 good, 1 failed, 2 wrong usage. Standard output belongs to a command's result;
// everything said to people goes to standard error.

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

/// The command that the arguments chose, and what it may look at.
struct Invocation {
    std::map<std::string, std::string> environment;  ///< the ROTACAST_… variables
    std::string name;                                ///< `user add`
    std::function<Result<void>()> run;
};

struct Command {
    std::string_view name;
    std::string_view text;
    /// Adds flags (and commands of its own) to `app`. Both outlive the call until run ends.
    void (*declare)(CLI::App& app, Invocation& invocation);
};

/// In the order of the help. Static lifetime.
const std::vector<Command>& commands();

/// Parses, runs, tells what went wrong; the exit status.
int run_command_line(int argc, const char* const* argv);

/// The help text of one command, as --help prints it.
std::string help_of(std::string_view command);

/// Makes `run` what happens when `app` is the command chosen.
void on_chosen(CLI::App& app, Invocation& invocation, std::function<Result<void>()> run);

/// Flags of configuration values, collected as text until load() looks at them.
class ConfigFlags {
  public:
    /// With `keys` empty every value gets its flag, with headings; --config comes always.
    static std::shared_ptr<ConfigFlags> add(CLI::App& app,
                                            const Invocation& invocation,
                                            const std::vector<std::string_view>& keys = {});

    Result<config::LoadedConfig> load() const;
    Result<std::string> secret(const Config& config) const;
    bool has(std::string_view key) const;

  private:
    explicit ConfigFlags(const Invocation& invocation) : invocation_(invocation) {}

    const Invocation& invocation_;
    config::ConfigInputs inputs_;
};

}  // namespace rotacast::app
