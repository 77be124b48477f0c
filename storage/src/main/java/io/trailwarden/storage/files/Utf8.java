package io.trailwarden.storage.files;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whether bytes are UTF-8 (Unicode 16, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF). */
public final class Utf8 {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    public static boolean isValid(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int i = offset;
        while (i < end) {
            while (i + 8 <= end && ((long) LONGS.get(bytes, i) & HIGH_BITS) == 0) {
                i += 8;
            }
            if (i >= end) {
                return true;
            }
            int size = sequence(bytes, i, end);
            if (size == 0) {
                return false;
            }
            i += size;
        }
        return true;
    }

    /** Length of the sequence at {@code i}; 0 when there is none. */
    private static int sequence(byte[] bytes, int i, int end) {
        int lead = bytes[i];
        if (lead >= 0) {
            return 1;
        }
        lead &= 0xff;
        if (lead < 0xc2 || lead > 0xf4 || i + 1 >= end) {
            return 0;
        }
        int second = bytes[i + 1] & 0xff;
        if (lead < 0xe0) {
            return continues(second) ? 2 : 0;
        }
        int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high || i + 2 >= end || !continues(bytes[i + 2])) {
            return 0;
        }
        if (lead < 0xf0) {
            return 3;
        }
        return i + 3 < end && continues(bytes[i + 3]) ? 4 : 0;
    }

    private static boolean continues(int b) {
        return (b & 0xc0) == 0x80;
    }
}
