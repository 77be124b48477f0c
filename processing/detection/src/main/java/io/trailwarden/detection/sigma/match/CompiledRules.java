package io.trailwarden.detection.sigma.match;

import io.trailwarden.detection.sigma.rule.BoundRule;
import io.trailwarden.detection.sigma.rule.Expression;
import io.trailwarden.detection.sigma.rule.ValueTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
    final List<BoundRule> rules;
    final RuleNode[] programs;
    final Predicate[] predicates;
    /** Whether a predicate is answered by {@link #tables} alone. */
    final boolean[] answeredByTable;

    /** By slot. */
    final FieldSlots.Field[] fieldOf;

    final @Nullable LiteralTable[] tables;
    final int[][] rulesWhenPresent;
    final boolean[] scanned;

    /** By number of a literal in {@link #tables}: the predicate it answers, or -1, and the rules it speaks for. */
    final int[] literalPredicate;

    final int[][] literalRules;

    /** By number of a literal in {@link #automaton}: the path slots of the fields, and their rules. */
    final int[][] stretchSlots;

    final int[][][] stretchRules;
    final @Nullable Automaton automaton;
    final int[] always;

    private final Map<TestKey, Integer> predicateNumbers = new HashMap<>();
    private final List<Predicate> predicateList = new ArrayList<>();

    private record TestKey(@Nullable String field, ValueTest test) {}

    CompiledRules(List<BoundRule> rules) {
        this.rules = List.copyOf(rules);
        this.programs = new RuleNode[rules.size()];
        List<@Nullable Witness> witnesses = new ArrayList<>();
        for (int r = 0; r < programs.length; r++) {
            Expression expression = rules.get(r).expression();
            programs[r] = compile(expression);
            witnesses.add(Witness.of(expression));
        }
        predicates = predicateList.toArray(new Predicate[0]);
        answeredByTable = new boolean[predicates.length];

        Map<FieldSlots.Field, LiteralTable> tablesByField = new LinkedHashMap<>();
        List<Integer> literalPredicates = new ArrayList<>();
        List<List<Integer>> rulesByLiteral = new ArrayList<>();
        for (int p = 0; p < predicates.length; p++) {
            if (predicates[p] instanceof Predicate.Text text
                    && !text.cased
                    && text.pattern.form == BytePattern.Form.EXACT) {
                LiteralTable table = tablesByField.computeIfAbsent(text.field, f -> new LiteralTable());
                int number = table.add(text.pattern.literal, literalPredicates.size());
                if (number == literalPredicates.size()) {
                    literalPredicates.add(p);
                    rulesByLiteral.add(new ArrayList<>());
                }
                answeredByTable[p] = literalPredicates.get(number) == p;
            }
        }

        Map<String, Integer> stretchNumbers = new HashMap<>();
        List<byte[]> stretches = new ArrayList<>();
        List<Map<Integer, List<Integer>>> rulesByStretch = new ArrayList<>();
        Map<Integer, List<Integer>> rulesByPresence = new HashMap<>();
        List<Integer> alwaysList = new ArrayList<>();
        for (int r = 0; r < programs.length; r++) {
            Witness witness = witnesses.get(r);
            if (witness == null) {
                alwaysList.add(r);
                continue;
            }
            for (Witness.Clue clue : witness.clues()) {
                FieldSlots.Field field = slots.field(clue.field());
                if (clue instanceof Witness.Value value) {
                    LiteralTable table = tablesByField.computeIfAbsent(field, f -> new LiteralTable());
                    int number = table.add(value.literal(), literalPredicates.size());
                    if (number == literalPredicates.size()) {
                        literalPredicates.add(-1);
                        rulesByLiteral.add(new ArrayList<>());
                    }
                    addOnce(rulesByLiteral.get(number), r);
                } else if (clue instanceof Witness.Stretch stretch) {
                    String text = new String(stretch.literal(), StandardCharsets.ISO_8859_1);
                    int number = stretchNumbers.computeIfAbsent(text, t -> {
                        stretches.add(stretch.literal());
                        rulesByStretch.add(new LinkedHashMap<>());
                        return stretches.size() - 1;
                    });
                    addOnce(rulesByStretch.get(number).computeIfAbsent(field.path(), f -> new ArrayList<>()), r);
                } else {
                    addOnce(rulesByPresence.computeIfAbsent(field.path(), f -> new ArrayList<>()), r);
                }
            }
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
        rulesByPresence.forEach((slot, list) -> rulesWhenPresent[slot] = ints(list));
        scanned = new boolean[size];
        rulesByStretch.forEach(map -> map.keySet().forEach(slot -> scanned[slot] = true));
        literalPredicate = ints(literalPredicates);
        literalRules = rulesByLiteral.stream().map(CompiledRules::ints).toArray(int[][]::new);
        stretchSlots = rulesByStretch.stream()
                .map(map -> ints(List.copyOf(map.keySet())))
                .toArray(int[][]::new);
        stretchRules = rulesByStretch.stream()
                .map(map -> map.values().stream().map(CompiledRules::ints).toArray(int[][]::new))
                .toArray(int[][][]::new);
        automaton = stretches.isEmpty() ? null : Automaton.of(stretches);
        always = ints(alwaysList);
    }

    private static void addOnce(List<Integer> list, int rule) {
        if (list.isEmpty() || list.get(list.size() - 1) != rule) {
            list.add(rule);
        }
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    private RuleNode compile(Expression expression) {
        if (expression instanceof Expression.Labelled labelled) {
            return compile(labelled.part());
        }
        if (expression instanceof Expression.Not not) {
            return new RuleNode.Not(compile(not.part()));
        }
        if (expression instanceof Expression.Constant constant) {
            return new RuleNode.Constant(constant.value());
        }
        if (expression instanceof Expression.All all) {
            RuleNode[] parts = parts(all.parts());
            return parts.length == 1 ? parts[0] : new RuleNode.All(parts, total(parts));
        }
        if (expression instanceof Expression.Any any) {
            RuleNode[] parts = parts(any.parts());
            return parts.length == 1 ? parts[0] : new RuleNode.Any(parts, total(parts));
        }
        Expression.Test test = (Expression.Test) expression;
        int number = predicateNumbers.computeIfAbsent(new TestKey(test.field(), test.test()), key -> {
            predicateList.add(Predicate.of(slots, slots.field(key.field()), key.test()));
            return predicateList.size() - 1;
        });
        return new RuleNode.Leaf(number, predicateList.get(number).cost());
    }

    /** Cheap parts first: the order of evaluation makes no other difference. */
    private RuleNode[] parts(List<Expression> expressions) {
        RuleNode[] parts = expressions.stream().map(this::compile).toArray(RuleNode[]::new);
        Arrays.sort(parts, Comparator.comparingInt(RuleNode::cost));
        return parts;
    }

    private static int total(RuleNode[] parts) {
        return Arrays.stream(parts).mapToInt(RuleNode::cost).sum();
    }
}
