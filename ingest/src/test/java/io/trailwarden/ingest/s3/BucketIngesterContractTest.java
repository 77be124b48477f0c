package io.trailwarden.ingest.s3;

import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.IngesterContract;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/** A bucket with a queue keeps the contract. */
class BucketIngesterContractTest extends IngesterContract {

    private static final String BUCKET = "example-trail";

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-03-02T09:00:00Z"));
    private FakeAws aws;

    @AfterEach
    void stopAws() {
        aws.close();
    }

    @Override
    protected Source newSource(Path folder) {
        aws = FakeAws.start(clock);
        return new Bucket();
    }

    private final class Bucket implements Source {

        @Override
        public void put(String object, List<String> records) {
            String key = TrailObjects.key("111122223333", object);
            aws.s3().put(BUCKET, key, TrailObjects.gzip(records), Map.of());
            aws.sqs().send(TrailObjects.cloudTrailNotification(BUCKET, key));
        }

        @Override
        public Ingester open(EventPublisher publisher, Positions positions, FailPoint.Listener failPoints) {
            // The process before is gone; so much time has passed that its messages are visible again.
            aws.sqs().forgetReceivers();
            AwsSessions sessions = new AwsSessions(clock, clock::advance);
            return new BucketIngester(
                    BucketConfig.of("s3", aws.endpoint() + "/111122223333/trail", Set.of(BUCKET), null, null),
                    sessions.of(new AwsAccess("eu-west-1", null, null, null, aws.endpoint())),
                    publisher,
                    positions,
                    clock,
                    failPoints);
        }
    }
}
