package io.trailwarden.testing.generator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array of bytes that texts, numbers and ids are appended to without a String in between. Everything appended
 * is JSON already: nothing is escaped here.
 */
final class JsonBytes {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[4096];
    private int length;

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    JsonBytes add(byte[] more) {
        return add(more, 0, more.length);
    }

    JsonBytes add(byte[] more, int from, int count) {
        room(count);
        System.arraycopy(more, from, bytes, length, count);
        length += count;
        return this;
    }

    JsonBytes add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    JsonBytes add(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    JsonBytes number(long value) {
        if (value < 0) {
            return add('-').number(-value);
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits(value, digits);
    }

    /** The last {@code count} decimal digits, with leading zeros. */
    JsonBytes digits(long value, int count) {
        room(count);
        long rest = value;
        for (int i = length + count - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += count;
        return this;
    }

    JsonBytes hex(Randomness random, int count) {
        return letters(random, count, HEX, 4);
    }

    JsonBytes base32(Randomness random, int count) {
        return letters(random, count, BASE32, 5);
    }

    JsonBytes base64(Randomness random, int count) {
        return letters(random, count, BASE64, 6);
    }

    /** A version 4 UUID. */
    JsonBytes uuid(Randomness random) {
        long high = random.nextLong() & 0xFFFFFFFFFFFF0FFFL | 0x4000L;
        long low = random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
        return uuid(high, low);
    }

    JsonBytes uuid(long high, long low) {
        room(36);
        hexDigits(high >>> 32, 8);
        add('-');
        hexDigits(high >>> 16, 4);
        add('-');
        hexDigits(high, 4);
        add('-');
        hexDigits(low >>> 48, 4);
        add('-');
        hexDigits(low, 12);
        return this;
    }

    /** {@code 2026-03-02T09:14:32Z}. */
    JsonBytes time(long epochMillis) {
        long seconds = Math.floorDiv(epochMillis, 1000L);
        long ofDay = Math.floorMod(seconds, 86_400L);
        date(Math.floorDiv(seconds, 86_400L), '-');
        add('T').digits(ofDay / 3600, 2).add(':').digits(ofDay / 60 % 60, 2);
        return add(':').digits(ofDay % 60, 2).add('Z');
    }

    /** {@code 2026-03-02} with any separator (days to civil date: Howard Hinnant, "chrono-compatible algorithms"). */
    JsonBytes date(long epochDay, char separator) {
        long z = epochDay + 719_468;
        long era = Math.floorDiv(z, 146_097L);
        long dayOfEra = z - era * 146_097;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long shifted = (5 * dayOfYear + 2) / 153;
        long month = shifted < 10 ? shifted + 3 : shifted - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        digits(year, 4).add(separator).digits(month, 2).add(separator);
        return digits(dayOfYear - (153 * shifted + 2) / 5 + 1, 2);
    }

    private void hexDigits(long value, int count) {
        for (int shift = (count - 1) * 4; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (value >>> shift) & 15];
        }
    }

    private JsonBytes letters(Randomness random, int count, byte[] alphabet, int bits) {
        room(count);
        long pool = 0;
        int left = 0;
        for (int i = 0; i < count; i++) {
            if (left < bits) {
                pool = random.nextLong();
                left = 64;
            }
            bytes[length++] = alphabet[(int) pool & alphabet.length - 1];
            pool >>>= bits;
            left -= bits;
        }
        return this;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
