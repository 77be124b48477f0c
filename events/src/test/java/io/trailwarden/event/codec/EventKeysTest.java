package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.ReferenceEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventKeysTest {

    private static final Origin ORIGIN = new Origin("s3", "bucket/a.json.gz", 41, "00ff", Instant.EPOCH);

    /** Pinned: another key sends an event's second delivery to another partition, where it is no duplicate. */
    @Test
    void every_kind_that_travels_has_its_key() {
        assertThat(EventKeys.cloudTrail("e1", "111122223333")).isEqualTo("e1|111122223333");
        assertThat(EventKeys.cloudTrail("e1", null)).isEqualTo("e1|");
        assertThat(EventKeys.of(new DeadLetter(DeadLetter.Reason.MALFORMED, "", "", new byte[0], 0, ORIGIN)))
                .isEqualTo("00ff#41");
        assertThat(EventKeys.of(new Receipt("s3", "bucket/a.json.gz", "00ff", 1, 2, Instant.EPOCH)))
                .isEqualTo("s3|bucket/a.json.gz|00ff");
        assertThat(EventKeys.of(new ReferenceEntry(ReferenceEntry.Kind.STATE_MACHINE, "arn:x", "{}", Instant.EPOCH)))
                .isEqualTo("STATE_MACHINE|arn:x");
        assertThat(EventKeys.of(new JobStatus("run", "detect-2", 3, 4, Instant.EPOCH, null, Map.of())))
                .isEqualTo("detect-2|3");
    }

    @Test
    void a_record_without_an_id_is_known_by_the_hash_of_its_own_bytes() {
        byte[] bytes = "xx{}yy".getBytes(StandardCharsets.UTF_8);

        // printf '{}' | sha256sum
        assertThat(EventKeys.idOf(bytes, 2, 4))
                .isEqualTo("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        assertThat(EventKeys.idOf(bytes, 0, 0))
                .isEqualTo("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
