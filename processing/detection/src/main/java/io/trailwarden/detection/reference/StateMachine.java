package io.trailwarden.detection.reference;

import io.trailwarden.event.ReferenceEntry;
import org.jspecify.annotations.Nullable;

/**
 * What the inventory knows about one state machine.
 *
 * @param arn the entry's key
 * @param type {@code STANDARD} or {@code EXPRESS}
 * @param roleArn the execution role
 * @param loggingLevel {@code ALL}, {@code ERROR}, {@code FATAL} or {@code OFF}
 */
public record StateMachine(
        String arn,
        @Nullable String name,
        @Nullable String type,
        @Nullable String roleArn,
        @Nullable String loggingLevel) {

    private static final int LARGE = 2000;

    static StateMachine read(String arn, Body body) {
        Body logging = body.object("loggingConfiguration");
        StateMachine machine = new StateMachine(
                arn,
                body.text("name"),
                body.text("type"),
                body.text("roleArn"),
                logging == null ? null : logging.text("level"));
        // The inventory hands on what DescribeStateMachine said, and AWS adds to that.
        body.closeLeniently();
        return machine;
    }

    /**
     * The entry without what is not read here: a definition has up to a megabyte, and an account may have thousands of
     * them. One that cannot be understood stays as it is, to be refused.
     */
    static ReferenceEntry slim(ReferenceEntry entry) {
        String body = entry.body();
        if (body == null || body.length() <= LARGE) {
            return entry;
        }
        try {
            return new ReferenceEntry(
                    entry.kind(), entry.key(), Body.parse(body).without("definition"), entry.seenAt());
        } catch (RefusedEntryException e) {
            return entry;
        }
    }

    /**
     * The ARN without version, alias and distributed map's label:
     * {@code arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow:3} and {@code …:OrderFlow/Each} are both
     * {@code …:OrderFlow}.
     */
    public static String base(String arn) {
        int end = arn.length();
        int colons = 0;
        for (int i = 0; i < end; i++) {
            char c = arn.charAt(i);
            if (c == ':') {
                colons++;
            }
            if (colons == 7 || colons == 6 && c == '/') {
                return arn.substring(0, i);
            }
        }
        return arn;
    }
}
