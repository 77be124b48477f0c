package io.trailwarden.ingest.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.custody.CustodyObservation.Kind;
import io.trailwarden.testing.aws.SignedTrail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustodyTest {

    private static final int HOURS = 6;
    private static final int OBJECTS = 4;

    @TempDir
    Path folder;

    private final SignedTrail trail = SignedTrail.of(Instant.parse("2026-03-02T00:00:00Z"), HOURS, OBJECTS, 2);
    private final List<DigestFile> digests = new ArrayList<>();
    private final List<ObjectHash> objects = new ArrayList<>();
    private final PublicKeys keys = new PublicKeys();

    @BeforeEach
    void fill() {
        keys.add(trail.publicKey());
        trail.digests()
                .forEach(digest -> digests.add(
                        new DigestFile("example-trail", digest.key(), digest.content(), digest.signature())));
        trail.objects().forEach((key, content) -> objects.add(new ObjectHash("example-trail/" + key, sha256(content))));
    }

    private Custody.Report verify() {
        return Custody.verify(digests, objects, keys);
    }

    private static String sha256(byte[] content) {
        return HexFormat.of().formatHex(Custody.sha256().digest(content));
    }

    private static byte[] altered(byte[] content, String from, String to) {
        byte[] altered =
                new String(content, StandardCharsets.UTF_8).replace(from, to).getBytes(StandardCharsets.UTF_8);
        assertThat(Arrays.equals(altered, content)).isFalse();
        return altered;
    }

    private void replace(int digest, byte[] content) {
        DigestFile old = digests.get(digest);
        digests.set(digest, new DigestFile(old.bucket(), old.key(), content, old.signature()));
    }

    private List<Kind> kinds() {
        return verify().problems().stream().map(Problem::what).toList();
    }

    @Test
    void what_CloudTrail_wrote_is_proven_every_object_by_the_digest_that_names_it() {
        Custody.Report report = verify();

        assertThat(report.problems()).isEmpty();
        assertThat(report.digests()).isEqualTo(HOURS);
        assertThat(report.proven()).hasSize(HOURS * OBJECTS);
        assertThat(report.proven().get(objects.get(0))).isEqualTo(digests.get(0).key());
    }

    @Test
    void the_order_in_which_they_are_found_does_not_matter() {
        List<DigestFile> backwards = new ArrayList<>(digests);
        java.util.Collections.reverse(backwards);

        assertThat(Custody.verify(backwards, objects, keys)).isEqualTo(verify());
    }

    @Test
    void an_altered_object_is_found() {
        ObjectHash victim = objects.get(5);
        objects.set(5, new ObjectHash(victim.object(), sha256("other".getBytes(StandardCharsets.UTF_8))));

        assertThat(verify().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.what()).isEqualTo(Kind.ALTERED_OBJECT);
            assertThat(victim.object()).endsWith(problem.object());
            assertThat(problem.digest()).isEqualTo(digests.get(1).key());
        });
        assertThat(verify().proven()).hasSize(HOURS * OBJECTS - 1);
    }

    @Test
    void a_removed_object_is_found() {
        objects.remove(5);

        assertThat(kinds()).containsExactly(Kind.MISSING_OBJECT);
    }

    @Test
    void a_moved_object_is_found() {
        ObjectHash victim = objects.get(5);
        objects.set(5, new ObjectHash(victim.object().replace("_CloudTrail_", "_Moved_"), victim.sha256()));

        assertThat(kinds()).containsExactly(Kind.MOVED_OBJECT);
    }

    @Test
    void an_added_object_is_found() {
        ObjectHash known = objects.get(5);
        objects.add(new ObjectHash(known.object().replace("_0000", "_9999"), "0".repeat(64)));

        assertThat(kinds()).containsExactly(Kind.UNKNOWN_OBJECT);
    }

    @Test
    void objects_that_changed_places_are_found() {
        ObjectHash one = objects.get(5);
        ObjectHash other = objects.get(6);
        objects.set(5, new ObjectHash(one.object(), other.sha256()));
        objects.set(6, new ObjectHash(other.object(), one.sha256()));

        assertThat(kinds()).containsExactly(Kind.ALTERED_OBJECT, Kind.ALTERED_OBJECT);
    }

    @Test
    void an_altered_digest_is_found_wherever_it_is_in_the_chain() {
        IntStream.range(0, HOURS).forEach(i -> {
            byte[] sound = digests.get(i).content();
            replace(i, altered(sound, "\"hashAlgorithm\":\"SHA-256\"", "\"hashAlgorithm\":\"SHA-255\""));
            assertThat(kinds()).as("digest %d", i).containsExactly(Kind.ALTERED_DIGEST);
            replace(i, sound);
        });
    }

    @Test
    void an_object_that_is_left_out_of_an_altered_digest_is_found() {
        byte[] sound = digests.get(HOURS - 1).content();
        replace(HOURS - 1, altered(sound, "\"logFiles\":[{", "\"logFiles\":[],\"was\":[{"));
        objects.removeIf(object -> object.object().contains("20260302T05"));

        assertThat(kinds()).containsExactly(Kind.ALTERED_DIGEST);
    }

    @Test
    void a_removed_digest_is_found() {
        DigestFile removed = digests.remove(2);

        assertThat(verify().problems())
                .filteredOn(problem -> problem.what() == Kind.MISSING_DIGEST)
                .extracting(Problem::object)
                .containsExactly(removed.key());
    }

    @Test
    void digests_that_changed_places_are_found() {
        DigestFile one = digests.get(1);
        DigestFile other = digests.get(3);
        digests.set(1, new DigestFile(one.bucket(), one.key(), other.content(), other.signature()));
        digests.set(3, new DigestFile(other.bucket(), other.key(), one.content(), one.signature()));

        assertThat(kinds()).contains(Kind.MOVED_DIGEST);
    }

    @Test
    void a_digest_in_another_bucket_is_found() {
        DigestFile one = digests.get(1);
        digests.set(1, new DigestFile("another", one.key(), one.content(), one.signature()));

        assertThat(kinds()).containsExactly(Kind.MOVED_DIGEST);
    }

    @Test
    void a_digest_signed_by_someone_else_is_found() {
        SignedTrail forged = SignedTrail.of(Instant.parse("2026-03-02T00:00:00Z"), HOURS, OBJECTS, 2);
        digests.clear();
        forged.digests()
                .forEach(digest -> digests.add(
                        new DigestFile("example-trail", digest.key(), digest.content(), digest.signature())));

        assertThat(verify().proven()).isEmpty();
        assertThat(kinds()).contains(Kind.UNVERIFIABLE_DIGEST);
    }

    @Test
    void a_chain_that_starts_anew_is_a_gap() {
        SignedTrail later = SignedTrail.of(Instant.parse("2026-03-02T09:00:00Z"), 2, 1, 1);
        keys.add(later.publicKey());
        later.digests()
                .forEach(digest -> digests.add(
                        new DigestFile("example-trail", digest.key(), digest.content(), digest.signature())));
        later.objects().forEach((key, content) -> objects.add(new ObjectHash("example-trail/" + key, sha256(content))));

        assertThat(kinds()).containsExactly(Kind.GAP);
    }

    @Test
    void a_copy_in_a_folder_is_proven_with_the_newest_signature_alone() throws IOException {
        trail.write(folder);

        Custody.Report report = Custody.verify(
                DigestFolder.read(folder),
                DigestFolder.objects(folder),
                PublicKeys.read(trail.publicKeys().getBytes(StandardCharsets.UTF_8)));

        assertThat(report.problems()).isEmpty();
        assertThat(report.proven()).hasSize(HOURS * OBJECTS);
    }

    @Test
    void a_starting_digest_of_AWS_s_documented_shape_is_read() throws IOException {
        byte[] starting = trail.digests().get(0).content();
        assertThat(new String(starting, StandardCharsets.UTF_8)).contains("\"previousDigestSignature\":null");
        assertThat(Digest.read(starting).signed("abc")).endsWith("\nabc\nnull");
    }

    @Test
    void a_digest_of_no_possible_time_and_one_with_endless_names_are_no_digests() {
        for (String strange : List.of(
                altered("\"digestStartTime\":\"2026-03-02T00", "\"digestStartTime\":\"+1000000000-03-02T00"),
                altered("\"digestStartTime\":\"2026-03-02T00", "\"digestStartTime\":\"-1000000000-03-02T00"),
                altered("\"digestEndTime\":\"2026", "\"digestEndTime\":\"9999"),
                altered("\"digestS3Object\":\"", "\"digestS3Object\":\"" + "x".repeat(1024)))) {
            assertThatThrownBy(() -> Digest.read(strange.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected: ");
        }
    }

    private String altered(String from, String to) {
        return new String(altered(trail.digests().get(0).content(), from, to), StandardCharsets.UTF_8);
    }

    @Test
    void keys_that_are_no_keys_are_refused() {
        assertThatThrownBy(() -> PublicKeys.read("{}".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("no PublicKeyList (expected: the output of aws cloudtrail list-public-keys)");
    }
}
