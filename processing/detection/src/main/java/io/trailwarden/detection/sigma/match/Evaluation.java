package io.trailwarden.detection.sigma.match;

import java.util.Arrays;

/** The work of matching one event after the other; one instance serves one thread. */
final class Evaluation implements RuleNode.Answers, Automaton.Sink {

    private final CompiledRules compiled;
    private final EventValues values;

    /** By predicate: the event's number times two, plus the answer. */
    private final int[] answers;

    /** By rule: the number of the event it was last considered for. */
    private final int[] considered;

    private int event;
    private int[] candidates = new int[64];
    private int candidateCount;
    private int scannedSlot;

    Evaluation(CompiledRules compiled) {
        this.compiled = compiled;
        this.values = compiled.slots.newValues();
        this.answers = new int[compiled.predicates.length];
        this.considered = new int[compiled.programs.length];
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
            event = 1;
        }
        candidateCount = 0;
        values.read(json);
        for (int i = 0; i < values.touchedCount(); i++) {
            look(values.touched(i));
        }
        consider(compiled.always);
        int matched = 0;
        for (int i = 0; i < candidateCount; i++) {
            int rule = candidates[i];
            if (compiled.programs[rule].holds(this)) {
                candidates[matched++] = rule;
            }
        }
        if (matched > 1) {
            Arrays.sort(candidates, 0, matched);
        }
        return matched;
    }

    private void look(int slot) {
        FieldSlots.Field field = compiled.fieldOf[slot];
        if (field.first(values) != values.first(slot) || values.first(slot) < 0) {
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
        for (int v = values.first(slot); v >= 0; v = values.next(v)) {
            if (values.hasText(v)) {
                if (table != null) {
                    compare(v, table);
                }
                if (scan && compiled.automaton != null) {
                    if (values.isPlainAscii(v)) {
                        values.text(v);
                    } else {
                        values.foldedText(v);
                    }
                    scannedSlot = known;
                    compiled.automaton.scan(values.textIn, values.textFrom, values.textTo, this);
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

    private void consider(int[] rules) {
        if (rules == null) {
            return;
        }
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

    @Override
    public void found(int literal) {
        int[] slots = compiled.stretchSlots[literal];
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] == scannedSlot) {
                consider(compiled.stretchRules[literal][i]);
            }
        }
    }

    @Override
    public boolean holds(int predicate) {
        int answer = answers[predicate];
        if (answer >>> 1 == event) {
            return (answer & 1) != 0;
        }
        if (compiled.answeredByTable[predicate]) {
            return false;
        }
        boolean holds = compiled.predicates[predicate].test(values);
        answers[predicate] = event << 1 | (holds ? 1 : 0);
        return holds;
    }
}
