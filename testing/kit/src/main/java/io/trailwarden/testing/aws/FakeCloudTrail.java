package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.testing.aws.Answer.Refused;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Event history: {@code LookupEvents}, newest first; public keys and the status of trails. */
public final class FakeCloudTrail implements FakeAws.Service {

    private record Event(String id, Instant time, Instant visible, int batch, String record) {}

    private final Clock clock;
    private final List<Event> events = new ArrayList<>();
    private final PageTokens<Event> tokens = new PageTokens<>();
    private final Map<String, List<Key>> keys = new HashMap<>();
    private final Map<String, ObjectNode> trails = new HashMap<>();
    private int batch;

    private record Key(byte[] value, Instant from, Instant to) {}

    FakeCloudTrail(Clock clock) {
        this.clock = clock;
    }

    /** From now on events come on a page of their own. */
    public synchronized void newPage() {
        batch++;
    }

    /**
     * An event.
     *
     * @param time by which it is ordered
     * @param visible when it can be looked up: events come late
     */
    public synchronized void put(String id, Instant time, Instant visible, String record) {
        events.add(new Event(id, Instant.ofEpochSecond(time.getEpochSecond()), visible, batch, record));
    }

    /** A public key of a Region, and when it is used. */
    public synchronized void key(String region, byte[] value, Instant from, Instant to) {
        keys.computeIfAbsent(region, unused -> new ArrayList<>()).add(new Key(value, from, to));
    }

    /** What there is to be known of a trail, with the members of {@code GetTrailStatus}; times in seconds since 1970. */
    public synchronized void trail(String arn, ObjectNode status) {
        trails.put(arn, status);
    }

    @Override
    public synchronized @Nullable Answer answer(Call call) {
        return switch (call.operation()) {
            case "LookupEvents" -> lookup(call);
            case "ListPublicKeys" -> listKeys(call);
            case "GetTrailStatus" -> status(call);
            default -> null;
        };
    }

    private Answer listKeys(Call call) {
        Instant now = clock.instant();
        double start =
                call.body().path("StartTime").asDouble(now.minusSeconds(86_400).getEpochSecond());
        double end = call.body().path("EndTime").asDouble(now.getEpochSecond());
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("PublicKeyList");
        for (Key key : keys.getOrDefault(call.region(), List.of())) {
            if (key.from().getEpochSecond() <= end && key.to().getEpochSecond() >= start) {
                list.addObject()
                        .put("Value", key.value())
                        .put("ValidityStartTime", key.from().getEpochSecond())
                        .put("ValidityEndTime", key.to().getEpochSecond())
                        .put("Fingerprint", SignedTrail.fingerprint(key.value()));
            }
        }
        return Answer.json(answer);
    }

    private Answer status(Call call) {
        ObjectNode status = trails.get(call.text("Name", ""));
        if (status == null) {
            throw new Refused(400, "TrailNotFoundException", "Unknown trail: " + call.text("Name", ""));
        }
        return Answer.json(status);
    }

    private Answer lookup(Call call) {
        int size = call.body().path("MaxResults").asInt(50);
        if (size < 1 || size > 50) {
            throw new Refused(400, "InvalidMaxResultsException", "MaxResults " + size);
        }
        List<Event> all;
        if (call.body().hasNonNull("NextToken")) {
            all = tokens.restOf(call.text("NextToken", ""));
            if (all == null) {
                throw new Refused(400, "InvalidNextTokenException", "The token is not valid.");
            }
        } else {
            double start = call.body().path("StartTime").asDouble(0);
            double end = call.body().path("EndTime").asDouble(Double.MAX_VALUE);
            if (start > end) {
                throw new Refused(400, "InvalidTimeRangeException", start + " is after " + end);
            }
            Instant now = clock.instant();
            all = events.stream()
                    .filter(event -> !event.visible().isAfter(now))
                    .filter(event -> event.time().getEpochSecond() >= start
                            && event.time().getEpochSecond() <= end)
                    .sorted(Comparator.comparing(Event::time).reversed())
                    .toList();
        }
        int together = 0;
        while (together < Math.min(size, all.size())
                && all.get(together).batch() == all.get(0).batch()) {
            together++;
        }
        PageTokens.Page<Event> page = tokens.page(all, together);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("Events");
        for (Event event : page.items()) {
            ObjectNode one = list.addObject()
                    .put("EventId", event.id())
                    .put("EventName", "GetUser")
                    .put("ReadOnly", "true")
                    .put("EventTime", event.time().getEpochSecond())
                    .put("EventSource", "iam.amazonaws.com")
                    .put("Username", "dana")
                    .put("CloudTrailEvent", event.record());
            one.putArray("Resources");
        }
        if (page.token() != null) {
            answer.put("NextToken", page.token());
        }
        return Answer.json(answer);
    }
}
