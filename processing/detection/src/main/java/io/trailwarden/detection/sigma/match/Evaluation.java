package io.trailwarden.detection.sigma.match;

import java.util.Arrays;

/** The work of matching one event after the other; one instance serves one thread. */
final class Evaluation implements StretchIndex.Sink {

    private final CompiledRules compiled;
    private final EventValues values;
    private final int[] code;

    /** By predicate: the event's number times two, plus the answer. */
    private final int[] answers;

    /** By rule: the number of the event it was last considered for. */
    private final int[] considered;

    /** By stretch: the number of the event it was last found in. */
    private final int[] seen;

    private int event;
    private int[] candidates = new int[64];
    private int candidateCount;

    Evaluation(CompiledRules compiled) {
        this.compiled = compiled;
        this.values = compiled.slots.newValues();
        this.code = compiled.code;
        this.answers = new int[compiled.predicates.length];
        this.considered = new int[compiled.starts.length];
        this.seen = new int[compiled.stretchRules.length];
    }

    /** The number of the {@code i}th rule that matched in the last run. */
    int matched(int i) {
        return candidates[i];
    }

    /** How many rules the event matches; {@link #matched} then names them, in ascending order. */
    int run(byte[] json) {
        if (++event == 1 << 30) {
            Arrays.fill(answers, 0);
            Arrays.fill(considered, 0);
            Arrays.fill(seen, 0);
            event = 1;
        }
        candidateCount = 0;
        values.read(json);
        for (int i = 0; i < values.touchedCount(); i++) {
            look(values.touched(i));
        }
        consider(compiled.always);
        int[] starts = compiled.starts;
        int matched = 0;
        for (int i = 0; i < candidateCount; i++) {
            int rule = candidates[i];
            if (holds(starts[rule])) {
                candidates[matched++] = rule;
            }
        }
        if (matched > 1) {
            Arrays.sort(candidates, 0, matched);
        }
        return matched;
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
        consider(compiled.rulesWhenPresent[known]);
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
                    if (values.isPlainAscii(v)) {
                        values.text(v);
                    } else {
                        values.foldedText(v);
                    }
                    compiled.stretches.scan(values.textIn, values.textFrom, values.textTo, known, this);
                }
            }
        }
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
            consider(compiled.literalRules[literal]);
        }
    }

    @Override
    public void found(int stretch) {
        if (seen[stretch] != event) {
            seen[stretch] = event;
            consider(compiled.stretchRules[stretch]);
        }
    }

    private void consider(int[] rules) {
        for (int rule : rules) {
            if (considered[rule] != event) {
                considered[rule] = event;
                if (candidateCount == candidates.length) {
                    candidates = Arrays.copyOf(candidates, candidateCount * 2);
                }
                candidates[candidateCount++] = rule;
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
