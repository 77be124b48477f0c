package io.trailwarden.sigma.match;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where in an event a wanted value stands: one node of the graph of all wanted paths (see {@link FieldSlots}).
 *
 * <p>Children are found by hash of the key's bytes: its length, its first eight and its last eight.
 */
final class PathNode {

    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Where to put the value found here; -1 for nowhere. */
    int slot = -1;

    private byte[][] keys = new byte[4][];
    private PathNode[] children = new PathNode[4];
    private int size;

    /** Leads from this key to a node; again, it does nothing. */
    void link(byte[] key, PathNode child) {
        PathNode known = child(key, 0, key.length);
        if (known != null) {
            if (known != child) {
                throw new IllegalStateException("one key leads to two nodes");
            }
            return;
        }
        if (2 * (size + 1) > keys.length) {
            byte[][] oldKeys = keys;
            PathNode[] oldChildren = children;
            keys = new byte[oldKeys.length * 2][];
            children = new PathNode[oldKeys.length * 2];
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldKeys[i] != null) {
                    put(oldKeys[i], oldChildren[i]);
                }
            }
        }
        put(key, child);
        size++;
    }

    private void put(byte[] key, PathNode child) {
        int i = hash(key, 0, key.length) & keys.length - 1;
        while (keys[i] != null) {
            i = i + 1 & keys.length - 1;
        }
        keys[i] = key;
        children[i] = child;
    }

    boolean isLeaf() {
        return size == 0;
    }

    /** The same children, without a slot of its own: for JSON inside a string, where the string is the value. */
    PathNode withoutSlot() {
        PathNode bare = new PathNode();
        bare.keys = keys;
        bare.children = children;
        bare.size = size;
        return bare;
    }

    @Nullable
    PathNode child(byte[] bytes, int start, int end) {
        if (size == 0) {
            return null;
        }
        int i = hash(bytes, start, end) & keys.length - 1;
        byte[] key;
        while ((key = keys[i]) != null) {
            if (key.length == end - start && Arrays.equals(key, 0, key.length, bytes, start, end)) {
                return children[i];
            }
            i = i + 1 & keys.length - 1;
        }
        return null;
    }

    static int hash(byte[] bytes, int start, int end) {
        int length = end - start;
        long first;
        long last;
        if (length >= 8) {
            first = (long) LONG.get(bytes, start);
            last = (long) LONG.get(bytes, end - 8);
        } else {
            first = 0;
            for (int i = start; i < end; i++) {
                first = first << 8 | bytes[i] & 0xFF;
            }
            last = 0;
        }
        long h = (first * 0x9E3779B97F4A7C15L ^ last) * 0xC2B2AE3D27D4EB4FL + length * 0x165667B19E3779F9L;
        return (int) (h ^ h >>> 29 ^ h >>> 47);
    }
}
