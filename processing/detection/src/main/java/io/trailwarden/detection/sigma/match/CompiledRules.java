package io.trailwarden.detection.sigma.match;

import io.trailwarden.detection.sigma.rule.BoundRule;
import io.trailwarden.detection.sigma.rule.Expression;
import io.trailwarden.detection.sigma.rule.ValueTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All rules of a set, compiled together: equal tests once, and an index from what an event shows to the rules that it
 * may match. Never changes; shared by threads.
 */
final class CompiledRules {

    final FieldSlots slots = new FieldSlots();
    final BoundRule[] rules;
    final String[] keys;

    /** See {@link Program}; {@code starts} by rule. */
    final int[] code;

    final int[] starts;
    final Predicate[] predicates;

    /** By predicate: whether {@link #tables} alone answer it. */
    final boolean[] answeredByTable;

    /** By predicate: the stretch without which it is false, or -1; and whether the stretch alone makes it true. */
    final int[] stretchOf;

    final boolean[] stretchSuffices;

    /** By slot. */
    final FieldSlots.Field[] fieldOf;

    final @Nullable LiteralTable[] tables;
    final int[][] rulesWhenPresent;
    final boolean[] scanned;

    /** By number of a literal in {@link #tables}: the predicate it answers, or -1, and the rules it speaks for. */
    final int[] literalPredicate;

    final int[][] literalRules;

    final StretchIndex stretches;

    /** By number of a stretch: the rules it speaks for. */
    final int[][] stretchRules;

    final int[] always;

    private final Map<TestKey, Integer> predicateNumbers = new HashMap<>();
    private final List<Predicate> predicateList = new ArrayList<>();

    private record TestKey(@Nullable String field, ValueTest test) {}

    CompiledRules(List<BoundRule> rules) {
        this.rules = rules.toArray(new BoundRule[0]);
        this.keys = rules.stream().map(BoundRule::key).toArray(String[]::new);
        this.starts = new int[keys.length];
        Program program = new Program();
        for (int r = 0; r < keys.length; r++) {
            starts[r] = program.append(rules.get(r).expression(), this::predicate, test -> predicateList
                    .get(predicate(test))
                    .cost());
        }
        code = program.code();
        predicates = predicateList.toArray(new Predicate[0]);

        // Whole values.
        Map<FieldSlots.Field, LiteralTable> tablesByField = new LinkedHashMap<>();
        List<Integer> literalPredicates = new ArrayList<>();
        List<List<Integer>> rulesByLiteral = new ArrayList<>();
        answeredByTable = new boolean[predicates.length];
        for (int p = 0; p < predicates.length; p++) {
            if (predicates[p] instanceof Predicate.Text text
                    && !text.cased
                    && text.pattern.form == BytePattern.Form.EXACT) {
                int number =
                        literal(tablesByField, text.field, text.pattern.literal, literalPredicates, rulesByLiteral);
                if (literalPredicates.get(number) < 0) {
                    literalPredicates.set(number, p);
                    answeredByTable[p] = true;
                }
            }
        }

        // What speaks for each rule.
        StretchIndex.Builder builder = new StretchIndex.Builder();
        List<List<Integer>> rulesByStretch = new ArrayList<>();
        Map<Integer, List<Integer>> rulesByPresence = new HashMap<>();
        List<Integer> alwaysList = new ArrayList<>();
        boolean[] scan = new boolean[slots.size()];
        for (int r = 0; r < keys.length; r++) {
            Witness witness = Witness.of(rules.get(r).expression());
            if (witness == null) {
                alwaysList.add(r);
                continue;
            }
            for (Witness.Clue clue : witness.clues()) {
                FieldSlots.Field field = slots.field(clue.field());
                if (clue instanceof Witness.Value value) {
                    int number = literal(tablesByField, field, value.literal(), literalPredicates, rulesByLiteral);
                    addOnce(rulesByLiteral.get(number), r);
                } else if (clue instanceof Witness.Stretch stretch) {
                    int number = builder.add(field.path(), stretch.literal());
                    if (number == rulesByStretch.size()) {
                        rulesByStretch.add(new ArrayList<>());
                    }
                    addOnce(rulesByStretch.get(number), r);
                    scan[field.path()] = true;
                } else {
                    addOnce(rulesByPresence.computeIfAbsent(field.path(), f -> new ArrayList<>()), r);
                }
            }
        }

        // Fields that are scanned anyway answer their other tests of text on the way.
        stretchOf = new int[predicates.length];
        stretchSuffices = new boolean[predicates.length];
        for (int p = 0; p < predicates.length; p++) {
            byte[] required = predicates[p].required();
            boolean known = required.length > 0 && scan[predicates[p].field.path()];
            stretchOf[p] = known ? builder.add(predicates[p].field.path(), required) : -1;
            stretchSuffices[p] = known && predicates[p].requiredSuffices();
        }

        int size = slots.size();
        fieldOf = new FieldSlots.Field[size];
        slots.all().forEach(field -> {
            fieldOf[field.path()] = field;
            if (field.literal() >= 0) {
                fieldOf[field.literal()] = field;
            }
        });
        tables = new LiteralTable[size];
        tablesByField.forEach((field, table) -> tables[field.path()] = table);
        rulesWhenPresent = new int[size][];
        for (int slot = 0; slot < size; slot++) {
            rulesWhenPresent[slot] = ints(rulesByPresence.getOrDefault(slot, List.of()));
        }
        scanned = scan;
        literalPredicate = ints(literalPredicates);
        literalRules = rulesByLiteral.stream().map(CompiledRules::ints).toArray(int[][]::new);
        stretchRules = new int[builder.size()][];
        for (int i = 0; i < stretchRules.length; i++) {
            stretchRules[i] = i < rulesByStretch.size() ? ints(rulesByStretch.get(i)) : new int[0];
        }
        stretches = builder.build(size);
        always = ints(alwaysList);
    }

    private static int literal(
            Map<FieldSlots.Field, LiteralTable> tables,
            FieldSlots.Field field,
            byte[] literal,
            List<Integer> predicates,
            List<List<Integer>> rules) {
        int number = tables.computeIfAbsent(field, f -> new LiteralTable()).add(literal, predicates.size());
        if (number == predicates.size()) {
            predicates.add(-1);
            rules.add(new ArrayList<>());
        }
        return number;
    }

    private int predicate(Expression.Test test) {
        return predicateNumbers.computeIfAbsent(new TestKey(test.field(), test.test()), key -> {
            predicateList.add(Predicate.of(slots, slots.field(key.field()), key.test()));
            return predicateList.size() - 1;
        });
    }

    private static void addOnce(List<Integer> list, int rule) {
        if (list.isEmpty() || list.get(list.size() - 1) != rule) {
            list.add(rule);
        }
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
