# Converts files to C++ (see embedded_files.hpp) and adds the result to rotacast_app. Included after
# room(app), in the same directory, because CMake knows generated files only there.

# embed_files(FUNCTION FOLDER PREFIX FILES name... [PACKED path...])
function(embed_files function folder prefix)
    cmake_parse_arguments(EMBED "" "" "FILES;PACKED" ${ARGN})
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
    set(embed ${CMAKE_CURRENT_SOURCE_DIR}/app/embed.cmake)
    list(TRANSFORM EMBED_FILES PREPEND ${folder}/ OUTPUT_VARIABLE sources)
    add_custom_command(
        OUTPUT ${generated}
        COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DPREFIX=${prefix} -DFUNCTION=${function}
            -DOUTPUT=${generated} "-DFILES=${EMBED_FILES}" "-DPACKED=${EMBED_PACKED}" -P ${embed}
        DEPENDS ${sources} ${EMBED_PACKED} ${embed}
        VERBATIM)
    target_sources(rotacast_app PRIVATE ${generated})
endfunction()

embed_files(demo_page_files ${CMAKE_CURRENT_LIST_DIR}/demo_page ""
    FILES index.html page.css page.js session.js live.js sentences.js icon.svg)
