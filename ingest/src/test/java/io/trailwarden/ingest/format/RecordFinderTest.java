package io.trailwarden.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.DeadLetter.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFinderTest {

    private static final String A = record("a");
    private static final String B = record("b");
    private static final String C = record("c");
    private static final String LINE = "{\"id\":\"2\",\"type\":\"TaskFailed\",\"details\":{\"error\":\"x\"},"
            + "\"previous_event_id\":\"1\",\"event_timestamp\":\"1772442750100\","
            + "\"execution_arn\":\"arn:aws:states:eu-west-1:1:execution:M:n\",\"redrive_count\":\"0\"}";
    private static final String LINE_KEY = "arn:aws:states:eu-west-1:1:execution:M:n#0#2#TaskFailed";

    // ---- formats

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "  \r\n %s \n",
                "\uFEFF%s",
                "[%s]",
                "[ %s ]\n",
                "{\"Records\":[%s]}",
                "{ \"Records\" : [ %s ] }",
                "{\"Events\":[],\"Records\":[%s],\"x\":{\"y\":1}}",
                "[[%s]]",
                "{\"version\":\"0\",\"id\":\"1\",\"detail-type\":\"AWS API Call via CloudTrail\",\"source\":\"aws.iam\",\"detail\":%s}",
                "{\"detail\":%s,\"detail-type\":\"AWS Console Sign In via CloudTrail\"}",
                "[{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":%s}]",
                "{\"logStream\":\"s\",\"logTime\":\"t\",\"message\":%s}",
                "2024-05-01T01:23:45.678000+00:00 123_CloudTrail_eu-west-1 %s",
                "2024-05-01T01:23:45 %s",
                "2024-05-01T01:23:45.678Z %s\n",
                "2024-05-01T01:23:45.678000+00:00 123_CloudTrail_eu-west-1\n%s\n"
            })
    void a_record_is_found_in_what_wraps_it(String wrapper) {
        Outcomes outcomes = Outcomes.of(wrapper.formatted(A));
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.keys).containsExactly("a|1");
        assertThat(outcomes.values).containsExactly(A);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"EventId\":\"a\",\"EventTime\":1772442750,\"ReadOnly\":\"false\",\"CloudTrailEvent\":%s}",
                "{\"Events\":[{\"EventId\":\"a\",\"Resources\":[],\"CloudTrailEvent\":%s}],\"NextToken\":\"n\"}",
                "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logGroup\":\"g\",\"logStream\":\"s\",\"subscriptionFilters\":[\"f\"],\"logEvents\":[{\"id\":\"3\",\"timestamp\":1,\"message\":%s}]}",
                "{\"events\":[{\"timestamp\":1,\"message\":%s,\"ingestionTime\":2}],\"nextForwardToken\":\"f\"}",
                "{\"events\":[{\"logStreamName\":\"s\",\"eventId\":\"3\",\"message\":%s}],\"searchedLogStreams\":[]}",
                "{\"Type\":\"Notification\",\"MessageId\":\"m\",\"Message\":%s}",
                "{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Subject\":\"s\",\"Message\":%s}}]}",
                "{\"Records\":[{\"messageId\":\"m\",\"body\":%s,\"eventSource\":\"aws:sqs\",\"awsRegion\":\"r\"}]}",
                "{\"Messages\":[{\"MessageId\":\"m\",\"ReceiptHandle\":\"h\",\"Body\":%s}]}",
                "[%s]"
            })
    void a_record_is_found_in_the_text_that_holds_it(String wrapper) {
        Outcomes outcomes = Outcomes.of(wrapper.formatted(quote(A)));
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.keys).containsExactly("a|1");
        assertThat(outcomes.values).containsExactly(A);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"awslogs\":{\"data\":%s}}",
                "{\"Records\":[{\"kinesis\":{\"data\":%s},\"eventSource\":\"aws:kinesis\",\"eventVersion\":\"1.0\",\"eventID\":\"s:1\",\"eventName\":\"aws:kinesis:record\",\"awsRegion\":\"r\"}]}",
                "{\"invocationId\":\"i\",\"records\":[{\"data\":%s,\"recordId\":\"r\"}]}",
                "{\"eventSource\":\"aws:kafka\",\"records\":{\"topic-0\":[{\"topic\":\"topic\",\"value\":%s}],\"topic-1\":[]}}"
            })
    void subscription_payloads_are_found_in_base64_of_gzip(String wrapper) {
        String payload = subscription("DATA_MESSAGE", A, LINE);
        String base64 = Base64.getEncoder().encodeToString(gzip(payload));
        Outcomes outcomes = Outcomes.of(wrapper.formatted(quote(base64)));
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.keys).containsExactly("a|1", LINE_KEY);
    }

    @Test
    void base64_of_gzip_may_stand_alone_and_in_lines() {
        String base64 = Base64.getMimeEncoder().encodeToString(gzip(subscription("DATA_MESSAGE", A)));
        assertThat(Outcomes.of(base64 + "\n").keys).containsExactly("a|1");
    }

    @Test
    void several_gzip_members_follow_each_other() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(gzip(subscription("DATA_MESSAGE", A)));
        out.write(
                gzip(subscription("CONTROL_MESSAGE", "CWL CONTROL MESSAGE: Checking health of destination Firehose.")));
        out.write(gzip(subscription("DATA_MESSAGE", B)));
        Outcomes outcomes = Outcomes.of(out.toByteArray());
        assertThat(outcomes.keys).containsExactly("a|1", "b|1");
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.ignored).containsExactly("CloudWatch Logs control message");
    }

    @Test
    void documents_may_be_of_many_kinds_one_after_another() {
        Outcomes outcomes =
                Outcomes.of(A + "\n" + LINE + "\n{\"Records\":[" + B + "]}\n" + pretty(C) + "\n[" + A + "]" + B);
        assertThat(outcomes.rejected).isEmpty();
        assertThat(outcomes.keys).containsExactly("a|1", LINE_KEY, "b|1", "c|1", "a|1", "b|1");
    }

    @Test
    void records_come_byte_for_byte_as_they_were_written() {
        String odd =
                " { \"eventVersion\" : \"1.10\",\t\"eventTime\":\"2026-03-02T09:00:00Z\", \"eventName\":\"\\u0041é\" } ";
        assertThat(Outcomes.of("[" + odd + "," + odd + "]").values).containsExactly(odd.strip(), odd.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n ", "[]", "{\"Records\":[]}", "{\"Events\":[],\"NextToken\":null}", "[[],[]]"})
    void there_may_be_no_records(String text) {
        Outcomes outcomes = Outcomes.of(text);
        assertThat(outcomes.records).isZero();
    }

    @Test
    void digests_and_probes_are_ignored_by_name() {
        assertThat(Outcomes.of("{\"awsAccountId\":\"1\",\"digestS3Object\":\"k\",\"logFiles\":[]}").ignored)
                .containsExactly("CloudTrail digest");
        assertThat(Outcomes.of("{\"Type\":\"Notification\",\"Message\":\"CloudTrail validation message.\"}").ignored)
                .containsExactly("CloudTrail's test of a topic");
    }

    // ---- what is no record

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"version":"0","detail-type":"Step Functions Execution Status Change","source":"aws.states","detail":{"status":"FAILED"}} | UNRECOGNISED | an EventBridge event "Step Functions Execution Status Change" of "aws.states"
                    {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"r","eventTime":"2026-03-02T09:00:00Z","eventName":"ObjectCreated:Put","userIdentity":{},"s3":{"bucket":{}}}]} | UNRECOGNISED | only points to an object
                    {"Type":"Notification","Message":"{\\"s3Bucket\\":\\"b\\",\\"s3ObjectKey\\":[\\"k\\"]}"} | UNRECOGNISED | only points to objects
                    {"Records":[{"EventSource":"aws:sns","Sns":{"Message":"Hello"}}]} | UNRECOGNISED | Sns.Message: "Hello"
                    {"awslogs":{"data":"not base64!"}} | BAD_ENCODING | awslogs.data is not base64
                    {"awslogs":{"data":"H4sIAAAA"}} | BAD_ENCODING | gzip
                    {"id":1,"type":"ExecutionStarted","previousEventId":0,"timestamp":"t"} | UNRECOGNISED | GetExecutionHistory
                    {"execution_arn":"nonsense"} | INCOMPLETE | execution_arn: "nonsense"
                    {"logStream":"s","message":{"a":1}} | UNRECOGNISED | no audit record
                    {"message":"[ERROR] First test message","timestamp":1} | UNRECOGNISED | message: "[ERROR] First test message"
                    hello world | UNRECOGNISED | text that is no JSON: "hello world"
                    AWSTemplateFormatVersion: '2010-09-09' | UNRECOGNISED | text that is no JSON
                    12 | UNRECOGNISED | text that is no JSON
                    [12] | UNRECOGNISED | a number
                    [null] | UNRECOGNISED | a null
                    [{}] | UNRECOGNISED | no audit record
                    {"a":1,"a":2} | DUPLICATE_KEY | twice
                    """)
    void what_is_no_record_says_what_it_is(String text, Reason reason, String message) {
        Outcomes outcomes = Outcomes.of(text);
        assertThat(outcomes.rejected).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo(reason);
            assertThat(letter.message()).contains(message);
            assertThat(letter.place()).startsWith("record 0, line 1, column ");
        });
    }

    @Test
    void a_foreign_text_is_one_dead_letter_however_many_lines_it_has() {
        assertThat(Outcomes.of("Apache License\n\nVersion 2.0\n- a\n- b\n").rejected)
                .hasSize(1);
    }

    @Test
    void a_strange_line_before_or_between_records_is_one_dead_letter() {
        Outcomes outcomes = Outcomes.of("# exported by somebody\n" + A + "\nnoise\n" + B + "\n");
        assertThat(outcomes.keys).containsExactly("a|1", "b|1");
        assertThat(outcomes.rejected)
                .extracting(RecordFinderTest::payload)
                .containsExactly("# exported by somebody", "noise");
        assertThat(outcomes.rejected)
                .extracting(DeadLetter::place)
                .containsExactly(
                        "record 0, line 1, column 1 (byte 0)",
                        "record 2, line 3, column 1 (byte " + (24 + A.length()) + ")");
    }

    @Test
    void utf_16_with_a_byte_order_mark_is_read_and_ends_in_whole_characters() {
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            byte[] stored = ("\uFEFF" + A + "\r\n" + B.replace("GetUser", "Gé\uD83D\uDE00")).getBytes(charset);
            Outcomes outcomes = Outcomes.of(stored);
            assertThat(outcomes.keys).containsExactly("a|1", "b|1");
            assertThat(outcomes.values.get(1)).contains("Gé\uD83D\uDE00");
            assertThat(outcomes.rejected).isEmpty();

            Outcomes cut = Outcomes.of(Arrays.copyOf(stored, stored.length - 1));
            assertThat(cut.keys).containsExactly("a|1");
            assertThat(cut.reasons).containsOnlyKeys(Reason.MALFORMED, Reason.BAD_ENCODING);
        }
    }

    // ---- a broken record does not take its neighbours with it

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"eventVersion":}                                   | MALFORMED
                    {"eventVersion":"1.10",}                            | MALFORMED
                    {"eventVersion" "1.10"}                             | MALFORMED
                    {"a":tru}                                           | MALFORMED
                    {"a":"\\q"}                                         | MALFORMED
                    {"a":{"b":[1,2}}                                    | MALFORMED
                    {"a":"unclosed                                      | MALFORMED
                    {"a":{"b":1}                                        | MALFORMED
                    {"eventVersion":"1.10","eventTime":"2026-03-02T09:  | MALFORMED
                    {"a":1}}                                            | MALFORMED
                    {"eventVersion":"1.10","eventVersion":"1.10"}       | DUPLICATE_KEY
                    nonsense                                            | MALFORMED
                    """)
    void a_broken_record_in_an_array_is_rejected_alone(String broken, Reason reason) {
        for (String wrapper : List.of("[%s]", "{\"Records\":[%s]}", "{\"Records\":[\n%s\n]}\n")) {
            Outcomes outcomes = Outcomes.of(wrapper.formatted(A + "," + broken + "," + B + ",\n" + C));
            assertThat(outcomes.keys).as("%s: %s", wrapper, outcomes.rejected).containsExactly("a|1", "b|1", "c|1");
            assertThat(outcomes.reasons).containsKey(reason);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"eventVersion\":}",
                "{\"eventVersion\":\"1.10\",\"event",
                "{\"eventVersion\":\"1.10\"",
                "{",
                "}",
                "{\"a\":\"\t\"}",
                "{\"a\":1,\"a\":2}"
            })
    void a_broken_line_is_rejected_alone(String broken) {
        Outcomes outcomes = Outcomes.of(A + "\n" + broken + "\n" + broken + "\n" + B + "\n" + LINE + "\n");
        assertThat(outcomes.keys).containsExactly("a|1", "b|1", LINE_KEY);
        assertThat(outcomes.rejected).extracting(RecordFinderTest::payload).containsExactly(broken, broken);
        assertThat(outcomes.rejected).extracting(DeadLetter::place).allSatisfy(place -> assertThat(place)
                .matches("record [12], line [23], column .*"));
    }

    @Test
    void a_missing_comma_costs_no_record() {
        Outcomes outcomes = Outcomes.of("[" + A + " " + B + ",," + C + "]");
        assertThat(outcomes.keys).containsExactly("a|1", "b|1", "c|1");
        assertThat(outcomes.reasons).containsOnlyKeys(Reason.MALFORMED);
    }

    @Test
    void a_list_that_is_never_closed_loses_nothing_behind_it() {
        Outcomes outcomes = Outcomes.of("[\n[\n" + A + "\n" + LINE + "\n{\"Records\":[" + B + "]}\n");
        assertThat(outcomes.keys).containsExactly("a|1", LINE_KEY, "b|1");
        assertThat(outcomes.rejected).isNotEmpty();
    }

    @Test
    void a_broken_first_line_is_rejected_alone() {
        Outcomes outcomes = Outcomes.of("ountId\":\"1\"}\n" + A + "\n" + B);
        assertThat(outcomes.keys).containsExactly("a|1", "b|1");
        assertThat(outcomes.rejected).hasSize(1);
    }

    @Test
    void a_broken_pretty_document_is_rejected_alone() {
        String broken = pretty(B).replace("\"1.10\"", "1.1.0");
        Outcomes outcomes = Outcomes.of(pretty(A) + "\n" + broken + "\n" + pretty(C) + "\n");
        assertThat(outcomes.keys).containsExactly("a|1", "c|1");
        assertThat(outcomes.rejected).extracting(RecordFinderTest::payload).containsExactly(broken);
    }

    @Test
    void records_before_a_cut_are_kept_and_the_cut_is_told() {
        String whole = "{\"Records\":[" + A + "," + B + "]}";
        for (int length = 1; length < whole.length(); length++) {
            Outcomes outcomes = Outcomes.of(whole.substring(0, length));
            boolean hasA = length >= 12 + A.length();
            boolean hasB = length >= 13 + A.length() + B.length();
            assertThat(outcomes.read()).as("cut after %s", length).isEqualTo((hasA ? 1 : 0) + (hasB ? 1 : 0));
            assertThat(outcomes.rejected).as("cut after %s", length).hasSize(1);
            assertThat(outcomes.rejected.get(0).reason()).isEqualTo(Reason.MALFORMED);
        }
    }

    @Test
    void what_is_broken_after_the_records_is_rejected_and_the_records_are_not() {
        Outcomes outcomes = Outcomes.of("{\"Records\":[" + A + "],\"x\":tru}\n" + B + "\n");
        assertThat(outcomes.keys).containsExactly("a|1", "b|1");
        assertThat(outcomes.rejected).hasSize(1);
    }

    @Test
    void too_large_too_deep_and_too_many_are_rejected_alone() {
        String large = "{\"eventVersion\":\"1.10\",\"x\":\"" + "y".repeat(2 * 1024 * 1024) + "\"}";
        String deep = "{\"eventVersion\":\"1.10\",\"x\":" + "[".repeat(120) + "]".repeat(120) + "}";
        String many = "{\"eventVersion\":\"1.10\",\"x\":[" + "1,".repeat(200_000) + "1]}";
        for (String wrapper : List.of("{\"Records\":[%s,%s,%s]}", "%s\n%s\n%s\n")) {
            Outcomes outcomes = Outcomes.of(wrapper.formatted(A, large, B));
            assertThat(outcomes.keys).containsExactly("a|1", "b|1");
            assertThat(outcomes.rejected).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo(Reason.TOO_LARGE);
                assertThat(letter.payloadLength()).isEqualTo(large.length());
                assertThat(letter.payload()).hasSize(DeadLetter.MAX_PAYLOAD);
            });
            assertThat(Outcomes.of(wrapper.formatted(A, deep, B)).reasons).containsOnlyKeys(Reason.TOO_DEEP);
            assertThat(Outcomes.of(wrapper.formatted(A, deep, B)).keys).containsExactly("a|1", "b|1");
            assertThat(Outcomes.of(wrapper.formatted(A, many, B)).reasons).containsOnlyKeys(Reason.TOO_LARGE);
            assertThat(Outcomes.of(wrapper.formatted(A, many, B)).keys).containsExactly("a|1", "b|1");
        }
    }

    @Test
    void wrappers_within_wrappers_end_somewhere() {
        String text = A;
        for (int i = 0; i < 5; i++) {
            text = "{\"message\":" + quote(text) + "}";
        }
        assertThat(Outcomes.of(text).keys).containsExactly("a|1");
        for (int i = 0; i < 5; i++) {
            text = "{\"message\":" + quote(text) + "}";
        }
        assertThat(Outcomes.of(text).reasons).containsOnlyKeys(Reason.TOO_DEEP);
        assertThat(Outcomes.of("[".repeat(50) + A + "]".repeat(50)).reasons).containsOnlyKeys(Reason.TOO_DEEP);
        assertThat(Outcomes.of("{\"Records\":[".repeat(50) + A + "]}".repeat(50)).reasons)
                .containsOnlyKeys(Reason.TOO_DEEP);
    }

    @Test
    void hostile_text_does_not_take_long() {
        List<String> hostile = new ArrayList<>();
        hostile.add("[" + "{\"a\":".repeat(200_000));
        hostile.add("[" + ",{\"a\":\"".repeat(200_000));
        hostile.add("[" + ",{\"a\":[0".repeat(200_000));
        hostile.add("{\"a\":\n".repeat(200_000));
        hostile.add("[".repeat(500_000));
        hostile.add("[{\"a\":1}}".repeat(200_000));
        hostile.add("2024-05-01T00:00:00\n".repeat(100_000));
        long before = System.nanoTime();
        for (String text : hostile) {
            Outcomes.of(text);
        }
        assertThat((System.nanoTime() - before) / 1_000_000).as("milliseconds").isLessThan(20_000);
    }

    // ---- keys

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"eventID\":\"x\"",
                "\"eventID\":\"x\\u0041\",\"recipientAccountId\":\"\\u0031\"",
                "\"eventID\":42,\"recipientAccountId\":111122223333",
                "\"eventID\":\"é\"",
                "\"eventID\":\"\"",
                "\"eventID\":null,\"recipientAccountId\":\"\"",
                "\"eventID\":{\"a\":1}",
                "\"eventId\":\"lower\",\"accountId\":\"7\"",
                "\"eventId\":\"lower\",\"eventID\":\"UPPER\",\"accountId\":\"7\",\"recipientAccountId\":\"8\"",
                "\"eventID\":\"UPPER\",\"eventId\":\"lower\",\"recipientAccountId\":\"8\",\"accountId\":\"7\"",
                "\"eventID\":\"\",\"eventId\":\"lower\"",
                "\"eventId\":\"lower\",\"eventID\":\"\"",
                "\"recipientAccountId\":true"
            })
    void keys_are_those_of_the_decoded_event_however_oddly_they_are_written(String fields) {
        // Outcomes compares every key with that of the decoded event.
        Outcomes outcomes = Outcomes.of("[{\"eventVersion\":\"1.10\",\"eventName\":\"X\","
                + "\"eventTime\":\"2026-03-02T09:00:00Z\"," + fields + "}]");
        assertThat(outcomes.keys).hasSize(1);
    }

    // ---- where a growing object goes on

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "100, 0"})
    void an_unfinished_last_line_is_where_a_growing_object_goes_on(int length, int expected) {
        String start = A + "\n" + B + "\n";
        RecordFinder finder = new RecordFinder();
        byte[] text = (start + C.substring(0, length)).getBytes(StandardCharsets.UTF_8);
        finder.find(text, text.length, new Outcomes());
        assertThat(finder.openFrom()).isEqualTo(start.length() + expected);
    }

    @Test
    void a_finished_object_goes_on_at_its_end() {
        for (String text : List.of(A, A + "\n", "[" + A + "]", A + "\n" + "broken {\n", "")) {
            RecordFinder finder = new RecordFinder();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            finder.find(bytes, bytes.length, new Outcomes());
            assertThat(finder.openFrom()).as(text).isEqualTo(bytes.length);
        }
    }

    private static String record(String id) {
        return "{\"eventVersion\":\"1.10\",\"userIdentity\":{\"type\":\"Root\"},\"eventTime\":\"2026-03-02T09:00:00Z\","
                + "\"eventName\":\"GetUser\",\"resources\":[{\"ARN\":\"x\"},{\"ARN\":\"y\"}],\"eventID\":\"" + id
                + "\",\"recipientAccountId\":\"1\"}";
    }

    private static String pretty(String json) {
        return json.replace("{", "{\n  ").replace(",", ",\n  ").replace("}", "\n}");
    }

    private static String subscription(String type, String... messages) {
        StringBuilder text = new StringBuilder("{\"messageType\":\"" + type
                + "\",\"owner\":\"1\",\"logGroup\":\"g\",\"logStream\":\"s\",\"logEvents\":[");
        for (int i = 0; i < messages.length; i++) {
            text.append(i == 0 ? "" : ",")
                    .append("{\"id\":\"" + i + "\",\"timestamp\":1,\"message\":")
                    .append(quote(messages[i]))
                    .append('}');
        }
        return text.append("]}").toString();
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static String payload(DeadLetter letter) {
        return new String(letter.payload(), StandardCharsets.UTF_8);
    }

    static byte[] gzip(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
