package io.trailwarden.event.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over the tokens of one JSON text (RFC 8259) in UTF-8 bytes: one pass, no copy, no allocation.
 *
 * <p>Structure is checked strictly, since two readers that disagree about it would see two different events: grammar of
 * every value, skipped ones included; names must be unique in their object (compared as decoded text); depth, length and
 * token count are limited. Text is read leniently: bytes that are not UTF-8 and lone surrogates become U+FFFD in
 * {@link #text()} and stay as they are in the array. A byte order mark is not skipped; the caller does that.
 *
 * <p>Use:
 *
 * <pre>{@code
 * scanner.reset(bytes, 0, bytes.length);
 * for (JsonToken token = scanner.next(); token != JsonToken.END; token = scanner.next()) { ... }
 * }</pre>
 *
 * <p>Every method that moves throws {@link JsonFault}; after that only {@link #reset} may be called. An instance is
 * reused for many texts and belongs to one thread.
 */
public final class JsonScanner {

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long SPACES = ONES * ' ';

    private static final int INITIAL_SLOTS = 512;

    // What may come next.
    private static final int VALUE = 0;
    private static final int FIRST_ELEMENT = 1;
    private static final int FIRST_NAME = 2;
    private static final int AFTER_VALUE = 3;

    private final JsonLimits limits;

    /** For each open container the id of the object, or 0 for an array. */
    private final int[] containers;

    private byte[] bytes = new byte[0];
    private int from;
    private int to;
    private int position;
    private int state;
    private int depth;
    private int tokens;
    private JsonToken token = JsonToken.END;
    private int start;
    private int end;
    private boolean escaped;
    private long hash;

    // The names seen so far in all objects of this text: an open hash table of (object id, start), (hash). Object ids
    // ascend over the scanner's life, so a slot of an earlier text is known by its small id and needs no clearing.
    private long[] slots = new long[2 * INITIAL_SLOTS];
    private int slotMask = INITIAL_SLOTS - 1;
    private int slotsUsed;
    private int objectId;
    private int firstObjectId = 1;

    /** A scanner with the limits on one audit record. */
    public JsonScanner() {
        this(JsonLimits.RECORD);
    }

    /** A scanner with these limits. */
    public JsonScanner(JsonLimits limits) {
        this.limits = limits;
        this.containers = new int[limits.maxDepth() + 1];
    }

    /**
     * Starts on a new text.
     *
     * @param from index of its first byte
     * @param to index after its last byte
     * @throws JsonFault TOO_LARGE if it is longer than the limit
     */
    public void reset(byte[] bytes, int from, int to) {
        if (from < 0 || to > bytes.length || from > to) {
            throw new IndexOutOfBoundsException(from + ".." + to + " of " + bytes.length);
        }
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        position = from;
        state = VALUE;
        depth = 0;
        tokens = 0;
        token = JsonToken.END;
        start = from;
        end = from;
        escaped = false;
        slotsUsed = 0;
        if (objectId > Integer.MAX_VALUE - limits.maxBytes() - 1) {
            Arrays.fill(slots, 0);
            objectId = 0;
        }
        firstObjectId = objectId + 1;
        if (to - from > limits.maxBytes()) {
            throw new JsonFault(
                    JsonFault.Kind.TOO_LARGE,
                    from,
                    (to - from) + " bytes (expected: at most " + limits.maxBytes() + ")");
        }
    }

    /**
     * Moves to the next token and says which it is. After a whole value at the top, only white space may follow; then
     * {@link JsonToken#END} is returned.
     */
    public JsonToken next() {
        int p = position;
        final byte[] b = bytes;
        final int limit = to;
        int c = -1;
        while (p < limit && (c = b[p]) <= ' ') {
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                break;
            }
            p++;
        }
        if (p >= limit) {
            if (state == AFTER_VALUE && depth == 0) {
                position = start = end = p;
                return token = JsonToken.END;
            }
            throw malformed(p, "the text ends in the middle");
        }
        switch (state) {
            case AFTER_VALUE:
                if (depth == 0) {
                    throw malformed(p, "expected: the end of the text");
                }
                boolean inObject = containers[depth] != 0;
                if (c == ',') {
                    p = skipSpace(p + 1);
                    return inObject ? name(p) : value(p);
                }
                if (c == (inObject ? '}' : ']')) {
                    return close(p, inObject);
                }
                throw malformed(p, inObject ? "expected: ',' or '}'" : "expected: ',' or ']'");
            case FIRST_NAME:
                return c == '}' ? close(p, true) : name(p);
            case FIRST_ELEMENT:
                return c == ']' ? close(p, false) : value(p);
            default:
                return value(p);
        }
    }

    /**
     * Moves over the value that the cursor is at: after a {@link JsonToken#NAME} the member's value, on a start token
     * the rest of that object or array, on a scalar nothing. Afterwards {@link #start()} and {@link #end()} span the
     * whole value. The value is checked like any other.
     *
     * @return the token that the value started with
     */
    public JsonToken skip() {
        JsonToken first = token == JsonToken.NAME ? next() : token;
        if (first == JsonToken.OBJECT_START || first == JsonToken.ARRAY_START) {
            int valueStart = start;
            int outside = depth - 1;
            while (depth > outside) {
                next();
            }
            start = valueStart;
        }
        return first;
    }

    /** The token that the cursor stands on; {@link JsonToken#END} before the first. */
    public JsonToken token() {
        return token;
    }

    /** Index of the token's first byte; of a string or name that is the opening quote. */
    public int start() {
        return start;
    }

    /** Index after the token's last byte; of a string or name that is after the closing quote. */
    public int end() {
        return end;
    }

    /** Index of the next byte to be read: after a whole value at the top, where the next text may start. */
    public int position() {
        return position;
    }

    /** How many objects and arrays are open. */
    public int depth() {
        return depth;
    }

    /** Whether the string or name contains escapes, so that its bytes are not its text. */
    public boolean hasEscapes() {
        return escaped;
    }

    /**
     * A hash of the name that the cursor stands on, over its decoded text. It differs from one process to another:
     * never store it.
     */
    public long nameHash() {
        return hash;
    }

    /** The scanned array. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * The decoded text of a name or string; of any other scalar what is written, for example {@code 1.50} or
     * {@code true}.
     */
    public String text() {
        if (token != JsonToken.STRING && token != JsonToken.NAME) {
            return new String(bytes, start, end - start, StandardCharsets.UTF_8);
        }
        if (!escaped) {
            return new String(bytes, start + 1, end - start - 2, StandardCharsets.UTF_8);
        }
        return JsonText.decode(bytes, start + 1, end - 1);
    }

    /** Whether the name or string is this text. */
    public boolean textIs(byte[] utf8) {
        if (escaped) {
            return Arrays.equals(text().getBytes(StandardCharsets.UTF_8), utf8);
        }
        return Arrays.equals(bytes, start + 1, end - 1, utf8, 0, utf8.length);
    }

    private JsonToken value(int p) {
        final byte[] b = bytes;
        count(p);
        if (p >= to) {
            throw malformed(p, "the text ends where a value is expected");
        }
        start = p;
        escaped = false;
        switch (b[p]) {
            case '"':
                end = position = string(p + 1);
                state = AFTER_VALUE;
                return token = JsonToken.STRING;
            case '{':
                open(p, ++objectId);
                state = FIRST_NAME;
                return token = JsonToken.OBJECT_START;
            case '[':
                open(p, 0);
                state = FIRST_ELEMENT;
                return token = JsonToken.ARRAY_START;
            case 't':
                return literal(p, "true", JsonToken.TRUE);
            case 'f':
                return literal(p, "false", JsonToken.FALSE);
            case 'n':
                return literal(p, "null", JsonToken.NULL);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
                end = position = number(p);
                state = AFTER_VALUE;
                return token = JsonToken.NUMBER;
            default:
                throw malformed(p, "expected: a value");
        }
    }

    private void open(int p, int container) {
        if (depth == limits.maxDepth()) {
            throw new JsonFault(
                    JsonFault.Kind.TOO_DEEP, p, "nested deeper than " + limits.maxDepth() + " objects and arrays");
        }
        containers[++depth] = container;
        end = position = p + 1;
    }

    private JsonToken close(int p, boolean object) {
        depth--;
        start = p;
        end = position = p + 1;
        escaped = false;
        state = AFTER_VALUE;
        return token = object ? JsonToken.OBJECT_END : JsonToken.ARRAY_END;
    }

    private JsonToken name(int p) {
        final byte[] b = bytes;
        count(p);
        if (p >= to || b[p] != '"') {
            throw malformed(p, "expected: a name in double quotes");
        }
        start = p;
        escaped = false;
        // Names are hashed word by word in the same pass that looks for the closing quote.
        long h = NameHash.SEED;
        int q = p + 1;
        final int lastWord = Math.min(to, b.length) - Long.BYTES;
        while (true) {
            if (q > lastWord) {
                q = string(q);
                h = escaped ? hashDecoded(p + 1, q - 1) : NameHash.of(b, p + 1, q - 1);
                break;
            }
            long word = (long) WORDS.get(b, q);
            long special = special(word);
            if (special == 0) {
                h = NameHash.step(h, word);
                q += Long.BYTES;
                continue;
            }
            int shift = Long.numberOfTrailingZeros(special) & ~7;
            q += shift >>> 3;
            if (b[q] == '"') {
                h = NameHash.finish(h, word & ((1L << shift) - 1), q - p - 1);
                q++;
            } else {
                q = string(q);
                h = escaped ? hashDecoded(p + 1, q - 1) : NameHash.of(b, p + 1, q - 1);
            }
            break;
        }
        hash = h;
        end = q;
        remember(h);
        q = skipSpace(q);
        if (q >= to || b[q] != ':') {
            throw malformed(q, "expected: ':'");
        }
        position = q + 1;
        state = VALUE;
        return token = JsonToken.NAME;
    }

    private long hashDecoded(int textStart, int textEnd) {
        byte[] decoded = JsonText.decode(bytes, textStart, textEnd).getBytes(StandardCharsets.UTF_8);
        return NameHash.of(decoded, 0, decoded.length);
    }

    private void remember(long h) {
        int object = containers[depth];
        if (2 * slotsUsed > slotMask) {
            growSlots();
        }
        int slot = slotOf(h, object);
        while (true) {
            long owner = slots[2 * slot];
            int ownerObject = (int) (owner >>> 32);
            if (ownerObject < firstObjectId) {
                slots[2 * slot] = ((long) object << 32) | start;
                slots[2 * slot + 1] = h;
                slotsUsed++;
                return;
            }
            if (ownerObject == object && slots[2 * slot + 1] == h && sameName((int) owner)) {
                throw new JsonFault(
                        JsonFault.Kind.DUPLICATE_KEY,
                        start,
                        "the name \"" + JsonText.excerpt(text0()) + "\" twice in one object");
            }
            slot = (slot + 1) & slotMask;
        }
    }

    private String text0() {
        return JsonText.decode(bytes, start + 1, end - 1);
    }

    private boolean sameName(int otherStart) {
        int otherEnd = otherStart + 1;
        boolean otherEscaped = false;
        while (bytes[otherEnd] != '"') {
            if (bytes[otherEnd] == '\\') {
                otherEscaped = true;
                otherEnd++;
            }
            otherEnd++;
        }
        if (!escaped && !otherEscaped) {
            return Arrays.equals(bytes, start + 1, end - 1, bytes, otherStart + 1, otherEnd);
        }
        return text0().equals(JsonText.decode(bytes, otherStart + 1, otherEnd));
    }

    private int slotOf(long h, int object) {
        long mixed = (h ^ object) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 40) & slotMask;
    }

    private void growSlots() {
        long[] old = slots;
        slots = new long[2 * old.length];
        slotMask = slots.length / 2 - 1;
        for (int i = 0; i < old.length; i += 2) {
            int object = (int) (old[i] >>> 32);
            if (object >= firstObjectId) {
                int slot = slotOf(old[i + 1], object);
                while (slots[2 * slot] != 0) {
                    slot = (slot + 1) & slotMask;
                }
                slots[2 * slot] = old[i];
                slots[2 * slot + 1] = old[i + 1];
            }
        }
    }

    /** Reads a string from after its opening quote (or from anywhere inside) and returns the index after its end. */
    private int string(int p) {
        final byte[] b = bytes;
        final int lastWord = Math.min(to, b.length) - Long.BYTES;
        while (true) {
            while (p <= lastWord) {
                long special = special((long) WORDS.get(b, p));
                if (special != 0) {
                    p += Long.numberOfTrailingZeros(special) >>> 3;
                    break;
                }
                p += Long.BYTES;
            }
            if (p >= to) {
                throw malformed(p, "the text ends in a string");
            }
            int c = b[p];
            if (c == '"') {
                return p + 1;
            }
            if (c == '\\') {
                escaped = true;
                p = escape(p);
            } else if (c >= 0 && c < ' ') {
                throw malformed(p, "expected: no control characters in strings");
            } else {
                p++;
            }
        }
    }

    /** The high bit of the first byte that is a quote, a backslash or a control character; zero if there is none. */
    private static long special(long word) {
        long quote = word ^ QUOTES;
        long backslash = word ^ BACKSLASHES;
        return (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | ((word - SPACES) & ~word)) & HIGHS;
    }

    private int escape(int p) {
        if (p + 1 >= to) {
            throw malformed(to, "the text ends in a string");
        }
        switch (bytes[p + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
                return p + 2;
            case 'u':
                for (int i = p + 2; i < p + 6; i++) {
                    if (i >= to || JsonText.hex(bytes[i]) < 0) {
                        throw malformed(Math.min(i, to), "expected: four hex digits after \\u");
                    }
                }
                return p + 6;
            default:
                throw malformed(p + 1, "expected: an escape of JSON");
        }
    }

    private JsonToken literal(int p, String word, JsonToken found) {
        int length = word.length();
        for (int i = 1; i < length; i++) {
            if (p + i >= to || bytes[p + i] != word.charAt(i)) {
                throw malformed(Math.min(p + i, to), "expected: " + word);
            }
        }
        end = position = p + length;
        state = AFTER_VALUE;
        return token = found;
    }

    private int number(int p) {
        if (bytes[p] == '-') {
            p++;
        }
        if (p < to && bytes[p] == '0') {
            p++;
        } else {
            p = digits(p);
        }
        if (p < to && bytes[p] == '.') {
            p = digits(p + 1);
        }
        if (p < to && (bytes[p] | 0x20) == 'e') {
            p++;
            if (p < to && (bytes[p] == '+' || bytes[p] == '-')) {
                p++;
            }
            p = digits(p);
        }
        return p;
    }

    private int digits(int p) {
        int first = p;
        while (p < to && bytes[p] >= '0' && bytes[p] <= '9') {
            p++;
        }
        if (p == first) {
            throw malformed(p, "expected: a digit");
        }
        return p;
    }

    private int skipSpace(int p) {
        while (p < to) {
            int c = bytes[p];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return p;
            }
            p++;
        }
        return p;
    }

    private void count(int p) {
        if (++tokens > limits.maxTokens()) {
            throw new JsonFault(
                    JsonFault.Kind.TOO_LARGE, p, "more than " + limits.maxTokens() + " names and values in one text");
        }
    }

    private JsonFault malformed(int p, String message) {
        String found = p < to ? JsonText.show(bytes[p]) : "the end";
        return new JsonFault(
                JsonFault.Kind.MALFORMED, p, "not JSON at byte " + (p - from) + ": " + found + ", " + message);
    }
}
