package io.trailwarden.event.codec;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.Origin;
import io.trailwarden.event.json.JsonFault;

/** Makes the dead letters of records that a codec cannot read. */
final class Rejection {

    private Rejection() {}

    static <T> Decoded<T> of(JsonFault fault, byte[] raw, Origin origin) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(fault.position(), raw.length); i++) {
            column++;
            if (raw[i] == '\n') {
                line++;
                column = 1;
            }
        }
        String place = record(origin) + ", line " + line + ", column " + column;
        return rejected(reason(fault), fault.getMessage(), place, raw, origin);
    }

    static <T> Decoded<T> of(Reason reason, String message, byte[] raw, Origin origin) {
        return rejected(reason, message, record(origin), raw, origin);
    }

    static Reason reason(JsonFault fault) {
        return switch (fault.kind()) {
            case MALFORMED -> Reason.MALFORMED;
            case DUPLICATE_KEY -> Reason.DUPLICATE_KEY;
            case TOO_DEEP -> Reason.TOO_DEEP;
            case TOO_LARGE -> Reason.TOO_LARGE;
        };
    }

    private static <T> Decoded<T> rejected(Reason reason, String message, String place, byte[] raw, Origin origin) {
        return new Decoded.Rejected<>(DeadLetter.of(reason, message, place, raw, 0, raw.length, origin));
    }

    private static String record(Origin origin) {
        return "record " + origin.offset();
    }
}
