package io.trailwarden.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.app.pipeline.DataDirectory;
import io.trailwarden.app.reference.ReferenceSources;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.testing.aws.SimulatedClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each check finds what it is for, and says how to mend it. */
class CheckupTest {

    @TempDir
    Path directory;

    @Test
    void nothing_is_made_or_changed() throws IOException {
        checks("data: d\n", Clock.systemUTC());

        try (Stream<Path> there = Files.list(directory)) {
            assertThat(there.map(path -> path.getFileName().toString())).containsExactly("trailwarden.yaml");
        }
    }

    @Test
    void an_input_that_is_not_there_is_named() throws IOException {
        Check check = check("inputs", "inputs: [nowhere]\n");

        assertThat(check.result()).isEqualTo(Check.Result.BAD);
        assertThat(check.found()).isEqualTo(directory.resolve("nowhere") + " does not exist");
        assertThat(check.fix()).isEqualTo("correct inputs in the file, or --input");
        assertThat(check("inputs", "data: d\n").result()).isEqualTo(Check.Result.WARNING);
        assertThat(check("inputs", "inputs: [.]\naws: [{kind: cloudtrail, name: a, regions: [r, s]}]\n")
                        .found())
                .isEqualTo("1 readable, 2 in AWS");
    }

    @Test
    void a_directory_that_somebody_has_is_said_to_be_taken() throws IOException {
        assertThat(check("data-lock", "data: d\n").found()).isEqualTo("free");
        try (DataDirectory held = DataDirectory.lock(directory.resolve("d"))) {
            assertThat(held.root()).exists();
            Check check = check("data-lock", "data: d\n");
            assertThat(check.result()).isEqualTo(Check.Result.WARNING);
            assertThat(check.found())
                    .isEqualTo("process " + ProcessHandle.current().pid() + " runs on it");
        }
    }

    @Test
    void a_data_directory_that_is_a_file_cannot_be_written() throws IOException {
        Files.writeString(directory.resolve("d"), "x");

        assertThat(check("data-directory", "data: d\n").result()).isEqualTo(Check.Result.BAD);
    }

    @Test
    void a_clock_of_another_century_or_another_than_the_disks_is_told() throws IOException {
        assertThat(check("clock", "data: d\n", at("1970-01-01T00:00:00Z")).result())
                .isEqualTo(Check.Result.BAD);
        Check skewed = check("clock", "data: d\n", at("2099-01-01T00:00:00Z"));
        assertThat(skewed.result()).isEqualTo(Check.Result.WARNING);
        assertThat(skewed.found()).matches("2099-01-01T00:00:00Z, [0-9]+ s from the disk's");
        assertThat(check("clock", "data: d\n").result()).isEqualTo(Check.Result.WELL);
    }

    @Test
    void reference_data_that_is_wrong_is_counted_and_the_first_told() throws IOException {
        Check check = check("configuration", "accounts: {a: 1, b: 2}\n");

        assertThat(check.result()).isEqualTo(Check.Result.BAD);
        assertThat(check.found())
                .startsWith("2 problems, the first: " + directory.resolve("trailwarden.yaml") + ":1:15: accounts.a");
        assertThat(check("configuration", "accounts: {\"111122223333\": {name: a}}\n")
                        .found())
                .endsWith("; 1 entries of reference data");
    }

    @Test
    void a_port_that_is_taken_is_told_before_it_matters() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Check check = check("console-port", "console: {port: " + taken.getLocalPort() + "}\n");
            assertThat(check.result()).isEqualTo(Check.Result.WARNING);
            assertThat(check.found()).isEqualTo(taken.getLocalPort() + " is taken");
            assertThat(check("kafka", "kafka: {bootstrap: \"127.0.0.1:" + taken.getLocalPort() + "\"}\n")
                            .found())
                    .isEqualTo("answers at 127.0.0.1:" + taken.getLocalPort());
        }
        assertThat(check("console-port", "console: {port: 0}\n").found()).isEqualTo("any free one");
        assertThat(check("console-port", "console: {enabled: false}\n").found()).isEqualTo("the console is off");
    }

    @Test
    void a_console_that_others_reach_is_something_to_look_at() throws IOException {
        assertThat(check("console-access", "data: d\n").result()).isEqualTo(Check.Result.WELL);
        Check open = check("console-access", "console: {host: 0.0.0.0, token: 0123456789abcdef}\n");
        assertThat(open.result()).isEqualTo(Check.Result.WARNING);
        assertThat(open.fix()).contains("TLS");
        assertThat(open.toString()).doesNotContain("0123456789abcdef");
    }

    @Test
    void nobody_at_the_web_hook_is_told_without_its_secret() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
            assertThat(check("webhook", hook(free)).found()).isEqualTo("127.0.0.1:" + free + " answers");
        }
        Check check = check("webhook", hook(free));
        assertThat(check.result()).isEqualTo(Check.Result.BAD);
        assertThat(check.found()).isEqualTo("nothing answers at 127.0.0.1:" + free);
        assertThat(check.toString()).doesNotContain("swordfish");
        assertThat(check("webhook", "data: d\n").found()).isEqualTo("not used");
    }

    private static String hook(int port) {
        return "sinks: [webhook]\nwebhook: {url: \"http://127.0.0.1:" + port + "/swordfish\"}\n";
    }

    @Test
    void tables_and_ledger_are_looked_at_where_they_are() throws IOException {
        assertThat(check("tables", "data: d\n").found()).isEqualTo("none yet");
        assertThat(check("ledger", "data: d\n").found()).isEqualTo("nothing received yet");
        try (Archive archive = Archive.open(ArchiveConfig.local(directory.resolve("d")))) {
            assertThat(archive.tableFiles()).isNotNull();
        }
        assertThat(check("tables", "data: d\n").found()).endsWith(" tables can be read");
        assertThat(check("ledger", "data: d\n").found()).isEqualTo("balances at 0 records");
    }

    @Test
    void an_embedded_broker_whose_directory_is_broken_is_told() throws IOException {
        assertThat(check("kafka", "data: d\n").found()).isEqualTo("embedded, new");
        Files.createDirectories(directory.resolve("d/kafka"));
        Check check = check("kafka", "data: d\n");
        assertThat(check.result()).isEqualTo(Check.Result.BAD);
        assertThat(check.fix()).contains("nothing is lost");
    }

    private static Clock at(String time) {
        return new SimulatedClock(Instant.parse(time));
    }

    private Check check(String name, String yaml) throws IOException {
        return check(name, yaml, Clock.systemUTC());
    }

    private Check check(String name, String yaml, Clock clock) throws IOException {
        return checks(yaml, clock).stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<Check> checks(String yaml, Clock clock) throws IOException {
        Path file = Files.writeString(directory.resolve("trailwarden.yaml"), yaml);
        var config = ConfigReader.read(file, directory, Map.of(), Map.of());
        return new Checkup(config, ReferenceSources.of(config, clock), clock).run();
    }
}
