#include "app/commands/print_answer.hpp"
#include "app/commands/table.hpp"
#include "app/commands/text_table.hpp"

#include <CLI/App.hpp>

namespace rotacast::app {
namespace {

namespace json = reflect::json;

const std::vector<Column>& node_columns() {
    static const std::vector<Column> columns{{"NAME", "/name"},
                                             {"VERSION", "/version"},
                                             {"POSITION", "/position"},
                                             {"BEHIND", "/behind"},
                                             {"SILENT MS", "/silent_ms"},
                                             {"JOINED", "/joined"},
                                             {"CONNECTIONS", "/connections"},
                                             {"DEAD LETTERS", "/dead_letters"},
                                             {"ANSWERING", "/answering"},
                                             {"ID", "/id"}};
    return columns;
}

void print_nodes(const json::value& answer) {
    print_text(table_text(node_columns(), answer.at("nodes").as_array()));
    if (!answer.at("ordered").as_bool())
        print_text("this node is cut off: " + cell_text(answer, "/reason") +
                   "; requests waiting: " + cell_text(answer, "/waiting") + '\n');
}

}  // namespace

void declare_nodes(CLI::App& app, Invocation& invocation) {
    const auto flags = OperatorFlags::add(app);
    on_chosen(app, invocation, [flags]() -> Result<void> {
        const auto client = OperatorClient::open(*flags);
        if (!client) return client.error();
        return print_answer(*flags, client->get("/nodes"), print_nodes);
    });
}

}  // namespace rotacast::app
