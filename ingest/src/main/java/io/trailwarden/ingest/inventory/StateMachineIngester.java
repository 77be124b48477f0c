package io.trailwarden.ingest.inventory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineRequest;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineResponse;
import software.amazon.awssdk.services.sfn.model.IncludedData;
import software.amazon.awssdk.services.sfn.model.ListStateMachinesRequest;
import software.amazon.awssdk.services.sfn.model.ListStateMachinesResponse;
import software.amazon.awssdk.services.sfn.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.sfn.model.ListTagsForResourceResponse;
import software.amazon.awssdk.services.sfn.model.StateMachineListItem;

/**
 * The state machines of one account and Region: how each is set up, its definition and its tags.
 *
 * <p>All are described at every look, because the list does not say what changed. Tags have by far the smallest quota:
 * of many machines those are asked whose tags were read longest ago. A machine is gone when two whole lists in a row do not
 * name it. What AWS answers is consistent only in the end; an answer that is out of date is put right by the next look.
 */
public final class StateMachineIngester implements Ingester {

    private static final Logger LOG = LoggerFactory.getLogger(StateMachineIngester.class);

    private static final int PAGE = 1000;
    private static final int TAGS_A_LOOK = 100;
    /** So many are described before what changed is written down and sent. */
    private static final int TOGETHER = 100;

    private final InventoryConfig config;
    private final AwsSession session;
    private final InventoryEntries entries;
    private final FailPoint.Listener failPoints;
    private final Map<String, ObjectNode> tags = new HashMap<>();
    private final Map<String, Instant> tagsRead = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    /**
     * Reads the Region of the session.
     *
     * @param writtenByPeople whether people wrote down the entry with this key of the topic; it is left to them
     */
    public StateMachineIngester(
            InventoryConfig config,
            AwsSession session,
            EventPublisher publisher,
            Positions positions,
            Predicate<String> writtenByPeople)
            throws IngestException {
        this(config, session, publisher, positions, writtenByPeople, FailPoint.Listener.NONE);
    }

    StateMachineIngester(
            InventoryConfig config,
            AwsSession session,
            EventPublisher publisher,
            Positions positions,
            Predicate<String> writtenByPeople,
            FailPoint.Listener failPoints)
            throws IngestException {
        this.config = config;
        this.session = session;
        this.failPoints = failPoints;
        entries = new InventoryEntries(
                config.source(), ReferenceEntry.Kind.STATE_MACHINE, publisher, positions, writtenByPeople, failPoints);
    }

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public Duration interval() {
        return config.interval();
    }

    @Override
    public IngestProgress progress() {
        return entries.progress();
    }

    @Override
    public void pass() throws InterruptedException, IngestException {
        entries.begin();
        Instant[] at = {Instant.MIN};
        List<StateMachineListItem> listed = Paged.list(token -> {
            ListStateMachinesRequest request = ListStateMachinesRequest.builder()
                    .maxResults(PAGE)
                    .nextToken(token)
                    .build();
            ListStateMachinesResponse answer =
                    session.call(AwsApi.LIST_STATE_MACHINES, source(), () -> session.stepFunctions()
                            .listStateMachines(request));
            at[0] = session.answeredAt(answer);
            return new Paged.Page<>(answer.stateMachines(), answer.nextToken());
        });
        Set<String> arns = listed.stream()
                .map(StateMachineListItem::stateMachineArn)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> tagsDue = arns.stream()
                .sorted(Comparator.comparing((String arn) -> tagsRead.getOrDefault(arn, Instant.MIN)))
                .limit(TAGS_A_LOOK)
                .collect(Collectors.toSet());
        Map<String, @Nullable String> bodies = new TreeMap<>();
        Instant seenAt = at[0];
        for (StateMachineListItem item : listed) {
            DescribeStateMachineResponse machine = describe(item.stateMachineArn());
            if (machine == null) {
                // Listed and yet not there: it is being deleted, or may not be read.
                String before = entries.body(item.stateMachineArn());
                if (before != null || told.contains(item.stateMachineArn())) {
                    bodies.put(item.stateMachineArn(), before == null ? StateMachineBody.json(item) : before);
                }
                continue;
            }
            seenAt = session.answeredAt(machine);
            bodies.put(
                    item.stateMachineArn(),
                    StateMachineBody.json(machine, tags(item.stateMachineArn(), tagsDue, seenAt)));
            if (bodies.size() == TOGETHER) {
                publish(bodies, seenAt);
            }
        }
        Set<String> absent = entries.keys();
        absent.removeAll(arns);
        for (Map.Entry<String, Instant> gone : entries.missing(absent, at[0]).entrySet()) {
            LOG.info("{}: state machine {} was gone by {}", source(), gone.getKey(), gone.getValue());
            bodies.put(gone.getKey(), null);
            tags.remove(gone.getKey());
            tagsRead.remove(gone.getKey());
        }
        publish(bodies, seenAt);
        entries.listed();
    }

