package io.trailwarden.jobs.operator;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * One subtask's reference data: what the topic held at the start, and every change since.
 *
 * <p>The topic is the truth as long as it is the same topic. If it began anew (Kafka's directory was lost), what a
 * checkpoint remembers stays in force until the new topic says otherwise: an account directory that is suddenly empty
 * would withdraw findings that still stand.
 */
public final class ReferenceTable {

    /** An entry as checkpoints remember it, with the topic it came from. */
    public record Remembered(String incarnation, ReferenceEntry entry) {}

    /** How often changes of reference data are asked for. */
    public static final Duration REFRESH_INTERVAL = Duration.ofMillis(500);

    private final Map<String, ReferenceEntry> entries = new HashMap<>();
    private ReferenceFeed.@Nullable Reader reader;
    private String incarnation = "";
    private Reference reference = Reference.EMPTY;
    private @Nullable ListState<Remembered> remembered;

    /**
     * Takes what a checkpoint remembers and what the topic holds.
     *
     * @return whether a checkpoint was restored that remembers something else: all keys must be evaluated again
     */
    public boolean open(OperatorStateStore states, ReferenceFeed feed) throws Exception {
        remembered =
                states.getUnionListState(new ListStateDescriptor<>("reference", TypeInformation.of(Remembered.class)));
        reader = feed.open();
        incarnation = reader.incarnation();
        Map<String, ReferenceEntry> before = new HashMap<>();
        boolean sameTopic = true;
        for (Remembered one : remembered.get()) {
            before.put(nameOf(one.entry()), one.entry());
            sameTopic &= one.incarnation().equals(incarnation);
        }
        if (!sameTopic) {
            entries.putAll(before);
        }
        take(reader.backlog());
        reference = Reference.EMPTY.withAll(entries.values());
        return !before.isEmpty() && !bodies(before).equals(bodies(entries));
    }

    /** Takes what came since the last call. Returns whether it changed anything. */
    public boolean refresh() {
        List<ReferenceEntry> changes =
                take(Objects.requireNonNull(reader, "open").changes());
        reference = reference.withAll(changes);
        return !changes.isEmpty();
    }

    public void close() {
        if (reader != null) {
            reader.close();
        }
    }

    /** What holds now. */
    public Reference reference() {
        return reference;
    }

    /** Records of the topic that could not be read, since the start. */
    public long malformed() {
        return reader == null ? 0 : reader.malformed();
    }

    /** Entries that detectors refused to understand. */
    public long refused() {
        return reference.failures().size();
    }

    /** Keeps the entries in the checkpoint; one subtask does it for all. */
    public void snapshot(int subtask) throws Exception {
        ListState<Remembered> state = Objects.requireNonNull(remembered, "opened before a checkpoint");
        List<Remembered> now = new ArrayList<>();
        if (subtask == 0) {
            entries.values().forEach(entry -> now.add(new Remembered(incarnation, entry)));
        }
        state.update(now);
    }

    /** Returns what changed, in order. */
    private List<ReferenceEntry> take(List<ReferenceEntry> records) {
        return records.stream().filter(this::put).toList();
    }

    private boolean put(ReferenceEntry entry) {
        String name = nameOf(entry);
        ReferenceEntry before = entry.body() == null ? entries.remove(name) : entries.put(name, entry);
        return !Objects.equals(before == null ? null : before.body(), entry.body());
    }

    private static String nameOf(ReferenceEntry entry) {
        return EventKeys.of(entry);
    }

    private static Map<String, @Nullable String> bodies(Map<String, ReferenceEntry> entries) {
        Map<String, @Nullable String> bodies = new HashMap<>();
        entries.forEach((name, entry) -> bodies.put(name, entry.body()));
        return bodies;
    }
}
