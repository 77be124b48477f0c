package io.trailwarden.jobs.state;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Type information of records with lists and maps of any depth. Flink's own analysis (2.1) sees only the first level,
 * and takes a map of maps for something that only Kryo can serialise.
 */
public final class RecordTypes {

    private RecordTypes() {}

    /** The type of this record. */
    public static <R extends Record> TypeInformation<R> of(Class<R> type) {
        Map<String, TypeInformation<?>> fields = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            fields.put(component.getName(), of(component.getGenericType()));
        }
        return Types.POJO(type, fields);
    }

    private static TypeInformation<?> of(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return Types.LIST(of(arguments[0]));
            }
            if (generic.getRawType() == Map.class) {
                return Types.MAP(of(arguments[0]), of(arguments[1]));
            }
        }
        if (type == String.class) {
            return TextType.INSTANCE;
        }
        if (type instanceof Class<?> plain && plain.isRecord()) {
            return of(plain.asSubclass(Record.class));
        }
        return TypeInformation.of((Class<?>) rawType(type));
    }

    private static Type rawType(Type type) {
        return type instanceof ParameterizedType generic ? generic.getRawType() : type;
    }
}
