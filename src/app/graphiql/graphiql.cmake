# GraphiQL in the binary: our page, and what npm has put into node_modules/ (`make graphiql`). A
# build without it works, and says so at /graphiql.
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
