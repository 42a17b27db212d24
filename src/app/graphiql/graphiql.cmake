embed_page(GraphiQL "make graphiql" graphiql_files ${CMAKE_CURRENT_LIST_DIR} /graphiql
    FILES index.html explorer.css explorer.js endpoint.js one_user_storage.js
    PACKAGES
        graphiql/graphiql.min.css
        graphiql/graphiql.min.js
        graphql-ws/umd/graphql-ws.min.js
        react-dom/umd/react-dom.production.min.js
        react/umd/react.production.min.js)
