package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.BoundRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The work of matching one event after the other; one instance serves one thread. */
final class Evaluation implements StretchIndex.Sink {

    /** No rule is considered yet. */
    private static final int NOTHING = -1;

    /** Rules are considered for more than one reason. */
    private static final int SEVERAL = -2;

    /** How many outcomes of one value are kept; a power of two. */
    private static final int KNOWN = 8;

    private final CompiledRules compiled;
    private final EventValues values;
    private final int[] code;

    /** The slot that stands for every scalar, or -1. */
    private final int everywhere;

    /** By predicate: the event's number times two, plus the answer. */
    private final int[] answers;

    /** By bundle: the number of the event it was last considered for. */
    private final int[] considered;

    /** By stretch: the number of the event it was last found in. */
    private final int[] seen;

    private int event;
    private int[] candidates = new int[64];
    private int candidateCount;

    /** One bit for each rule that matches, and one for each word of them that is not zero; clear between events. */
    private final long[] hits;

    private final long[] hitWords;

    /** By literal: what came of it for earlier events. */
    private final @Nullable Matches[] @Nullable [] outcomes;

    private int nextOutcome;
    private int sole = NOTHING;

    Evaluation(CompiledRules compiled) {
        this.compiled = compiled;
        this.values = compiled.slots.newValues();
        this.code = compiled.code;
        FieldSlots.Field every = compiled.slots.everywhere();
        this.everywhere = every == null ? -1 : every.path();
        this.answers = new int[compiled.predicates.length];
        this.considered = new int[compiled.starts.length];
        this.outcomes = new @Nullable Matches[compiled.literalBundles.length][];
        this.hits = new long[(compiled.keys.length >> 6) + 1];
        this.hitWords = new long[(hits.length >> 6) + 1];
        this.seen = new int[compiled.stretchBundles.length];
    }

    /** The rules that the event matches. */
    Matches run(byte[] json) {
        if (++event == 1 << 30) {
            Arrays.fill(answers, 0);
            Arrays.fill(considered, 0);
            Arrays.fill(seen, 0);
            event = 1;
        }
        candidateCount = 0;
        sole = NOTHING;
        values.read(json);
        for (int i = 0; i < values.touchedCount(); i++) {
            look(values.touched(i));
        }
        if (everywhere >= 0) {
            lookEverywhere();
        }
        consider(compiled.always, SEVERAL);
        if (candidateCount == 0) {
            return Matches.NONE;
        }
        return sole >= 0 && candidateCount <= 64 ? ofOneClue() : ofSeveral();
    }

    /** One value alone led to rules: what follows from it was most likely worked out for an earlier event. */
    private Matches ofOneClue() {
        long mask = 0;
        for (int i = 0; i < candidateCount; i++) {
            if (holds(compiled.starts[candidates[i]])) {
                mask |= 1L << i;
            }
        }
        if (mask == 0) {
            return Matches.NONE;
        }
        @Nullable Matches[] known = outcomes[sole];
        if (known == null) {
            known = new @Nullable Matches[KNOWN];
            outcomes[sole] = known;
        }
        for (Matches one : known) {
            if (one != null && one.mask() == mask) {
                return one;
            }
        }
        for (int i = 0; i < candidateCount; i++) {
            if ((mask >>> i & 1) != 0) {
                hit(candidates[i]);
            }
        }
        Matches fresh = collect(mask);
        known[nextOutcome++ & KNOWN - 1] = fresh;
        return fresh;
    }

    private Matches ofSeveral() {
        boolean any = false;
        for (int i = 0; i < candidateCount; i++) {
            if (holds(compiled.starts[candidates[i]])) {
                any = true;
                hit(candidates[i]);
            }
        }
        return any ? collect(0) : Matches.NONE;
    }

    private void hit(int bundle) {
        for (int rule : compiled.bundleRules[bundle]) {
            hits[rule >>> 6] |= 1L << rule;
            hitWords[rule >>> 12] |= 1L << (rule >>> 6);
        }
    }

    /** The rules that were hit, in ascending order; clears the bits. */
    private Matches collect(long mask) {
        List<String> keys = new ArrayList<>();
        List<BoundRule> rules = new ArrayList<>();
        for (int block = 0; block < hitWords.length; block++) {
            long words = hitWords[block];
            hitWords[block] = 0;
            while (words != 0) {
                int word = (block << 6) + Long.numberOfTrailingZeros(words);
                words &= words - 1;
                long bits = hits[word];
                hits[word] = 0;
                while (bits != 0) {
                    int rule = (word << 6) + Long.numberOfTrailingZeros(bits);
                    keys.add(compiled.keys[rule]);
                    rules.add(compiled.rules[rule]);
                    bits &= bits - 1;
                }
            }
        }
        return new Matches(mask, Collections.unmodifiableList(keys), Collections.unmodifiableList(rules));
    }

