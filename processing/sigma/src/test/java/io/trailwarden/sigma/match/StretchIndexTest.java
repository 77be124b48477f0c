package io.trailwarden.sigma.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StretchIndexTest {

    @Test
    void it_finds_what_a_plain_search_finds_and_only_in_its_own_slot() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            StretchIndex.Builder builder = new StretchIndex.Builder();
            List<String> literals = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(60); i++) {
                String literal = letters(random, 1 + random.nextInt(7));
                int slot = random.nextInt(2);
                if (builder.add(slot, literal.getBytes(StandardCharsets.UTF_8)) == literals.size()) {
                    literals.add(slot + literal);
                }
            }
            StretchIndex index = builder.build(2);
            String text = letters(random, random.nextInt(60)).toUpperCase(Locale.ROOT);
            byte[] bytes = ("abc" + text + "abc").getBytes(StandardCharsets.UTF_8);
            TreeSet<String> together = new TreeSet<>();
            index.scan(bytes, 3, bytes.length - 3, 0, 1, i -> together.add(literals.get(i)));
            for (int slot = 0; slot < 2; slot++) {
                TreeSet<String> found = new TreeSet<>();
                index.scan(bytes, 3, bytes.length - 3, slot, -1, i -> found.add(literals.get(i)));
                TreeSet<String> expected = new TreeSet<>();
                for (String literal : literals) {
                    if (literal.charAt(0) - '0' == slot
                            && text.toLowerCase(Locale.ROOT).contains(literal.substring(1))) {
                        expected.add(literal);
                    }
                }
                assertThat(found).isEqualTo(expected);
                assertThat(together).containsAll(expected);
                together.removeAll(expected);
            }
            assertThat(together).isEmpty();
        }
    }

    @Test
    void literals_beyond_ascii_and_of_one_letter_are_found_anywhere() {
        StretchIndex.Builder builder = new StretchIndex.Builder();
        List<String> literals = List.of("ümläut", "é", "x", "日本", "plain");
        literals.forEach(literal -> builder.add(5, literal.getBytes(StandardCharsets.UTF_8)));
        StretchIndex index = builder.build(6);
        TreeSet<String> found = new TreeSet<>();
        byte[] text = "x in PLAIN é, 日本, ümläut".getBytes(StandardCharsets.UTF_8);

        index.scan(text, 0, text.length, 5, -1, i -> found.add(literals.get(i)));
        assertThat(found).containsExactlyInAnyOrderElementsOf(literals);

        found.clear();
        index.scan(text, 1, text.length - 1, -1, 5, i -> found.add(literals.get(i)));
        assertThat(found).containsExactlyInAnyOrder("é", "日本", "plain");
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }
}
