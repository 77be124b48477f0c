package io.trailwarden.sinks.notice;

import io.trailwarden.event.Finding;
import io.trailwarden.sinks.Batching;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.SinkUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Findings as messages on a {@link Channel}.
 *
 * <p>When only a part of a batch was taken, only the rest is sent again while this process lives, so that repetitions
 * are left to crashes and lost answers. Of several revisions of one finding in one batch only the highest is told. Above
 * {@link NoticePolicy#perMinute} the most severe findings still go one by one and the others together in a
 * {@link Notice.Digest}, which names each: nothing is left out. What is suppressed is not told.
 */
public final class NoticeSink implements FindingSink {

    private static final Batching CALM = new Batching(100, Duration.ofMillis(200));
    private static final int STORM_BATCH = 5_000;

    private final Channel channel;
    private final NoticePolicy policy;
    private final Clock clock;

    /** What became of parts of a batch whose rest comes again; an empty text where it was delivered, else the reason. */
    private final Map<Revision, String> settled = new HashMap<>();

    private double tokens;
    private Instant filled;
    private Instant quietUntil = Instant.MIN;

    private record Revision(String id, long revision) {
        static Revision of(Finding finding) {
            return new Revision(finding.id(), finding.revision());
        }
    }

    /** Tells findings over this channel, which is closed with it. */
    public NoticeSink(Channel channel, NoticePolicy policy, Clock clock) {
        this.channel = channel;
        this.policy = policy;
        this.clock = clock;
        this.tokens = policy.perMinute();
        this.filled = clock.instant();
    }

    @Override
    public String name() {
        return channel.name();
    }

    /** After a digest findings gather until the next one is due. */
    @Override
    public Batching batching() {
        return clock.instant().isBefore(quietUntil) ? new Batching(STORM_BATCH, policy.digestEvery()) : CALM;
    }

    @Override
    public List<Refused> deliver(List<Finding> batch) throws SinkUnavailableException {
        List<Notice> notices = notices(due(batch));
        List<Channel.Outcome> outcomes = notices.isEmpty() ? List.of() : channel.send(notices);
        Channel.NotNow failed = null;
        boolean progress = false;
        for (int i = 0; i < notices.size(); i++) {
            Notice notice = notices.get(i);
            if (outcomes.get(i) instanceof Channel.NotNow notNow) {
                failed = failed == null ? notNow : failed;
            } else {
                progress = true;
                settle(notice, outcomes.get(i) instanceof Channel.Refused refused ? refused.reason() : "");
            }
        }
        if (failed != null) {
            throw new SinkUnavailableException(failed.why(), failed.cause(), progress);
        }
        List<Refused> refused = new ArrayList<>();
        for (Finding finding : batch) {
            String reason = settled.getOrDefault(Revision.of(finding), "");
            if (!reason.isEmpty()) {
                refused.add(new Refused(finding, reason));
            }
        }
        settled.clear();
        return refused;
    }

    private void settle(Notice notice, String reason) {
        notice.findings().forEach(finding -> settled.put(Revision.of(finding), reason));
        if (policy.perMinute() > 0 && reason.isEmpty()) {
            if (notice instanceof Notice.Digest) {
                quietUntil = clock.instant().plus(policy.digestEvery());
            } else {
                tokens--;
            }
        }
    }

    /** What is to be told of this batch: severe enough, not superseded, not settled. */
    private List<Finding> due(List<Finding> batch) {
        Map<String, Finding> latest = new LinkedHashMap<>();
        for (Finding finding : batch) {
            if (finding.detection().severity().compareTo(policy.least()) >= 0 && finding.suppression() == null) {
                latest.merge(finding.id(), finding, (one, other) -> other.revision() >= one.revision() ? other : one);
            }
        }
        return latest.values().stream()
                .filter(finding -> !settled.containsKey(Revision.of(finding)))
                .toList();
    }

    private List<Notice> notices(List<Finding> due) {
        List<Notice> notices = new ArrayList<>();
        int singly = allowed(due.size());
        if (singly == due.size()) {
            due.forEach(finding -> notices.add(new Notice.One(finding)));
            return notices;
        }
        List<Finding> worstFirst = new ArrayList<>(due);
        worstFirst.sort(
                Comparator.comparing((Finding finding) -> finding.detection().severity())
                        .reversed());
        worstFirst.subList(0, singly).forEach(finding -> notices.add(new Notice.One(finding)));
        for (int at = singly; at < worstFirst.size(); at += Notice.Digest.MOST) {
            notices.add(
                    new Notice.Digest(worstFirst.subList(at, Math.min(at + Notice.Digest.MOST, worstFirst.size()))));
        }
        return notices;
    }

    private int allowed(int wanted) {
        if (policy.perMinute() == 0) {
            return wanted;
        }
        Instant now = clock.instant();
        double minutes = Math.max(0, Duration.between(filled, now).toNanos() / 60e9);
        tokens = Math.min(policy.perMinute(), tokens + minutes * policy.perMinute());
        filled = now;
        return Math.min(wanted, (int) Math.floor(tokens));
    }

    @Override
    public void close() {
        channel.close();
    }
}
