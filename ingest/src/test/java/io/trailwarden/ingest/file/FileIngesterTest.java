package io.trailwarden.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.ingest.Broker.Message;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.MemoryBroker;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.format.ObjectLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIngesterTest {

    /** Now, for the ingester; files get times before or after it. */
    private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");

    private static final FileTime SETTLED = FileTime.from(NOW.minusSeconds(60));
    private static final FileTime FRESH = FileTime.from(NOW);

    @TempDir
    Path folder;

    private final MemoryBroker broker = new MemoryBroker();
    private Path input;
    private EventPublisher publisher;
    private Positions positions;
    private FileIngester ingester;

    @BeforeEach
    void open() throws Exception {
        input = Files.createDirectories(folder.resolve("input"));
        restart(true);
    }

    @AfterEach
    void close() {
        stop();
    }

    @Test
    void folders_are_read_with_all_that_is_in_them_in_the_order_of_names() throws Exception {
        write("b/2.json", record("b2"), SETTLED);
        write("b/1.anything", record("b1"), SETTLED);
        write("a.json.gz", gzip("{\"Records\":[" + record("a1") + "," + record("a2") + "]}"), SETTLED);
        write("c/d/e/f", record("f") + "\n" + record("g"), SETTLED);

        pass();

        assertThat(receipts())
                .extracting(Receipt::object)
                .containsExactly("a.json.gz", "b/1.anything", "b/2.json", "c/d/e/f");
        assertThat(receipts()).extracting(Receipt::records).containsExactly(2L, 1L, 1L, 2L);
        assertThat(keys()).containsExactlyInAnyOrder("a1|1", "a2|1", "b1|1", "b2|1", "f|1", "g|1");
    }

    @Test
    void a_receipt_has_hash_and_size_of_the_uncompressed_content() throws Exception {
        write("a.gz", gzip("[]"), SETTLED);
        write("b", "[]", SETTLED);

        pass();

        String hash = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945";
        assertThat(receipts()).extracting(Receipt::objectSha256).containsExactly(hash, hash);
        assertThat(receipts()).extracting(Receipt::bytes).containsExactly(2L, 2L);
    }

    @Test
    void a_single_file_may_be_the_input() throws Exception {
        write("a.json", record("a"), SETTLED);
        write("b.json", record("b"), SETTLED);
        stop();
        input = input.resolve("a.json");
        restart(false);

        pass();

        assertThat(keys()).containsExactly("a|1");
        assertThat(receipts()).extracting(Receipt::object).containsExactly("a.json");
    }

    @Test
    void an_input_that_does_not_exist_is_refused_by_name() {
        Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> new FileIngester(FileConfig.once(List.of(absent)), publisher, positions, clock()))
                .isInstanceOf(IngestException.class)
                .hasMessage("input: \"" + absent + "\" does not exist (expected: a file or folder)");
    }

    @Test
    void new_files_are_picked_up_and_known_ones_are_not_read_again() throws Exception {
        write("a.json", record("a"), SETTLED);
        pass();
        write("b.json", record("b"), SETTLED);
        pass();

        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1");
        assertThat(ingester.progress().skipped()).isEqualTo(1);
    }

    @Test
    void a_grown_file_goes_on_where_it_was() throws Exception {
        write("a.log", record("a") + "\n", SETTLED);
        pass();
        append("a.log", record("b") + "\n", FileTime.from(NOW.minusSeconds(50)));
        pass();
        append("a.log", record("c") + "\n" + record("d"), FileTime.from(NOW.minusSeconds(40)));
        pass();

        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1", "c|1", "d|1");
        int line = record("a").length() + 1;
        assertThat(receipts())
                .extracting(Receipt::object, Receipt::records)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("a.log", 1L),
                        org.assertj.core.groups.Tuple.tuple("a.log@" + line, 1L),
                        org.assertj.core.groups.Tuple.tuple("a.log@" + 2 * line, 2L));
    }

    @Test
    void a_grown_file_goes_on_where_it_was_after_a_restart_too() throws Exception {
        write("a.log", record("a") + "\n" + record("b") + "\n" + record("c") + "\n", SETTLED);
        pass();
        store();
        restart(true);
        append("a.log", record("d") + "\n", FileTime.from(NOW.minusSeconds(50)));
        pass();

        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1", "c|1", "d|1");
    }

    @Test
    void only_complete_lines_of_a_file_that_is_being_written_are_read() throws Exception {
        write("a.log", record("a") + "\n" + record("b").substring(0, 30), FRESH);
        pass();
        assertThat(keys()).containsExactly("a|1");
        append("a.log", record("b").substring(30) + "\n" + record("c").substring(0, 5), FRESH);
        pass();
        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1");
        append("a.log", record("c").substring(5), SETTLED);
        pass();
        pass();

        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1", "c|1");
        assertThat(ingester.progress().rejected()).isZero();
    }

    @Test
    void a_document_that_is_being_written_is_not_read_before_it_is_complete() throws Exception {
        write("a.json", "{\"Records\":[\n" + record("a") + ",\n", FRESH);
        pass();
        assertThat(broker.store()).isEmpty();
        append("a.json", record("b") + "\n]}", SETTLED);
        pass();

        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1");
        assertThat(ingester.progress().rejected()).isZero();
    }

    @Test
    void a_compressed_file_that_is_being_written_is_read_when_it_is_complete() throws Exception {
        byte[] whole = gzip(record("a"));
        write("a.gz", java.util.Arrays.copyOf(whole, whole.length / 2), FRESH);
        pass();
        assertThat(broker.store()).isEmpty();
        write("a.gz", whole, SETTLED);
        pass();

        assertThat(keys()).containsExactly("a|1");
    }

    @Test
    void an_unfinished_line_of_a_settled_file_is_rejected_and_read_again_when_it_grows() throws Exception {
        write("a.log", record("a") + "\n" + record("b").substring(0, 30), SETTLED);
        pass();
        assertThat(ingester.progress().rejected()).isEqualTo(1);
        append("a.log", record("b").substring(30) + "\n", FileTime.from(NOW.minusSeconds(50)));
        pass();

        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1");
    }

    @Test
    void a_file_dated_in_the_future_is_complete_when_nothing_has_changed_for_a_while() throws Exception {
        FileTime tomorrow = FileTime.from(NOW.plus(Duration.ofDays(1)));
        write("lines.log", record("a") + "\n" + record("b"), tomorrow);
        write("whole.json", "{\"Records\":[" + record("c") + "]}", tomorrow);
        pass();
        assertThat(keys())
                .as("complete lines only, as of any file that may grow")
                .contains("a|1")
                .doesNotContain("b|1");

        await().pollInSameThread().untilAsserted(() -> {
            pass();
            assertThat(keys()).contains("a|1", "b|1", "c|1");
        });
        assertThat(ingester.progress().rejected()).isZero();
    }

    @Test
    void an_input_that_is_gone_stops_no_other_and_is_read_again_when_it_is_back() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        restart(FileConfig.follow(List.of(input, other)));
        Path away = Files.move(input, folder.resolve("away"));
        Files.writeString(other.resolve("b.log"), record("b") + "\n");
        Files.setLastModifiedTime(other.resolve("b.log"), SETTLED);
        pass();
        assertThat(keys()).containsExactly("b|1");

        Files.move(away, input);
        write("a.log", record("a") + "\n", SETTLED);
        pass();
        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1");
    }

    @Test
    void reading_once_reads_what_is_there_and_fails_for_the_input_that_is_gone() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        restart(FileConfig.once(List.of(other, input)));
        Files.delete(other);
        write("a.log", record("a") + "\n", SETTLED);

        assertThatThrownBy(this::pass).isInstanceOf(IngestException.class).hasMessageContaining("other");
        assertThat(keys()).containsExactly("a|1");
    }

    @Test
    void a_replaced_file_is_read_as_a_whole() throws Exception {
        write("a.log", record("a") + "\n", SETTLED);
        pass();
        write("a.log", record("x") + "\n" + record("y") + "\n", FileTime.from(NOW.minusSeconds(50)));
        pass();

        assertThat(keys()).containsExactlyInAnyOrder("a|1", "x|1", "y|1");
        assertThat(receipts()).extracting(Receipt::object).containsExactly("a.log", "a.log");
    }

    @Test
    void a_touched_file_is_not_read_again() throws Exception {
        write("a.json", record("a"), SETTLED);
        pass();
        store();
        Files.setLastModifiedTime(input.resolve("a.json"), FileTime.from(NOW.minusSeconds(50)));
        restart(true);
        pass();
        store();
        restart(true);
        pass();

        assertThat(keys()).containsExactly("a|1");
    }

    @Test
    void symbolic_links_are_not_followed() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret.json"), record("secret"));
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("x.json"), record("x"));
        write("a.json", record("a"), SETTLED);
        Files.createSymbolicLink(input.resolve("link.json"), secret);
        Files.createSymbolicLink(input.resolve("link"), other);
        Files.createSymbolicLink(input.resolve("loop"), input);

        pass();

        assertThat(keys()).containsExactly("a|1");
    }

    @Test
    void the_input_itself_may_be_a_link() throws Exception {
        write("a.json", record("a"), SETTLED);
        stop();
        Path link = Files.createSymbolicLink(folder.resolve("link"), input);
        input = link;
        restart(false);

        pass();

        assertThat(keys()).containsExactly("a|1");
    }

    @Test
    void a_file_that_cannot_be_read_is_a_dead_letter_and_the_others_are_read() throws Exception {
        Path unreadable = Path.of("/proc/self/mem");
        Assumptions.assumeTrue(Files.exists(unreadable), "needs a file that fails when it is read");
        write("a.json", record("a"), SETTLED);
        stop();
        Path readable = input;
        positions = Positions.open(folder.resolve("positions.db"));
        publisher = broker.connect();
        ingester = new FileIngester(FileConfig.once(List.of(unreadable, readable)), publisher, positions, clock());

        pass();
        pass();

        assertThat(keys()).contains("a|1");
        assertThat(deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.UNREADABLE);
            assertThat(letter.origin().object()).isEqualTo("mem");
        });
    }

    @Test
    void a_cut_gzip_file_keeps_what_comes_before_the_cut() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            lines.append(record("e" + i)).append('\n');
        }
        byte[] whole = gzip(lines.toString());
        write("a.gz", java.util.Arrays.copyOf(whole, whole.length * 2 / 3), SETTLED);

        pass();

        assertThat(keys()).hasSizeGreaterThan(500);
        assertThat(deadLetters()).extracting(DeadLetter::reason).contains(DeadLetter.Reason.BAD_ENCODING);
        assertThat(receipts().get(0).records()).isEqualTo(ingester.progress().records());
    }

    @Test
    void a_file_over_the_limit_is_read_up_to_it() throws Exception {
        stop();
        positions = Positions.open(folder.resolve("positions.db"));
        publisher = broker.connect();
        FileConfig config = new FileConfig(
                "file",
                List.of(input),
                false,
                Duration.ZERO,
                new ObjectLimits(record("a").length() * 2 + 10, 200));
        ingester = new FileIngester(config, publisher, positions, clock());
        write("a.log", record("a") + "\n" + record("b") + "\n" + record("c") + "\n", SETTLED);

        pass();

        assertThat(keys()).contains("a|1", "b|1").doesNotContain("c|1");
        assertThat(deadLetters()).extracting(DeadLetter::reason).contains(DeadLetter.Reason.TOO_LARGE);
    }

    @Test
    void a_digest_is_ignored_by_name_and_still_gets_its_receipt() throws Exception {
        write("digest.json", "{\"awsAccountId\":\"1\",\"digestS3Object\":\"k\",\"logFiles\":[]}", SETTLED);

        pass();

        assertThat(receipts()).extracting(Receipt::records).containsExactly(0L);
        assertThat(ingester.progress().ignored()).containsEntry("CloudTrail digest", 1L);
    }

    @Test
    void progress_counts_what_was_done() throws Exception {
        write("a.json", "[" + record("a") + ",{}]", SETTLED);

        pass();

        IngestProgress progress = ingester.progress();
        assertThat(progress.objects()).isEqualTo(1);
        assertThat(progress.records()).isEqualTo(2);
        assertThat(progress.rejected()).isEqualTo(1);
        assertThat(progress.bytes()).isEqualTo(record("a").length() + 5);
    }

    @Test
    void each_file_of_an_archive_is_an_object_and_the_archive_is_known_when_all_are_stored() throws Exception {
        byte[] archive =
                zip(Map.of("x/a.json", record("a") + "\n" + record("b"), "x/c.json", "[" + record("c") + ",{}]"));
        write("logs.zip", archive, SETTLED);

        pass();

        // Nothing is stored yet: a restart reads it again.
        restart(true);
        pass();
        assertThat(ingester.progress().skipped()).isZero();
        assertThat(receipts())
                .extracting(Receipt::object, Receipt::records)
                .containsExactly(
                        tuple("logs.zip", 0L),
                        tuple("logs.zip", 0L),
                        tuple("logs.zip!/x/a.json", 2L),
                        tuple("logs.zip!/x/a.json", 2L),
                        tuple("logs.zip!/x/c.json", 2L),
                        tuple("logs.zip!/x/c.json", 2L));
        assertThat(keys()).containsExactlyInAnyOrder("a|1", "b|1", "c|1", "a|1", "b|1", "c|1");
        assertThat(deadLetters()).extracting(letter -> letter.origin().object()).containsOnly("logs.zip!/x/c.json");

        store();
        restart(true);
        pass();
        assertThat(ingester.progress().skipped()).isEqualTo(1);
        assertThat(ingester.progress().objects()).isZero();
    }

    @Test
    void a_cut_archive_keeps_its_first_files_and_is_a_dead_letter_itself() throws Exception {
        byte[] archive = zip(Map.of("a.json", record("a")));
        write("logs.zip", Arrays.copyOf(archive, archive.length - 30), SETTLED);

        pass();

        assertThat(keys()).containsExactly("a|1");
        assertThat(deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.origin().object()).isEqualTo("logs.zip");
            assertThat(letter.message()).contains("cut off");
        });
    }

    @Test
    void two_files_that_are_refused_are_two_dead_letters() throws Exception {
        write("a.zst", HexFormat.of().parseHex("28b52ffd2400010000"), SETTLED);
        write("b.zst", HexFormat.of().parseHex("28b52ffd2400020000"), SETTLED);

        pass();

        assertThat(deadLetters()).extracting(DeadLetter::message).allSatisfy(message -> assertThat(message)
                .startsWith("Zstandard is not read"));
        assertThat(deadLetters())
                .extracting(letter -> letter.origin().objectSha256())
                .doesNotHaveDuplicates();
    }

    @Test
    void utf_16_that_grows_is_read_as_a_whole() throws Exception {
        write("a.json", ("\uFEFF" + record("a") + "\r\n").getBytes(StandardCharsets.UTF_16LE), SETTLED);
        pass();
        Path file = input.resolve("a.json");
        Files.write(file, (record("b") + "\r\n").getBytes(StandardCharsets.UTF_16LE), StandardOpenOption.APPEND);
        Files.setLastModifiedTime(file, FileTime.from(NOW.minusSeconds(50)));
        pass();

        assertThat(keys()).containsExactlyInAnyOrder("a|1", "a|1", "b|1");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void a_position_of_another_version_means_read_again() {
        assertThat(FilePosition.decode(null)).isNull();
        assertThat(FilePosition.decode("")).isNull();
        assertThat(FilePosition.decode("2 1 1 a 1 1 b")).isNull();
        assertThat(FilePosition.decode("1 x 1 a 1 1 b")).isNull();
        FilePosition position = new FilePosition(1, 2, "aa", 3, 4, "bb");
        assertThat(FilePosition.decode(position.encode())).isEqualTo(position);
    }

    private void restart(boolean follow) throws IngestException {
        restart(follow ? FileConfig.follow(List.of(input)) : FileConfig.once(List.of(input)));
    }

    private void restart(FileConfig config) throws IngestException {
        stop();
        positions = Positions.open(folder.resolve("positions.db"));
        publisher = broker.connect();
        ingester = new FileIngester(config, publisher, positions, clock());
    }

    private void stop() {
        if (ingester != null) {
            ingester.close();
            publisher.close();
            positions.close();
        }
    }

    private void pass() throws Exception {
        ingester.pass();
    }

    private void store() throws Exception {
        broker.store();
        positions.confirm(broker.stored().committed());
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    private List<String> keys() {
        return broker.store().stream()
                .filter(message -> message.topic().equals("audit.cloudtrail") && message.rejectedHeader().length == 0)
                .map(Message::key)
                .toList();
    }

    private List<Receipt> receipts() {
        return broker.store().stream()
                .filter(message -> message.topic().equals("audit.receipts"))
                .map(message -> RecordCodec.RECEIPT.decode(message.value()))
                .sorted(java.util.Comparator.comparing(Receipt::object))
                .toList();
    }

    private List<DeadLetter> deadLetters() {
        OriginCodec origins = new OriginCodec();
        return broker.store().stream()
                .filter(message -> message.rejectedHeader().length > 0)
                .map(message -> origins.deadLetter(
                        message.rejectedHeader(),
                        message.value(),
                        origins.origin(message.objectHeader(), message.offsetHeader())))
                .toList();
    }

    private void write(String name, String text, FileTime modified) throws IOException {
        write(name, text.getBytes(StandardCharsets.UTF_8), modified);
    }

    private void write(String name, byte[] bytes, FileTime modified) throws IOException {
        Path file = input.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, modified);
    }

    private void append(String name, String text, FileTime modified) throws IOException {
        Path file = input.resolve(name);
        Files.writeString(file, text, StandardOpenOption.APPEND);
        Files.setLastModifiedTime(file, modified);
    }

    private static String record(String id) {
        return "{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventName\":\"GetUser\",\"eventID\":\""
                + id + "\",\"recipientAccountId\":\"1\"}";
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static byte[] zip(Map<String, String> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }
}
