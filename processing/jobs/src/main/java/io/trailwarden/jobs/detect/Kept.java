package io.trailwarden.jobs.detect;

import io.trailwarden.jobs.state.RecordTypes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What is kept of one key of a detector: the detector's own state, when the key was last heard of, and which timer looks
 * after its expiry. One value, because each access to state on disk costs as much as the work on it.
 *
 * <p>All times in milliseconds since 1970; 0: never, or no such timer.
 *
 * @param lastSignal processing time of the last signal
 * @param expiryTimer event time at which expiry is looked at
 * @param quietTimer processing time at which expiry is looked at
 * @param state the detector's
 * @param <S> the detector's state
 */
public record Kept<S extends Record>(long lastSignal, long expiryTimer, long quietTimer, S state) {

    /** The type of it, for detectors with this state. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // a class literal has no type arguments
    static <S extends Record> TypeInformation<Kept<S>> of(Class<S> state) {
        Map<String, TypeInformation<?>> fields = new LinkedHashMap<>();
        fields.put("lastSignal", Types.LONG);
        fields.put("expiryTimer", Types.LONG);
        fields.put("quietTimer", Types.LONG);
        fields.put("state", RecordTypes.of(state));
        return (TypeInformation<Kept<S>>) (TypeInformation) Types.POJO(Kept.class, fields);
    }

    boolean watched() {
        return expiryTimer != 0 || quietTimer != 0;
    }

    Kept<S> with(S changed) {
        return new Kept<>(lastSignal, expiryTimer, quietTimer, changed);
    }

    Kept<S> signalled(long now) {
        return new Kept<>(now, expiryTimer, quietTimer, state);
    }

    Kept<S> withExpiryTimer(long at) {
        return new Kept<>(lastSignal, at, quietTimer, state);
    }

    Kept<S> withQuietTimer(long at) {
        return new Kept<>(lastSignal, expiryTimer, at, state);
    }
}
