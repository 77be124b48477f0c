package io.trailwarden.jobs.state;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@link StateKey}: the detector's name, then its key as the detector's own type. Knows the declared types and
 * no others.
 */
public final class StateKeySerializer extends TypeSerializer<StateKey> {

    private static final long serialVersionUID = 1L;

    private final TreeMap<String, TypeSerializer<Record>> keys;

    /**
     * A serialiser.
     *
     * @param keys how each detector's keys are written, by its name
     */
    public StateKeySerializer(Map<String, TypeSerializer<Record>> keys) {
        this.keys = new TreeMap<>(keys);
    }

    @Override
    public void serialize(StateKey value, DataOutputView out) throws IOException {
        TextSerializer.INSTANCE.serialize(value.detector(), out);
        of(value.detector()).serialize(value.key(), out);
    }

    @Override
    public StateKey deserialize(DataInputView in) throws IOException {
        String detector = String.valueOf(TextSerializer.INSTANCE.deserialize(in));
        return new StateKey(detector, of(detector).deserialize(in));
    }

    private TypeSerializer<Record> of(String detector) {
        TypeSerializer<Record> serializer = keys.get(detector);
        if (serializer == null) {
            throw new IllegalArgumentException("a key of detector \"" + detector + "\" (known: " + keys.keySet() + ')');
        }
        return serializer;
    }

    @Override
    public StateKey deserialize(StateKey reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public StateKey copy(StateKey from) {
        return from;
    }

    @Override
    public StateKey copy(StateKey from, StateKey reuse) {
        return from;
    }

    @Override
    public TypeSerializer<StateKey> duplicate() {
        Map<String, TypeSerializer<Record>> own = new TreeMap<>();
        keys.forEach((detector, serializer) -> own.put(detector, serializer.duplicate()));
        return new StateKeySerializer(own);
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public @Nullable StateKey createInstance() {
        return null;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateKeySerializer that && keys.equals(that.keys);
    }

    @Override
    public int hashCode() {
        return keys.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<StateKey> snapshotConfiguration() {
        Map<String, TypeSerializerSnapshot<Record>> forms = new TreeMap<>();
        keys.forEach((detector, serializer) -> forms.put(detector, serializer.snapshotConfiguration()));
        return new Form(forms);
    }

    /**
     * Tells Flink how a checkpoint's keys were written. Detectors may come and go between two jobs; the keys of one that
     * has gone are still read, and belong to nobody.
     */
    public static final class Form implements TypeSerializerSnapshot<StateKey> {

        private final Map<String, TypeSerializerSnapshot<Record>> forms;

        /** As Flink restores it. */
        public Form() {
            this(new TreeMap<>());
        }

        private Form(Map<String, TypeSerializerSnapshot<Record>> forms) {
            this.forms = forms;
        }

        @Override
        public int getCurrentVersion() {
            return 1;
        }

        @Override
        public void writeSnapshot(DataOutputView out) throws IOException {
            out.writeInt(forms.size());
            for (Map.Entry<String, TypeSerializerSnapshot<Record>> form : forms.entrySet()) {
                out.writeUTF(form.getKey());
                TypeSerializerSnapshot.writeVersionedSnapshot(out, form.getValue());
            }
        }

        @Override
        public void readSnapshot(int version, DataInputView in, ClassLoader classes) throws IOException {
            for (int left = in.readInt(); left > 0; left--) {
                forms.put(in.readUTF(), TypeSerializerSnapshot.readVersionedSnapshot(in, classes));
            }
        }

        @Override
        public StateKeySerializer restoreSerializer() {
            Map<String, TypeSerializer<Record>> keys = new TreeMap<>();
            forms.forEach((detector, form) -> keys.put(detector, form.restoreSerializer()));
            return new StateKeySerializer(keys);
        }

        @Override
        public TypeSerializerSchemaCompatibility<StateKey> resolveSchemaCompatibility(
                TypeSerializerSnapshot<StateKey> older) {
            if (!(older instanceof Form before)) {
                return TypeSerializerSchemaCompatibility.incompatible();
            }
            Map<String, TypeSerializer<Record>> all = new TreeMap<>(restoreSerializer().keys);
            for (Map.Entry<String, TypeSerializerSnapshot<Record>> was : before.forms.entrySet()) {
                TypeSerializerSnapshot<Record> is = forms.get(was.getKey());
                if (is == null) {
                    all.put(was.getKey(), was.getValue().restoreSerializer());
                } else if (!is.resolveSchemaCompatibility(was.getValue()).isCompatibleAsIs()) {
                    return TypeSerializerSchemaCompatibility.incompatible();
                }
            }
            return all.size() == forms.size()
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.compatibleWithReconfiguredSerializer(
                            new StateKeySerializer(all));
        }
    }
}
