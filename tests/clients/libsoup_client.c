// rotacast.v1 with libsoup 3: watches a schedule and prints every message of the server, one JSON
// text per line. URL, TOKEN and SCHEDULE come from the environment.

#include <libsoup/soup.h>

#include <stdio.h>

enum { message_bytes_max = 16 * 1024 * 1024 };  // libsoup's own limit is 128 KiB

static void on_message(SoupWebsocketConnection* socket,
                       gint type,
                       GBytes* message,
                       gpointer unused) {
    (void)unused;
    if (type != SOUP_WEBSOCKET_DATA_TEXT) return;
    const char* text = g_bytes_get_data(message, NULL);  // ends with a zero byte after its size
    puts(text);
    if (g_str_has_prefix(text, "{\"event_type\":\"schedule_updated\""))
        soup_websocket_connection_send_text(socket, "{\"action\":\"ping\",\"id\":\"seen\"}");
}

static void on_error(SoupWebsocketConnection* socket, GError* error, gpointer unused) {
    (void)socket, (void)unused;
    g_printerr("error: %s\n", error->message);
}

static void on_closed(SoupWebsocketConnection* socket, gpointer loop) {
    // 0 if the connection was lost, or if libsoup has ended it after an error.
    const gushort code = soup_websocket_connection_get_close_code(socket);
    const char* reason = soup_websocket_connection_get_close_data(socket);
    printf("{\"closed\":%u,\"reason\":\"%s\"}\n", code ? code : 1006, reason ? reason : "");
    g_main_loop_quit(loop);
}

static void on_connected(GObject* session, GAsyncResult* result, gpointer loop) {
    GError* error = NULL;
    SoupWebsocketConnection* socket =
        soup_session_websocket_connect_finish(SOUP_SESSION(session), result, &error);
    if (socket == NULL) {
        g_printerr("not connected: %s\n", error->message);
        g_error_free(error);
        g_main_loop_quit(loop);
        return;
    }
    soup_websocket_connection_set_max_incoming_payload_size(socket, message_bytes_max);
    g_signal_connect(socket, "message", G_CALLBACK(on_message), NULL);
    g_signal_connect(socket, "error", G_CALLBACK(on_error), NULL);
    g_signal_connect(socket, "closed", G_CALLBACK(on_closed), loop);
    printf("{\"opened\":\"%s\",\"library\":\"libsoup %u.%u.%u\"}\n",
           soup_websocket_connection_get_protocol(socket),
           soup_get_major_version(),
           soup_get_minor_version(),
           soup_get_micro_version());
    char* subscribe = g_strdup_printf(
        "{\"action\":\"subscribe\",\"id\":\"watch\",\"schedules\":[\"%s\"]}", g_getenv("SCHEDULE"));
    soup_websocket_connection_send_text(socket, subscribe);
    g_free(subscribe);
    // The socket keeps its reference until the program ends.
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    GMainLoop* loop = g_main_loop_new(NULL, FALSE);
    SoupSession* session = soup_session_new();
    // With it permessage-deflate is offered.
    soup_session_add_feature_by_type(session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
    SoupMessage* request = soup_message_new(SOUP_METHOD_GET, g_getenv("URL"));
    char* bearer = g_strconcat("Bearer ", g_getenv("TOKEN"), NULL);
    soup_message_headers_replace(
        soup_message_get_request_headers(request), "Authorization", bearer);
    char* protocols[] = {"rotacast.v1", NULL};
    soup_session_websocket_connect_async(
        session, request, NULL, protocols, G_PRIORITY_DEFAULT, NULL, on_connected, loop);
    g_main_loop_run(loop);
    g_free(bearer);
    g_object_unref(request);
    g_object_unref(session);
    g_main_loop_unref(loop);
    return 0;
}
