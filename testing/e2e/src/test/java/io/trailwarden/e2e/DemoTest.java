package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer sees first. */
class DemoTest {

    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+\\S*");

    @TempDir
    Path directory;

    @Test
    void shows_the_console_and_a_first_finding() throws Exception {
        try (Command demo = Command.start(directory, "demo", "--port", "0")) {
            String line = demo.awaitOutput(each -> ADDRESS.matcher(each).find(), Duration.ofMinutes(2));
            Matcher address = ADDRESS.matcher(line);
            assertThat(address.find()).isTrue();
            HttpResponse<String> page = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .cookieHandler(new CookieManager())
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create(address.group()))
                                    .timeout(Duration.ofSeconds(30))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("Trailwarden");

            demo.awaitOutput(
                    each -> each.matches(".*\\b(informational|low|medium|high|critical|LOW|MEDIUM|HIGH|CRITICAL)\\b.*"),
                    Duration.ofMinutes(2));
            demo.stop();
            assertThat(demo.await(Duration.ofSeconds(60)).exitCode()).isIn(0, 130, 143);
        }
    }
}
