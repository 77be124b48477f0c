package io.trailwarden.jobs.state;

import java.io.Serializable;
import java.util.Objects;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * A type whose serialiser we make ourselves. Equal by name: two of one name are made of the same detectors.
 *
 * @param <T> the type
 */
public final class DeclaredType<T> extends TypeInformation<T> {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final Class<T> type;
    private final Maker<T> maker;

    /** Makes a serialiser. */
    @FunctionalInterface
    public interface Maker<T> extends Function<SerializerConfig, TypeSerializer<T>>, Serializable {}

    /** A type of this name. */
    public DeclaredType(String name, Class<T> type, Maker<T> maker) {
        this.name = name;
        this.type = type;
        this.maker = maker;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<T> getTypeClass() {
        return type;
    }

    @Override
    public boolean isKeyType() {
        return true;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return maker.apply(config);
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeclaredType<?> that && name.equals(that.name) && type == that.type;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof DeclaredType;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type);
    }
}
