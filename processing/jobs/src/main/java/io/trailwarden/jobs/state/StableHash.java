package io.trailwarden.jobs.state;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a record, the same in every process and every Java. Flink divides keys among subtasks by their hash, in
 * checkpoints too; the hash of an enum differs from process to process, and how a record makes its own is unspecified.
 */
final class StableHash {

    private static final ClassValue<Method[]> ACCESSORS = new ClassValue<>() {
        @Override
        protected Method[] computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getAccessor)
                    .toArray(Method[]::new);
        }
    };

    private StableHash() {}

    /** The hash of texts, numbers, enums, and lists and records of them. */
    static int of(@Nullable Object value) {
        if (value instanceof Record) {
            int hash = 17;
            for (Method accessor : ACCESSORS.get(value.getClass())) {
                hash = 31 * hash + of(get(accessor, value));
            }
            return hash;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().hashCode();
        }
        if (value instanceof List<?> list) {
            int hash = 1;
            for (int i = 0; i < list.size(); i++) {
                hash = 31 * hash + of(list.get(i));
            }
            return hash;
        }
        // Texts and numbers: their hashes are part of Java's specification.
        return value == null ? 0 : value.hashCode();
    }

    private static @Nullable Object get(Method accessor, Object value) {
        try {
            return accessor.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("accessors of public records can be called", e);
        }
    }
}
