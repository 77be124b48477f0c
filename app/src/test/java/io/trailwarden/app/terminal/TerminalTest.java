package io.trailwarden.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.trailwarden.app.HostileFinding;
import io.trailwarden.event.Severity;
import io.trailwarden.testing.aws.SimulatedClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What reaches a terminal: aligned, wrapped, and never obeying a stranger. */
class TerminalTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);
    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-03-01T00:00:00Z"));

    @Test
    void a_table_has_columns_numbers_to_the_right_and_nothing_behind_the_last_word() {
        new TextTable("source", ">received", "state")
                .row("s3:a", 7, "well")
                .row("cloudtrail:b", 1234, "")
                .print(out);

        assertThat(text())
                .isEqualTo(
                        """
                        source        received  state
                        s3:a                 7  well
                        cloudtrail:b      1234
                        """);
    }

    @Test
    void a_cell_is_visible_bounded_and_may_be_absent() {
        new TextTable("a", "b").row("\u001b[2J", null).row("x".repeat(200), "y").print(out);

        assertThat(text()).contains("\\u001b[2J").doesNotContain("\u001b", "null");
        assertThat(text().lines().mapToInt(String::length).max()).hasValue(80 + 2 + 1);
        assertThat(text()).contains("…");
    }

    @Test
    void a_row_has_a_cell_for_each_heading() {
        assertThatThrownBy(() -> new TextTable("a", "b").row("x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 cells (expected: 2)");
    }

    @Test
    void what_is_wider_than_one_char_counts_as_one_column() {
        new TextTable("a", "b").row("\ud83d\ude00", "x").row("yy", "z").print(out);

        assertThat(text().lines().toList()).containsExactly("a   b", "\ud83d\ude00   x", "yy  z");
    }

    @Test
    void json_is_ascii_and_means_the_same() throws IOException {
        JsonNode node = JsonNodeFactory.instance.objectNode().put("t\u00fcr", "\u001b\u007f\u202e\ud83d\ude00");

        for (String json : new String[] {JsonOut.line(node), JsonOut.document(node)}) {
            assertThat(json.chars().filter(c -> c != '\n')).allMatch(c -> c >= 0x20 && c < 0x7f);
            assertThat(new ObjectMapper().readTree(json)).isEqualTo(node);
        }
        assertThat(JsonOut.line(node)).doesNotContain("\n");
    }

    @Test
    void one_finding_is_told_in_full_wrapped_and_visible() {
        FindingDetail.print(HostileFinding.of("a", Severity.HIGH, clock.instant()), out, false);

        assertThat(text())
                .contains("A newcomer\\u001b[2J", "What to do now", "2. Then \\u001b[2J", "1 event from", "  e-a")
                .doesNotContain("\u001b", "\u202e");
        assertThat(text().lines().skip(1))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(110));
        assertThat(text().lines().filter(line -> line.startsWith("word")).count())
                .as("lines that the description goes on in")
                .isPositive();
    }

    @Test
    void progress_is_for_people_who_wait_longer_than_two_seconds() {
        try (Progress progress = new Progress(io(true))) {
            progress.say("reading");
            assertThat(text()).isEmpty();
            clock.advance(Duration.ofSeconds(3));
            progress.say("reading");
            assertThat(text()).isEqualTo("\r\u001b[2Kreading  (3 s)");
            progress.say("x".repeat(200));
            assertThat(text()).endsWith("x".repeat(100));
        }
        assertThat(text()).as("the line is taken away").endsWith("\r\u001b[2K");
    }

    @Test
    void progress_is_silent_where_nobody_watches() {
        try (Progress progress = new Progress(io(false))) {
            clock.advance(Duration.ofSeconds(30));
            progress.say("reading");
        }

        assertThat(text()).isEmpty();
    }

    @Test
    void nobody_asked_to_stop_yet() throws InterruptedException {
        try (Stop stop = new Stop()) {
            assertThat(stop.asked()).isFalse();
            assertThat(stop.await(1, java.util.concurrent.TimeUnit.MILLISECONDS))
                    .isFalse();
        }
    }

    private Io io(boolean terminal) {
        return new Io(out, out, Map.of(), Path.of(""), terminal, false, clock);
    }

    private String text() {
        return bytes.toString(UTF_8);
    }
}
