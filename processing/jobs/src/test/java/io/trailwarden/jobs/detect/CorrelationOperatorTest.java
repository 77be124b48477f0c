package io.trailwarden.jobs.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.rules.CorrelationDetector;
import io.trailwarden.detection.rules.CorrelationKey;
import io.trailwarden.detection.rules.CorrelationNews;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.jobs.ListFeed;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.state.StateKey;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Correlations in their operator: through a checkpoint, a crash after it, a restore and another parallelism. */
class CorrelationOperatorTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_PARALLELISM = 128;
    private static final String RULES =
            """
            title: Failed login
            name: failed
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection: {eventName: ConsoleLogin}
              condition: selection
            ---
            title: Many failed logins
            name: many
            correlation:
              type: event_count
              rules: [failed]
              group-by: [ip]
              timespan: 5m
              condition: {gte: 3}
            """;

    private final JobSettings settings = JobSettings.local(1, URI.create("file:///none"));

    @Test
    void goldenCasesSurviveACheckpointACrashAndARescale() throws Exception {
        List<String> differences = new ArrayList<>();
        int cases = 0;
        for (String line : Files.readAllLines(golden(), StandardCharsets.UTF_8)) {
            JsonNode golden = JSON.readTree(line);
            if (!golden.has("expected_firings")) {
                continue;
            }
            cases++;
            List<String> expected = expected(golden);
            List<String> found = run(golden);
            if (!found.equals(expected)) {
                differences.add(golden.get("name").asText() + "\n expected " + expected + "\n got      " + found);
            }
        }
        assertThat(differences).isEmpty();
        assertThat(cases).isGreaterThan(200);
    }

    @Test
    void aChangedCorrelationJudgesWhatItRememberedWithoutARestart() throws Exception {
        ListFeed feed = rules(RULES);
        Source source = new Source(RULES);
        try (Subtasks subtasks = new Subtasks(1, feed, null, 1)) {
            subtasks.take(source.signals("e1", 0, "{\"eventName\":\"ConsoleLogin\",\"ip\":\"192.0.2.1\"}"));
            subtasks.take(source.signals("e2", 1_000, "{\"eventName\":\"ConsoleLogin\",\"ip\":\"192.0.2.1\"}"));
            subtasks.checkpoint(1);
            assertThat(subtasks.open()).isEmpty();

            feed.put(LoadedRules.entry("case.yml", RULES.replace("gte: 3", "gte: 2"), true, Instant.EPOCH));
            subtasks.time(1_000);

            assertThat(subtasks.open()).containsExactly("many@1000{ip=192.0.2.1}[e1, e2]");

            feed.put(LoadedRules.entry("case.yml", RULES, true, Instant.EPOCH));
            subtasks.time(2_000);

            assertThat(subtasks.open()).isEmpty();
        }
    }

    private List<String> run(JsonNode golden) throws Exception {
        String yaml = golden.get("rules_yaml").asText();
        ListFeed feed = rules(yaml);
        Source source = new Source(yaml);
        List<JsonNode> events = new ArrayList<>();
        golden.get("events").forEach(events::add);
        events.sort((a, b) ->
                a.get("arrival_order").asInt() - b.get("arrival_order").asInt());
        int half = events.size() / 2;

        Subtasks before = new Subtasks(2, feed, null, 1);
        List<OperatorSubtaskState> state;
        Map<String, Finding> known;
        try (before) {
            for (JsonNode event : events.subList(0, half)) {
                before.take(source.signals(event));
            }
            state = before.checkpoint(1);
            // Taken after the checkpoint, published perhaps, and lost.
            for (JsonNode event : events.subList(half, Math.min(events.size(), half + 3))) {
                before.take(source.signals(event));
            }
            before.flush(2);
            known = before.latest();
        }
        try (Subtasks after = new Subtasks(
                3,
                feed,
                KeyedOneInputStreamOperatorTestHarness.repackageState(state.toArray(new OperatorSubtaskState[0])),
                2)) {
            after.latest().putAll(known);
            for (JsonNode event : events.subList(half, events.size())) {
                after.take(source.signals(event));
            }
            after.flush(3);
            return after.open();
        }
    }

    private static ListFeed rules(String yaml) {
        return ListFeed.empty().put(LoadedRules.entry("case.yml", yaml, true, Instant.EPOCH));
    }

    private static List<String> expected(JsonNode golden) {
        List<String> texts = new ArrayList<>();
        for (JsonNode firing : golden.get("expected_firings")) {
            Map<String, String> group = new TreeMap<>();
            firing.get("group")
                    .properties()
                    .forEach(entry -> group.put(entry.getKey(), entry.getValue().asText()));
            List<String> ids = new ArrayList<>();
            firing.get("event_ids").forEach(id -> ids.add(id.asText()));
            texts.add(
                    firing.get("rule").asText() + '@' + firing.get("first_time").asLong() + group + ids);
        }
        return texts.stream().sorted().toList();
    }

    private static Path golden() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/data"))) {
            folder = folder.getParent();
        }
        assumeTrue(folder != null, "no shared/data beside the repository: skipped");
        return folder.resolve("shared/data/golden/sigma/correlation-cases.jsonl");
    }

    private static final DetectorTypes TYPES = new DetectorTypes(List.of(new CorrelationDetector()));

    /** The front end that makes the signals. */
    private static final class Source {
        private final SignalSource<CorrelationKey, CorrelationNews> source = new CorrelationDetector().signals();
        private final Reference reference;

        Source(String yaml) {
            reference = Reference.EMPTY.with(LoadedRules.entry("case.yml", yaml, true, Instant.EPOCH));
        }

        List<Signal<?, ?>> signals(JsonNode event) throws IOException {
            return signals(
                    event.get("id").asText(),
                    event.get("t").asLong(),
                    event.get("fields").toString());
        }

        List<Signal<?, ?>> signals(String id, long millis, String fields) throws IOException {
            ObjectNode record = JSON.createObjectNode()
                    .put("eventVersion", "1.11")
                    .put("eventID", id)
                    .put("eventTime", Instant.ofEpochMilli(millis).toString())
                    .put("eventSource", "signin.amazonaws.com")
                    .put("eventName", "None")
                    .put("awsRegion", "eu-north-1")
                    .put("recipientAccountId", "111122223333");
            record.setAll((ObjectNode) JSON.readTree(fields));
            Decoded<CloudTrailEvent> decoded = new CloudTrailCodec()
                    .decode(
                            JSON.writeValueAsBytes(record),
                            new Origin("test", "object", 0, "sha", Instant.ofEpochMilli(millis)));
            assertThat(decoded).isInstanceOf(Decoded.Read.class);
            List<Signal<?, ?>> signals = new ArrayList<>();
            source.read(((Decoded.Read<CloudTrailEvent>) decoded).value(), reference, signals::add);
            return signals;
        }
    }

    /** All subtasks of the operator. */
    private final class Subtasks implements AutoCloseable {
        private final List<KeyedOneInputStreamOperatorTestHarness<StateKey, Signal<?, ?>, Finding>> harnesses =
                new ArrayList<>();
        private final int[] read;
        private final Map<String, Finding> latest = new HashMap<>();

        Subtasks(int parallelism, ListFeed feed, @Nullable OperatorSubtaskState state, int parallelismBefore)
                throws Exception {
            read = new int[parallelism];
            for (int subtask = 0; subtask < parallelism; subtask++) {
                KeyedOneInputStreamOperatorTestHarness<StateKey, Signal<?, ?>, Finding> harness =
                        new KeyedOneInputStreamOperatorTestHarness<>(
                                new DetectorFactory(
                                        1,
                                        List.of(new CorrelationDetector()),
                                        new OutputTag<>("next", TYPES.signals()),
                                        feed,
                                        settings),
                                DetectorTypes.byKey(),
                                TYPES.keys(),
                                MAX_PARALLELISM,
                                parallelism,
                                subtask);
                harness.setProcessingTime(0);
                if (state != null) {
                    harness.initializeState(KeyedOneInputStreamOperatorTestHarness.repartitionOperatorState(
                            state, MAX_PARALLELISM, parallelismBefore, parallelism, subtask));
                }
                harness.open();
                harnesses.add(harness);
            }
        }

        void take(List<Signal<?, ?>> signals) throws Exception {
            for (Signal<?, ?> signal : signals) {
                int owner = KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        DetectorTypes.byKey().getKey(signal), MAX_PARALLELISM, harnesses.size());
                harnesses.get(owner).processElement(new StreamRecord<>(signal));
            }
        }

        void time(long millis) throws Exception {
            for (var harness : harnesses) {
                harness.setProcessingTime(millis);
            }
        }

        void flush(long checkpoint) throws Exception {
            for (var harness : harnesses) {
                harness.prepareSnapshotPreBarrier(checkpoint);
            }
        }

        List<OperatorSubtaskState> checkpoint(long number) throws Exception {
            flush(number);
            List<OperatorSubtaskState> states = new ArrayList<>();
            for (var harness : harnesses) {
                states.add(harness.snapshot(number, number));
            }
            return states;
        }

        /** The highest revision of every finding, by id. */
        Map<String, Finding> latest() {
            for (int subtask = 0; subtask < read.length; subtask++) {
                List<Finding> all = harnesses.get(subtask).extractOutputValues();
                for (Finding finding : all.subList(read[subtask], all.size())) {
                    latest.merge(finding.id(), finding, (a, b) -> a.revision() > b.revision() ? a : b);
                }
                read[subtask] = all.size();
            }
            return latest;
        }

        /** The findings that stand, in the words of the golden cases. */
        List<String> open() {
            return latest().values().stream()
                    .filter(finding -> finding.state() == Finding.State.OPEN)
                    .map(finding -> {
                        Map<String, String> group =
                                new TreeMap<>(finding.words().facts());
                        long at = Instant.parse(group.remove("fired at")).toEpochMilli();
                        group.keySet().removeAll(List.of("condition", "within"));
                        return finding.detection().name()
                                + '@'
                                + at
                                + group
                                + finding.evidence().eventIds();
                    })
                    .sorted()
                    .toList();
        }

        @Override
        public void close() {
            try {
                for (var harness : harnesses) {
                    harness.close();
                }
            } catch (Exception e) { // as declared by Flink
                throw new AssertionError(e);
            }
        }
    }
}
