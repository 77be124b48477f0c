package io.trailwarden.sigma.rule;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 network. Addresses are read by ourselves, never resolved: a host name is not an address.
 *
 * <p>The two families never meet: an IPv4-mapped IPv6 address is no member of an IPv4 network.
 */
public final class CidrBlock {

    private final byte[] network;
    private final int bits;

    private CidrBlock(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /** The network, or null when the text is none: no such address, no such length, or host bits set. */
    public static @Nullable CidrBlock parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = address(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return null;
        }
        int bits = address.length * 8;
        if (slash >= 0) {
            String length = text.substring(slash + 1);
            if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > bits) {
                return null;
            }
            bits = Integer.parseInt(length);
        }
        CidrBlock block = new CidrBlock(address, bits);
        return Arrays.equals(block.masked(address), address) ? block : null;
    }

    /** Whether the text is an address in this network. */
    public boolean contains(String text) {
        byte[] address = address(text);
        return address != null && address.length == network.length && Arrays.equals(masked(address), network);
    }

    private byte[] masked(byte[] address) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int keep = Math.min(8, Math.max(0, bits - i * 8));
            masked[i] &= (byte) (0xFF00 >> keep);
        }
        return masked;
    }

    /** Four or sixteen bytes, or null when the text is not an address. */
    static byte @Nullable [] address(String text) {
        if (text.length() > 45 || text.isEmpty()) {
            return null;
        }
        return text.indexOf(':') < 0 ? v4(text) : v6(text);
    }

    private static byte @Nullable [] v4(String text) {
        byte[] bytes = new byte[4];
        int part = 0;
        int digits = 0;
        int value = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c == '.') {
                if (digits == 0 || part == 4) {
                    return null;
                }
                bytes[part++] = (byte) value;
                digits = 0;
                value = 0;
            } else if (c >= '0' && c <= '9') {
                if (digits > 0 && value == 0) {
                    return null;
                }
                value = value * 10 + (c - '0');
                if (++digits > 3 || value > 255) {
                    return null;
                }
            } else {
                return null;
            }
        }
        return part == 4 ? bytes : null;
    }

    private static byte @Nullable [] v6(String text) {
        String address = text;
        int gap = address.indexOf("::");
        if (gap >= 0 && address.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        byte[] bytes = new byte[16];
        if (gap < 0) {
            byte[] all = groups(address);
            return all != null && all.length == 16 ? all : null;
        }
        byte[] head = groups(address.substring(0, gap));
        byte[] tail = groups(address.substring(gap + 2));
        if (head == null || tail == null || head.length + tail.length > 14) {
            return null;
        }
        System.arraycopy(head, 0, bytes, 0, head.length);
        System.arraycopy(tail, 0, bytes, 16 - tail.length, tail.length);
        return bytes;
    }

    private static byte @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[16];
        int n = 0;
        for (int i = 0; i < parts.length; i++) {
            if (i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
                byte[] v4 = v4(parts[i]);
                if (v4 == null || n + 4 > 16) {
                    return null;
                }
                System.arraycopy(v4, 0, bytes, n, 4);
                n += 4;
            } else {
                if (!parts[i].matches("[0-9a-fA-F]{1,4}") || n + 2 > 16) {
                    return null;
                }
                int value = HexFormat.fromHexDigits(parts[i]);
                bytes[n++] = (byte) (value >> 8);
                bytes[n++] = (byte) value;
            }
        }
        return Arrays.copyOf(bytes, n);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CidrBlock block && bits == block.bits && Arrays.equals(network, block.network);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(network) * 31 + bits;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(network) + '/' + bits;
    }
}
