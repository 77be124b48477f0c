package io.trailwarden.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that people handed in because they were not read, as they were handed in. */
class ReportedFormsTest {

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    archives/flaws.tar, 6
                    archives/logs.zip, 6
                    control-message/data.json, 1
                    encodings/bom-in-middle.ndjson, 2
                    encodings/powershell-utf16le.json, 2
                    envelopes/elastic-event-original.ndjson, 1
                    envelopes/fluentbit.ndjson, 1
                    lookup-forms/jq-raw.json, 2
                    no-event-time/logstash-out.ndjson, 2
                    query-results/get-query-results.json, 2
                    query-results/lake.json, 2
                    tools/aws-logs-tail-colour.txt, 2
                    tools/aws-logs-tail-validation-line.txt, 1
                    tools/awslogs.txt, 2
                    """)
    void every_record_of_it_is_read(String file, int records) {
        Outcomes outcomes = outcomes(resource(file));
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.read()).isEqualTo(records);
        assertThat(outcomes.keys).doesNotHaveDuplicates();
    }

    @Test
    void one_record_is_the_same_in_each_of_seven_wrappers() {
        List<Path> files = files("wrappers");
        assertThat(files).hasSize(7);
        for (Path file : files) {
            Outcomes outcomes = outcomes(file);
            assertThat(outcomes.rejected).as("%s", file).isEmpty();
            assertThat(outcomes.read()).as("%s", file).isEqualTo(1);
            assertThat(outcomes.values.get(0)).as("%s", file).contains("\"eventName\": \"CreateAccessKey\"");
        }
    }

    @Test
    void an_object_without_records_is_counted_as_one_however_it_says_so() {
        List<Path> files = files("objects-without-records");
        assertThat(files).hasSize(9);
        for (Path file : files) {
            Outcomes outcomes = outcomes(file);
            assertThat(outcomes.records).as("%s", file).isZero();
            assertThat(outcomes.ignored).as("%s", file).containsExactly("object without records");
        }
    }

    @Test
    void a_control_message_is_one_in_any_order_of_its_members() {
        for (String file : List.of("control.json", "sorted-by-jq.json")) {
            Outcomes outcomes = outcomes(resource("control-message/" + file));
            assertThat(outcomes.records).as(file).isZero();
            assertThat(outcomes.ignored).as(file).containsExactly("CloudWatch Logs control message");
        }
    }

    @Test
    void the_check_of_a_delivery_is_skipped_by_name() {
        assertThat(outcomes(resource("tools/aws-logs-tail-validation-line.txt")).ignored)
                .containsExactly("CloudWatch Logs validation message");
    }

    @Test
    void a_table_of_event_history_is_refused_because_it_holds_no_whole_record() {
        Outcomes outcomes = outcomes(resource("query-results/event_history.csv"));
        assertThat(outcomes.read()).isZero();
        assertThat(outcomes.rejected).singleElement().satisfies(letter -> assertThat(letter.message())
                .contains("2 rows", "no whole record", "Event history"));
    }

    private static Outcomes outcomes(Path file) {
        try {
            Outcomes outcomes = new Outcomes();
            outcomes.add(file.toString(), Files.readAllBytes(file));
            return outcomes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(String kind) {
        try (Stream<Path> files = Files.list(resource(kind))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path resource(String name) {
        try {
            return Path.of(
                    ReportedFormsTest.class.getResource("/reported/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
