package io.trailwarden.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Makes finding ids: the first 128 bits of SHA-256 over the parts, each preceded by its length, so that
 * {@code ("ab", "c")} and {@code ("a", "bc")} differ.
 */
public final class FindingId {

    private FindingId() {}

    /**
     * The id of the finding that these parts identify.
     *
     * @param detection the detection's stable key
     * @param parts the subject and its event-time window or event id, in an order fixed by the detection
     */
    public static String of(String detection, String... parts) {
        MessageDigest digest = sha256();
        update(digest, detection);
        for (String part : parts) {
            update(digest, part);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static void update(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        int length = bytes.length;
        digest.update(
                new byte[] {(byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length});
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
