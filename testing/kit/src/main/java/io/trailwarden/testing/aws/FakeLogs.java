package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.testing.aws.Answer.Refused;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** CloudWatch Logs: {@code FilterLogEvents}, oldest first, with empty pages in between; {@code DescribeLogGroups}. */
public final class FakeLogs implements FakeAws.Service {

    private record Event(String id, Instant time, Instant arrived, int batch, String stream, String message) {}

    private final Clock clock;
    private final TreeMap<String, List<Event>> groups = new TreeMap<>();
    private final FakeLiveTail liveTail = new FakeLiveTail();
    private final PageTokens<Event> tokens = new PageTokens<>();
    private final PageTokens<String> groupTokens = new PageTokens<>();
    private int batch;
    private int next;
    private int pageSize = 10_000;
    private boolean emptyPages;

    FakeLogs(Clock clock) {
        this.clock = clock;
    }

    /** What sessions show. */
    public FakeLiveTail liveTail() {
        return liveTail;
    }

    /** From now on events come on a page of their own. */
    public synchronized void newPage() {
        batch++;
    }

    /** Pages hold at most so many events, and every other one is empty if wanted. */
    public synchronized void pages(int size, boolean empty) {
        pageSize = size;
        emptyPages = empty;
    }

    /** A log group without events. */
    public synchronized void createGroup(String group) {
        groups.computeIfAbsent(group, unused -> new ArrayList<>());
    }

    /** The log group is gone. */
    public synchronized void deleteGroup(String group) {
        groups.remove(group);
    }

    /**
     * A log event.
     *
     * @param time what its producer says
     * @param arrived when it can be read
     */
    public synchronized void put(String group, String stream, Instant time, Instant arrived, String message) {
        createGroup(group);
        groups.get(group).add(new Event(String.format("%056d", next++), time, arrived, batch, stream, message));
    }

    @Override
    public synchronized @Nullable Answer answer(Call call) {
        return switch (call.operation()) {
            case "FilterLogEvents" -> filter(call);
            case "DescribeLogGroups" -> describe(call);
            case "StartLiveTail" -> startLiveTail();
            default -> null;
        };
    }

    private Answer startLiveTail() {
        String refusal = liveTail.refusal();
        if (!refusal.isEmpty()) {
            throw new Refused(400, refusal, "not authorized to perform: logs:StartLiveTail");
        }
        return Answer.STREAM;
    }

    private Answer filter(Call call) {
        List<Event> events = groups.get(call.text("logGroupName", ""));
        if (events == null) {
            throw new Refused(400, "ResourceNotFoundException", "The specified log group does not exist.");
        }
        int limit = call.body().path("limit").asInt(10_000);
        if (limit < 1 || limit > 10_000) {
            throw new Refused(400, "InvalidParameterException", "limit " + limit);
        }
        List<Event> all;
        boolean begun = call.body().hasNonNull("nextToken");
        if (begun) {
            all = tokens.restOf(call.text("nextToken", ""));
            if (all == null) {
                throw new Refused(400, "InvalidParameterException", "The specified nextToken is invalid.");
            }
        } else {
            long start = call.body().path("startTime").asLong(0);
            long end = call.body().path("endTime").asLong(Long.MAX_VALUE);
            Instant now = clock.instant();
            all = events.stream()
                    .filter(event -> !event.arrived().isAfter(now))
                    .filter(event ->
                            event.time().toEpochMilli() >= start && event.time().toEpochMilli() <= end)
                    .sorted(Comparator.comparing(Event::time).thenComparing(Event::arrived))
                    .toList();
        }
        int together = 0;
        boolean empty = emptyPages && ++next % 2 == 0;
        while (!empty
                && together < Math.min(Math.min(limit, pageSize), all.size())
                && all.get(together).batch() == all.get(0).batch()) {
            together++;
        }
        PageTokens.Page<Event> page = tokens.page(all, together);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("events");
        for (Event event : page.items()) {
            list.addObject()
                    .put("logStreamName", event.stream())
                    .put("timestamp", event.time().toEpochMilli())
                    .put("message", event.message())
                    .put("ingestionTime", event.arrived().toEpochMilli())
                    .put("eventId", event.id());
        }
        answer.putArray("searchedLogStreams");
        if (page.token() != null) {
            answer.put("nextToken", page.token());
        }
        return Answer.json(answer);
    }

    private Answer describe(Call call) {
        List<String> all;
        if (call.body().hasNonNull("nextToken")) {
            all = groupTokens.restOf(call.text("nextToken", ""));
            if (all == null) {
                throw new Refused(400, "InvalidParameterException", "The specified nextToken is invalid.");
            }
        } else {
            String prefix = call.text("logGroupNamePrefix", "");
            all = groups.keySet().stream()
                    .filter(group -> group.startsWith(prefix))
                    .toList();
        }
        PageTokens.Page<String> page =
                groupTokens.page(all, call.body().path("limit").asInt(50));
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("logGroups");
        for (String group : page.items()) {
            list.addObject()
                    .put("logGroupName", group)
                    .put("arn", "arn:aws:logs:" + call.region() + ":111122223333:log-group:" + group + ":*");
        }
        if (page.token() != null) {
            answer.put("nextToken", page.token());
        }
        return Answer.json(answer);
    }
}
