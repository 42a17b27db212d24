#include "demo/access_file.hpp"

#include "base/json_text.hpp"
#include "reflect/json.hpp"

#include <sys/random.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace rotacast::demo {
namespace {

namespace fs = std::filesystem;

Error file_error(std::string_view what, const fs::path& file) {
    return {
        ErrorCode::unavailable, "Cannot " + std::string(what) + " `" + file.string() + "`.", ""};
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Creates the file with its final mode, so that other users can read it at no time.
bool write_private(const fs::path& file, std::string_view text) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return false;
    const bool written = ::fchmod(descriptor, 0600) == 0 && write_all(descriptor, text);
    return ::close(descriptor) == 0 && written;
}

std::string to_text(const Secrets& secrets) {
    std::string out = "{\"logins\":{";
    bool first = true;
    for (const auto& [username, password] : secrets.passwords) {
        if (!first) out += ',';
        first = false;
        append_json_string(out, username);
        out += ':';
        append_json_string(out, password);
    }
    out += "},\"api_key\":";
    append_json_string(out, secrets.api_key);
    return out += "}\n";
}

bool read_members(const reflect::json::value& value, Secrets& secrets) {
    const auto* object = value.if_object();
    const auto* logins = object ? object->if_contains("logins") : nullptr;
    const auto* key = object ? object->if_contains("api_key") : nullptr;
    if (!logins || !logins->is_object() || !key || !key->is_string()) return false;
    for (const auto& [username, password] : logins->get_object()) {
        if (!password.is_string()) return false;
        secrets.passwords[std::string(username)] = password.get_string().c_str();
    }
    secrets.api_key = key->get_string().c_str();
    return true;
}

}  // namespace

Result<Secrets> load_secrets(const fs::path& file) {
    std::error_code failure;
    if (!fs::exists(file, failure)) {
        if (failure) return file_error("read", file);
        return Secrets{};
    }
    std::ifstream in(file, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in.good() && !in.eof()) return file_error("read", file);
    const auto value = reflect::parse_json(text);
    Secrets secrets;
    if (!value || !read_members(*value, secrets))
        return file_error("understand; remove it to get new passwords:", file);
    return secrets;
}

Result<void> save_secrets(const fs::path& file, const Secrets& secrets) {
    std::error_code failure;
    fs::create_directories(file.parent_path(), failure);
    auto fresh = file;
    fresh += ".new";
    if (failure || !write_private(fresh, to_text(secrets))) return file_error("write", fresh);
    fs::rename(fresh, file, failure);
    if (failure) return file_error("write", file);
    return {};
}

std::string make_password() {
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";
    static_assert(letters.size() == 32);
    std::array<unsigned char, 12> random{};
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        throw std::runtime_error("the system's random generator is not available");
    std::string password;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i == 4 || i == 8) password += '-';
        password += letters[random[i] % letters.size()];
    }
    return password;
}

}  // namespace rotacast::demo
