#include "app/embedded_files.hpp"

#include <zlib.h>

namespace rotacast::app {

const EmbeddedFile* find_embedded_file(std::string_view path) {
    for (const auto files :
         {demo_page_files(), graphiql_files(), contract_files(), docs_page_files()})
        for (const auto& file : files)
            if (file.path == path) return &file;
    return nullptr;
}

// Inflating cannot fail, because the build has compressed the content.
std::string content_of(const EmbeddedFile& file) {
    if (file.unpacked_bytes == 0) return std::string(file.body);
    std::string content(file.unpacked_bytes, '\0');
    z_stream stream{};
    // zlib does not modify its input, but its interface is const only since 1.3.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.body.data()));
    stream.avail_in = static_cast<uInt>(file.body.size());
    stream.next_out = reinterpret_cast<Bytef*>(content.data());
    stream.avail_out = static_cast<uInt>(content.size());
    constexpr int gzip_with_any_window = 16 + MAX_WBITS;
    if (inflateInit2(&stream, gzip_with_any_window) == Z_OK) inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return content;
}

}  // namespace rotacast::app
