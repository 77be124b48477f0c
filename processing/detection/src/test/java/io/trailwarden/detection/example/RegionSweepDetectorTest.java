package io.trailwarden.detection.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.DetectorContract;
import io.trailwarden.detection.Events;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Rehearsal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RegionSweepDetectorTest extends DetectorContract<RegionSweepKey, RegionSweepNews, RegionSweepState> {

    @Override
    protected KeyedDetector<RegionSweepKey, RegionSweepNews, RegionSweepState> detector() {
        return new RegionSweepDetector();
    }

    @Override
    protected Reference reference() {
        return Reference.EMPTY;
    }

    @Override
    protected List<? extends AuditEvent> scenario() {
        return Stream.of("eu-north-1", "eu-west-1", "us-east-1", "ap-south-1", "sa-east-1")
                .map(region -> call(region, 'd', "'errorCode':'AccessDenied',"))
                .toList();
    }

    /** Two of the Regions are its own after all. */
    @Override
    protected void disprove(Rehearsal<RegionSweepKey, RegionSweepNews, RegionSweepState> rehearsal) {
        rehearsal.deliver(call("eu-north-1", 's', "")).deliver(call("eu-west-1", 's', ""));
    }

    @Override
    protected Stream<? extends AuditEvent> flood() {
        return IntStream.range(0, 5_000).mapToObj(i -> call("region-" + i, 'd', "'errorCode':'AccessDenied',"));
    }

    @Override
    protected int mostCharacters() {
        return 10_000;
    }

    @Override
    protected Duration longestMemory() {
        return Duration.ofDays(2);
    }

    @Test
    void one_success_in_a_region_makes_it_a_place_of_work() {
        var rehearsal = new Rehearsal<>(detector(), reference()).deliver(scenario());
        assertThat(rehearsal.only().claim().words().title()).isEqualTo("user dana was refused in 5 Regions");
        rehearsal.deliver(call("sa-east-1", 's', ""));
        assertThat(rehearsal.only().claim().words().title()).isEqualTo("user dana was refused in 4 Regions");
    }

    private static AuditEvent call(String region, char kind, String error) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/dana','accountId':'111122223333'},
                'eventTime':'2026-03-02T09:00:00Z','eventSource':'ec2.amazonaws.com','eventName':'DescribeInstances',%s
                'awsRegion':'%s','eventID':'%s-%s','recipientAccountId':'111122223333'}"""
                        .formatted(error, region, region, kind));
    }
}
