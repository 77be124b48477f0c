package io.trailwarden.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Finding;
import io.trailwarden.testing.SampleFinding;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StdoutSinkTest extends SinkContract {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    @Override
    FindingSink sink() {
        return StdoutSink.lines(out, false);
    }

    /** A line ends in the first twelve digits of the id, so the ids are found again among those that were sent. */
    @Override
    Set<String> arrived() {
        Set<String> starts = bytes.toString(UTF_8)
                .lines()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1, line.length() - 1))
                .collect(Collectors.toSet());
        return sent.stream().filter(id -> starts.contains(id.substring(0, 12))).collect(Collectors.toSet());
    }

    private final Set<String> sent = java.util.concurrent.ConcurrentHashMap.newKeySet();

    @Override
    void send(List<Finding> findings) {
        sent.addAll(ids(findings));
        super.send(findings);
    }

    @Test
    void a_finding_is_one_line() {
        assertThat(StdoutSink.line(finding("subject", 1, "Role assumed from outside"), false))
                .isEqualTo("2026-03-01T09:05:00Z  high           Role assumed from outside  account 111122223333"
                        + "  eu-central-1  by arn:aws:iam::111122223333:role/Deploy  [contract "
                        + finding("subject", 1, "").id().substring(0, 12) + "]");
    }

    @Test
    void a_withdrawn_finding_says_so_instead_of_its_severity() {
        assertThat(StdoutSink.line(withdrawn(finding("subject", 2, "Gone")), true))
                .startsWith("2026-03-01T09:05:00Z  withdrawn      Gone");
    }

    @Test
    void a_finding_that_only_grows_is_not_printed_again_and_one_that_is_withdrawn_is() throws Exception {
        StdoutSink sink = StdoutSink.lines(out, false);
        sink.deliver(List.of(finding("subject", 1, "10 calls"), finding("subject", 2, "20 calls")));
        sink.deliver(List.of(withdrawn(finding("subject", 3, "20 calls"))));
        assertThat(bytes.toString(UTF_8).lines())
                .satisfiesExactly(line -> assertThat(line).contains("high", "10 calls"), line -> assertThat(line)
                        .contains("withdrawn"));
    }

    @Test
    void for_scripts_every_revision_is_a_line() throws Exception {
        StdoutSink.json(out).deliver(List.of(finding("subject", 1, "10 calls"), finding("subject", 2, "20 calls")));
        assertThat(bytes.toString(UTF_8).lines()).hasSize(2);
    }

    @Test
    void nothing_that_a_stranger_wrote_reaches_the_terminal_as_a_control_character() throws Exception {
        StdoutSink sink = StdoutSink.lines(out, false);
        for (String title : HOSTILE) {
            sink.deliver(List.of(finding(title, 1, title)));
        }
        String printed = bytes.toString(UTF_8);
        assertThat(printed.lines()).hasSize(HOSTILE.size());
        assertThat(printed.codePoints().filter(c -> c != '\n')).allSatisfy(c -> assertThat(Character.getType(c))
                .isNotIn((int) Character.CONTROL, (int) Character.FORMAT, (int) Character.SURROGATE));
    }

    @Test
    void colour_is_only_our_own() {
        String line = StdoutSink.line(finding("subject", 1, "\u001b[31mred"), true);
        assertThat(line).contains("\u001b[31mhigh         \u001b[0m  \\u001b[31mred");
    }

    @Test
    void a_closed_pipe_is_an_outage_and_not_silence() {
        PrintStream closed = new PrintStream(new java.io.OutputStream() {
            @Override
            public void write(int b) throws java.io.IOException {
                throw new java.io.IOException("Broken pipe");
            }
        });
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> StdoutSink.lines(closed, false).deliver(findings(1)))
                .isInstanceOf(SinkUnavailableException.class);
    }

    private static Finding withdrawn(Finding f) {
        return SampleFinding.like(f).state(Finding.State.WITHDRAWN).build();
    }
}
