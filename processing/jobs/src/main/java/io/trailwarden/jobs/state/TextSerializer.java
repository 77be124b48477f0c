package io.trailwarden.jobs.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Writes a text as a block. Flink's own serialiser writes it byte by byte, and into a checkpoint each byte takes a lock:
 * nearly half of all CPU went there.
 *
 * <p>Form: an int, then bytes. The int is -1 for null, else twice the length in chars, plus 1 if a char needs two bytes.
 * Every char comes back as it was, also half a surrogate pair.
 */
public final class TextSerializer extends TypeSerializerSingleton<String> {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST_SHARED = 128;

    /** Without a lock: a text that one thread puts here and another misses costs one more copy, nothing else. */
    private static final @Nullable String[] SHARED = new String[1 << 14];

    public static final TextSerializer INSTANCE = new TextSerializer();

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public String createInstance() {
        return "";
    }

    @Override
    public String copy(String from) {
        return from;
    }

    @Override
    public String copy(String from, String reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(@Nullable String text, DataOutputView out) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        int length = text.length();
        if (isNarrow(text)) {
            out.writeInt(length << 1);
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            return;
        }
        byte[] wide = new byte[2 * length];
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            wide[2 * i] = (byte) (c >>> 8);
            wide[2 * i + 1] = (byte) c;
        }
        out.writeInt(length << 1 | 1);
        out.write(wide);
    }

    private static boolean isNarrow(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }

    @Override
    public @Nullable String deserialize(DataInputView in) throws IOException {
        int header = in.readInt();
        if (header < 0) {
            return null;
        }
        int length = header >>> 1;
        byte[] bytes = new byte[(header & 1) == 0 ? length : 2 * length];
        in.readFully(bytes);
        if ((header & 1) == 0) {
            return length <= LONGEST_SHARED ? shared(bytes) : new String(bytes, StandardCharsets.ISO_8859_1);
        }
        char[] chars = new char[length];
        for (int i = 0; i < length; i++) {
            chars[i] = (char) ((bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff);
        }
        return new String(chars);
    }

    /**
     * This text, the same object as before if it was met lately: names of services, calls and Regions come again and
     * again, and state would hold each a million times.
     */
    private static String shared(byte[] narrow) {
        int hash = 0;
        for (byte b : narrow) {
            hash = 31 * hash + (b & 0xff);
        }
        int place = (hash ^ hash >>> 15) & (SHARED.length - 1);
        String candidate = SHARED[place];
        // This is String's own hash, so unequal texts are almost always told apart by it.
        if (candidate != null && candidate.hashCode() == hash && isText(candidate, narrow)) {
            return candidate;
        }
        String text = new String(narrow, StandardCharsets.ISO_8859_1);
        SHARED[place] = text;
        return text;
    }

    private static boolean isText(String text, byte[] narrow) {
        if (text.length() != narrow.length) {
            return false;
        }
        for (int i = 0; i < narrow.length; i++) {
            if (text.charAt(i) != (narrow[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public @Nullable String deserialize(String reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public TextSnapshot snapshotConfiguration() {
        return new TextSnapshot();
    }

    /** Tells Flink how a checkpoint's texts were written. */
    public static final class TextSnapshot extends SimpleTypeSerializerSnapshot<String> {
        /** As Flink restores it. */
        public TextSnapshot() {
            super(() -> INSTANCE);
        }
    }
}
