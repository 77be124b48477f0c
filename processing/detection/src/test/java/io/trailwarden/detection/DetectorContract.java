package io.trailwarden.detection;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Bounded;
import io.trailwarden.event.Finding;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What every stateful detector promises to whoever runs it.
 *
 * @param <K> the detector's keys
 * @param <N> the detector's news
 * @param <S> the detector's state
 */
public abstract class DetectorContract<K extends Record, N extends Record, S extends Record> {

    /** The detector. */
    protected abstract KeyedDetector<K, N, S> detector();

    /** What is known to it. */
    protected abstract Reference reference();

    /** What the scenario's findings name as their detection. */
    protected String detection() {
        return detector().name();
    }

    /** What the scenario's findings say at least. */
    protected String[] facts() {
        return new String[] {"Expected", "Seen"};
    }

    /** Events, in order of time, that end with at least one open finding. */
    protected abstract List<? extends AuditEvent> scenario();

    /** Makes at least one of the scenario's findings untrue: by late events, or by what people say. */
    protected abstract void disprove(Rehearsal<K, N, S> rehearsal);

    /** More than any key should remember, all of it for one key, in order of time. */
    protected abstract Stream<? extends AuditEvent> flood();

    /** The most that the flooded key's state may take, in characters of its text. */
    protected abstract int mostCharacters();

    /** The longest time after the scenario's last event that state is kept. */
    protected abstract Duration longestMemory();

    private final List<AuditEvent> events = new ArrayList<>();
    private Reference reference = Reference.EMPTY;

    private List<AuditEvent> events() {
        if (events.isEmpty()) {
            events.addAll(scenario());
        }
        return events;
    }

    @Test
    final void the_scenario_has_findings_that_say_what_is_needed() {
        List<Finding> open = run(events(), 1, false).open();
        assertThat(open).isNotEmpty();
        for (Finding finding : open) {
            assertThat(finding.id()).matches("[0-9a-f]{32}");
            assertThat(finding.detection().name()).isEqualTo(detection());
            assertThat(finding.words().title()).isNotBlank().hasSizeLessThan(200);
            assertThat(finding.words().description()).endsWith(".");
            assertThat(finding.subject().name()).isNotBlank();
            assertThat(finding.evidence().eventIds()).isNotEmpty().doesNotHaveDuplicates();
            assertThat(finding.evidence().count())
                    .isGreaterThanOrEqualTo(finding.evidence().eventIds().size());
            assertThat(finding.evidence().first())
                    .isBeforeOrEqualTo(finding.evidence().last());
            assertThat(finding.words().facts()).containsKeys(facts());
            assertThat(finding.words().nextSteps()).isNotEmpty().allSatisfy(step -> assertThat(step)
                    .isNotBlank());
            assertThat(finding.detection().author()).isNotBlank();
        }
    }

