package io.trailwarden.event.codec;

import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.custody.CustodyObservation;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka key of everything that travels. Two deliveries of one event have one key and so reach one partition, where
 * duplicates are known without a shuffle. In Kafka the key is this text in UTF-8.
 */
public final class EventKeys {

    private EventKeys() {}

    /** See {@link AuditEvent#key()}. */
    public static String of(AuditEvent event) {
        return event.key();
    }

    /** As {@link CloudTrailEvent#key(String, String)}. */
    public static String cloudTrail(String eventId, @Nullable String recipientAccountId) {
        return CloudTrailEvent.key(eventId, recipientAccountId);
    }

    /** Hash of the object and place in it: a record that could not be read has no other identity. */
    public static String of(DeadLetter letter) {
        return rejected(letter.origin().objectSha256(), letter.origin().offset());
    }

    /** As {@link #of(DeadLetter)}, for who knows only these two. */
    public static String rejected(String objectSha256, long offset) {
        return objectSha256 + '#' + offset;
    }

    /** Source, object and hash: reading the same object again replaces its receipt. */
    public static String of(Receipt receipt) {
        return receipt.source() + '|' + receipt.object() + '|' + receipt.objectSha256();
    }

    /** Kind and key. */
    public static String of(ReferenceEntry entry) {
        return entry.kind() + "|" + entry.key();
    }

    /** Kind, place and window: a later observation of them replaces an earlier one. */
    public static String of(CustodyObservation observation) {
        CustodyObservation.Place place = observation.place();
        return observation.what()
                + "|"
                + (place.bucket() == null ? "" : place.bucket())
                + '|'
                + place.name()
                + '|'
                + observation.window();
    }

    /** Part and subtask. */
    public static String of(JobStatus status) {
        return status.part() + '|' + status.subtask();
    }

    /** The finding's id. */
    public static String of(Finding finding) {
        return finding.id();
    }

    /** The id of a record that has none of its own: {@code sha256:} and the hash of its bytes. */
    public static String idOf(byte[] bytes, int from, int to) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, to - from);
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
