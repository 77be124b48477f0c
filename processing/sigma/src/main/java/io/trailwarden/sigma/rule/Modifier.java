package io.trailwarden.sigma.rule;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A value modifier of Sigma 2.1, under the names it goes by. Names are lower case. */
public enum Modifier {
    CONTAINS("contains"),
    STARTSWITH("startswith"),
    ENDSWITH("endswith"),
    ALL("all"),
    CASED("cased"),
    EXISTS("exists"),
    NEQ("neq"),
    RE("re"),
    IGNORECASE("i", "ignorecase"),
    MULTILINE("m", "multiline"),
    DOTALL("s", "dotall"),
    CIDR("cidr"),
    LT("lt"),
    LTE("lte"),
    GT("gt"),
    GTE("gte"),
    MINUTE("minute"),
    HOUR("hour"),
    DAY("day"),
    WEEK("week"),
    MONTH("month"),
    YEAR("year"),
    FIELDREF("fieldref"),
    EXPAND("expand"),
    BASE64("base64"),
    BASE64OFFSET("base64offset"),
    WIDE("wide", "utf16le"),
    UTF16BE("utf16be"),
    UTF16("utf16"),
    WINDASH("windash");

    private static final Map<String, Modifier> BY_NAME = new HashMap<>();

    static {
        for (Modifier modifier : values()) {
            modifier.names.forEach(name -> BY_NAME.put(name, modifier));
        }
    }

    private final List<String> names;

    Modifier(String... names) {
        this.names = List.of(names);
    }

    /** The modifier of this name, or null. */
    public static @Nullable Modifier named(String name) {
        return BY_NAME.get(name);
    }

    /** Every name, for messages. */
    public static String allNames() {
        return Arrays.stream(values()).flatMap(m -> m.names.stream()).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return names.get(0);
    }
}
