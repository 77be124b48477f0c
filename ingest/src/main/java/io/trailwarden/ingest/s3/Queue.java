package io.trailwarden.ingest.s3;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/** The queue, and the messages of it that are being worked on: hidden from others until they are deleted. */
final class Queue {

    private static final int BATCH = 10;

    /** A message that is not done with. */
    record Held(String id, String receipt, List<Announcement.Ref> objects) {}

    private final String name;
    private final String url;
    private final Duration visibility;
    private final Duration poll;
    private final AwsSession session;
    private final Clock clock;
    private final Map<String, Held> held = new LinkedHashMap<>();
    private Instant hiddenUntil = Instant.MAX;

    Queue(String name, String url, Duration visibility, Duration poll, AwsSession session, Clock clock) {
        this.name = name;
        this.url = url;
        this.visibility = visibility;
        this.poll = poll;
        this.session = session;
        this.clock = clock;
    }

    Collection<Held> held() {
        return List.copyOf(held.values());
    }

    void hold(Held message) {
        held.put(message.id(), message);
    }

    /** Nothing is held any more; it becomes visible by itself. */
    void letGo() {
        held.clear();
    }

    List<Message> receive() throws IngestException, InterruptedException {
        Instant asked = clock.instant();
        ReceiveMessageRequest request = ReceiveMessageRequest.builder()
                .queueUrl(url)
                .maxNumberOfMessages(BATCH)
                .visibilityTimeout((int) visibility.toSeconds())
                .waitTimeSeconds((int) poll.toSeconds())
                .build();
        List<Message> messages = session.call(
                        AwsApi.RECEIVE_MESSAGE, name, () -> session.sqs(url).receiveMessage(request))
                .messages();
        Instant until = asked.plus(visibility);
        hiddenUntil = !messages.isEmpty() && until.isBefore(hiddenUntil) ? until : hiddenUntil;
        return messages;
    }

    /** Hides what is held for longer, if it would become visible soon. */
    void extend() throws IngestException, InterruptedException {
        if (held.isEmpty() || clock.instant().plus(visibility.dividedBy(2)).isBefore(hiddenUntil)) {
            return;
        }
        Instant asked = clock.instant();
        for (List<Held> batch : batches(held.values())) {
            List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .receiptHandle(batch.get(i).receipt())
                        .visibilityTimeout((int) visibility.toSeconds())
                        .build());
            }
            List<BatchResultErrorEntry> failed = session.call(AwsApi.CHANGE_VISIBILITY, name, () -> session.sqs(url)
                            .changeMessageVisibilityBatch(
                                    change -> change.queueUrl(url).entries(entries)))
                    .failed();
            // It is visible again, so it comes again: with a receipt that is worth something.
            failed.forEach(
                    entry -> held.remove(batch.get(Integer.parseInt(entry.id())).id()));
        }
        hiddenUntil = asked.plus(visibility);
    }

    /** Deletes messages; those that cannot be deleted now stay held. */
    void delete(List<Held> done) throws IngestException, InterruptedException {
        for (List<Held> batch : batches(done)) {
            List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                entries.add(DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .receiptHandle(batch.get(i).receipt())
                        .build());
            }
            Set<String> failed = new HashSet<>();
            session.call(AwsApi.DELETE_MESSAGE, name, () -> session.sqs(url)
                            .deleteMessageBatch(delete -> delete.queueUrl(url).entries(entries)))
                    .failed()
                    .forEach(entry -> failed.add(entry.id()));
            for (int i = 0; i < batch.size(); i++) {
                if (!failed.contains(Integer.toString(i))) {
                    held.remove(batch.get(i).id());
                }
            }
        }
    }

    private static List<List<Held>> batches(Collection<Held> messages) {
        List<Held> all = List.copyOf(messages);
        List<List<Held>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH) {
            batches.add(all.subList(from, Math.min(from + BATCH, all.size())));
        }
        return batches;
    }
}
