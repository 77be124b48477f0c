package io.trailwarden.testing.aws;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * A trail's objects and the digests over them, signed with a key of our own: an hour a digest, as CloudTrail writes them.
 * Nothing of it is AWS's.
 */
public final class SignedTrail {

    private static final String ACCOUNT = "111122223333";
    private static final String REGION = "eu-west-1";
    private static final String BUCKET = "example-trail";
    private static final Duration PERIOD = Duration.ofHours(1);

    /** A digest: its key, its content before compression, and its signature in hex. */
    public record Signed(String key, byte[] content, String signature) {}

    private final String name;
    private final KeyPair keys = keyPair();
    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private final List<Signed> digests = new ArrayList<>();
    private Instant end;
    private boolean anew;

    private SignedTrail(String name, Instant start) {
        this.name = name;
        end = start;
    }

    /** A trail of this name that has written nothing yet. */
    public static SignedTrail begin(String name, Instant start) {
        return new SignedTrail(name, start);
    }

    /**
     * A trail of so many hours, so many objects in each.
     *
     * @param records in each object
     */
    public static SignedTrail of(Instant start, int hours, int objectsPerHour, int records) {
        SignedTrail trail = new SignedTrail("main", start);
        for (int hour = 0; hour < hours; hour++) {
            trail.hour(objectsPerHour, records);
        }
        return trail;
    }

    /** Until when there are digests. */
    public Instant end() {
        return end;
    }

    /** Nothing is recorded until then, and the chain starts anew. */
    public void pauseUntil(Instant later) {
        end = later;
        anew = true;
    }

    /** Every object's content before compression, by key. */
    public TreeMap<String, byte[]> objects() {
        return objects;
    }

    /** The digests, oldest first. */
    public List<Signed> digests() {
        return digests;
    }

    /** The public key as {@code ListPublicKeys} hands it out: PKCS#1, without the wrapping that Java knows. */
    public byte[] publicKey() {
        byte[] x509 = keys.getPublic().getEncoded();
        // SEQUENCE(4) SEQUENCE rsaEncryption(15) BIT STRING(4) unused bits(1): what is left is the key itself.
        return Arrays.copyOfRange(x509, 24, x509.length);
    }

    /** The answer to {@code ListPublicKeys}. */
    public String publicKeys() {
        return "{\"PublicKeyList\":[{\"Value\":\"" + Base64.getEncoder().encodeToString(publicKey())
                + "\",\"Fingerprint\":\"" + fingerprint() + "\"}]}";
    }

    /** Writes objects, digests, and the signature of the newest digest, as a copy of the bucket would have them. */
    public void write(Path folder) {
        objects.forEach((key, content) -> write(folder.resolve(key), gzip(content)));
        digests.forEach(digest -> write(folder.resolve(digest.key()), gzip(digest.content())));
        Signed newest = digests.get(digests.size() - 1);
        write(folder.resolve(newest.key() + ".sig"), newest.signature().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * One more hour.
     *
     * @param count of its objects
     * @param records in each object
     * @return its digest
     */
    public Signed hour(int count, int records) {
        Instant start = end;
        end = start.plus(PERIOD);
        StringBuilder named = new StringBuilder();
        for (int i = 0; i < count; i++) {
            Instant delivered = start.plus(PERIOD.multipliedBy(i).dividedBy(count));
            String key = key("CloudTrail", start) + ACCOUNT + "_CloudTrail_" + REGION + '_'
                    + format("yyyyMMdd'T'HHmm'Z'", delivered) + '_' + "%016d".formatted(objects.size()) + ".json.gz";
            byte[] content = content(delivered, records);
            objects.put(key, content);
            named.append(i == 0 ? "" : ",")
                    .append("{\"s3Bucket\":\"" + BUCKET + "\",\"s3Object\":\"" + key + "\",\"hashValue\":\""
                            + sha256(content)
                            + "\",\"hashAlgorithm\":\"SHA-256\",\"newestEventTime\":\"" + delivered
                            + "\",\"oldestEventTime\":\"" + delivered + "\"}");
        }
        String key = key("CloudTrail-Digest", end) + ACCOUNT + "_CloudTrail-Digest_" + REGION + '_' + name + '_'
                + REGION + '_' + format("yyyyMMdd'T'HHmmss'Z'", end) + ".json.gz";
        Signed before = digests.isEmpty() || anew ? null : digests.get(digests.size() - 1);
        anew = false;
        String previous = before == null
                ? "\"previousDigestS3Bucket\":null,\"previousDigestS3Object\":null,\"previousDigestHashValue\":null,"
                        + "\"previousDigestHashAlgorithm\":null,\"previousDigestSignature\":null"
                : "\"previousDigestS3Bucket\":\"" + BUCKET + "\",\"previousDigestS3Object\":\"" + before.key()
                        + "\",\"previousDigestHashValue\":\"" + sha256(before.content())
                        + "\",\"previousDigestHashAlgorithm\":\"SHA-256\",\"previousDigestSignature\":\""
                        + before.signature() + "\"";
        byte[] content = ("{\"awsAccountId\":\"" + ACCOUNT + "\",\"digestStartTime\":\"" + start
                        + "\",\"digestEndTime\":\""
                        + end + "\",\"digestS3Bucket\":\"" + BUCKET + "\",\"digestS3Object\":\"" + key
                        + "\",\"digestPublicKeyFingerprint\":\"" + fingerprint()
                        + "\",\"digestSignatureAlgorithm\":\"SHA256withRSA\",\"newestEventTime\":null,"
                        + "\"oldestEventTime\":null," + previous + ",\"logFiles\":[" + named + "]}")
                .getBytes(StandardCharsets.UTF_8);
        String signed = end + "\n" + BUCKET + '/' + key + '\n' + sha256(content) + '\n'
                + (before == null ? "null" : before.signature());
        Signed digest = new Signed(key, content, sign(signed));
        digests.add(digest);
        return digest;
    }

    private byte[] content(Instant time, int records) {
        StringBuilder content = new StringBuilder("{\"Records\":[");
        for (int i = 0; i < records; i++) {
            content.append(i == 0 ? "" : ",")
                    .append("{\"eventVersion\":\"1.10\",\"eventTime\":\"" + time
                            + "\",\"eventSource\":\"iam.amazonaws.com\","
                            + "\"eventName\":\"GetUser\",\"awsRegion\":\"" + REGION + "\",\"eventID\":\""
                            + objects.size() + '-'
                            + i + "\",\"recipientAccountId\":\"" + ACCOUNT + "\"}");
        }
        return content.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String key(String kind, Instant time) {
        return "AWSLogs/" + ACCOUNT + '/' + kind + '/' + REGION + '/' + format("yyyy/MM/dd", time) + '/';
    }

    private static String format(String pattern, Instant time) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(time);
    }

    private String fingerprint() {
        return fingerprint(publicKey());
    }

    /** What AWS calls a key. */
    static String fingerprint(byte[] publicKey) {
        return hash("MD5", publicKey);
    }

    private static String sha256(byte[] content) {
        return hash("SHA-256", content);
    }

    private static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String sign(String text) {
        try {
            Signature rsa = Signature.getInstance("SHA256withRSA");
            rsa.initSign(keys.getPrivate());
            rsa.update(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(rsa.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As it is stored. */
    public static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
