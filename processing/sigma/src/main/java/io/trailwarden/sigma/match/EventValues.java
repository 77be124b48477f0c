package io.trailwarden.sigma.match;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The wanted values of one event, taken from its bytes in one pass, and their text in the forms that tests need.
 *
 * <p>Values are kept as places in the bytes; text is made when a test asks for it, once. One instance serves one thread
 * and is reused from event to event.
 *
 * <p>How a record is read: an array stands for its members, at any depth; a path goes on inside a string that holds a
 * JSON object or array; spaces in keys do not count; a key that occurs twice has both values.
 */
final class EventValues {

    static final byte NULL = 0;
    static final byte TRUE = 1;
    static final byte FALSE = 2;
    static final byte NUMBER = 3;
    static final byte STRING = 4;
    static final byte OBJECT = 5;
    /** An empty array: the key is there, a value is not. */
    static final byte EMPTY = 6;
    /** Taken from a string that turned out not to be JSON: to be ignored. */
    static final byte DEAD = 7;

    /** Flags of a value. */
    private static final byte ESCAPED = 1;

    private static final byte BEYOND_ASCII = 2;
    private static final byte SCALAR = 4;
    private static final byte SCANNED = 8;

    private static final int MAX_DEPTH = 256;
    private static final int MAX_EMBEDDED = 4;
    private static final long QUOTES = 0x2222222222222222L;
    private static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
    private static final long SPACES = 0x2020202020202020L;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final byte[] TRUE_TEXT = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE_TEXT = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL_TEXT = {'n', 'u', 'l', 'l'};
    private static final byte[] STRUCTURE = new byte[256];

    static {
        STRUCTURE['"'] = 1;
        STRUCTURE['{'] = 2;
        STRUCTURE['['] = 2;
        STRUCTURE['}'] = 3;
        STRUCTURE[']'] = 3;
    }

    private final PathNode root;
    /** Whether some rule has keywords, so that every scalar is wanted. */
    private final boolean everything;

    // The event, or the JSON text inside one of its strings, while it is read.
    private byte[] in = new byte[0];
    private int end;
    private int embedded;
    private boolean escaped;
    private boolean beyondAscii;
    private boolean spaced;

    // Values: parallel arrays, linked per slot in the order found.
    private int count;
    private byte[] kind = new byte[64];
    private byte[][] source = new byte[64][];
    private int[] start = new int[64];
    private int[] stop = new int[64];
    private byte[] flags = new byte[64];
    private int[] next = new int[64];
    private int[] textStart = new int[64];
    private int[] textStop = new int[64];
    private int[] foldStart = new int[64];
    private int[] foldStop = new int[64];
    private @Nullable String[] strings = new String[64];

    private final int[] head;
    private final int[] tail;
    private final int[] headEvent;
    private int event;
    private final int[] touched;
    private int touchedCount;

    private Set<String> patterns = Set.of();
    private int patternsEvent;

    // Text made for tests, for all values together.
    private byte[] scratch = new byte[4096];
    private int scratchEnd;

    /** The text asked for last: bytes {@code textFrom} to {@code textTo} of {@code textIn}. */
    byte[] textIn = scratch;

    int textFrom;
    int textTo;

    EventValues(PathNode root, int slots, boolean everything) {
        this.root = root;
        this.everything = everything;
        this.head = new int[slots];
        this.tail = new int[slots];
        this.headEvent = new int[slots];
        this.touched = new int[slots];
    }

    /** Forgets the last event and reads this one. */
    void read(byte[] json) {
        if (++event == Integer.MAX_VALUE) {
            Arrays.fill(headEvent, 0);
            patternsEvent = 0;
            event = 1;
        }
        for (int v = 0; v < count; v++) {
            strings[v] = null;
        }
        count = 0;
        touchedCount = 0;
        scratchEnd = 0;
        embedded = 0;
        in = json;
        end = json.length;
        int p = blank(0);
        if (p >= end || in[p] != '{') {
            throw new MalformedEventException("not a JSON object", p);
        }
        p = blank(object(p, root, 0));
        if (p != end) {
            throw new MalformedEventException("more than one JSON value", p);
        }
    }

    // Reading

