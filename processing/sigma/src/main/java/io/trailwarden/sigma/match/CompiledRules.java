package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.ValueTest;
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

    /** See {@link Program}; {@code starts} by bundle. */
    final int[] code;

    final int[] starts;

    /** By bundle (see {@link Bundles}): the rules that match when its program holds. */
    final int[][] bundleRules;

    final Predicate[] predicates;

    final PatternMachine patterns = new PatternMachine();

    /** By predicate: whether {@link #tables} alone answer it. */
    final boolean[] answeredByTable;

    /** By predicate: the stretch without which it is false, or -1; and whether the stretch alone makes it true. */
    final int[] stretchOf;

    final boolean[] stretchSuffices;

    /** By slot. */
    final FieldSlots.Field[] fieldOf;

    final @Nullable LiteralTable[] tables;
    final int[][] bundlesWhenPresent;
    final boolean[] scanned;

    /** By number of a literal in {@link #tables}: the predicate it answers, or -1, and the bundles it speaks for. */
    final int[] literalPredicate;

    final int[][] literalBundles;

    final StretchIndex stretches;

    /** By number of a stretch: the bundles it speaks for. */
    final int[][] stretchBundles;

    final int[] always;

    private final Map<TestKey, Integer> predicateNumbers = new HashMap<>();
    private final List<Predicate> predicateList = new ArrayList<>();

    /** By predicate: how often the rules make the test. */
    private final List<Integer> uses = new ArrayList<>();

    private record TestKey(@Nullable String field, ValueTest test) {}

    CompiledRules(List<BoundRule> rules) {
        this.rules = rules.toArray(new BoundRule[0]);
        this.keys = rules.stream().map(BoundRule::key).toArray(String[]::new);
        rules.forEach(rule -> number(rule.expression()));
        predicates = predicateList.toArray(new Predicate[0]);

        // Whole values.
        Map<FieldSlots.Field, LiteralTable> tablesByField = new LinkedHashMap<>();
        List<Integer> literalPredicates = new ArrayList<>();
        List<List<Integer>> bundlesByLiteral = new ArrayList<>();
        answeredByTable = new boolean[predicates.length];
        for (int p = 0; p < predicates.length; p++) {
            if (predicates[p] instanceof Predicate.Text text
                    && !text.cased
                    && text.pattern.form == BytePattern.Form.EXACT) {
                int number =
                        literal(tablesByField, text.field, text.pattern.literal, literalPredicates, bundlesByLiteral);
                if (literalPredicates.get(number) < 0) {
                    literalPredicates.set(number, p);
                    answeredByTable[p] = true;
                }
            }
        }

        // What speaks for each rule.
        Bundles bundles = new Bundles(
                this::predicate, test -> predicateList.get(predicate(test)).cost());
        StretchIndex.Builder builder = new StretchIndex.Builder();
        List<List<Integer>> bundlesByStretch = new ArrayList<>();
        Map<Integer, List<Integer>> bundlesByPresence = new HashMap<>();
        List<Integer> alwaysList = new ArrayList<>();
        boolean[] scan = new boolean[slots.size()];
        for (int r = 0; r < keys.length; r++) {
            Expression expression = rules.get(r).expression();
            Witness witness = Witness.of(expression, test -> uses.get(predicate(test)));
            if (witness == null) {
                addOnce(alwaysList, bundles.add("always", expression, r, null, 1));
                continue;
            }
            int clues = witness.clues().size();
            for (Witness.Clue clue : witness.clues()) {
                FieldSlots.Field field = slots.field(clue.field());
                if (clue instanceof Witness.Value value) {
                    int number = literal(tablesByField, field, value.literal(), literalPredicates, bundlesByLiteral);
                    addOnce(bundlesByLiteral.get(number), bundles.add(number, expression, r, value, clues));
                } else if (clue instanceof Witness.Stretch stretch) {
                    int number = builder.add(field.path(), stretch.literal());
                    if (number == bundlesByStretch.size()) {
                        bundlesByStretch.add(new ArrayList<>());
                    }
                    String place = "stretch " + number;
                    addOnce(bundlesByStretch.get(number), bundles.add(place, expression, r, null, clues));
                    scan[field.path()] = true;
                } else {
                    addOnce(
                            bundlesByPresence.computeIfAbsent(field.path(), f -> new ArrayList<>()),
                            bundles.add("present " + field.path(), expression, r, null, clues));
                }
            }
        }

        code = bundles.code();
        starts = bundles.starts();
        bundleRules = bundles.rules();

        // Fields that are scanned anyway answer their other tests of text on the way; short ones would need a pass of
        // their own.
        stretchOf = new int[predicates.length];
        stretchSuffices = new boolean[predicates.length];
        for (int p = 0; p < predicates.length; p++) {
            byte[] required = predicates[p].required();
            boolean known = required.length >= StretchIndex.MARK && scan[predicates[p].field.path()];
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
        bundlesWhenPresent = new int[size][];
        for (int slot = 0; slot < size; slot++) {
            bundlesWhenPresent[slot] = ints(bundlesByPresence.getOrDefault(slot, List.of()));
        }
        scanned = scan;
        literalPredicate = ints(literalPredicates);
        literalBundles = bundlesByLiteral.stream().map(CompiledRules::ints).toArray(int[][]::new);
        stretchBundles = new int[builder.size()][];
        for (int i = 0; i < stretchBundles.length; i++) {
            stretchBundles[i] = i < bundlesByStretch.size() ? ints(bundlesByStretch.get(i)) : new int[0];
        }
        stretches = builder.build(size);
        always = ints(alwaysList);
    }

    /** How many rules are tried on every event. */
    int ungated() {
        int rules = 0;
        for (int bundle : always) {
            rules += bundleRules[bundle].length;
        }
        return rules;
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
            if (key.test() instanceof ValueTest.EventPattern pattern) {
                patterns.add(pattern.json());
            }
            predicateList.add(Predicate.of(slots, slots.field(key.field()), key.test(), patterns));
            uses.add(0);
            return predicateList.size() - 1;
        });
    }

    /** Gives every test of an expression its predicate. */
    private void number(Expression expression) {
        expression.tests().forEach(test -> {
            int predicate = predicate(test);
            uses.set(predicate, uses.get(predicate) + 1);
        });
    }

    private static void addOnce(List<Integer> list, int bundle) {
        if (!list.contains(bundle)) {
            list.add(bundle);
        }
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
