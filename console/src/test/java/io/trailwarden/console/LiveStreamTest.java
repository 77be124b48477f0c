package io.trailwarden.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.console.findings.Batch;
import io.trailwarden.console.findings.Decision;
import io.trailwarden.console.live.LiveStream;
import io.trailwarden.event.Finding;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live stream, over a real server. */
class LiveStreamTest {

    @TempDir
    Path folder;

    private Console console;
    private TestClient client;
    private int made;

    @BeforeEach
    void start() throws IOException {
        console = Console.start(
                ConsoleConfig.local(0, folder.resolve("findings.sqlite"), Map.of()),
                ConsoleSources.NONE,
                Clock.systemUTC());
        client = new TestClient(console.url());
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private void restart() throws IOException {
        stop();
        start();
    }

    /** Stores that many new findings, 100 a batch; returns their ids. */
    private List<String> arrive(int count) {
        List<String> ids = new ArrayList<>();
        List<Finding> findings = MadeUp.findings(count, MadeUp.NOW, Duration.ofHours(1), 1_000 + made++);
        for (int i = 0; i < findings.size(); i += 100) {
            List<Finding> batch = findings.subList(i, Math.min(findings.size(), i + 100));
            console.findings().apply(Batch.of(batch));
            batch.forEach(each -> ids.add(each.id()));
        }
        return ids;
    }

    @Test
    void pushes_what_arrives_in_order() {
        try (TestClient.Stream stream = client.stream("/api/live")) {
            assertThat(stream.next("hello").data().path("seq").asLong()).isZero();

            List<String> sent = arrive(30);

            assertThat(stream.findings(30)).isEqualTo(sent);
        }
    }

    @Test
    void a_finding_is_on_the_stream_within_half_a_second() {
        try (TestClient.Stream stream = client.stream("/api/live")) {
            stream.next("hello");
            for (int i = 0; i < 5; i++) {
                long begin = System.nanoTime();
                arrive(1);
                stream.findings(1);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(500));
            }
        }
    }

    @Test
    void goes_on_from_last_event_id_without_gap_or_repetition() {
        List<String> all = new ArrayList<>();
        String last;
        try (TestClient.Stream stream = client.stream("/api/live?after=0")) {
            all.addAll(arrive(10));
            TestClient.Event event = stream.next("findings");
            while (event.data().path("seq").asLong() < 10) {
                event = stream.next("findings");
            }
            last = event.id();
        }
        List<String> missedWhileAway = arrive(25);

        try (TestClient.Stream stream = client.stream("/api/live?after=0", "Last-Event-ID", String.valueOf(last))) {
            assertThat(stream.findings(25)).isEqualTo(missedWhileAway);
        }
    }

    @Test
    void goes_on_across_a_restart_of_the_console() throws IOException {
        arrive(10);
        restart();
        List<String> after = arrive(10);
        restart();

        try (TestClient.Stream stream = client.stream("/api/live", "Last-Event-ID", "10")) {
            assertThat(stream.findings(10)).isEqualTo(after);
            List<String> more = arrive(5);
            assertThat(stream.findings(5)).isEqualTo(more);
        }
    }

    @Test
    void says_how_many_were_missed_and_where_to_read_them() {
        List<String> all = arrive(LiveStream.WINDOW + 500);

        try (TestClient.Stream stream = client.stream("/api/live?after=0")) {
            JsonNode missed = stream.next("missed").data();
            assertThat(missed.path("count").asInt()).isEqualTo(LiveStream.WINDOW + 500);
            assertThat(missed.path("after").asInt()).isZero();
            assertThat(missed.path("upTo").asInt()).isEqualTo(LiveStream.WINDOW + 500);
            List<String> later = arrive(3);
            assertThat(stream.findings(3)).isEqualTo(later);
        }
        Set<String> readFromStore = new HashSet<>();
        for (long after = 0; after < LiveStream.WINDOW + 500; after += 1000) {
            client.json("/api/changes?limit=1000&after=" + after)
                    .path("findings")
                    .forEach(each -> readFromStore.add(each.path("id").asText()));
        }
        assertThat(readFromStore).containsAll(all);
    }

    @Test
    void a_place_from_another_store_is_told_to_read_anew() {
        try (TestClient.Stream stream = client.stream("/api/live", "Last-Event-ID", "999999")) {
            assertThat(stream.next("reset").data().path("seq").asLong()).isZero();
        }
    }