    @Test
    final void any_order_of_arrival_in_any_number_of_chains_gives_the_same_open_findings() {
        List<Finding> expected = run(events(), 1, false).open();
        for (int seed = 0; seed < 60; seed++) {
            List<AuditEvent> shuffled = new ArrayList<>(events());
            Collections.shuffle(shuffled, new Random(seed));
            Rehearsal<K, N, S> rehearsal = run(shuffled, 1 + seed % 4, seed % 3 == 0);
            assertThat(rehearsal.open()).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    final void the_newest_first_gives_the_same_open_findings() {
        List<AuditEvent> reversed = new ArrayList<>(events());
        Collections.reverse(reversed);
        assertThat(run(reversed, 2, false).open())
                .isEqualTo(run(events(), 1, false).open());
    }

    @Test
    final void three_deliveries_count_once() {
        List<AuditEvent> thrice = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            thrice.addAll(events());
        }
        Collections.shuffle(thrice, new Random(7));
        assertThat(run(thrice, 3, false).open())
                .isEqualTo(run(events(), 1, false).open());
    }

    @Test
    final void merging_before_judging_gives_the_same_as_judging_each_signal() {
        assertThat(run(events(), 1, true).open())
                .isEqualTo(run(events(), 1, false).open());
    }

    /** Whoever runs it writes the state that it was handed, while that is merged into. */
    @Test
    final void a_state_is_replaced_and_never_changed() {
        List<AuditEvent> shuffled = new ArrayList<>(events().subList(0, Math.min(500, events().size())));
        Collections.shuffle(shuffled, new Random(1));
        Rehearsal<K, N, S> rehearsal =
                new Rehearsal<>(detector(), reference()).carefully().deliver(shuffled);
        assertThat(rehearsal.settle().states()).isNotEmpty();
    }

    @Test
    final void judging_only_what_changed_gives_the_same_as_judging_everything() {
        Assumptions.assumeTrue(detector() instanceof EntryDetector, "keeps no entries");
        for (int seed = 0; seed < 10; seed++) {
            List<AuditEvent> shuffled = new ArrayList<>(events());
            Collections.shuffle(shuffled, new Random(seed));
            Rehearsal<K, N, S> some = new Rehearsal<>(detector(), reference()).deliver(shuffled);
            Rehearsal<K, N, S> all =
                    new Rehearsal<>(detector(), reference()).thoroughly().deliver(shuffled);
            assertThat(some.open()).as("seed %d", seed).isEqualTo(all.open());
        }
    }

    @Test
    final void nothing_new_is_published_when_nothing_changed() {
        Rehearsal<K, N, S> rehearsal = run(events(), 1, false);
        int before = rehearsal.revisions().size();
        rehearsal.deliver(events()).settle();
        assertThat(rehearsal.revisions()).hasSize(before);
    }

    @Test
    final void what_turns_out_to_be_untrue_is_withdrawn_by_a_higher_revision() {
        Rehearsal<K, N, S> rehearsal = run(events(), 1, false);
        List<Finding> before = rehearsal.open();
        disprove(rehearsal);
        rehearsal.settle();
        Set<String> open = new HashSet<>();
        rehearsal.open().forEach(finding -> open.add(finding.id()));
        List<Finding> gone =
                before.stream().filter(finding -> !open.contains(finding.id())).toList();
        assertThat(gone).isNotEmpty();
        for (Finding finding : gone) {
            List<Finding> revisions = rehearsal.revisions().stream()
                    .filter(revision -> revision.id().equals(finding.id()))
                    .toList();
            Finding last = revisions.get(revisions.size() - 1);
            Finding lastOpen = revisions.get(revisions.size() - 2);
            assertThat(last.state()).isEqualTo(Finding.State.WITHDRAWN);
            assertThat(last.words().title()).isEqualTo(lastOpen.words().title());
            assertThat(last.detection().severity())
                    .isEqualTo(lastOpen.detection().severity());
        }
    }

    @Test
    final void state_stays_small_under_a_flood() {
        Rehearsal<K, N, S> rehearsal = new Rehearsal<>(detector(), reference()).lazily();
        flood().forEach(rehearsal::deliver);
        rehearsal.settle();
        assertThat(rehearsal.states()).isNotEmpty();
        rehearsal.states().forEach((key, state) -> assertThat(characters(rehearsal, key))
                .as("state of %s", key)
                .isLessThanOrEqualTo(mostCharacters()));
    }

    /** A stranger chooses names, sessions, Regions, errors, ARNs. However long they are, and wherever they stand. */
    @Test
    final void the_longest_texts_that_a_stranger_may_write_make_no_state_large_and_no_key_ambiguous() {
        List<AuditEvent> some = events().subList(0, Math.min(30, events().size()));
        int most = largest(run(Longest.of(some, Bounded.MAX_TEXT, "1"), 1, false));
        for (int length : new int[] {800, 1_025, 2_048, 2_049, 100_000}) {
            Rehearsal<K, N, S> rehearsal = run(Longest.of(some, length, "1"), 1, false);
            assertThat(largest(rehearsal)).as("texts of %d characters", length).isLessThanOrEqualTo(most + most / 10);
            // What differs only at its end, beyond every limit, is another subject.
            int keys = rehearsal.states().size();
            assertThat(keys).isPositive();
            assertThat(rehearsal.deliver(Longest.of(some, length, "2")).states())
                    .as("texts of %d characters", length)
                    .hasSizeGreaterThan(keys);
        }
    }

    private static <K extends Record> int largest(Rehearsal<K, ?, ?> rehearsal) {
        return rehearsal.states().keySet().stream()
                .mapToInt(key -> key.toString().length() + characters(rehearsal, key))
                .max()
                .orElse(0);
    }

    /** Of a key's state, its entries included. */
    private static <K extends Record> int characters(Rehearsal<K, ?, ?> rehearsal, K key) {
        return rehearsal.states().get(key).toString().length()
                + rehearsal.entries(key).toString().length();
    }

    @Test
    final void state_outlives_its_events_but_not_for_ever() {
        Rehearsal<K, N, S> rehearsal = run(events(), 1, false);
        Instant last = rehearsal.signals().stream()
                .map(signal -> signal.event().time())
                .max(Instant::compareTo)
                .orElseThrow();
        assertThat(rehearsal.states()).isNotEmpty();
        rehearsal.states().forEach((key, state) -> assertThat(detector().expiresAt(state, reference()))
                .as("state of %s", key)
                .isBeforeOrEqualTo(last.plus(longestMemory())));
        rehearsal.signals().forEach(signal -> assertThat(
                        detector().expiresAt(rehearsal.states().get(signal.key()), reference()))
                .as("state of %s", signal.key())
                .isAfter(signal.event().time()));
    }

    @Test
    final void saying_nothing_allocates_nothing() {
        reference = reference();
        SignalSource<K, N> source = detector().signals();
        List<AuditEvent> silent = new ArrayList<>();
        for (int pass = 0; pass < 2; pass++) {
            for (AuditEvent event : events()) {
                int[] said = new int[1];
                source.read(event, reference, signal -> said[0]++);
                if (pass == 1 && said[0] == 0) {
                    silent.add(event);
                }
            }
        }
        Consumer<Signal<K, N>> nobody = signal -> {
            throw new AssertionError("not silent: " + signal);
        };
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
            for (int each = 0; each < silent.size(); each++) {
                source.read(silent.get(each), reference, nobody);
            }
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        // Measuring itself takes a few objects; a single one per event would take more.
        assertThat(bytes).isLessThan(Math.max(8_192, silent.size() * 100L));
    }

    @Test
    final void state_is_made_of_what_streams_can_carry() {
        Set<Type> known = new HashSet<>();
        assertCarried(detector().keyType(), known);
        assertCarried(detector().newsType(), known);
        assertCarried(detector().stateType(), known);
        if (detector() instanceof EntryDetector<?, ?, ?, ?> entering) {
            assertCarried(entering.entryType(), known);
        }
    }

    private Rehearsal<K, N, S> run(List<? extends AuditEvent> events, int chains, boolean lazily) {
        Rehearsal<K, N, S> rehearsal = new Rehearsal<>(detector(), reference(), chains);
        return (lazily ? rehearsal.lazily() : rehearsal).deliver(events).settle();
    }

    private static void assertCarried(Type type, Set<Type> known) {
        if (!known.add(type)) {
            return;
        }
        if (type instanceof ParameterizedType generic) {
            assertThat(generic.getRawType()).isIn(List.class, Map.class);
            for (Type argument : generic.getActualTypeArguments()) {
                assertCarried(argument, known);
            }
        } else if (type instanceof Class<?> plain && plain.isRecord()) {
            assertThat(Modifier.isPublic(plain.getModifiers()))
                    .as("%s is public", plain)
                    .isTrue();
            for (RecordComponent component : plain.getRecordComponents()) {
                assertCarried(component.getGenericType(), known);
            }
        } else {
            assertThat(type instanceof Class<?> plain
                            && (plain.isPrimitive()
                                    || plain.isEnum() && Modifier.isPublic(plain.getModifiers())
                                    || Set.of(String.class, Instant.class, Long.class, Integer.class)
                                            .contains(plain)))
                    .as("%s can be carried", type)
                    .isTrue();
        }
    }
}
