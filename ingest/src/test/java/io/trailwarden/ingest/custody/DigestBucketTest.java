package io.trailwarden.ingest.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.custody.CustodyObservation.Kind;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSession;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.ingest.aws.Pause;
import io.trailwarden.ingest.s3.BucketWriter;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.RealServers;
import io.trailwarden.testing.aws.SignedTrail;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DigestBucketTest {

    private static final Instant START = Instant.parse("2026-03-02T22:00:00Z");
    private static final String BUCKET = "example-trail";

    @TempDir
    Path folder;

    @Test
    @Timeout(180)
    void over_a_real_server_every_digest_comes_with_its_signature_and_every_object_with_its_hash() throws Exception {
        SignedTrail trail = SignedTrail.of(START, 4, 3, 2);
        System.setProperty("aws.accessKeyId", RealServers.KEY);
        System.setProperty("aws.secretAccessKey", RealServers.SECRET);
        try (RealServers servers = RealServers.start(folder);
                BucketWriter writer = new BucketWriter(servers);
                AwsSessions sessions = new AwsSessions(Clock.systemUTC(), Pause.SLEEP)) {
            AwsAccess access = new AwsAccess("us-east-1", null, null, null, servers.s3());
            AwsSession session = sessions.of(access);
            writer.create(BUCKET);
            trail.objects().forEach((key, content) -> writer.put(BUCKET, key, SignedTrail.gzip(content), Map.of()));
            for (SignedTrail.Signed digest : trail.digests()) {
                writer.put(
                        BUCKET,
                        digest.key(),
                        SignedTrail.gzip(digest.content()),
                        Map.of("signature", digest.signature()));
            }
            PublicKeys keys = new PublicKeys();
            keys.add(trail.publicKey());
            try (DigestBucket bucket = new DigestBucket("custody", sessions, access, null)) {
                List<DigestFile> digests = bucket.digests(BUCKET, List.of("AWSLogs/"), START, keys);
                List<ObjectHash> objects = bucket.objects(BUCKET, List.of("AWSLogs/"), START);

                assertThat(digests).hasSize(4);
                assertThat(objects).hasSize(12);
                Custody.Report report = Custody.verify(digests, objects, keys);
                assertThat(report.problems()).isEmpty();
                assertThat(report.digests()).isEqualTo(4);
                assertThat(report.proven()).hasSize(12);

                // One digest, behind which some of its objects lie on the day before.
                Instant later = START.plus(Duration.ofHours(3));
                assertThat(Custody.verify(
                                        bucket.digests(BUCKET, List.of("AWSLogs/"), later, keys),
                                        bucket.objects(BUCKET, List.of("AWSLogs/"), later),
                                        keys)
                                .problems())
                        .isEmpty();

                session.s3().deleteObject(delete -> delete.bucket(BUCKET)
                        .key(trail.objects().firstKey()));
                assertThat(Custody.verify(digests, bucket.objects(BUCKET, List.of("AWSLogs/"), START), keys)
                                .problems())
                        .extracting(Problem::what)
                        .containsExactly(Kind.MISSING_OBJECT);
                assertThatThrownBy(() -> bucket.folders("nobody-s", List.of("AWSLogs/")))
                        .isInstanceOf(IngestException.class)
                        .matches(e -> AwsSession.isRefused((IngestException) e))
                        .hasMessageContaining("NoSuchBucket");
            }
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    @Test
    void trails_are_found_in_every_layout_that_AWS_writes() throws Exception {
        SimulatedClock clock = new SimulatedClock(START);
        try (FakeAws aws = FakeAws.start(clock);
                AwsSessions sessions = new AwsSessions(clock, clock::advance)) {
            for (String key : List.of(
                    "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/d.json.gz",
                    "AWSLogs/111122223333/CloudTrail/eu-west-2/2026/03/02/no-digest.json.gz",
                    "AWSLogs/o-exampleorg1/222233334444/CloudTrail-Digest/us-east-1/2026/03/02/d.json.gz",
                    "AWSLogs/notes/CloudTrail-Digest/us-east-1/2026/03/02/d.json.gz",
                    "o-exampleorg1/AWSLogs/o-exampleorg1/333344445555/CloudTrail-Digest/us-east-1/2026/03/02/d.json.gz",
                    "audit/AWSLogs/444455556666/CloudTrail-Digest/us-east-1/2026/03/02/d.json.gz")) {
                aws.s3().put(BUCKET, key, new byte[0], Map.of());
            }
            AwsAccess access = new AwsAccess("eu-west-1", null, null, null, aws.endpoint());
            try (DigestBucket bucket = new DigestBucket("custody", sessions, access, null)) {
                assertThat(bucket.folders(BUCKET, List.of("AWSLogs/")))
                        .containsExactlyInAnyOrder(
                                new TrailFolder(BUCKET, "AWSLogs/111122223333/", "111122223333", "eu-west-1"),
                                new TrailFolder(
                                        BUCKET, "AWSLogs/o-exampleorg1/222233334444/", "222233334444", "us-east-1"));
                assertThat(bucket.folders(BUCKET, List.of("o-exampleorg1/", "audit/AWSLogs/444455556666/")))
                        .extracting(TrailFolder::account)
                        .containsExactlyInAnyOrder("333344445555", "444455556666");
                assertThat(bucket.folders(BUCKET, List.of(""))).hasSize(3);
            }
        }
    }

    @Test
    void a_chain_names_its_trail_unless_it_is_an_organization_s() {
        String name = "111122223333_CloudTrail-Digest_eu-west-2_a_b-c_eu-west-1";
        TrailFolder own = new TrailFolder(BUCKET, "AWSLogs/111122223333/", "111122223333", "eu-west-2");
        TrailFolder ofOrganization =
                new TrailFolder(BUCKET, "AWSLogs/o-exampleorg1/111122223333/", "111122223333", "eu-west-2");

        String chain = Custody.chain(own.digests() + "2026/03/02/" + name + "_20260302T100000Z.json.gz");

        assertThat(own.trail(chain))
                .isEqualTo(new TrailFolder.Trail("arn:aws:cloudtrail:eu-west-1:111122223333:trail/a_b-c", "eu-west-1"));
        assertThat(ofOrganization.trail(chain)).isNull();
        assertThat(own.trail("something else")).isNull();
        assertThat(own.trail(chain.replace("_eu-west-1", "_cn-north-1")))
                .extracting(TrailFolder.Trail::arn)
                .isEqualTo("arn:aws-cn:cloudtrail:cn-north-1:111122223333:trail/a_b-c");
    }
}