    private int value(int from, @Nullable PathNode node, int depth) {
        if (from >= end) {
            throw new MalformedEventException("ends early", from);
        }
        int slot = node == null ? -1 : node.slot;
        switch (in[from]) {
            case '"' -> {
                int after = quoted(from);
                byte flag = (byte) ((escaped ? ESCAPED : 0) | (beyondAscii ? BEYOND_ASCII : 0));
                scalar(slot, STRING, from + 1, after - 1, flag);
                if (node != null && !node.isLeaf() && after - from > 3 && embedded < MAX_EMBEDDED) {
                    insideString(node, from + 1, after - 1, flag, depth);
                }
                return after;
            }
            case '{' -> {
                int after = node != null && !node.isLeaf() || everything ? object(from, node, depth) : skip(from);
                if (slot >= 0) {
                    add(slot, OBJECT, from, after, (byte) 0);
                }
                return after;
            }
            case '[' -> {
                return array(from, node, depth);
            }
            case 't' -> {
                return word(from, TRUE_TEXT, slot, TRUE);
            }
            case 'f' -> {
                return word(from, FALSE_TEXT, slot, FALSE);
            }
            case 'n' -> {
                return word(from, NULL_TEXT, slot, NULL);
            }
            default -> {
                return number(from, slot);
            }
        }
    }

    private int number(int from, int slot) {
        int p = from;
        while (p < end && (in[p] >= '0' && in[p] <= '9' || "+-.eE".indexOf(in[p]) >= 0)) {
            p++;
        }
        if (p == from || p < end && in[p] > ' ' && ",]}".indexOf(in[p]) < 0) {
            throw new MalformedEventException("no value", from);
        }
        scalar(slot, NUMBER, from, p, (byte) 0);
        return p;
    }

    private int word(int from, byte[] word, int slot, byte kind) {
        int after = primitive(from);
        if (!Arrays.equals(in, from, after, word, 0, word.length)) {
            throw new MalformedEventException("no value", from);
        }
        scalar(slot, kind, from, after, (byte) 0);
        return after;
    }

    private void scalar(int slot, byte kind, int from, int to, byte flag) {
        boolean scalar = everything && embedded == 0;
        if (slot >= 0 || scalar) {
            add(slot, kind, from, to, scalar ? (byte) (flag | SCALAR) : flag);
        }
    }

