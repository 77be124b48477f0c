package io.trailwarden.sigma.yaml;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Builds {@link YamlNode}s from the event stream of snakeyaml-engine, one document at a time.
 *
 * <p>Bounded: nesting to {@value #MAX_DEPTH} levels, {@value #MAX_NODES} nodes a file with every alias counted at its
 * full size, so that a file of nested aliases cannot exhaust memory or time.
 */
public final class YamlReader {

    static final int MAX_DEPTH = 64;
    static final int MAX_NODES = 500_000;

    private static final Pattern TRUE = Pattern.compile("yes|Yes|YES|true|True|TRUE|on|On|ON");
    private static final Pattern FALSE = Pattern.compile("no|No|NO|false|False|FALSE|off|Off|OFF");
    private static final Pattern NOTHING = Pattern.compile("~|null|Null|NULL|");
    private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
    private static final Pattern OCTAL = Pattern.compile("[-+]?0[0-7_]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("[-+]?0x[0-9a-fA-F_]+");
    private static final Pattern BINARY = Pattern.compile("[-+]?0b[0-1_]+");
    private static final Pattern SEXAGESIMAL = Pattern.compile("[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?([0-9][0-9_]*\\.[0-9_]*([eE][-+][0-9]{1,3})?|\\.[0-9][0-9_]*([eE][-+][0-9]{1,3})?)");
    private static final Pattern MOMENT = Pattern.compile(
            "[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \\t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\\.[0-9]*)?"
                    + "([ \\t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?");

    /**
     * Every document of a text.
     *
     * @param file names the text in positions
     * @throws RuleRefusedException where the text is not YAML
     */
    public static List<YamlNode> documents(String file, String yaml) {
        YamlReader reader = new YamlReader(file, yaml);
        List<YamlNode> documents = new ArrayList<>();
        for (YamlNode node = reader.next(); node != null; node = reader.next()) {
            documents.add(node);
        }
        return documents;
    }

    private final String file;
    private final Iterator<Event> events;
    private final Map<String, Anchored> anchors = new HashMap<>();
    private int nodes;

    public YamlReader(String file, String yaml) {
        this.file = file;
        if (!yaml.isEmpty() && Character.isHighSurrogate(yaml.charAt(yaml.length() - 1))) {
            throw new RuleRefusedException(new Position(file, 1, 1), "not text: ends within a character");
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setUseMarks(true)
                .setParseComments(false)
                // In one piece: version 3.0.1 fails where a surrogate pair lies across two pieces.
                .setBufferSize(yaml.length() + 16)
                .build();
        this.events = new Parse(settings).parseString(yaml).iterator();
    }

    /**
     * The next document, or null after the last.
     *
     * @throws RuleRefusedException where the text is not YAML; nothing after it can be read
     */
    @Nullable
    public YamlNode next() {
        try {
            while (events.hasNext()) {
                Event event = events.next();
                switch (event.getEventId()) {
                    case StreamStart, DocumentEnd, StreamEnd, Comment -> {}
                    case DocumentStart -> anchors.clear();
                    default -> {
                        return node(event, 0);
                    }
                }
            }
            return null;
        } catch (MarkedYamlEngineException e) {
            throw new RuleRefusedException(position(e.getProblemMark()), "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new RuleRefusedException(new Position(file, 1, 1), "not YAML: " + e.getMessage());
        }
    }

    private YamlNode node(Event event, int depth) {
        Position at = position(event.getStartMark());
        if (depth > MAX_DEPTH) {
            throw new RuleRefusedException(at, "nested deeper than " + MAX_DEPTH + " levels");
        }
        count(1, at);
        if (event instanceof AliasEvent alias) {
            String name = alias.getAlias().getValue();
            Anchored anchored = anchors.get(name);
            if (anchored == null) {
                throw new RuleRefusedException(at, "alias *" + name + " names no earlier anchor");
            }
            count(anchored.size, at);
            return anchored.node;
        }
        int before = nodes;
        YamlNode node =
                switch (event.getEventId()) {
                    case Scalar -> scalar((ScalarEvent) event, at);
                    case SequenceStart -> sequence(at, depth);
                    case MappingStart -> mapping(at, depth);
                    default -> throw new RuleRefusedException(at, "unexpected YAML: " + event.getEventId());
                };
        ((NodeEvent) event)
                .getAnchor()
                .ifPresent(anchor -> anchors.put(anchor.getValue(), new Anchored(node, nodes - before + 1)));
        return node;
    }

    private YamlNode sequence(Position at, int depth) {
        List<YamlNode> items = new ArrayList<>();
        while (true) {
            Event event = events.next();
            switch (event.getEventId()) {
                case SequenceEnd -> {
                    return new YamlNode.Sequence(List.copyOf(items), at);
                }
                case Comment -> {}
                default -> items.add(node(event, depth + 1));
            }
        }
    }

    private YamlNode mapping(Position at, int depth) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        List<YamlNode.Entry> merged = new ArrayList<>();
        while (true) {
            Event event = events.next();
            switch (event.getEventId()) {
                case MappingEnd -> {
                    for (YamlNode.Entry entry : merged) {
                        entries.putIfAbsent(entry.key(), entry);
                    }
                    return new YamlNode.Mapping(List.copyOf(entries.values()), at);
                }
                case Comment -> {}
                default -> {
                    YamlNode key = node(event, depth + 1);
                    YamlNode value = node(events.next(), depth + 1);
                    if (isMergeKey(event)) {
                        merged.addAll(mergeable(value, key.at()));
                    } else if (entries.put(keyText(key), new YamlNode.Entry(keyText(key), key.at(), value)) != null) {
                        throw new RuleRefusedException(
                                key.at(),
                                "duplicate key " + keyText(key) + " (write the values as one list, or use |all)");
                    }
                }
            }
        }
    }

    private static boolean isMergeKey(Event key) {
        return key instanceof ScalarEvent scalar
                && scalar.isPlain()
                && scalar.getValue().equals("<<");
    }

    private static List<YamlNode.Entry> mergeable(YamlNode value, Position at) {
        if (value instanceof YamlNode.Mapping mapping) {
            return mapping.entries();
        }
        if (value instanceof YamlNode.Sequence sequence) {
            List<YamlNode.Entry> all = new ArrayList<>();
            sequence.items().forEach(item -> all.addAll(mergeable(item, at)));
            return all;
        }
        throw new RuleRefusedException(at, "<<: " + value.written() + " (expected: an alias of a map)");
    }

    private static String keyText(YamlNode key) {
        if (key instanceof YamlNode.Text text) {
            return text.value();
        }
        if (key instanceof YamlNode.Sequence || key instanceof YamlNode.Mapping) {
            throw new RuleRefusedException(key.at(), "a list or map as a key (expected: text)");
        }
        return key.written();
    }

    private YamlNode scalar(ScalarEvent event, Position at) {
        String value = event.getValue();
        Optional<String> tag = event.getTag();
        if (tag.isPresent() && tag.get().endsWith("str")) {
            return new YamlNode.Text(value, at);
        }
        if (tag.isPresent()
                && !tag.get().startsWith("tag:yaml.org,2002:")
                && !tag.get().equals("!")) {
            throw new RuleRefusedException(at, "tag " + tag.get() + " is not part of Sigma (leave it out)");
        }
        if (!event.isPlain() && tag.isEmpty()) {
            return new YamlNode.Text(value, at);
        }
        return plain(value, at);
    }

    private static YamlNode plain(String value, Position at) {
        if (NOTHING.matcher(value).matches()) {
            return new YamlNode.Nothing(at);
        }
        char first = value.charAt(0);
        if (Character.isLetter(first)) {
            return TRUE.matcher(value).matches()
                    ? new YamlNode.Truth(true, at)
                    : FALSE.matcher(value).matches() ? new YamlNode.Truth(false, at) : new YamlNode.Text(value, at);
        }
        if (value.length() > 200 || "0123456789+-.".indexOf(first) < 0) {
            return new YamlNode.Text(value, at);
        }
        BigDecimal number = number(value);
        if (number != null) {
            return new YamlNode.Numeric(number, at);
        }
        return MOMENT.matcher(value).matches() ? new YamlNode.Moment(value, at) : new YamlNode.Text(value, at);
    }

    private static @Nullable BigDecimal number(String value) {
        String digits = value.replace("_", "");
        if (INTEGER.matcher(value).matches() || DECIMAL.matcher(value).matches()) {
            return new BigDecimal(digits.endsWith(".") ? digits + "0" : digits);
        }
        boolean negative = digits.startsWith("-");
        String unsigned = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
        BigInteger magnitude = null;
        if (OCTAL.matcher(value).matches()) {
            magnitude = new BigInteger(unsigned, 8);
        } else if (HEXADECIMAL.matcher(value).matches() && unsigned.length() > 2) {
            magnitude = new BigInteger(unsigned.substring(2), 16);
        } else if (BINARY.matcher(value).matches() && unsigned.length() > 2) {
            magnitude = new BigInteger(unsigned.substring(2), 2);
        } else if (SEXAGESIMAL.matcher(value).matches()) {
            magnitude = BigInteger.ZERO;
            for (String part : unsigned.split(":")) {
                magnitude = magnitude.multiply(BigInteger.valueOf(60)).add(new BigInteger(part));
            }
        }
        return magnitude == null ? null : new BigDecimal(negative ? magnitude.negate() : magnitude);
    }

    private void count(int more, Position at) {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw new RuleRefusedException(at, "more than " + MAX_NODES + " YAML nodes, aliases counted in full");
        }
    }

    private Position position(Optional<Mark> mark) {
        return mark.map(m -> new Position(file, m.getLine() + 1, m.getColumn() + 1))
                .orElse(new Position(file, 1, 1));
    }

    private record Anchored(YamlNode node, int size) {}
}
