package io.trailwarden.event.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.Receipt;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.ReferenceEntry.Kind;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.custody.CustodyObservation.Detail;
import io.trailwarden.event.custody.CustodyObservation.Place;
import io.trailwarden.event.custody.CustodyObservation.State;
import io.trailwarden.event.custody.CustodyObservation.Times;
import io.trailwarden.event.topic.Message.Header;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    @Test
    void a_value_comes_back_from_its_message_with_its_key() {
        Receipt receipt = new Receipt("s3", "o", "ab", 1, 10, NOON);

        Message message = Topics.RECEIPTS.encode(receipt);

        assertThat(new String(message.key(), UTF_8)).isEqualTo("s3|o|ab");
        assertThat(Topics.RECEIPTS.decode(message)).isEqualTo(receipt);
    }

    @Test
    void an_observation_of_custody_comes_back_whole_and_is_replaced_by_a_later_one() {
        CustodyObservation seen = new CustodyObservation(
                CustodyObservation.Kind.GAP,
                new Place("bucket", "chain", "111122223333", "eu-west-1"),
                State.HOLDS,
                new Times(NOON, NOON.plusSeconds(1), NOON.plusSeconds(1), null),
                "digest",
                List.of(new Detail("digest", "no digest follows this one")),
                1);

        Message message = Topics.CUSTODY.encode(seen);

        assertThat(new String(message.key(), UTF_8)).isEqualTo("GAP|bucket|chain|2026-03-02T12:00:00Z");
        assertThat(Topics.CUSTODY.decode(message)).isEqualTo(seen);
        assertThat(Topics.CUSTODY
                        .encode(seen.at(State.IN_ORDER, NOON.plusSeconds(60)))
                        .key())
                .isEqualTo(message.key());
        Message damaged = new Message(message.key(), "{\"what\":\"GAP\",\"count\":1}".getBytes(UTF_8));
        assertThatThrownBy(() -> Topics.CUSTODY.decode(damaged))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("CustodyObservation without place");
    }

    @Test
    void an_entry_without_a_body_is_a_tombstone_and_back() {
        ReferenceEntry gone = new ReferenceEntry(Kind.RULE, "a|b", null, NOON);

        Message message = Topics.REFERENCE.encode(gone);

        assertThat(message.value()).isNull();
        assertThat(Topics.REFERENCE.decode(message))
                .isEqualTo(new ReferenceEntry(Kind.RULE, "a|b", null, Instant.EPOCH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RULE", "|x", "NOTHING|x", "rule|x"})
    void a_tombstone_of_no_key_is_malformed(String key) {
        assertThatThrownBy(() -> Topics.REFERENCE.decode(new Message(key.getBytes(UTF_8), null)))
                .isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void no_value_says_that_something_is_gone_only_where_the_last_value_is_kept() {
        Message nothing = new Message(new byte[] {1}, null);

        assertThat(Topics.RECEIPTS.decode(nothing)).isNull();
        assertThat(Topics.STATUS.decode(nothing)).isNull();
        assertThatThrownBy(() -> Topics.FINDINGS.decode(nothing))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("a record of findings without a value");
        assertThatThrownBy(() -> Topics.DEAD_LETTERS.decode(nothing)).isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void an_audit_record_has_its_origin_in_headers_and_ignores_those_of_newer_ingesters() {
        AuditRecord rejected =
                new AuditRecord(new byte[] {1}, new byte[] {2}, new byte[] {3}, new byte[] {4}, new byte[] {5});

        Message message = Topics.CLOUDTRAIL.encode(rejected);
        assertThat(message.headers()).extracting(Header::name).containsExactly("object", "offset", "rejected");
        assertThat(Topics.CLOUDTRAIL.decode(message)).usingRecursiveComparison().isEqualTo(rejected);

        Message stranger = new Message(new byte[] {1}, null, List.of(new Header("new", new byte[] {9})));
        assertThat(Topics.EXECUTIONS.decode(stranger))
                .usingRecursiveComparison()
                .isEqualTo(new AuditRecord(new byte[] {1}, null, null, null, null));
    }
}
