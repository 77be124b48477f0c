package io.trailwarden.event.json;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;

/**
 * A fixed set of names, each with a number, so that a reader can switch over the name a {@link JsonScanner} stands on
 * without making a string of it. Safe for any number of threads.
 */
public final class JsonNames {

    private final byte[][] names;
    private final long[] hashes;
    private final int[] numbers;
    private final int mask;

    private JsonNames(List<String> texts) {
        if (new HashSet<>(texts).size() != texts.size()) {
            throw new IllegalArgumentException("one name twice: " + texts);
        }
        int size = Integer.highestOneBit(Math.max(4, texts.size()) * 4 - 1);
        mask = size - 1;
        hashes = new long[size];
        numbers = new int[size];
        java.util.Arrays.fill(numbers, -1);
        names = new byte[texts.size()][];
        for (int i = 0; i < names.length; i++) {
            names[i] = texts.get(i).getBytes(StandardCharsets.UTF_8);
            long hash = NameHash.of(names[i], 0, names[i].length);
            int slot = (int) hash & mask;
            while (numbers[slot] >= 0) {
                slot = (slot + 1) & mask;
            }
            numbers[slot] = i;
            hashes[slot] = hash;
        }
    }

    /** The set of these names; the number of each is its place in the list. */
    public static JsonNames of(String... names) {
        return new JsonNames(List.of(names));
    }

    /** The set of these names; the number of each is its place in the list. */
    public static JsonNames of(List<String> names) {
        return new JsonNames(names);
    }

    /** The number of the {@link JsonToken#NAME} that the scanner stands on; -1 if it is none of these. */
    public int numberOf(JsonScanner scanner) {
        long hash = scanner.nameHash();
        int slot = (int) hash & mask;
        while (true) {
            int number = numbers[slot];
            if (number < 0) {
                return -1;
            }
            if (hashes[slot] == hash && scanner.textIs(names[number])) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
    }
}
