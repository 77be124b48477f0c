package io.trailwarden.detection.example;

import io.trailwarden.detection.SeenBefore;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.CloudTrailEvent;
import java.security.SecureRandom;
import java.util.function.Consumer;

/** Hands on the first refusal and the first success of each principal, Region and day. */
final class RegionSweepSignals implements SignalSource<RegionSweepKey, RegionSweepNews> {

    private static final long DAY_MILLIS = 86_400_000L;

    private final SeenBefore said = new SeenBefore(1 << 16, new SecureRandom().nextLong());

    @Override
    public void readCall(
            CloudTrailEvent event, Reference reference, Consumer<Signal<RegionSweepKey, RegionSweepNews>> out) {
        if (event.awsRegion() == null) {
            return;
        }
        long time = event.eventTime().toEpochMilli();
        long day = Math.floorDiv(time, DAY_MILLIS);
        boolean refused = event.errorCode() != null;
        long thing = SeenBefore.hash(SeenBefore.hash(said.start(), event.account()), event.actorKey());
        thing = SeenBefore.hash(SeenBefore.hash(thing, event.awsRegion()), refused ? day : ~day);
        if (said.isNews(thing, time)) {
            out.accept(new Signal<>(
                    RegionSweepDetector.NAME,
                    new RegionSweepKey(event.account(), event.actorKey(), day),
                    event.sighting(),
                    new RegionSweepNews(event.awsRegion(), refused)));
        }
    }
}
