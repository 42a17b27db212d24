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

# embed_page(NAME COMMAND FUNCTION FOLDER PREFIX FILES name... PACKAGES path...): a page of ours, and
# files of the packages that npm installed into its node_modules/. A build without them leaves the
# page out.
function(embed_page name command function folder prefix)
    cmake_parse_arguments(PAGE "" "" "FILES;PACKAGES" ${ARGN})
    list(TRANSFORM PAGE_PACKAGES PREPEND ${folder}/node_modules/)
    foreach(file IN LISTS PAGE_PACKAGES)
        if(NOT EXISTS ${file})
            message(STATUS "${name} is left out, its npm packages are not there: ${command}")
            set(PAGE_FILES)
            set(PAGE_PACKAGES)
            break()
        endif()
    endforeach()
    embed_files(${function} ${folder} ${prefix} FILES ${PAGE_FILES} PACKED ${PAGE_PACKAGES})
endfunction()

embed_files(demo_page_files ${CMAKE_CURRENT_LIST_DIR}/demo_page ""
    FILES index.html page.css page.js session.js live.js sentences.js icon.svg)

# The generated contract, as checked in: tests/house_test.cpp fails if it is stale.
set(contract ${PROJECT_SOURCE_DIR}/contract)
embed_files(contract_files ${contract} "" PACKED ${contract}/asyncapi.json
    ${contract}/events.schema.json ${contract}/openapi.json ${contract}/schema.graphql)
