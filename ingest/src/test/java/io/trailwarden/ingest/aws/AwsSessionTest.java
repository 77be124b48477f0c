package io.trailwarden.ingest.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.testing.aws.SimulatedClock;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

class AwsSessionTest {

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-03-02T09:00:00Z"));
    private final AwsSessions sessions = new AwsSessions(clock, clock::advance);
    private final AwsSession session = sessions.of(new AwsAccess("eu-west-1", null, null, null, null));

    @AfterEach
    void close() {
        sessions.close();
    }

    @Test
    void a_connection_lost_before_the_body_was_on_its_way_is_tried_again() throws Exception {
        AtomicInteger attempts = new AtomicInteger();

        String answer = session.call(AwsApi.GET_OBJECT, "s3", () -> {
            if (attempts.incrementAndGet() <= 3) {
                throw lost();
            }
            return "answered";
        });

        assertThat(answer).isEqualTo("answered");
        assertThat(attempts).hasValue(4);
        assertThat(clock.instant())
                .isAfter(Instant.parse("2026-03-02T09:00:00Z").plus(Duration.ofMillis(500)));
    }

    @Test
    void a_connection_that_is_always_lost_ends_as_the_SDK_s_own_exceptions_do() {
        Supplier<String> always = () -> {
            throw lost();
        };

        assertThatThrownBy(() -> session.call(AwsApi.GET_OBJECT, "s3, object a/b", always))
                .isInstanceOf(IngestException.class)
                .hasMessage("s3, object a/b: s3:GetObject failed 15 times, at last: "
                        + "the connection was lost: Unexpected end of file from server");
        assertThatThrownBy(() -> session.once(AwsApi.GET_OBJECT, always))
                .isInstanceOf(SdkClientException.class)
                .hasRootCauseInstanceOf(SocketException.class);
    }

    /** As the SDK's client for URL connections lets it through. */
    private static UncheckedIOException lost() {
        return new UncheckedIOException(new SocketException("Unexpected end of file from server"));
    }
}