    @Test
    void filters_and_names_what_left_the_filter() {
        List<Finding> findings = MadeUp.findings(40, MadeUp.NOW, Duration.ofHours(1), 5);
        Finding high = findings.stream()
                .filter(each -> each.detection().severity().name().equals("HIGH"))
                .findFirst()
                .orElseThrow();
        try (TestClient.Stream stream = client.stream("/api/live?severity=high&status=open")) {
            stream.next("hello");
            console.findings().apply(Batch.of(findings));
            int expected = (int) findings.stream()
                    .filter(each -> each.detection().severity().name().equals("HIGH"))
                    .count();
            assertThat(stream.findings(expected)).contains(high.id()).hasSize(expected);

            console.findings().decide(List.of(high.id()), Decision.Verdict.ACKNOWLEDGED, null, "", "ada");

            JsonNode event = stream.next("findings").data();
            assertThat(event.path("findings")).isEmpty();
            assertThat(event.path("gone").get(0).asText()).isEqualTo(high.id());
        }
    }

    @Test
    void a_narrow_filter_does_not_fall_behind() {
        try (TestClient.Stream stream = client.stream("/api/live?account=nobody")) {
            stream.next("hello");
            for (int i = 0; i < 5; i++) {
                arrive(1_000);
                long head = console.findings().seq();
                await().until(() -> {
                    TestClient.Event event = stream.poll(2_000);
                    assertThat(event).isNotNull();
                    assertThat(event.name()).isEqualTo("idle");
                    return Long.parseLong(String.valueOf(event.id())) == head;
                });
            }
        }
    }

    @Test
    void stalled_readers_delay_nobody_and_lose_nothing() throws IOException {
        List<Socket> stalled = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            stalled.add(client.stalled("/api/live?after=0"));
        }
        try (TestClient.Stream quick = client.stream("/api/live?after=0")) {
            await().until(() -> client.json("/healthz").path("readers").asInt() == 21);
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                List<String> batch = arrive(500);
                sent.addAll(batch);
                assertThat(quick.findings(500)).isEqualTo(batch);
            }
            // One of them wakes up: frames it had, then word of what it missed, then the newest.
            Socket late = stalled.get(0);
            late.setSoTimeout(15_000);
            StringBuilder text = new StringBuilder();
            byte[] buffer = new byte[65_536];
            String head = "id: " + console.findings().seq() + "\n";
            while (text.indexOf(head) < 0 || text.indexOf("\n\n", text.indexOf(head)) < 0) {
                int read = late.getInputStream().read(buffer);
                assertThat(read).isPositive();
                text.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }
            assertThat(covered(text.toString())).isEqualTo(sent.size());
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    /** How many changes the text accounts for: by rows, or by saying that they were missed. */
    private static long covered(String text) throws IOException {
        long covered = 0;
        for (String line : text.split("\n", -1)) {
            int json = line.indexOf("data: {");
            if (json < 0) {
                continue;
            }
            JsonNode data = Json.MAPPER.readTree(line.substring(json + 6).strip());
            covered += data.path("findings").size() + data.path("count").asLong(0);
        }
        return covered;
    }

    @Test
    void readers_that_leave_are_forgotten() {
        try (TestClient.Stream one = client.stream("/api/live")) {
            one.next("hello");
            assertThat(client.json("/healthz").path("readers").asInt()).isEqualTo(1);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            arrive(1);
            return client.json("/healthz").path("readers").asInt() == 0;
        });
    }

    @Test
    void many_readers_of_a_flood_account_for_every_change() {
        List<TestClient.Stream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                streams.add(client.stream("/api/live?after=0"));
            }
            int total = 0;
            for (int i = 0; i < 10; i++) {
                total += arrive(1_000).size();
            }
            for (TestClient.Stream stream : streams) {
                long covered = 0;
                while (covered < total) {
                    TestClient.Event event = stream.poll(10_000);
                    assertThat(event).as("after %s of %s", covered, total).isNotNull();
                    covered += event.data().path("findings").size()
                            + event.data().path("count").asLong(0);
                }
                assertThat(covered).isEqualTo(total);
            }
        } finally {
            streams.forEach(TestClient.Stream::close);
        }
    }
}
