package io.trailwarden.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.DeadLetter.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of tools that are not AWS's: what stands before a record, what lies around it, what its row is made of. */
class ForeignFormsTest {

    private static final String A = record("a");
    private static final String B = record("b");
    private static final String ESC = "\u001b";
    private static final String BROKEN = A.substring(0, A.length() - 40);

    // ---- something before the record

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aws-cloudtrail-logs 111122223333_CloudTrail_us-east-1 ",
                "<134>Mar  2 09:00:00 host cloudtrail[12]: ",
                "logs/2026/03/02.json:17:",
                "cloudtrail-5d9c | ",
                "key-1\t",
                "[2026-03-02 09:00:00] {stream} ",
                "[1772442750.123] ",
                "2026-03-02T09:00:00.123456789Z stdout F ",
                "Mar 2, 2026 @ 09:00:00.000 {\"note\":1} "
            })
    void what_stands_before_a_record_in_its_line_is_cut(String prefix) {
        Outcomes outcomes = Outcomes.of(prefix + A + "\r\n" + prefix + B + "\n");
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.values).containsExactly(A, B);
    }

    @Test
    void colours_are_cut_before_a_record_and_in_it() {
        String prefix = ESC + "[32m2026-03-02T09:00:00+00:00" + ESC + "[0m " + ESC + "[1;36mstream" + ESC + "[0m ";
        assertThat(Outcomes.of(prefix + A + "\n" + prefix + B + "\n").values).containsExactly(A, B);
        assertThat(Outcomes.of("group " + ESC + "[36mstream" + ESC + "[0m " + A + "\n").values)
                .containsExactly(A);

        // As jq -C writes it: every token in a colour.
        String coloured = A.replace("{", ESC + "[1;39m{" + ESC + "[0m").replace(":", ESC + "[0m:" + ESC + "[0;32m");
        String plain = coloured.replaceAll(ESC + "\\[[0-9;]*m", "");
        Outcomes outcomes = Outcomes.of(coloured.replace("09" + ESC + "[0m:" + ESC + "[0;32m00", "09:00")
                .replace("00" + ESC + "[0m:" + ESC + "[0;32m00", "00:00"));
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.values).singleElement().satisfies(value -> assertThat(value.replace(" ", ""))
                .isEqualTo(plain.replace(" ", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"group stream ", "2026-03-02T09:00:00Z stream ", ESC + "[32mgroup" + ESC + "[0m "})
    void of_prefixed_lines_a_broken_one_is_lost_alone(String prefix) {
        String text = (prefix + BROKEN + "\n").repeat(3) + prefix + A + "\n" + (prefix + BROKEN + "\n").repeat(2)
                + prefix + B;
        Outcomes outcomes = Outcomes.of(text);
        assertThat(outcomes.values).containsExactly(A, B);
        assertThat(outcomes.rejected).hasSize(5);
        assertThat(outcomes.reasons).containsOnlyKeys(Reason.MALFORMED);
    }

    @Test
    void lines_that_are_all_broken_are_counted_one_by_one() {
        assertThat(Outcomes.of(("group stream " + BROKEN + "\n").repeat(200)).rejected)
                .hasSize(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-02T09:00:00.000000+00:00 log_stream_created_by_aws_to_validate_log_delivery_subscriptions Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs while creating a subscription.",
                "2026-03-02T09:00:00+00:00 log_stream_created_by_aws_to_validate_log_delivery_subscriptions\nPermissions are set correctly to allow AWS CloudWatch Logs to write into your logs while creating a subscription.",
                "2026-03-02T09:00:00 Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs while creating a subscription.",
                "group log_stream_created_by_aws_to_validate_log_delivery_subscriptions Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs while creating a subscription.",
                "{\"timestamp\":1,\"message\":\"Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs while creating a subscription.\"}"
            })
    void the_check_of_a_delivery_is_skipped_in_every_form(String check) {
        Outcomes outcomes = Outcomes.of(check + "\n" + A + "\n");
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.keys).containsExactly("a|1");
        assertThat(outcomes.ignored).containsExactly("CloudWatch Logs validation message");
    }

    // ---- something around the record

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"log\":%s}",
                "{\"@timestamp\":\"t\",\"event\":{\"kind\":\"event\",\"original\":%s},\"ecs\":{\"version\":\"8\"}}",
                "{\"_index\":\"i\",\"_id\":\"1\",\"_source\":{\"tags\":[\"a\",\"b\"],\"event\":{\"original\":%s}}}",
                "{\"message\":\"somebody did something\",\"event\":{\"original\":%s}}",
                "{\"source\":\"ct\",\"data\":\"not base64!\",\"log\":%s}",
                "{\"preview\":false,\"offset\":0,\"result\":{\"_raw\":%s,\"eventName\":\"X\",\"eventSource\":\"s\",\"userIdentity.type\":\"Root\",\"eventID\":\"flat\"}}",
                "{\"stream\":{\"job\":\"ct\"},\"values\":[[\"1772442750100000000\",%s]]}",
                "{\"a\":{\"b\":{\"c\":{\"d\":[{\"e\":{\"f\":%s}}]}}}}"
            })
    void an_envelope_that_nobody_knows_is_searched_for_the_text_of_a_record(String envelope) {
        Outcomes outcomes = Outcomes.of(envelope.formatted(quote(A)));
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.values).containsExactly(A);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Records\":%s}",
                "{\"json\":%s}",
                "{\"hits\":{\"total\":1,\"hits\":[{\"_index\":\"i\",\"_source\":%s}]}}",
                "{\"detail-type\":\"custom\",\"source\":\"mine\",\"detail\":{\"wrapped\":%s}}",
                "{\"data\":{\"items\":[{\"attributes\":%s}]}}",
                "{\"p\":{\"Records\":[%s]}}"
            })
    void an_envelope_that_nobody_knows_is_searched_for_the_object_of_a_record(String envelope) {
        Outcomes outcomes = Outcomes.of(envelope.formatted(A));
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.values).containsExactly(A);
    }

    @Test
    void of_an_export_in_one_object_what_holds_no_record_is_counted_one_by_one() {
        String hits =
                "{\"hits\":{\"total\":4,\"hits\":[{\"_source\":{\"x\":1}},{\"_source\":%s},{\"_source\":{\"event\":{\"original\":%s}}},{\"_source\":{\"y\":2}}]}}";
        Outcomes outcomes = Outcomes.of(hits.formatted(A, quote(B)));
        assertThat(outcomes.keys).containsExactly("a|1", "b|1");
        assertThat(outcomes.rejected)
                .extracting(ForeignFormsTest::payload)
                .containsExactly("{\"_source\":{\"x\":1}}", "{\"_source\":{\"y\":2}}");
    }

    @Test
    void a_damaged_place_in_an_envelope_costs_no_record_beside_it() {
        String export =
                "{\"took\":1,\"hits\":{\"hits\":[{\"_source\":%s},{\"_source\":%s},{\"_source\":%s}],\"total\":%s}}";
        Outcomes outcomes = Outcomes.of(export.formatted(A, A.replace("\"a\"", "tru"), B, "3"));
        assertThat(outcomes.keys).containsExactly("a|1", "b|1");
        assertThat(outcomes.rejected).hasSize(1);

        Outcomes tail = Outcomes.of(export.formatted(A, B, record("c"), "x"));
        assertThat(tail.keys).containsExactly("a|1", "b|1", "c|1");
        assertThat(tail.rejected).hasSize(1);
    }

    @Test
    void a_damaged_record_in_an_envelope_is_told() {
        Outcomes outcomes = Outcomes.of("{\"logs\":[{\"log\":%s},{\"log\":%s}]}".formatted(quote(A), quote(BROKEN)));
        assertThat(outcomes.keys).containsExactly("a|1");
        assertThat(outcomes.rejected).singleElement().satisfies(letter -> assertThat(letter.reason())
                .isEqualTo(Reason.MALFORMED));
    }

    @Test
    void an_export_longer_than_a_record_may_be_is_searched_all_the_same() {
        List<String> hits = new ArrayList<>();
        for (int i = 0; i < 16_000; i++) {
            hits.add("{\"_index\":\"i\",\"_source\":" + record("r" + i) + "}");
        }
        String export = "{\"took\":3,\"hits\":{\"hits\":[" + String.join(",", hits) + "],\"total\":16000},\"x\":1}";
        assertThat(export.length()).isGreaterThan(3 << 20);
        Outcomes outcomes = Outcomes.of(export);
        assertThat(outcomes.read()).isEqualTo(16_000);
        assertThat(outcomes.rejected).isEmpty();

        Outcomes damaged = Outcomes.of(export.replace("\"eventID\":\"r77\"", "\"eventID\":r77"));
        assertThat(damaged.read()).isEqualTo(15_999);
        assertThat(damaged.rejected).hasSize(1);

        Outcomes cut = Outcomes.of(export.substring(0, 3 << 20));
        assertThat(cut.read()).isGreaterThan(10_000);
        assertThat(cut.rejected).isNotEmpty();
        assertThat(cut.keys).doesNotHaveDuplicates();
    }

    @Test
    void an_envelope_without_a_record_is_one_dead_letter() {
        for (String text : List.of(
                "{\"a\":{\"b\":[{\"c\":\"{\\\"d\\\":1}\"},{\"e\":[1,2,[3]]}]}}",
                "{\"log\":\"plain\"}",
                "{\"a\":".repeat(40) + A + "}".repeat(40))) {
            assertThat(Outcomes.of(text).rejected).as(text).hasSize(1);
        }
    }

    @Test
    void hostile_envelopes_do_not_take_long() {
        List<String> hostile = List.of(
                "{\"a\":".repeat(90) + "{" + "\"b\":{},".repeat(60_000) + "\"c\":1}" + "}".repeat(90),
                "[" + "{\"a\":{\"message\":{\"b\":{\"message\":{\"c\":1}}}}},".repeat(40_000) + "{}]",
                "{\"a\":[" + "[[[[[[[1]]]]]]],".repeat(100_000) + "1]}",
                "x {\"".repeat(300_000),
                "\"a,b\n".repeat(300_000),
                "@message,@timestamp\n" + "\"\n".repeat(300_000),
                ESC.repeat(500_000));
        long before = System.nanoTime();
        hostile.forEach(Outcomes::of);
        assertThat((System.nanoTime() - before) / 1_000_000).as("milliseconds").isLessThan(30_000);
    }

    // ---- results of queries

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":\"Complete\",\"results\":[%s]}",
                "{\"results\":[%s],\"statistics\":{\"recordsMatched\":2.0}}",
            })
    void rows_of_Logs_Insights_hold_the_record_in_a_column(String result) {
        String row =
                "[{\"field\":\"@timestamp\",\"value\":\"2026-03-02 09:00:00.000\"},{\"value\":%s,\"field\":\"@message\"},"
                        + "{\"field\":\"@ptr\",\"value\":\"CmEKJgoiMTExMTIyMjIzMzMz\"}]";
        String none = "[{\"field\":\"eventName\",\"value\":\"ListUsers\"}]";
        Outcomes outcomes = Outcomes.of(result.formatted(row.formatted(quote(A)) + "," + none + ","
                + row.formatted(quote(BROKEN)) + "," + row.formatted(quote(B))));
        assertThat(outcomes.values).containsExactly(A, B);
        assertThat(outcomes.rejected)
                .extracting(DeadLetter::reason)
                .containsExactly(Reason.UNRECOGNISED, Reason.MALFORMED);
        assertThat(outcomes.rejected.get(0).message()).contains("no whole record");
    }

    @Test
    void rows_of_Lake_hold_the_record_in_a_column() {
        String result =
                "{\"QueryStatus\":\"FINISHED\",\"QueryResultRows\":[[{\"eventTime\":\"2026\"},{\"eventJson\":%s}],"
                        + "[{\"eventID\":\"x\"},{\"eventName\":\"y\"}]],\"NextToken\":\"n\"}";
        Outcomes outcomes = Outcomes.of(result.formatted(quote(A)));
        assertThat(outcomes.values).containsExactly(A);
        assertThat(outcomes.rejected).hasSize(1);
        assertThat(Outcomes.of("{\"QueryStatus\":\"FINISHED\",\"QueryResultRows\":[]}").ignored)
                .containsExactly("object without records");
    }

    @ParameterizedTest
    @CsvSource({"','", "';'", "'\t'"})
    void tables_hold_the_record_in_a_column(String separator) {
        String row = "\"2026-03-02 09:00:00.000\"" + separator + '"' + "%s" + '"';
        String table = "@timestamp" + separator + "@message\r\n" + row.formatted(A.replace("\"", "\"\"")) + "\r\n"
                + row.formatted("no record") + "\r\n" + row.formatted(pretty(B).replace("\"", "\"\"")) + "\r\n";
        Outcomes outcomes = Outcomes.of(table);
        assertThat(outcomes.values).containsExactly(A, pretty(B));
        assertThat(outcomes.rejected).singleElement().satisfies(letter -> assertThat(payload(letter))
                .contains("no record"));
        assertThat(Outcomes.of("eventJson\n\"" + A.replace("\"", "\"\"") + "\"\n").values)
                .containsExactly(A);
    }

    @Test
    void a_row_whose_quotes_are_not_closed_costs_no_other() {
        String row = "1,\"" + A.replace("\"", "\"\"") + "\"\n";
        Outcomes outcomes = Outcomes.of(
                "@timestamp,@message\n" + row + "2,\"{\"\"eventVersion\n" + row.replace("\"\"a\"\"", "\"\"b\"\""));
        assertThat(outcomes.keys).containsExactly("a|1", "b|1");
        assertThat(outcomes.rejected).hasSize(1);
    }

    @Test
    void a_table_that_grows_is_read_from_its_beginning() {
        RecordFinder finder = new RecordFinder();
        byte[] table =
                ("@timestamp,@message\n1,\"" + A.replace("\"", "\"\"") + "\"\n").getBytes(StandardCharsets.UTF_8);
        finder.find(table, table.length, new Outcomes());
        assertThat(finder.openFrom()).isZero();
    }

    // ---- texts

    @Test
    void strings_may_stand_one_a_line() {
        assertThat(Outcomes.of(quote(A) + "\n" + quote(B) + "\n").values).containsExactly(A, B);
        Outcomes outcomes = Outcomes.of(quote(A) + "\n\"no record\"\n" + quote(B));
        assertThat(outcomes.values).containsExactly(A, B);
        assertThat(outcomes.rejected).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF", "\u001e", " \uFEFF\uFEFF ", "\n\uFEFF"})
    void marks_before_a_later_document_are_skipped(String mark) {
        Outcomes outcomes = Outcomes.of(mark + A + "\n" + mark + B + "\n" + mark + "[" + A + "]");
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.values).containsExactly(A, B, A);
        String base64 = Base64.getEncoder().encodeToString(("\uFEFF" + A).getBytes(StandardCharsets.UTF_8));
        assertThat(Outcomes.of("{\"data\":\"" + base64 + "\"}").values).containsExactly(A);
    }

    @Test
    void a_broken_line_before_a_mark_costs_nothing_behind_it() {
        assertThat(Outcomes.of(BROKEN + "\n\uFEFF" + A + "\n" + B + "\n").values)
                .containsExactly(A, B);
    }

    // ---- without records

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                " { } ",
                "null",
                "{\"Records\":null}",
                "{\"Records\":{}}",
                "{\"Records\":[],\"x\":1}",
                "{\"NextToken\":null,\"Events\":null}",
                "{\"events\":{ }}",
                "{\"results\":[]}",
                "[]",
                "[[]]",
                "{}\n{}\n"
            })
    void an_object_without_records_is_no_dead_letter(String text) {
        Outcomes outcomes = Outcomes.of(text);
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.ignored).containsExactly("object without records");
    }

    @Test
    void a_licence_is_ignored_by_its_name_and_only_if_it_is_no_log() {
        byte[] text = "Apache License\n\nVersion 2.0\n".getBytes(StandardCharsets.UTF_8);
        for (String name : List.of("LICENSE", "a/b/README.md", "x.tar!/COPYING", "LOCALSTACK-LICENSE.txt", "notice")) {
            Outcomes outcomes = new Outcomes();
            outcomes.add(name, text);
            assertThat(outcomes.ignored).as(name).containsExactly("README, LICENSE or the like");
            assertThat(outcomes.records).as(name).isZero();
        }
        for (String name : List.of("licensed.json", "trail.log", "README/trail.log")) {
            Outcomes outcomes = new Outcomes();
            outcomes.add(name, text);
            assertThat(outcomes.rejected).as(name).hasSize(1);
        }
        Outcomes log = new Outcomes();
        log.add("NOTICE", ("hello\n" + A + "\nworld\n").getBytes(StandardCharsets.UTF_8));
        assertThat(log.read()).isEqualTo(1);
        assertThat(log.rejected).hasSize(2);
    }

    private static String record(String id) {
        return "{\"eventVersion\":\"1.10\",\"userIdentity\":{\"type\":\"Root\",\"userName\":\"a;b, c\"},"
                + "\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventName\":\"GetUser\",\"resources\":[{\"ARN\":\"x\"}],"
                + "\"awsRegion\":\"eu-west-1\",\"eventID\":\"" + id + "\",\"recipientAccountId\":\"1\"}";
    }

    private static String pretty(String json) {
        return json.replace(",\"", ",\n  \"");
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String payload(DeadLetter letter) {
        return new String(letter.payload(), StandardCharsets.UTF_8);
    }
}
