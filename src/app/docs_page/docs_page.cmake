embed_page("Swagger UI" "make swagger-ui" docs_page_files ${CMAKE_CURRENT_LIST_DIR} /docs
    FILES index.html docs.css docs.js elements.js messages.js
    PACKAGES swagger-ui-dist/swagger-ui-bundle.js swagger-ui-dist/swagger-ui.css)
