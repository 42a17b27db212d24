# Turns the page's files into page_files.cpp (see page.hpp) and adds it to rotacast_app.
# Included after room(app), in the same folder, because a generated file is known only there.
set(page_folder ${CMAKE_CURRENT_LIST_DIR})
set(page_generated ${CMAKE_CURRENT_BINARY_DIR}/page_files.cpp)
set(page_inputs index.html page.css page.js session.js live.js sentences.js icon.svg)
list(TRANSFORM page_inputs PREPEND ${page_folder}/ OUTPUT_VARIABLE page_sources)
add_custom_command(
    OUTPUT ${page_generated}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${page_folder} -DOUTPUT=${page_generated}
        "-DFILES=${page_inputs}" -P ${page_folder}/embed.cmake
    DEPENDS ${page_sources} ${page_folder}/embed.cmake
    VERBATIM)
target_sources(rotacast_app PRIVATE ${page_generated})
