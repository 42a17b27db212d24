# Converts the files of a page to C++ (see page.hpp) and adds the result to rotacast_app. Included
# after room(app), in the same directory, because CMake knows generated files only there.

# page(FUNCTION FOLDER PREFIX FILES name... [PACKED path...])
function(page function folder prefix)
    cmake_parse_arguments(PAGE "" "" "FILES;PACKED" ${ARGN})
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
    set(embed ${CMAKE_CURRENT_SOURCE_DIR}/app/page/embed.cmake)
    list(TRANSFORM PAGE_FILES PREPEND ${folder}/ OUTPUT_VARIABLE sources)
    add_custom_command(
        OUTPUT ${generated}
        COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DPREFIX=${prefix} -DFUNCTION=${function}
            -DOUTPUT=${generated} "-DFILES=${PAGE_FILES}" "-DPACKED=${PAGE_PACKED}" -P ${embed}
        DEPENDS ${sources} ${PAGE_PACKED} ${embed}
        VERBATIM)
    target_sources(rotacast_app PRIVATE ${generated})
endfunction()

page(page_files ${CMAKE_CURRENT_LIST_DIR} ""
    FILES index.html page.css page.js session.js live.js sentences.js icon.svg)
