package io.trailwarden.detection.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.detection.Signal;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.correlation.Family;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CorrelationSignalsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The signal of an event for one partition, as the front end sends it. */
    static Signal signal(Family family, List<String> partition, CorrelatedEvent event) {
        String detail;
        try {
            detail = JSON.writeValueAsString(new CorrelationSignals.Detail(partition, event.rules(), event.fields()));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        return new Signal(
                CorrelationDetector.NAME,
                family.key() + ' ' + partition,
                "match",
                event.seen().eventId(),
                event.seen().time(),
                "111122223333",
                "eu-north-1",
                null,
                null,
                "arn:aws:iam::111122223333:user/dana",
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                family.key(),
                detail,
                false,
                List.of());
    }

    @Test
    void what_a_signal_carries_survives_the_way() {
        CorrelationSignals.Detail detail = new CorrelationSignals.Detail(
                List.of("a \"b\""), List.of("rule"), Map.of("user", List.of("x", "\u00fc")));
        CorrelatedEvent event = new CorrelatedEvent(
                new Sighting(Instant.EPOCH, "e1"), detail.rules(), detail.fields(), null, null, null);
        Family family = Correlations.of(CorrelationDetectorTest.FAILED_LOGINS)
                .families()
                .get(0);
        assertThat(CorrelationSignals.detail(signal(family, detail.partition(), event)))
                .isEqualTo(detail);
    }
}
