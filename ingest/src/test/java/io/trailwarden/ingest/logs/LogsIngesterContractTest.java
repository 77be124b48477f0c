package io.trailwarden.ingest.logs;

import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.IngesterContract;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.SimulatedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** FilterLogEvents keeps the contract: an object is a page. */
class LogsIngesterContractTest extends IngesterContract {

    private static final String GROUP = "aws-cloudtrail-logs";

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-03-02T09:00:00Z"));
    private FakeAws aws;

    @AfterEach
    void stopAws() {
        aws.close();
    }

    @Override
    protected Source newSource(Path folder) {
        aws = FakeAws.start(clock);
        aws.logs().createGroup(GROUP);
        return new Group();
    }

    private final class Group implements Source {

        @Override
        public void put(String object, List<String> records) {
            aws.logs().newPage();
            for (String record : records) {
                clock.advance(Duration.ofSeconds(1));
                aws.logs().put(GROUP, "111122223333_CloudTrail_eu-west-1", clock.instant(), clock.instant(), record);
            }
        }

        @Override
        public Ingester open(EventPublisher publisher, Positions positions, FailPoint.Listener failPoints)
                throws IngestException {
            AwsSessions sessions = new AwsSessions(clock, clock::advance);
            return new LogsIngester(
                    LogsConfig.of("logs", List.of(GROUP), List.of()),
                    sessions.of(new AwsAccess("eu-west-1", null, null, null, aws.endpoint())),
                    publisher,
                    positions,
                    clock,
                    failPoints);
        }
    }
}
