import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events with java.net.http: prints the lines of the stream at URL. TOKEN and, to resume,
 * LAST_EVENT_ID come from the environment.
 */
final class JavaNetHttpStream {
    public static void main(String[] arguments) throws Exception {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        var request = HttpRequest.newBuilder(URI.create(System.getenv("URL")))
                .header("Accept", "text/event-stream")
                .header("Authorization", "Bearer " + System.getenv("TOKEN"));
        var cursor = System.getenv("LAST_EVENT_ID");
        if (cursor != null && !cursor.isEmpty()) request.header("Last-Event-ID", cursor);
        var response = HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofLines());
        if (response.statusCode() != 200) throw new IllegalStateException("HTTP " + response.statusCode());
        response.body().forEach(out::println);
    }
}
