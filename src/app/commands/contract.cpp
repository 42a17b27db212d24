#include "app/commands/table.hpp"
#include "contract/contract.hpp"

#include <CLI/App.hpp>

#include <filesystem>
#include <fstream>

namespace rotacast::app {
namespace {

Result<void> write_contract(const std::filesystem::path& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    for (const auto& file : contract::contract_files()) {
        std::ofstream out(folder / file.name, std::ios::binary | std::ios::trunc);
        out << file.content;
        out.close();
        if (!out)
            return Error{ErrorCode::unavailable,
                         "cannot write " + (folder / file.name).string() + "; check the folder",
                         ""};
    }
    return {};
}

}  // namespace

void declare_contract(CLI::App& app, Invocation& invocation) {
    const auto folder = std::make_shared<std::string>("contract");
    app.add_option("--out", *folder, "Folder to write to [contract]")->type_name("DIR");
    on_chosen(app, invocation, [folder] { return write_contract(*folder); });
}

}  // namespace rotacast::app
