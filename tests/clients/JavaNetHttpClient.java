import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/**
 * rotacast.v1 with java.net.http: watches a schedule and prints every message of the server, one JSON
 * text per line. URL, TOKEN and SCHEDULE come from the environment. Runs as it is: {@code java
 * JavaNetHttpClient.java}.
 */
final class JavaNetHttpClient implements WebSocket.Listener {
    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private final CountDownLatch ended = new CountDownLatch(1);
    private final StringBuilder message = new StringBuilder();
    /** The last send: a second one before it has completed would throw IllegalStateException. */
    private CompletableFuture<WebSocket> sending;

    public static void main(String[] arguments) throws Exception {
        var client = new JavaNetHttpClient();
        HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + System.getenv("TOKEN"))
                .subprotocols("rotacast.v1")
                .buildAsync(URI.create(System.getenv("URL")), client)
                .join();
        client.ended.await();
    }

    @Override
    public void onOpen(WebSocket socket) {
        OUT.printf("{\"opened\":\"%s\",\"library\":\"java.net.http %s\"}\n",
                socket.getSubprotocol(), Runtime.version());
        sending = socket.sendText("{\"action\":\"subscribe\",\"id\":\"watch\",\"schedules\":[\""
                + System.getenv("SCHEDULE") + "\"]}", true);
        socket.request(1);
    }

    /** Called for each part of a message as it arrives, whether the server fragmented it or not. */
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        message.append(part);
        if (last) {
            OUT.append(message).append('\n').flush();
            if (message.indexOf("{\"event_type\":\"schedule_updated\"") == 0)
                sending = sending.thenCompose(
                        idle -> idle.sendText("{\"action\":\"ping\",\"id\":\"seen\"}", true));
            message.setLength(0);
        }
        // Nothing more is read without this, not even a ping, which the client answers by itself.
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        OUT.printf("{\"closed\":%d,\"reason\":\"%s\"}\n", code, reason);
        // The client would answer the close frame by itself, but only after this method has returned,
        // and by then the program may have ended.
        return socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                .whenComplete((sent, failure) -> ended.countDown());
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        error.printStackTrace();
        ended.countDown();
    }
}
