// rotacast.v1 with libwebsockets: watches a schedule and prints every message of the server, one
// JSON text per line. URL, TOKEN and SCHEDULE come from the environment.

#include <libwebsockets.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_BYTES_MAX (16 * 1024 * 1024)

static struct {
    char bearer[4096];                // value of the header Authorization
    char message[MESSAGE_BYTES_MAX];  // what has arrived of a message
    size_t message_bytes;
    char sends[4][512];  // texts that wait for a writable socket
    int sends_waiting;
    int close_code;  // 0 until the server's close frame has arrived
    char close_reason[124];
    int ended;
} session;

// A text is only written when libwebsockets asks for it.
static void send_soon(struct lws* wsi, const char* text) {
    if (session.sends_waiting == (int)LWS_ARRAY_SIZE(session.sends)) abort();
    snprintf(session.sends[session.sends_waiting++], sizeof session.sends[0], "%s", text);
    lws_callback_on_writable(wsi);
}

static int write_one(struct lws* wsi) {
    if (session.sends_waiting == 0) return 0;
    unsigned char frame[LWS_PRE + sizeof session.sends[0]];  // LWS_PRE: room for the frame's header
    const size_t bytes = strlen(session.sends[0]);
    memcpy(frame + LWS_PRE, session.sends[0], bytes);
    memmove(session.sends[0], session.sends[1], sizeof session.sends - sizeof session.sends[0]);
    if (--session.sends_waiting > 0) lws_callback_on_writable(wsi);
    return lws_write(wsi, frame + LWS_PRE, bytes, LWS_WRITE_TEXT) < (int)bytes ? -1 : 0;
}

// Messages arrive in pieces of the protocol's rx_buffer_size, whether the server fragmented them or
// not.
static int receive(struct lws* wsi, const char* piece, size_t bytes) {
    static const char event[] = "{\"event_type\":\"schedule_updated\"";
    if (bytes > MESSAGE_BYTES_MAX - session.message_bytes) return -1;
    memcpy(session.message + session.message_bytes, piece, bytes);
    session.message_bytes += bytes;
    if (lws_remaining_packet_payload(wsi) > 0 || !lws_is_final_fragment(wsi)) return 0;
    printf("%.*s\n", (int)session.message_bytes, session.message);
    if (session.message_bytes >= sizeof event &&
        memcmp(session.message, event, sizeof event - 1) == 0)
        send_soon(wsi, "{\"action\":\"ping\",\"id\":\"seen\"}");
    session.message_bytes = 0;
    return 0;
}

static int on_event(
    struct lws* wsi, enum lws_callback_reasons reason, void* user, void* in, size_t bytes) {
    (void)user;
    switch (reason) {
        case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: {
            unsigned char** at = in;
            return lws_add_http_header_by_token(wsi,
                                                WSI_TOKEN_HTTP_AUTHORIZATION,
                                                (const unsigned char*)session.bearer,
                                                (int)strlen(session.bearer),
                                                at,
                                                *at + bytes);
        }
        case LWS_CALLBACK_CLIENT_ESTABLISHED: {
            char subscribe[512];
            printf("{\"opened\":\"%s\",\"library\":\"libwebsockets %s\"}\n",
                   lws_get_protocol(wsi)->name,
                   lws_get_library_version());
            snprintf(subscribe,
                     sizeof subscribe,
                     "{\"action\":\"subscribe\",\"id\":\"watch\",\"schedules\":[\"%s\"]}",
                     getenv("SCHEDULE"));
            send_soon(wsi, subscribe);
            return 0;
        }
        case LWS_CALLBACK_CLIENT_RECEIVE: return receive(wsi, in, bytes);
        case LWS_CALLBACK_CLIENT_WRITEABLE: return write_one(wsi);
        case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: {
            // The payload of the close frame: a code of two bytes, then the reason (RFC 6455
            // §5.5.1).
            const unsigned char* payload = in;
            if (bytes < 2) return 0;
            session.close_code = payload[0] << 8 | payload[1];
            snprintf(session.close_reason,
                     sizeof session.close_reason,
                     "%.*s",
                     (int)bytes - 2,
                     (const char*)payload + 2);
            return 0;
        }
        case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
            fprintf(stderr, "not connected: %s\n", in ? (const char*)in : "no reason given");
            session.ended = 1;
            return 0;
        case LWS_CALLBACK_CLIENT_CLOSED:
            // Without a close frame the connection was lost.
            printf("{\"closed\":%d,\"reason\":\"%s\"}\n",
                   session.close_code ? session.close_code : 1006,
                   session.close_reason);
            session.ended = 1;
            return 0;
        default: return 0;
    }
}

static const struct lws_protocols protocols[] = {
    {.name = "rotacast.v1", .callback = on_event, .rx_buffer_size = 65536},
    {0},
};

int main(void) {
    char* url = strdup(getenv("URL"));
    const char *scheme, *host, *path;
    int port;
    if (lws_parse_uri(url, &scheme, &host, &port, &path) != 0) return 2;
    char path_from_root[256];
    snprintf(path_from_root, sizeof path_from_root, "/%s", path);
    snprintf(session.bearer, sizeof session.bearer, "Bearer %s", getenv("TOKEN"));
    setvbuf(stdout, NULL, _IOLBF, 0);
    lws_set_log_level(LLL_ERR | LLL_WARN, NULL);

    // No extensions: libwebsockets 4.1.6 must not offer permessage-deflate (docs/clients.md).
    struct lws_context_creation_info options = {.port = CONTEXT_PORT_NO_LISTEN,
                                                .protocols = protocols};
    struct lws_context* context = lws_create_context(&options);
    if (context == NULL) return 2;
    struct lws_client_connect_info target = {
        .context = context,
        .address = host,
        .host = host,
        .port = port,
        .path = path_from_root,
        .protocol = protocols[0].name,
    };
    if (lws_client_connect_via_info(&target) == NULL) return 2;
    while (!session.ended && lws_service(context, 0) >= 0) {
    }
    lws_context_destroy(context);
    free(url);
    return 0;
}
