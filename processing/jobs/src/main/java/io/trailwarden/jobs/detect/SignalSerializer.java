package io.trailwarden.jobs.detect;

import io.trailwarden.detection.Signal;
import io.trailwarden.event.Sighting;
import io.trailwarden.jobs.state.StateKey;
import io.trailwarden.jobs.state.StateKeySerializer;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Writes a signal from one operator to the next: its key, the event, and the news as the detector's own type. Signals are
 * never part of a checkpoint.
 */
final class SignalSerializer extends TypeSerializer<Signal<?, ?>> {

    private static final long serialVersionUID = 1L;

    private final StateKeySerializer keys;
    private final TreeMap<String, TypeSerializer<Record>> news;
    private final TypeSerializer<String> texts;

    SignalSerializer(StateKeySerializer keys, Map<String, TypeSerializer<Record>> news, TypeSerializer<String> texts) {
        this.keys = keys;
        this.news = new TreeMap<>(news);
        this.texts = texts;
    }

    @Override
    public void serialize(Signal<?, ?> signal, DataOutputView out) throws IOException {
        keys.serialize(new StateKey(signal.detector(), signal.key()), out);
        Instant time = signal.event().time();
        out.writeLong(time.getEpochSecond());
        out.writeInt(time.getNano());
        texts.serialize(signal.event().eventId(), out);
        of(signal.detector()).serialize(signal.news(), out);
    }

    @Override
    public Signal<?, ?> deserialize(DataInputView in) throws IOException {
        StateKey key = keys.deserialize(in);
        Instant time = Instant.ofEpochSecond(in.readLong(), in.readInt());
        Sighting event = new Sighting(time, texts.deserialize(in));
        return new Signal<>(key.detector(), key.key(), event, of(key.detector()).deserialize(in));
    }

    private TypeSerializer<Record> of(String detector) {
        TypeSerializer<Record> serializer = news.get(detector);
        if (serializer == null) {
            throw new IllegalArgumentException("news of detector \"" + detector + "\" (known: " + news.keySet() + ')');
        }
        return serializer;
    }

    @Override
    public Signal<?, ?> deserialize(Signal<?, ?> reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public Signal<?, ?> copy(Signal<?, ?> from) {
        return from;
    }

    @Override
    public Signal<?, ?> copy(Signal<?, ?> from, Signal<?, ?> reuse) {
        return from;
    }

    @Override
    public SignalSerializer duplicate() {
        Map<String, TypeSerializer<Record>> own = new TreeMap<>();
        news.forEach((detector, serializer) -> own.put(detector, serializer.duplicate()));
        return new SignalSerializer((StateKeySerializer) keys.duplicate(), own, texts.duplicate());
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public @Nullable Signal<?, ?> createInstance() {
        return null;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignalSerializer that && keys.equals(that.keys) && news.equals(that.news);
    }

    @Override
    public int hashCode() {
        return 31 * keys.hashCode() + news.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<Signal<?, ?>> snapshotConfiguration() {
        throw new UnsupportedOperationException("signals are on their way only; no state holds them");
    }
}