    private void publish(Map<String, @Nullable String> bodies, Instant at)
            throws IngestException, InterruptedException {
        failPoints.reached(FailPoint.AFTER_READ, source());
        entries.seen(bodies, at);
        bodies.clear();
    }

    /** What it is; null if it is being deleted or may not be read, the latter told once. */
    private @Nullable DescribeStateMachineResponse describe(String arn) throws IngestException, InterruptedException {
        try {
            DescribeStateMachineResponse machine = describe(arn, IncludedData.ALL_DATA);
            told.remove(arn);
            return machine;
        } catch (IngestException e) {
            String code = e.getCause() == null ? "" : AwsSession.code(e.getCause());
            switch (code) {
                case "StateMachineDoesNotExist" -> {
                    return null;
                }
                case "AccessDeniedException" -> {
                    if (told.add(arn)) {
                        LOG.warn("{}: {} may not be read: {}", source(), arn, e.getMessage());
                    }
                    return null;
                }
                case "KmsAccessDeniedException", "KmsInvalidStateException" -> {
                    if (told.add(arn)) {
                        LOG.warn("{}: the definition of {} is encrypted and stays unknown: {}", source(), arn, code);
                    }
                    return describe(arn, IncludedData.METADATA_ONLY);
                }
                default -> throw e;
            }
        }
    }

    private DescribeStateMachineResponse describe(String arn, IncludedData data)
            throws IngestException, InterruptedException {
        DescribeStateMachineRequest request = DescribeStateMachineRequest.builder()
                .stateMachineArn(arn)
                .includedData(data)
                .build();
        return session.call(AwsApi.DESCRIBE_STATE_MACHINE, source() + ", " + arn, () -> session.stepFunctions()
                .describeStateMachine(request));
    }

    /** The tags as they are, or as they were if others are due first; null if they were never read. */
    private @Nullable ObjectNode tags(String arn, Set<String> due, Instant at)
            throws IngestException, InterruptedException {
        if (due.contains(arn)) {
            ListTagsForResourceRequest request =
                    ListTagsForResourceRequest.builder().resourceArn(arn).build();
            try {
                ListTagsForResourceResponse answer =
                        session.call(AwsApi.LIST_TAGS, source() + ", " + arn, () -> session.stepFunctions()
                                .listTagsForResource(request));
                tags.put(arn, StateMachineBody.tags(answer.tags()));
                tagsRead.put(arn, at);
            } catch (IngestException e) {
                String code = e.getCause() == null ? "" : AwsSession.code(e.getCause());
                boolean itsOwn = code.equals("AccessDeniedException") || code.equals("ResourceNotFound");
                if (!itsOwn) {
                    throw e;
                }
                if (told.add(arn + " tags")) {
                    LOG.warn("{}: the tags of {} may not be read: {}", source(), arn, e.getMessage());
                }
            }
        } else if (!tags.containsKey(arn)) {
            ObjectNode before = StateMachineBody.tags(entries.body(arn));
            if (before != null) {
                tags.put(arn, before);
            }
        }
        return tags.get(arn);
    }

    @Override
    public void close() {
        entries.close();
    }
}
