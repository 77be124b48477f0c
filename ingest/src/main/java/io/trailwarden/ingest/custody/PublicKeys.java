package io.trailwarden.ingest.custody;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CloudTrail's public keys by fingerprint, which is the MD5 of a key's bytes as AWS hands them out: that ties a key to
 * its name, and only what AWS answered to {@code ListPublicKeys} is a reason to trust it.
 */
public final class PublicKeys {

    /** DER of the algorithm identifier rsaEncryption with its null parameter (RFC 3279, 2.3.1). */
    private static final byte[] RSA_ENCRYPTION = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

    private final Map<String, PublicKey> keys = new HashMap<>();

    /**
     * Keys as {@code aws cloudtrail list-public-keys} prints them.
     *
     * @throws IOException if it is something else
     */
    public static PublicKeys read(byte[] json) throws IOException {
        PublicKeys keys = new PublicKeys();
        JsonNode list = new ObjectMapper().readTree(json).path("PublicKeyList");
        if (!list.isArray()) {
            throw new IOException("no PublicKeyList (expected: the output of aws cloudtrail list-public-keys)");
        }
        for (JsonNode key : list) {
            try {
                keys.add(Base64.getDecoder().decode(key.path("Value").asText()));
            } catch (IllegalArgumentException e) {
                throw new IOException("Value of key " + key.path("Fingerprint").asText() + " is not base64", e);
            }
        }
        return keys;
    }

    /** Adds a key as AWS hands it out: PKCS#1 or X.509, both occur; anything else is left out. */
    public void add(byte[] value) {
        PublicKey key = decode(value);
        if (key != null) {
            keys.put(fingerprint(value), key);
        }
    }

    /** MD5 of the bytes, as AWS names its keys. */
    public static String fingerprint(byte[] value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(value));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has MD5", e);
        }
    }

    @Nullable
    PublicKey of(String fingerprint) {
        return keys.get(fingerprint);
    }

    private static @Nullable PublicKey decode(byte[] value) {
        try {
            KeyFactory rsa = KeyFactory.getInstance("RSA");
            try {
                return rsa.generatePublic(new X509EncodedKeySpec(value));
            } catch (InvalidKeySpecException e) {
                byte[] bits = new byte[value.length + 1];
                System.arraycopy(value, 0, bits, 1, value.length);
                byte[] wrapped = der(0x30, RSA_ENCRYPTION, der(0x03, bits));
                return rsa.generatePublic(new X509EncodedKeySpec(wrapped));
            }
        } catch (InvalidKeySpecException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has RSA", e);
        }
    }

    /** An element of DER: tag, length in as few bytes as possible, content. */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (length >= 0x100) {
            element.write(0x82);
            element.write(length >> 8);
        } else if (length >= 0x80) {
            element.write(0x81);
        }
        element.write(length);
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }
}