    /**
     * Rules that an event matches, in their order.
     *
     * @param mask which of a clue's bundles hold, where one clue alone led to them
     */
    record Matches(long mask, List<String> keys, List<BoundRule> rules) {
        static final Matches NONE = new Matches(0, List.of(), List.of());
    }

    // What the event shows

    private void look(int slot) {
        FieldSlots.Field field = compiled.fieldOf[slot];
        int first = values.first(slot);
        if (first < 0 || field.literal() >= 0 && field.first(values) != first) {
            // The key with dots is there too, and wins.
            return;
        }
        int known = field.path();
        consider(compiled.bundlesWhenPresent[known], SEVERAL);
        LiteralTable table = compiled.tables[known];
        boolean scan = compiled.scanned[known];
        if (table == null && !scan) {
            return;
        }
        for (int v = first; v >= 0; v = values.next(v)) {
            if (values.hasText(v)) {
                if (table != null) {
                    compare(v, table);
                }
                if (scan) {
                    scan(v, known);
                }
            }
        }
    }

    /** Keywords, in those values that were not scanned for their field's sake. */
    private void lookEverywhere() {
        LiteralTable table = compiled.tables[everywhere];
        boolean present = false;
        for (int v = values.scalarAfter(-1); v >= 0; v = values.scalarAfter(v)) {
            present = true;
            if (values.hasText(v)) {
                if (table != null) {
                    compare(v, table);
                }
                if (compiled.scanned[everywhere] && values.unscanned(v)) {
                    scan(v, -1);
                }
            }
        }
        if (present) {
            consider(compiled.bundlesWhenPresent[everywhere], SEVERAL);
        }
    }

    /** One pass over a value for the literals of its field and, in a scalar, for keywords. */
    private void scan(int value, int slot) {
        values.almostFoldedText(value);
        int other = everywhere >= 0 && compiled.scanned[everywhere] && values.isScalar(value) ? everywhere : -1;
        values.markScanned(value);
        compiled.stretches.scan(values.textIn, values.textFrom, values.textTo, slot, other, this);
    }

    private void compare(int value, LiteralTable table) {
        if (values.isPlainAscii(value)) {
            values.text(value);
            if (!table.mayHold(values.textTo - values.textFrom)) {
                return;
            }
        } else if (values.kind(value) == EventValues.OBJECT && !table.holdsObject()) {
            return;
        }
        values.foldedText(value);
        int literal = table.find(values.textIn, values.textFrom, values.textTo);
        if (literal >= 0) {
            int predicate = compiled.literalPredicate[literal];
            if (predicate >= 0) {
                answers[predicate] = event << 1 | 1;
            }
            consider(compiled.literalBundles[literal], literal);
        }
    }

    @Override
    public void found(int stretch) {
        if (seen[stretch] != event) {
            seen[stretch] = event;
            consider(compiled.stretchBundles[stretch], SEVERAL);
        }
    }

    private void consider(int[] bundles, int clue) {
        if (bundles.length == 0) {
            return;
        }
        sole = candidateCount == 0 ? clue : SEVERAL;
        for (int bundle : bundles) {
            if (considered[bundle] != event) {
                considered[bundle] = event;
                if (candidateCount == candidates.length) {
                    candidates = Arrays.copyOf(candidates, candidateCount * 2);
                }
                candidates[candidateCount++] = bundle;
            }
        }
    }

    // What the rules say

    /** Whether the part of a program that begins here holds. */
    private boolean holds(int at) {
        int operator = code[at];
        if (operator >= 0) {
            return answer(operator);
        }
        switch (operator) {
            case Program.NOT -> {
                return !holds(at + 1);
            }
            case Program.ALL -> {
                int end = code[at + 1];
                for (int part = at + 2; part < end; part = after(part)) {
                    if (!holds(part)) {
                        return false;
                    }
                }
                return true;
            }
            case Program.ANY -> {
                int end = code[at + 1];
                for (int part = at + 2; part < end; part = after(part)) {
                    if (holds(part)) {
                        return true;
                    }
                }
                return false;
            }
            default -> {
                return operator == Program.TRUE;
            }
        }
    }

    private int after(int at) {
        int operator = code[at];
        if (operator >= 0 || operator <= Program.TRUE) {
            return at + 1;
        }
        return operator == Program.NOT ? after(at + 1) : code[at + 1];
    }

    private boolean answer(int predicate) {
        int answer = answers[predicate];
        if (answer >>> 1 == event) {
            return (answer & 1) != 0;
        }
        if (compiled.answeredByTable[predicate]) {
            return false;
        }
        int stretch = compiled.stretchOf[predicate];
        boolean holds;
        if (stretch >= 0 && seen[stretch] != event) {
            holds = false;
        } else {
            holds = stretch >= 0 && compiled.stretchSuffices[predicate] || compiled.predicates[predicate].test(values);
        }
        answers[predicate] = event << 1 | (holds ? 1 : 0);
        return holds;
    }
}
