package io.trailwarden.sigma.parse;

import io.trailwarden.sigma.rule.Condition;
import io.trailwarden.sigma.yaml.RuleRefusedException;
import io.trailwarden.sigma.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The condition grammar of Sigma 2.1: {@code not} binds tighter than {@code and}, {@code and} tighter than {@code or}.
 *
 * <p>Words are read whole, so {@code not_admin} is an identifier. Keywords are lower case.
 */
final class ConditionParser {

    private static final int MAX_DEPTH = 200;
    private static final Set<String> KEYWORDS = Set.of("and", "or", "not");

    private record Token(String text, int column) {}

    private final YamlNode.Text source;
    private final List<Token> tokens;
    private int next;
    private int depth;

    private ConditionParser(YamlNode.Text source) {
        this.source = source;
        this.tokens = tokens(source);
    }

    static Condition parse(YamlNode.Text source) {
        int pipe = source.value().indexOf('|');
        if (pipe >= 0) {
            throw new RuleRefusedException(
                    source.at(),
                    "condition: " + source.written()
                            + ": aggregations (`| count()`, `| near`) left Sigma with version 2"
                            + " (write a second document with `correlation:`, type event_count, value_count or temporal,"
                            + " over this rule)");
        }
        ConditionParser parser = new ConditionParser(source);
        Condition condition = parser.or();
        if (parser.next < parser.tokens.size()) {
            throw parser.expected("`and`, `or` or the end");
        }
        return condition;
    }

    private static List<Token> tokens(YamlNode.Text source) {
        List<Token> tokens = new ArrayList<>();
        String text = source.value();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
            } else if (c == '(' || c == ')') {
                tokens.add(new Token(String.valueOf(c), i++));
            } else if (isWord(c)) {
                int start = i;
                while (i < text.length() && isWord(text.charAt(i))) {
                    i++;
                }
                tokens.add(new Token(text.substring(start, i), start));
            } else {
                throw new RuleRefusedException(
                        source.at(),
                        "condition: " + source.written() + ": character '" + c + "' after " + i
                                + " characters (expected: identifiers of letters, digits, _ and -, with and, or, not,"
                                + " 1 of, all of, parentheses)");
            }
        }
        return tokens;
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '*';
    }

    private Condition or() {
        if (++depth > MAX_DEPTH) {
            throw new RuleRefusedException(source.at(), "condition nested deeper than " + MAX_DEPTH + " levels");
        }
        List<Condition> parts = new ArrayList<>(List.of(and()));
        while (accept("or")) {
            parts.add(and());
        }
        depth--;
        return parts.size() == 1 ? parts.get(0) : new Condition.Or(List.copyOf(parts));
    }

    private Condition and() {
        List<Condition> parts = new ArrayList<>(List.of(not()));
        while (accept("and")) {
            parts.add(not());
        }
        return parts.size() == 1 ? parts.get(0) : new Condition.And(List.copyOf(parts));
    }

    private Condition not() {
        boolean negated = false;
        while (accept("not")) {
            negated = !negated;
        }
        Condition operand = operand();
        return negated ? new Condition.Not(operand) : operand;
    }

    private Condition operand() {
        if (accept("(")) {
            Condition inner = or();
            if (!accept(")")) {
                throw expected("`)`");
            }
            return inner;
        }
        String word = peek();
        if (word.isEmpty() || word.equals(")") || KEYWORDS.contains(word)) {
            throw expected("an identifier, `1 of`, `all of` or `(`");
        }
        next++;
        if (peek().equals("of")) {
            return quantified(word);
        }
        if (word.indexOf('*') >= 0) {
            next--;
            throw expected("`1 of " + word + "` or `all of " + word + "`");
        }
        return new Condition.Named(word, source.at());
    }

    private Condition quantified(String quantifier) {
        if (!Set.of("1", "any", "all").contains(quantifier)) {
            next--;
            throw expected("`1 of`, `any of` or `all of`");
        }
        next++;
        String pattern = peek();
        if (pattern.isEmpty() || pattern.equals("(") || pattern.equals(")") || KEYWORDS.contains(pattern)) {
            throw expected("`them` or a pattern of identifiers such as selection_*");
        }
        next++;
        return new Condition.Quantified(quantifier.equals("all"), pattern, source.at());
    }

    private String peek() {
        return next < tokens.size() ? tokens.get(next).text() : "";
    }

    private boolean accept(String word) {
        if (peek().equals(word)) {
            next++;
            return true;
        }
        return false;
    }

    private RuleRefusedException expected(String what) {
        String where = next < tokens.size()
                ? "at `" + tokens.get(next).text() + "`, character "
                        + (tokens.get(next).column() + 1)
                : "at the end";
        return new RuleRefusedException(
                source.at(), "condition: " + source.written() + ": " + where + " (expected: " + what + ")");
    }
}
