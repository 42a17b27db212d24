# Embeds GraphiQL in the binary: our page, and the packages that npm installed into node_modules/
# (`make graphiql`). A build without them works; its /graphiql says that GraphiQL is missing.
set(packages ${CMAKE_CURRENT_LIST_DIR}/node_modules)
set(packed
    ${packages}/graphiql/graphiql.min.css
    ${packages}/graphiql/graphiql.min.js
    ${packages}/graphql-ws/umd/graphql-ws.min.js
    ${packages}/react-dom/umd/react-dom.production.min.js
    ${packages}/react/umd/react.production.min.js)
set(files index.html explorer.css explorer.js endpoint.js
    one_user_storage.js)
foreach(file IN LISTS packed)
    if(NOT EXISTS ${file})
        message(STATUS "GraphiQL is left out, its npm packages are not there: make graphiql")
        set(packed)
        set(files)
        break()
    endif()
endforeach()
embed_files(graphiql_files ${CMAKE_CURRENT_LIST_DIR} /graphiql FILES ${files} PACKED ${packed})
