package io.trailwarden.jobs.state;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of a text in detectors' state, see {@link TextSerializer}. */
public final class TextType extends TypeInformation<String> {

    private static final long serialVersionUID = 1L;
    public static final TextType INSTANCE = new TextType();

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
    public Class<String> getTypeClass() {
        return String.class;
    }

    @Override
    public boolean isKeyType() {
        return true;
    }

    @Override
    public TypeSerializer<String> createSerializer(SerializerConfig config) {
        return TextSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return "Text";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextType;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof TextType;
    }

    @Override
    public int hashCode() {
        return TextType.class.hashCode();
    }
}
