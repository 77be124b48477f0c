package io.trailwarden.jobs.detect;

import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Signal;
import io.trailwarden.jobs.state.DeclaredType;
import io.trailwarden.jobs.state.RecordTypes;
import io.trailwarden.jobs.state.StateKey;
import io.trailwarden.jobs.state.StateKeySerializer;
import io.trailwarden.jobs.state.TextSerializer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.functions.KeySelector;

/** What travels between intake and detectors, and what state is kept by: the types that these detectors declare. */
public final class DetectorTypes implements Serializable {

    private static final long serialVersionUID = 1L;

    private final ArrayList<KeyedDetector<?, ?, ?>> detectors;

    public DetectorTypes(List<KeyedDetector<?, ?, ?>> detectors) {
        this.detectors = new ArrayList<>(detectors);
    }

    /** The type of all their signals. */
    @SuppressWarnings("unchecked") // a class literal has no type arguments
    public TypeInformation<Signal<?, ?>> signals() {
        return new DeclaredType<>(
                "Signal",
                (Class<Signal<?, ?>>) (Class<?>) Signal.class,
                config -> new SignalSerializer(
                        keySerializer(config), each(KeyedDetector::newsType, config), TextSerializer.INSTANCE));
    }

    /** The type of all their keys. */
    public TypeInformation<StateKey> keys() {
        return new DeclaredType<>("StateKey", StateKey.class, this::keySerializer);
    }

    /** Signals of one detector and key meet in one state. */
    public static KeySelector<Signal<?, ?>, StateKey> byKey() {
        return signal -> new StateKey(signal.detector(), signal.key());
    }

    private StateKeySerializer keySerializer(SerializerConfig config) {
        return new StateKeySerializer(each(KeyedDetector::keyType, config));
    }

    private Map<String, TypeSerializer<Record>> each(
            Function<KeyedDetector<?, ?, ?>, Class<? extends Record>> type, SerializerConfig config) {
        Map<String, TypeSerializer<Record>> all = new TreeMap<>();
        for (KeyedDetector<?, ?, ?> detector : detectors) {
            all.put(detector.name(), serializer(type.apply(detector), config));
        }
        return all;
    }

    /** Only ever given records of this type: a signal's detector says which one. */
    @SuppressWarnings("unchecked")
    private static TypeSerializer<Record> serializer(Class<? extends Record> type, SerializerConfig config) {
        return (TypeSerializer<Record>) (TypeSerializer<?>) RecordTypes.of(type).createSerializer(config);
    }
}
