package io.trailwarden.jobs.state;

import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Writes what another serialiser writes, as one block. A checkpoint's stream takes a lock and some calls per write;
 * field by field that cost more than the fields.
 *
 * <p>Values are taken for what they are: records that nobody changes. So none is copied, where Flink copies what the heap
 * holds while a checkpoint is written from it.
 *
 * <p>The bytes are the other serialiser's own, so state can move between the two forms. Like all of Flink's serialisers
 * it belongs to one thread; {@link #duplicate()} makes the next one.
 */
public final class BlockSerializer<T> extends TypeSerializer<T> {

    private static final long serialVersionUID = 1L;
    private static final int FIRST_CAPACITY = 1024;

    /** A state of unusual size must not occupy its memory from then on. */
    private static final int MOST_KEPT = 1 << 20;

    private final TypeSerializer<T> fields;
    private transient @Nullable DataOutputSerializer block;

    public BlockSerializer(TypeSerializer<T> fields) {
        this.fields = fields;
    }

    @Override
    public void serialize(T value, DataOutputView out) throws IOException {
        DataOutputSerializer buffer = block == null ? new DataOutputSerializer(FIRST_CAPACITY) : block;
        buffer.clear();
        fields.serialize(value, buffer);
        out.write(buffer.getSharedBuffer(), 0, buffer.length());
        block = buffer.length() > MOST_KEPT ? null : buffer;
    }

    @Override
    public T deserialize(DataInputView in) throws IOException {
        return fields.deserialize(in);
    }

    @Override
    public T deserialize(T reuse, DataInputView in) throws IOException {
        return fields.deserialize(reuse, in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        fields.copy(in, out);
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return from;
    }

    @Override
    public BlockSerializer<T> duplicate() {
        return new BlockSerializer<>(fields.duplicate());
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public T createInstance() {
        return fields.createInstance();
    }

    @Override
    public int getLength() {
        return fields.getLength();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockSerializer<?> that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return Objects.hash(BlockSerializer.class, fields);
    }

    @Override
    public Form<T> snapshotConfiguration() {
        return new Form<>(this);
    }

    /** Tells Flink how a checkpoint's blocks were written. */
    public static final class Form<T> extends CompositeTypeSerializerSnapshot<T, BlockSerializer<T>> {

        /** As Flink restores it. */
        public Form() {}

        Form(BlockSerializer<T> serializer) {
            super(serializer);
        }

        @Override
        protected int getCurrentOuterSnapshotVersion() {
            return 1;
        }

        @Override
        protected TypeSerializer<?>[] getNestedSerializers(BlockSerializer<T> serializer) {
            return new TypeSerializer<?>[] {serializer.fields};
        }

        @Override
        @SuppressWarnings("unchecked") // the one nested serialiser is of T
        protected BlockSerializer<T> createOuterSerializerWithNestedSerializers(TypeSerializer<?>[] nested) {
            return new BlockSerializer<>((TypeSerializer<T>) nested[0]);
        }
    }
}
