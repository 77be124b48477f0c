package io.trailwarden.sigma.match;

import java.util.Arrays;

/** Whole values that some rule compares a field with, by hash; each is given a number. */
final class LiteralTable {

    private byte[][] literals = new byte[8][];
    private int[] numbers = new int[8];
    private int size;
    private long lengths;
    private boolean object;

    /** The number of a literal, taken from {@code fresh} if it is new. */
    int add(byte[] literal, int fresh) {
        int known = find(literal, 0, literal.length);
        if (known >= 0) {
            return known;
        }
        if (2 * (size + 1) > literals.length) {
            byte[][] oldLiterals = literals;
            int[] oldNumbers = numbers;
            literals = new byte[oldLiterals.length * 2][];
            numbers = new int[oldLiterals.length * 2];
            for (int i = 0; i < oldLiterals.length; i++) {
                if (oldLiterals[i] != null) {
                    put(oldLiterals[i], oldNumbers[i]);
                }
            }
        }
        put(literal, fresh);
        size++;
        lengths |= 1L << Math.min(63, literal.length);
        object |= literal.length > 0 && literal[0] == '{';
        return fresh;
    }

    private void put(byte[] literal, int number) {
        int i = PathNode.hash(literal, 0, literal.length) & literals.length - 1;
        while (literals[i] != null) {
            i = i + 1 & literals.length - 1;
        }
        literals[i] = literal;
        numbers[i] = number;
    }

    /** Whether a literal of this many bytes exists. */
    boolean mayHold(int length) {
        return (lengths >>> Math.min(63, length) & 1) != 0;
    }

    /** Whether some literal could be the text of an object. */
    boolean holdsObject() {
        return object;
    }

    /** The number of the literal that these bytes are, or -1. */
    int find(byte[] bytes, int from, int to) {
        int i = PathNode.hash(bytes, from, to) & literals.length - 1;
        byte[] literal;
        while ((literal = literals[i]) != null) {
            if (literal.length == to - from && Arrays.equals(literal, 0, literal.length, bytes, from, to)) {
                return numbers[i];
            }
            i = i + 1 & literals.length - 1;
        }
        return -1;
    }
}