    private int object(int from, @Nullable PathNode node, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedEventException("nested deeper than " + MAX_DEPTH + " levels", from);
        }
        int p = blank(from + 1);
        if (p < end && in[p] == '}') {
            return p + 1;
        }
        while (true) {
            if (p >= end || in[p] != '"') {
                throw new MalformedEventException("no key", p);
            }
            int keyStart = p + 1;
            p = quoted(p);
            PathNode child = node == null ? null : child(node, keyStart, p - 1);
            p = blank(p);
            if (p >= end || in[p] != ':') {
                throw new MalformedEventException("no colon after a key", p);
            }
            p = blank(p + 1);
            p = blank(child == null && !everything ? skip(p) : value(p, child, depth + 1));
            if (p < end && in[p] == ',') {
                p = blank(p + 1);
            } else if (p < end && in[p] == '}') {
                return p + 1;
            } else {
                throw new MalformedEventException("neither comma nor brace after a value", p);
            }
        }
    }

    private int array(int from, @Nullable PathNode node, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedEventException("nested deeper than " + MAX_DEPTH + " levels", from);
        }
        int p = blank(from + 1);
        if (p < end && in[p] == ']') {
            if (node != null && node.slot >= 0) {
                add(node.slot, EMPTY, from, p, (byte) 0);
            }
            return p + 1;
        }
        while (true) {
            p = blank(value(p, node, depth + 1));
            if (p < end && in[p] == ',') {
                p = blank(p + 1);
            } else if (p < end && in[p] == ']') {
                return p + 1;
            } else {
                throw new MalformedEventException("neither comma nor bracket after a value", p);
            }
        }
    }

    private @Nullable PathNode child(PathNode node, int from, int to) {
        if (!escaped && !spaced) {
            return node.child(in, from, to);
        }
        byte[] key = new byte[(to - from) * 3 + 4];
        int length = escaped ? unescape(in, from, to, key, 0) : copy(from, to, key);
        int n = 0;
        for (int i = 0; i < length; i++) {
            if (key[i] != ' ') {
                key[n++] = key[i];
            }
        }
        return node.child(key, 0, n);
    }

    private int copy(int from, int to, byte[] out) {
        System.arraycopy(in, from, out, 0, to - from);
        return to - from;
    }

    /** Follows a path into a string that holds JSON; if it does not, nothing of it counts. */
    private void insideString(PathNode node, int from, int to, byte flag, int depth) {
        int p = from;
        while (p < to && in[p] == ' ') {
            p++;
        }
        // An escape may stand for white space before the bracket, or for the bracket.
        if (p >= to || in[p] != '{' && in[p] != '[' && in[p] != '\\') {
            return;
        }
        byte[] text = new byte[to - from];
        int length = (flag & ESCAPED) == 0 ? copy(from, to, text) : -1;
        if (length < 0) {
            text = new byte[(to - from) * 3 + 4];
            length = unescape(in, from, to, text, 0);
        }
        byte[] outerIn = in;
        int outerEnd = end;
        int mark = count;
        in = Arrays.copyOf(text, length);
        end = length;
        embedded++;
        try {
            p = blank(0);
            boolean object = p < end && in[p] == '{';
            if (object || p < end && in[p] == '[') {
                p = blank(object ? object(p, node, depth + 1) : array(p, node.withoutSlot(), depth + 1));
            }
            if (p != end) {
                Arrays.fill(kind, mark, count, DEAD);
            }
        } catch (MalformedEventException e) {
            // Not JSON after all, which is no fault of the event.
            Arrays.fill(kind, mark, count, DEAD);
        }
        embedded--;
        in = outerIn;
        end = outerEnd;
    }

    /** Past one value, without looking into it more than needed. */
    private int skip(int from) {
        if (from >= end) {
            throw new MalformedEventException("ends early", from);
        }
        byte first = in[from];
        if (first == '"') {
            return quoted(from);
        }
        if (first != '{' && first != '[') {
            int after = primitive(from);
            if (after == from) {
                throw new MalformedEventException("no value", from);
            }
            return after;
        }
        int open = 1;
        int p = from + 1;
        byte[] bytes = in;
        int limit = end;
        while (p < limit) {
            switch (STRUCTURE[bytes[p] & 0xFF]) {
                case 0 -> p++;
                case 1 -> p = quoted(p);
                case 2 -> {
                    open++;
                    p++;
                }
                default -> {
                    p++;
                    if (--open == 0) {
                        return p;
                    }
                }
            }
        }
        throw new MalformedEventException("ends early", limit);
    }

    /** Past a string; says on the way whether it has escapes, bytes beyond ASCII, or spaces. */
    private int quoted(int from) {
        byte[] bytes = in;
        int limit = end;
        int p = from + 1;
        boolean anyEscape = false;
        long high = 0;
        long space = 0;
        while (true) {
            while (p + 8 <= limit) {
                long word = (long) PathNode.LONG.get(bytes, p);
                long quote = word ^ QUOTES;
                long backslash = word ^ BACKSLASHES;
                long blank = word ^ SPACES;
                long found = (quote - ONES & ~quote | backslash - ONES & ~backslash) & HIGHS;
                if (found != 0) {
                    long before = (found & -found) - 1;
                    high |= word & before;
                    space |= (blank - ONES & ~blank & HIGHS) & before;
                    p += Long.numberOfTrailingZeros(found) >>> 3;
                    break;
                }
                high |= word;
                space |= blank - ONES & ~blank & HIGHS;
                p += 8;
            }
            if (p >= limit) {
                throw new MalformedEventException("string without end", from);
            }
            byte b = bytes[p];
            if (b == '"') {
                escaped = anyEscape;
                beyondAscii = (high & HIGHS) != 0;
                spaced = space != 0;
                return p + 1;
            }
            if (b == '\\') {
                anyEscape = true;
                p += 2;
            } else {
                high |= b;
                space |= b == ' ' ? 1 : 0;
                p++;
            }
        }
    }

    private int primitive(int from) {
        int p = from;
        while (p < end) {
            byte b = in[p];
            if (b == ',' || b == '}' || b == ']' || b == ':' || b == '"' || b <= ' ' && b >= 0) {
                break;
            }
            p++;
        }
        return p;
    }

    private int blank(int from) {
        int p = from;
        while (p < end && in[p] <= ' ' && in[p] >= 0) {
            p++;
        }
        return p;
    }

    private void add(int slot, byte valueKind, int from, int to, byte flag) {
        int v = count++;
        if (v == kind.length) {
            grow();
        }
        kind[v] = valueKind;
        source[v] = in;
        start[v] = from;
        stop[v] = to;
        flags[v] = flag;
        next[v] = -1;
        textStart[v] = -1;
        foldStart[v] = -1;
        if (slot < 0) {
            return;
        }
        if (headEvent[slot] == event) {
            next[tail[slot]] = v;
        } else {
            headEvent[slot] = event;
            head[slot] = v;
            touched[touchedCount++] = slot;
        }
        tail[slot] = v;
    }

    private void grow() {
        int size = kind.length * 2;
        kind = Arrays.copyOf(kind, size);
        source = Arrays.copyOf(source, size);
        start = Arrays.copyOf(start, size);
        stop = Arrays.copyOf(stop, size);
        flags = Arrays.copyOf(flags, size);
        next = Arrays.copyOf(next, size);
        textStart = Arrays.copyOf(textStart, size);
        textStop = Arrays.copyOf(textStop, size);
        foldStart = Arrays.copyOf(foldStart, size);
        foldStop = Arrays.copyOf(foldStop, size);
        strings = Arrays.copyOf(strings, size);
    }

    /** The EventBridge patterns that the event matches, found out when first asked for. */
    Set<String> patterns(PatternMachine machine) {
        if (patternsEvent != event) {
            patternsEvent = event;
            patterns = machine.matching(in, end);
        }
        return patterns;
    }

    // What was found

    int touchedCount() {
        return touchedCount;
    }

    int touched(int i) {
        return touched[i];
    }

    /** The first value of a slot, or -1. */
    int first(int slot) {
        int v = headEvent[slot] == event ? head[slot] : -1;
        while (v >= 0 && kind[v] == DEAD) {
            v = next[v];
        }
        return v;
    }

    /** The next value of the same slot, or -1. */
    int next(int value) {
        int v = next[value];
        while (v >= 0 && kind[v] == DEAD) {
            v = next[v];
        }
        return v;
    }

    /** The next value after this one (-1: the first) that keywords are looked for in, or -1. */
    int scalarAfter(int value) {
        for (int v = value + 1; v < count; v++) {
            if ((flags[v] & SCALAR) != 0) {
                return v;
            }
        }
        return -1;
    }

    /** Whether keywords are looked for in this value: it is a scalar of the event itself. */
    boolean isScalar(int value) {
        return (flags[value] & SCALAR) != 0;
    }

    /** Whether the value was not passed to {@link #markScanned} yet. */
    boolean unscanned(int value) {
        return (flags[value] & SCANNED) == 0;
    }

    void markScanned(int value) {
        flags[value] |= SCANNED;
    }

    byte kind(int value) {
        return kind[value];
    }

    /** Whether the value has text: neither null nor an empty array. */
    boolean hasText(int value) {
        return kind[value] != NULL && kind[value] != EMPTY;
    }

    /** Whether the value's bytes are its text: a string of ASCII without escapes. */
    boolean isPlainAscii(int value) {
        return kind[value] == STRING && (flags[value] & (ESCAPED | BEYOND_ASCII)) == 0;
    }

    /** Makes the value's text available in {@link #textIn}, as UTF-8. */
    void text(int v) {
        if (kind[v] == STRING && (flags[v] & ESCAPED) == 0) {
            textIn = source[v];
            textFrom = start[v];
            textTo = stop[v];
            return;
        }
        if (textStart[v] < 0) {
            textStart[v] = scratchEnd;
            write(v);
            textStop[v] = scratchEnd;
        }
        textIn = scratch;
        textFrom = textStart[v];
        textTo = textStop[v];
    }

    /** Makes the value's text available in {@link #textIn}, case-folded but for letters of ASCII. */
    void almostFoldedText(int v) {
        text(v);
        if ((flags[v] & BEYOND_ASCII) != 0 || kind[v] == OBJECT) {
            foldedText(v);
        }
    }

    /** Makes the value's text available in {@link #textIn}, as UTF-8, case-folded. */
    void foldedText(int v) {
        if (foldStart[v] < 0) {
            text(v);
            int at = scratchEnd;
            boolean inScratch = textIn == scratch;
            // Folding lengthens a character by one byte at most (U+023A: two bytes to three).
            reserve((textTo - textFrom) * 2 + 4);
            if (inScratch) {
                textIn = scratch;
            }
            int n = at;
            byte[] bytes = textIn;
            byte[] out = scratch;
            int p = textFrom;
            if ((flags[v] & BEYOND_ASCII) == 0 && kind[v] != OBJECT) {
                for (; p < textTo; p++) {
                    out[n++] = CaseFolding.foldAscii(bytes[p]);
                }
            } else {
                n = foldUtf8(bytes, p, textTo, out, n);
            }
            foldStart[v] = at;
            foldStop[v] = n;
            scratchEnd = n;
        }
        textIn = scratch;
        textFrom = foldStart[v];
        textTo = foldStop[v];
    }

    /** The value's text as a string, made once. */
    String string(int v) {
        String known = strings[v];
        if (known == null) {
            text(v);
            known = new String(textIn, textFrom, textTo - textFrom, StandardCharsets.UTF_8);
            strings[v] = known;
        }
        return known;
    }

    private static int foldUtf8(byte[] bytes, int from, int to, byte[] out, int at) {
        int n = at;
        int p = from;
        while (p < to) {
            byte lead = bytes[p];
            if (lead >= 0) {
                out[n++] = CaseFolding.foldAscii(lead);
                p++;
                continue;
            }
            int length = Math.min(CaseFolding.length(lead), to - p);
            if (length == 1) {
                out[n++] = lead;
                p++;
                continue;
            }
            int codePoint = lead & 0xFF >> length + 1;
            for (int i = 1; i < length; i++) {
                codePoint = codePoint << 6 | bytes[p + i] & 0x3F;
            }
            if (Character.isValidCodePoint(codePoint)) {
                n = CaseFolding.encode(CaseFolding.fold(codePoint), out, n);
            } else {
                System.arraycopy(bytes, p, out, n, length);
                n += length;
            }
            p += length;
        }
        return n;
    }

    private void write(int v) {
        switch (kind[v]) {
            case TRUE -> append(TRUE_TEXT, 0, TRUE_TEXT.length);
            case FALSE -> append(FALSE_TEXT, 0, FALSE_TEXT.length);
            case NUMBER -> writeNumber(source[v], start[v], stop[v]);
            case STRING -> {
                reserve((stop[v] - start[v]) * 3 + 4);
                int from = scratchEnd;
                scratchEnd = unescape(source[v], start[v], stop[v], scratch, scratchEnd);
                byte any = 0;
                for (int i = from; i < scratchEnd; i++) {
                    any |= scratch[i];
                }
                flags[v] |= any < 0 ? BEYOND_ASCII : 0;
            }
            case OBJECT -> writeCompact(source[v], start[v], stop[v]);
            default -> {}
        }
    }

    /** Integers as their digits; a fraction without trailing zeros, so that 1.0 reads 1. */
    private void writeNumber(byte[] bytes, int from, int to) {
        boolean plain = !(bytes[from] == '-' && from + 1 < to && bytes[from + 1] == '0') && to - from < 40;
        for (int p = from; plain && p < to; p++) {
            plain = bytes[p] >= '0' && bytes[p] <= '9' || bytes[p] == '-';
        }
        if (!plain && to - from < 400) {
            try {
                String raw = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
                BigDecimal number = new BigDecimal(raw);
                if (Math.abs((long) number.scale()) < 400) {
                    byte[] text = (number.signum() == 0
                                    ? "0"
                                    : number.stripTrailingZeros().toPlainString())
                            .getBytes(StandardCharsets.ISO_8859_1);
                    append(text, 0, text.length);
                    return;
                }
            } catch (NumberFormatException e) {
                // Not a number of JSON: its bytes are all there is to compare.
            }
        }
        append(bytes, from, to);
    }

    /** JSON without blanks, keys in the order given, nothing escaped that need not be. */
    private void writeCompact(byte[] bytes, int from, int to) {
        reserve((to - from) * 3 + 8);
        int p = from;
        while (p < to) {
            byte b = bytes[p];
            if (b == '"') {
                int close = p + 1;
                boolean escapes = false;
                while (bytes[close] != '"') {
                    escapes |= bytes[close] == '\\';
                    close += bytes[close] == '\\' ? 2 : 1;
                }
                if (escapes) {
                    byte[] plain = new byte[(close - p) * 3 + 4];
                    int length = unescape(bytes, p + 1, close, plain, 0);
                    scratch[scratchEnd++] = '"';
                    escape(plain, length);
                    scratch[scratchEnd++] = '"';
                } else {
                    append(bytes, p, close + 1);
                }
                p = close + 1;
            } else {
                if (b > ' ' || b < 0) {
                    scratch[scratchEnd++] = b;
                }
                p++;
            }
        }
    }

    private void escape(byte[] plain, int length) {
        reserve(length * 6 + 8);
        for (int i = 0; i < length; i++) {
            byte b = plain[i];
            char letter =
                    switch (b) {
                        case '"' -> '"';
                        case '\\' -> '\\';
                        case '\n' -> 'n';
                        case '\r' -> 'r';
                        case '\t' -> 't';
                        case '\b' -> 'b';
                        case '\f' -> 'f';
                        default -> b >= 0 && b < ' ' ? 'u' : 0;
                    };
            if (letter == 0) {
                scratch[scratchEnd++] = b;
            } else {
                scratch[scratchEnd++] = '\\';
                scratch[scratchEnd++] = (byte) letter;
                if (letter == 'u') {
                    scratch[scratchEnd++] = '0';
                    scratch[scratchEnd++] = '0';
                    scratch[scratchEnd++] = (byte) "0123456789abcdef".charAt(b >> 4);
                    scratch[scratchEnd++] = (byte) "0123456789abcdef".charAt(b & 15);
                }
            }
        }
        reserve(length * 3 + 8);
    }

    /** Decodes a JSON string's escapes; returns the position behind what was written. */
    private static int unescape(byte[] bytes, int from, int to, byte[] out, int at) {
        int n = at;
        int p = from;
        while (p < to) {
            byte b = bytes[p++];
            if (b != '\\' || p >= to) {
                out[n++] = b;
                continue;
            }
            byte c = bytes[p++];
            switch (c) {
                case 'n' -> out[n++] = '\n';
                case 't' -> out[n++] = '\t';
                case 'r' -> out[n++] = '\r';
                case 'b' -> out[n++] = '\b';
                case 'f' -> out[n++] = '\f';
                case 'u' -> {
                    int unit = hex4(bytes, p, to);
                    p = Math.min(p + 4, to);
                    if (unit >= 0xD800 && unit < 0xDC00 && p + 6 <= to && bytes[p] == '\\' && bytes[p + 1] == 'u') {
                        int low = hex4(bytes, p + 2, to);
                        if (low >= 0xDC00 && low < 0xE000) {
                            unit = Character.toCodePoint((char) unit, (char) low);
                            p += 6;
                        }
                    }
                    n = CaseFolding.encode(unit, out, n);
                }
                default -> out[n++] = c;
            }
        }
        return n;
    }

    /** Four hexadecimal digits; U+FFFD where there are none. */
    private static int hex4(byte[] bytes, int from, int to) {
        if (from + 4 > to) {
            return 0xFFFD;
        }
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                return 0xFFFD;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private void append(byte[] bytes, int from, int to) {
        reserve(to - from);
        System.arraycopy(bytes, from, scratch, scratchEnd, to - from);
        scratchEnd += to - from;
    }

    private void reserve(int more) {
        if (scratchEnd + more > scratch.length) {
            scratch = Arrays.copyOf(scratch, Math.max(scratch.length * 2, scratchEnd + more));
        }
    }
}
