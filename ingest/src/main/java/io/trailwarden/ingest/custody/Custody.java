package io.trailwarden.ingest.custody;

import io.trailwarden.event.custody.CustodyObservation.Kind;
import io.trailwarden.ingest.custody.Digest.Named;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Verifies digests and the objects they name (CloudTrail user guide, "Custom implementations of CloudTrail log file
 * integrity validation").
 *
 * <p>A digest is proven by a signature of CloudTrail's over its place, its content and the signature of the digest before
 * it. An object is proven by a proven digest that names its place and the hash of its content. What is merely absent of
 * evidence is never called proven.
 */
public final class Custody {

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    // AWSLogs/[o-…/]account/CloudTrail[-Kind]/region/… and, of digests, the trail in the name of the file.
    private static final Pattern OBJECT = Pattern.compile(
            "(AWSLogs/(?:o-[a-z0-9]{10,32}/)?[0-9]{12})/CloudTrail(?:-[A-Za-z]{1,20})?/([a-z0-9-]{1,32})/"
                    + "[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9]{12}_[A-Za-z0-9-]{1,40}_[a-z0-9-]{1,32}_([0-9]{8}T[0-9]{4}Z)"
                    + "[^/]{1,200}$");

    /** Two digests are of one chain if this much of their keys is the same. */
    private static final Pattern CHAIN =
            Pattern.compile("^(.*/CloudTrail-Digest/[^/]+/).*/([^/]*)_([0-9]{8}T[0-9]{6}Z)(?:_backfill)?\\.json\\.gz$");

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** An object is named by the digest of the hour in which CloudTrail had it delivered, which its name tells roughly. */
    private static final Duration ROUGHLY = Duration.ofMinutes(5);

    /**
     * What came out.
     *
     * @param digests that are proven
     * @param proven objects by their hash: which digest proves it
     * @param problems in the order of digests
     */
    public record Report(int digests, Map<ObjectHash, String> proven, List<Problem> problems) {}

    /** What came out, and the digests that are proven. */
    record Examined(Report report, List<Digest> digests) {}

    private record Read(DigestFile file, Digest digest, String hash) {}

    private final PublicKeys keys;
    private final @Nullable Instant since;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<ObjectHash, String> proven = new HashMap<>();
    private final Map<String, ObjectHash> byKey = new HashMap<>();
    private final Map<String, ObjectHash> byHash = new HashMap<>();
    private final Set<String> named = new HashSet<>();
    private final List<Digest> provenDigests = new ArrayList<>();

    private Custody(PublicKeys keys, @Nullable Instant since) {
        this.keys = keys;
        this.since = since;
    }

    /** Verifies these digests and the objects they name. */
    public static Report verify(Collection<DigestFile> digests, Collection<ObjectHash> objects, PublicKeys keys) {
        return examine(digests, objects, keys, null).report();
    }

    /**
     * As {@link #verify}.
     *
     * @param since all digests that are named for a later time are given, as far as they exist; null: any may be left out
     *     before the first
     */
    static Examined examine(
            Collection<DigestFile> digests, Collection<ObjectHash> objects, PublicKeys keys, @Nullable Instant since) {
        Custody custody = new Custody(keys, since);
        for (ObjectHash object : objects) {
            custody.byKey.put(key(object.object()), object);
            custody.byHash.put(object.sha256(), object);
        }
        Map<String, List<Read>> chains = new TreeMap<>();
        for (DigestFile file : digests) {
            try {
                Digest digest = Digest.read(file.content());
                chains.computeIfAbsent(chain(digest.key()), unused -> new ArrayList<>())
                        .add(new Read(file, digest, sha256(file.content())));
            } catch (IOException e) {
                custody.problem(
                        Kind.ALTERED_DIGEST,
                        file.key(),
                        file.key(),
                        time(file.key()),
                        "it is no digest: " + e.getMessage());
            }
        }
        chains.values().forEach(custody::chain);
        for (ObjectHash object : objects) {
            custody.unknown(object);
        }
        return new Examined(
                new Report(custody.provenDigests.size(), Map.copyOf(custody.proven), List.copyOf(custody.problems)),
                List.copyOf(custody.provenDigests));
    }

    /** What all digests of one trail, account and Region have in common. */
    static String chain(String key) {
        return CHAIN.matcher(key).replaceFirst("$1$2");
    }

    /** When a digest was made, by its key; {@link Instant#EPOCH} if that does not tell. */
    static Instant time(String key) {
        Matcher matcher = CHAIN.matcher(key);
        return matcher.find() ? parsed(SECOND, matcher.group(3)) : Instant.EPOCH;
    }

    /** When an object was delivered, to the minute, by its key; {@link Instant#EPOCH} if that does not tell. */
    static Instant delivered(String key) {
        Matcher matcher = OBJECT.matcher(key);
        return matcher.find() ? parsed(MINUTE, matcher.group(3)) : Instant.EPOCH;
    }

    private static Instant parsed(DateTimeFormatter format, String text) {
        try {
            return Instant.from(format.parse(text));
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /** Newest first: each proven digest vouches for the signature and the hash of the one before it. */
    private void chain(List<Read> chain) {
        chain.sort(Comparator.comparing((Read read) -> read.digest().end()).reversed());
        Map<String, Read> places = new HashMap<>();
        chain.forEach(read -> places.put(read.digest().key(), read));
        Map<String, Digest> vouching = new HashMap<>();
        for (int i = 0; i < chain.size(); i++) {
            Read read = chain.get(i);
            Digest digest = read.digest();
            Digest newer = vouching.get(digest.key());
            if (i > 0 && newer == null) {
                Digest after = chain.get(i - 1).digest();
                if (after.previous() == null) {
                    problem(
                            Kind.GAP,
                            after.key(),
                            after.key(),
                            digest.end(),
                            "the chain starts anew after " + digest.end()
                                    + ": validation or logging was off in between");
                }
            }
            boolean sound = isSound(read, newer);
            if (!sound) {
                continue;
            }
            provenDigests.add(digest);
            Digest.Previous previous = digest.previous();
            if (previous != null) {
                vouching.put(previous.key(), digest);
                Read before = places.get(previous.key());
                boolean expected = i < chain.size() - 1
                        || since != null && time(previous.key()).isAfter(since);
                if (before == null && expected) {
                    problem(
                            Kind.MISSING_DIGEST,
                            previous.key(),
                            digest.key(),
                            digest.start(),
                            "the digest before " + digest.start() + " is not there");
                } else if (before != null && !before.digest().end().equals(digest.start())) {
                    problem(
                            Kind.GAP,
                            digest.key(),
                            digest.key(),
                            before.digest().end(),
                            "nothing covers the time from " + before.digest().end() + " to " + digest.start());
                }
            }
            digest.objects().forEach(object -> object(object, digest));
        }
    }

    private boolean isSound(Read read, @Nullable Digest newer) {
        DigestFile file = read.file();
        Digest digest = read.digest();
        // By its name: what an unsound digest says of its time may be there to hide it.
        Instant time = time(file.key());
        boolean inPlace = file.bucket() == null
                ? key(file.key()).equals(key(digest.key()))
                : file.bucket().equals(digest.bucket()) && file.key().equals(digest.key());
        if (!inPlace) {
            problem(
                    Kind.MOVED_DIGEST,
                    file.key(),
                    file.key(),
                    time,
                    "it was made for " + digest.bucket() + '/' + digest.key());
            return false;
        }
        String signature = file.signature();
        if (newer != null && newer.previous() != null) {
            if (!newer.previous().hash().equals(read.hash())) {
                problem(
                        Kind.ALTERED_DIGEST,
                        digest.key(),
                        newer.key(),
                        time,
                        "its content is not the one that was chained");
                return false;
            }
            signature = newer.previous().signature();
        }
        PublicKey key = keys.of(digest.fingerprint());
        if (key == null || signature == null) {
            problem(
                    Kind.UNVERIFIABLE_DIGEST,
                    digest.key(),
                    digest.key(),
                    time,
                    key == null
                            ? "no public key with fingerprint " + digest.fingerprint()
                            : "its signature is not there");
            return false;
        }
        if (!isSigned(digest.signed(read.hash()), signature, key)) {
            problem(Kind.ALTERED_DIGEST, digest.key(), digest.key(), time, "its signature does not fit");
            return false;
        }
        return true;
    }

    private void object(Named object, Digest digest) {
        String place = key(object.key());
        named.add(place);
        ObjectHash there = byKey.get(place);
        if (there != null && there.sha256().equals(object.hash())) {
            proven.put(there, digest.key());
        } else if (there != null) {
            problem(
                    Kind.ALTERED_OBJECT,
                    object.key(),
                    digest.key(),
                    digest.start(),
                    "its content is not the one that was signed");
        } else if (byHash.containsKey(object.hash())) {
            ObjectHash moved = byHash.get(object.hash());
            named.add(key(moved.object()));
            problem(
                    Kind.MOVED_OBJECT,
                    object.key(),
                    digest.key(),
                    digest.start(),
                    "its content lies at " + moved.object());
        } else {
            problem(
                    Kind.MISSING_OBJECT,
                    object.key(),
                    digest.key(),
                    digest.start(),
                    "it was delivered, and is not there");
        }
    }

    /** An object that no digest names, although proven digests cover the minutes of its delivery. */
    private void unknown(ObjectHash object) {
        Matcher matcher = OBJECT.matcher(object.object());
        if (proven.containsKey(object) || named.contains(key(object.object())) || !matcher.find()) {
            return;
        }
        Instant delivered = parsed(MINUTE, matcher.group(3));
        String digests = matcher.group(1) + "/CloudTrail-Digest/" + matcher.group(2) + '/';
        Digest covering = covering(digests, delivered);
        if (covering != null && covering(digests, delivered.plus(ROUGHLY)) != null) {
            problem(
                    Kind.UNKNOWN_OBJECT,
                    object.object(),
                    covering.key(),
                    covering.start(),
                    "the digest of its time does not name it");
        }
    }

    private @Nullable Digest covering(String folder, Instant time) {
        for (Digest digest : provenDigests) {
            if (digest.key().contains(folder) && !time.isBefore(digest.start()) && time.isBefore(digest.end())) {
                return digest;
            }
        }
        return null;
    }

    private void problem(Kind kind, String object, String digest, Instant time, String message) {
        problems.add(new Problem(kind, object, digest, time, message));
    }

    /** What a place is known by wherever it was copied to: its key from {@code AWSLogs/} on. */
    static String key(String place) {
        int logs = place.indexOf("AWSLogs/");
        return logs < 0 ? place : place.substring(logs);
    }

    private static boolean isSigned(String text, String signature, PublicKey key) {
        try {
            Signature rsa = Signature.getInstance("SHA256withRSA");
            rsa.initVerify(key);
            rsa.update(text.getBytes(StandardCharsets.UTF_8));
            return rsa.verify(HexFormat.of().parseHex(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
