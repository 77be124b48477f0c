package io.trailwarden.event.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * The hash of names: eight bytes a step. Seeded anew in every process, because names are written by strangers who could
 * otherwise choose ones that collide.
 */
final class NameHash {

    static final long SEED = new SecureRandom().nextLong();

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private NameHash() {}

    static long step(long hash, long word) {
        long h = (hash ^ word) * 0xD6E8_FEB8_6659_FD93L;
        return h ^ (h >>> 32) ^ SEED;
    }

    /** @param word the last bytes, fewer than eight, zero-filled; zero if none are left */
    static long finish(long hash, long word, int length) {
        long h = (hash ^ word ^ ((long) length << 56)) * 0xD6E8_FEB8_6659_FD93L;
        h = (h ^ (h >>> 32)) * 0x9E37_79B9_7F4A_7C15L;
        return h ^ (h >>> 29);
    }

    static long of(byte[] bytes, int from, int to) {
        long h = SEED;
        int p = from;
        for (; p + Long.BYTES <= to; p += Long.BYTES) {
            h = step(h, (long) WORDS.get(bytes, p));
        }
        long rest = 0;
        for (int shift = 0; p < to; p++, shift += 8) {
            rest |= (bytes[p] & 0xFFL) << shift;
        }
        return finish(h, rest, to - from);
    }
}
