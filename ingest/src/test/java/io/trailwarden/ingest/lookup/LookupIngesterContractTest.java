package io.trailwarden.ingest.lookup;

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

/** LookupEvents keeps the contract: an object is a page. */
class LookupIngesterContractTest extends IngesterContract {

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-03-02T09:00:00Z"));
    private FakeAws aws;

    @AfterEach
    void stopAws() {
        aws.close();
    }

    @Override
    protected boolean listsTwinsOnce() {
        return true;
    }

    @Override
    protected Source newSource(Path folder) {
        aws = FakeAws.start(clock);
        return new History();
    }

    private final class History implements Source {

        @Override
        public void put(String object, List<String> records) {
            aws.cloudTrail().newPage();
            for (int i = 0; i < records.size(); i++) {
                String record = records.get(i);
                clock.advance(Duration.ofSeconds(1));
                String id = record.contains("eventID")
                        ? record.replaceAll(".*\"eventID\":\"([^\"]+)\".*", "$1")
                        : object + i;
                aws.cloudTrail().put(id, clock.instant(), clock.instant(), record);
            }
        }

        @Override
        public Ingester open(EventPublisher publisher, Positions positions, FailPoint.Listener failPoints)
                throws IngestException {
            AwsSessions sessions = new AwsSessions(clock, clock::advance);
            return new LookupIngester(
                    LookupConfig.of("cloudtrail"),
                    sessions.of(new AwsAccess("eu-west-1", null, null, null, aws.endpoint())),
                    publisher,
                    positions,
                    clock,
                    failPoints);
        }
    }
}
