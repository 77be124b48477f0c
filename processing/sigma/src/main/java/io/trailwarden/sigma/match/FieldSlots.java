package io.trailwarden.sigma.match;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives every field that rules name its places in an event: the key written with its dots at the top, which wins when
 * present, and the paths that the name describes. A dot parts two keys or belongs to one, at every level: {@code
 * tags.kubernetes.io/name} is {@code io/name} in {@code kubernetes} in {@code tags}, or {@code kubernetes.io/name} in
 * {@code tags}.
 *
 * <p>However its dots are read, a name so far is one node; so the readings of a name of n keys cost n nodes, and reading
 * an event costs a look for each of its keys, as without dots.
 */
final class FieldSlots {

    /** Dots after so many keys belong to the last one. */
    private static final int MAX_KEYS = 64;

    private final PathNode root = new PathNode();
    /** By what was read of a name so far. */
    private final Map<String, PathNode> nodes = new HashMap<>();
    /** The same where all of it was one key at the top. */
    private final Map<String, PathNode> tops = new HashMap<>();

    private final Map<String, Field> fields = new HashMap<>();
    private @Nullable Field every;
    private int slots;

    /**
     * A field's slots.
     *
     * @param path slot of the nested paths, or of the plain key
     * @param literal slot of the whole name as a key at the top of the event; -1 for a name without dots
     * @param everywhere whether this stands for every scalar of the event, where keywords are looked for
     */
    record Field(int path, int literal, boolean everywhere) {

        /** The first value of the field in this event, or -1. */
        int first(EventValues values) {
            if (everywhere) {
                return values.scalarAfter(-1);
            }
            if (literal >= 0) {
                int v = values.first(literal);
                if (v >= 0) {
                    return v;
                }
            }
            return values.first(path);
        }

        /** The next value of the field, or -1. */
        int next(EventValues values, int value) {
            return everywhere ? values.scalarAfter(value) : values.next(value);
        }
    }

    /** The field of this name; null stands for every scalar of the event. */
    Field field(@Nullable String name) {
        if (name == null) {
            if (every == null) {
                every = new Field(slots++, -1, true);
            }
            return every;
        }
        return fields.computeIfAbsent(name, this::place);
    }

    private Field place(String name) {
        String[] keys = name.split("\\.", MAX_KEYS);
        int[] ends = new int[keys.length + 1];
        ends[0] = -1;
        PathNode[] nodesTo = new PathNode[keys.length + 1];
        PathNode[] topsTo = new PathNode[keys.length + 1];
        for (int to = 1; to <= keys.length; to++) {
            ends[to] = ends[to - 1] + 1 + keys[to - 1].length();
            String soFar = name.substring(0, ends[to]);
            PathNode node = nodes.computeIfAbsent(soFar, n -> new PathNode());
            PathNode top = to == 1 ? node : tops.computeIfAbsent(soFar, n -> new PathNode());
            nodesTo[to] = node;
            topsTo[to] = top;
            for (int from = 1; from < to; from++) {
                byte[] key = name.substring(ends[from] + 1, ends[to]).getBytes(StandardCharsets.UTF_8);
                nodesTo[from].link(key, node);
                if (from > 1) {
                    topsTo[from].link(key, node);
                }
            }
            root.link(soFar.getBytes(StandardCharsets.UTF_8), top);
        }
        return new Field(take(nodesTo[keys.length]), keys.length == 1 ? -1 : take(topsTo[keys.length]), false);
    }

    private int take(PathNode node) {
        if (node.slot < 0) {
            node.slot = slots++;
        }
        return node.slot;
    }

    EventValues newValues() {
        return new EventValues(root, slots, every != null);
    }

    int size() {
        return slots;
    }

    /** The field that stands for every scalar, or null when no rule has keywords. */
    @Nullable
    Field everywhere() {
        return every;
    }

    /** Every named field given slots so far. */
    Collection<Field> all() {
        return List.copyOf(fields.values());
    }
}
