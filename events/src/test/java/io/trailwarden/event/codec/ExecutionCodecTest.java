package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionCodecTest {

    private static final Origin ORIGIN = new Origin("file", "a.log", 3, "00", Instant.parse("2026-03-02T09:20:00Z"));

    private final ExecutionCodec codec = new ExecutionCodec();

    @Test
    void a_line_with_payload_is_read() {
        ExecutionEvent event = read(
                """
                {"id":"1","type":"ExecutionStarted","details":{"input":"{\\"orderId\\":42}","inputDetails":{"truncated":false},"roleArn":"arn:aws:iam::111122223333:role/exec"},"previous_event_id":"0","event_timestamp":"1772442750100","execution_arn":"arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42","redrive_count":"0"}
                """);
        assertThat(event.executionArn()).isEqualTo("arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42");
        assertThat(event.stateMachineArn()).isEqualTo("arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow");
        assertThat(event.executionName()).isEqualTo("run-42");
        assertThat(event.express()).isFalse();
        assertThat(event.mapLabel()).isNull();
        assertThat(event.account()).isEqualTo("111122223333");
        assertThat(event.region()).isEqualTo("eu-west-1");
        assertThat(event.eventTime()).isEqualTo(Instant.parse("2026-03-02T09:12:30.100Z"));
        assertThat(event.roleArn()).isEqualTo("arn:aws:iam::111122223333:role/exec");
        assertThat(event.eventId())
                .isEqualTo("arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42#0#1#ExecutionStarted");
    }

    @Test
    void an_error_and_the_role_of_a_task_stay_without_payload() {
        ExecutionEvent failed = read(
                """
                {"id":"5","type":"TaskFailed","details":{"resource":"invoke","resourceType":"lambda","error":"Lambda.TooManyRequestsException","cause":"Rate Exceeded."},"previous_event_id":"4","event_timestamp":"1772442750900","execution_arn":"arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42","redrive_count":"2"}
                """);
        assertThat(failed.error()).isEqualTo("Lambda.TooManyRequestsException");
        assertThat(failed.cause()).isEqualTo("Rate Exceeded.");
        assertThat(failed.resourceType()).isEqualTo("lambda");
        assertThat(failed.resource()).isEqualTo("invoke");
        assertThat(failed.redriveCount()).isEqualTo(2);
        assertThat(failed.previousEventId()).isEqualTo(4);
        ExecutionEvent scheduled = read(
                """
                {"id":3,"type":"TaskScheduled","details":{"timeoutInSeconds":300,"taskCredentials":{"roleArn":"arn:aws:iam::999988887777:role/remote"}},"previous_event_id":2,"event_timestamp":1772442750160,"execution_arn":"arn:aws:states:eu-west-1:111122223333:execution:OrderFlow:run-42"}
                """);
        assertThat(scheduled.taskRoleArn()).isEqualTo("arn:aws:iam::999988887777:role/remote");
        assertThat(scheduled.id()).isEqualTo(3);
        assertThat(scheduled.redriveCount()).isZero();
        assertThat(scheduled.error()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    arn:aws:states:r:1:execution:M:n            | arn:aws:states:r:1:stateMachine:M    | n | -   | false
                    arn:aws:states:r:1:execution:M/label:n      | arn:aws:states:r:1:stateMachine:M    | n | label | false
                    arn:aws:states:r:1:express:M:n:0-0          | arn:aws:states:r:1:stateMachine:M    | n | -   | true
                    arn:aws-cn:states:r:1:express:M/l:n:0-0     | arn:aws-cn:states:r:1:stateMachine:M | n | l   | true
                    """)
    void arns_of_every_kind_are_taken_apart(String arn, String machine, String name, String label, boolean express) {
        ExecutionEvent event =
                read("{\"id\":\"1\",\"type\":\"T\",\"event_timestamp\":\"1772442750100\",\"execution_arn\":\"" + arn
                        + "\"}");
        assertThat(event.stateMachineArn()).isEqualTo(machine);
        assertThat(event.executionName()).isEqualTo(name);
        assertThat(event.mapLabel()).isEqualTo(label);
        assertThat(event.express()).isEqualTo(express);
        assertThat(event.details()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"id":"1","type":"T","event_timestamp":"1","execution_arn":"arn:aws:states:r:1:stateMachine:M"} | INCOMPLETE | execution_arn: "arn:aws:states:r:1:stateMachine:M"
                    {"id":"1","type":"T","event_timestamp":"timestamp","execution_arn":"arn:aws:states:r:1:execution:M:n"} | INCOMPLETE | event_timestamp: "timestamp"
                    {"id":"1","type":"T","execution_arn":"arn:aws:states:r:1:execution:M:n"} | INCOMPLETE | event_timestamp: none
                    {"id":"x","type":"T","event_timestamp":"1","execution_arn":"arn:aws:states:r:1:execution:M:n"} | INCOMPLETE | id: "x"
                    {"id":"1","event_timestamp":"1","execution_arn":"arn:aws:states:r:1:execution:M:n"} | INCOMPLETE | type: none
                    {"id":"1","type":"T","redrive_count":"-1","event_timestamp":"1","execution_arn":"arn:aws:states:r:1:execution:M:n"} | INCOMPLETE | redrive_count: "-1"
                    {"id":1,"type":"ExecutionStarted","previousEventId":0,"timestamp":"x"} | UNRECOGNISED | GetExecutionHistory
                    {"a":1} | UNRECOGNISED | not an execution event
                    [] | UNRECOGNISED | not an execution event
                    {"id":"1","id":"2"} | DUPLICATE_KEY | twice
                    {"id":"1" | MALFORMED | not JSON
                    """)
    void what_cannot_be_read_says_why(String line, Reason reason, String message) {
        Decoded<ExecutionEvent> decoded = codec.decode(line.getBytes(StandardCharsets.UTF_8), ORIGIN);
        assertThat(decoded).isInstanceOf(Decoded.Rejected.class);
        DeadLetter letter = ((Decoded.Rejected<ExecutionEvent>) decoded).deadLetter();
        assertThat(letter.reason()).isEqualTo(reason);
        assertThat(letter.message()).contains(message);
    }

    private ExecutionEvent read(String line) {
        Decoded<ExecutionEvent> decoded = codec.decode(line.getBytes(StandardCharsets.UTF_8), ORIGIN);
        assertThat(decoded).isInstanceOf(Decoded.Read.class);
        return ((Decoded.Read<ExecutionEvent>) decoded).value();
    }
}
