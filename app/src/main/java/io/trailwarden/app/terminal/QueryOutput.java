package io.trailwarden.app.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.text.Secrets;
import io.trailwarden.storage.sql.QueryColumn;
import io.trailwarden.storage.sql.RowConsumer;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query's result on standard output. Tables show strangers' text safely; CSV defuses cells that a spreadsheet would
 * run as a formula (OWASP, "CSV Injection") by a leading apostrophe; JSON is ASCII.
 */
public final class QueryOutput implements RowConsumer {

    /** The forms. */
    public enum Format {
        TABLE,
        CSV,
        JSON,
        PARQUET
    }

    private final PrintStream out;
    private final Format format;
    private final boolean showSecrets;
    private long hidden;
    private List<QueryColumn> columns = List.of();
    private List<String> names = List.of();
    private @Nullable TextTable table;

    /**
     * Writes there.
     *
     * @param showSecrets false: what {@link Secrets} knows is hidden
     */
    public QueryOutput(PrintStream out, Format format, boolean showSecrets) {
        this.showSecrets = showSecrets;
        this.out = out;
        this.format = format;
    }

    @Override
    public void columns(List<QueryColumn> found) {
        columns = found;
        names = distinct(found);
        if (format == Format.TABLE) {
            table = new TextTable(found.stream()
                    .map(column -> (isNumber(column.type()) ? ">" : "") + column.name())
                    .toArray(String[]::new));
        } else if (format == Format.CSV) {
            print(found.stream().map(column -> csv(column.name())).toList());
        }
    }

    /** A query may give two columns one name; in an object the later would hide the earlier. */
    private static List<String> distinct(List<QueryColumn> columns) {
        Set<String> names = new LinkedHashSet<>();
        for (QueryColumn column : columns) {
            String name = column.name();
            for (int i = 2; !names.add(name); i++) {
                name = column.name() + "_" + i;
            }
        }
        return List.copyOf(names);
    }

    @Override
    public void row(List<@Nullable Object> read) {
        List<@Nullable Object> values = showSecrets ? read : masked(read);
        switch (format) {
            case TABLE -> {
                if (table != null) {
                    table.row(values.stream().map(QueryOutput::text).toArray());
                }
            }
            case CSV -> print(values.stream().map(QueryOutput::csv).toList());
            case JSON -> {
                ObjectNode json = JsonNodeFactory.instance.objectNode();
                for (int i = 0; i < columns.size(); i++) {
                    json.set(names.get(i), json(values.get(i)));
                }
                out.println(JsonOut.line(json));
            }
            case PARQUET -> {}
        }
    }

    private List<@Nullable Object> masked(List<@Nullable Object> read) {
        List<@Nullable Object> values = new ArrayList<>(read);
        for (int i = 0; i < values.size(); i++) {
            Object value = values.get(i);
            if (value != null && !(value instanceof Number) && !(value instanceof Boolean)) {
                Secrets.MaskedText masked = Secrets.mask(columns.get(i).name(), value.toString());
                hidden += masked.hidden();
                if (masked.hidden() > 0) {
                    values.set(i, masked.text());
                }
            }
        }
        return values;
    }

    /** How many values were hidden. */
    public long hidden() {
        return hidden;
    }

    /** Prints what was held back for its width. */
    public void end() {
        if (table != null) {
            table.print(out);
        }
        out.flush();
    }

    private void print(List<String> cells) {
        out.print(String.join(",", cells) + "\r\n");
    }

    /** A number is no formula, although it may begin with a minus. */
    private static String csv(@Nullable Object value) {
        if (value == null || value instanceof Number) {
            return text(value);
        }
        String safe = defused(value.toString());
        boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }

    /** Control characters at the beginning count too: some spreadsheets do not see them. */
    static String defused(String cell) {
        boolean formula = !cell.isEmpty() && (cell.charAt(0) < ' ' || "=+-@|%".indexOf(cell.charAt(0)) >= 0);
        return formula ? "'" + cell : cell;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static boolean isNumber(String type) {
        return type.endsWith("INT")
                || type.startsWith("DECIMAL")
                || type.equals("DOUBLE")
                || type.equals("INTEGER")
                || type.equals("FLOAT");
    }

    private static JsonNode json(@Nullable Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value == null) {
            return nodes.nullNode();
        }
        if (value instanceof Boolean bool) {
            return nodes.booleanNode(bool);
        }
        if (value instanceof Long number) {
            return nodes.numberNode(number);
        }
        if (value instanceof BigInteger number) {
            return nodes.numberNode(number);
        }
        if (value instanceof Double number) {
            return nodes.numberNode(number);
        }
        if (value instanceof BigDecimal number) {
            return nodes.numberNode(number);
        }
        return nodes.textNode(value.toString());
    }
}
