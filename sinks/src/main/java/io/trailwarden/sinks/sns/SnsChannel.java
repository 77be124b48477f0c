package io.trailwarden.sinks.sns;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.trailwarden.event.Finding;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.notice.Channel;
import io.trailwarden.sinks.notice.Notice;
import io.trailwarden.sinks.notice.NoticeJson;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishBatchRequest;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.PublishBatchResponse;
import software.amazon.awssdk.services.sns.model.PublishBatchResultEntry;
import software.amazon.awssdk.services.sns.model.SnsException;

/**
 * Notices to one SNS topic by {@code PublishBatch}, at most ten in a request.
 *
 * <p>The message is {@link NoticeJson}; {@link #ATTRIBUTES} are for subscription filter policies, fewer than the ten that
 * raw delivery to SQS allows; a subject serves mail. On a FIFO topic (named {@code .fifo}) the finding's id is the
 * de-duplication id and its account the message group. A request and each message stay below 262,144 bytes with its
 * attributes, the limit of every topic (Amazon SNS quotas).
 */
public final class SnsChannel implements Channel {

    /** The sink's name, as the configuration knows it. */
    public static final String NAME = "sns";

    /** Names of the message attributes; each message has those that it has values for. */
    public static final List<String> ATTRIBUTES =
            List.of("kind", "finding_id", "severity", "detection", "state", "account_id", "region");

    /** The most entries of one request (Amazon SNS API, PublishBatch). */
    static final int MOST_ENTRIES = 10;

    /** The most bytes of one message, and of all in one request together. */
    static final int MOST_BYTES = 262_144;

    private static final int BYTES_FOR_ATTRIBUTES = 8 * 1024;
    private static final int LONGEST_SUBJECT = 99;
    private static final int LONGEST_ATTRIBUTE = 256;

    private final SnsClient client;
    private final String topic;
    private final NoticeJson json;

    /**
     * Publishes to this topic.
     *
     * @param topic its ARN
     * @param consoleUrl where people reach the console; empty: no links
     */
    public SnsChannel(String topic, AwsTarget access, String consoleUrl) {
        this.topic = topic;
        this.client = access.client(SnsClient.builder());
        this.json = new NoticeJson(consoleUrl, MOST_BYTES - BYTES_FOR_ATTRIBUTES);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Outcome> send(List<Notice> notices) {
        List<Outcome> outcomes = new ArrayList<>();
        NotNow failed = null;
        List<PublishBatchRequestEntry> group = new ArrayList<>();
        int bytes = 0;
        for (Notice notice : notices) {
            PublishBatchRequestEntry entry = entry(group.size(), notice);
            int more = bytes(entry);
            if (group.size() == MOST_ENTRIES || !group.isEmpty() && bytes + more > MOST_BYTES) {
                failed = publish(group, outcomes, failed);
                group.clear();
                bytes = 0;
                entry = entry.toBuilder().id("0").build();
            }
            group.add(entry);
            bytes += more;
        }
        publish(group, outcomes, failed);
        return outcomes;
    }

    /** Appends an outcome for each entry. Once a whole request was turned away, the rest is not tried. */
    private @Nullable NotNow publish(
            List<PublishBatchRequestEntry> entries, List<Outcome> outcomes, @Nullable NotNow failed) {
        if (failed != null) {
            entries.forEach(entry -> outcomes.add(failed));
            return failed;
        }
        if (entries.isEmpty()) {
            return null;
        }
        try {
            PublishBatchResponse response = client.publishBatch(PublishBatchRequest.builder()
                    .topicArn(topic)
                    .publishBatchRequestEntries(entries)
                    .build());
            outcomes.addAll(outcomes(entries, response));
            return null;
        } catch (SnsException e) {
            if (AwsTarget.isAboutTheRequest(e)
                    && !String.valueOf(e.getMessage()).contains("TopicArn")) {
                return oneByOne(entries, outcomes, e);
            }
            return turnedAway(entries, outcomes, "SNS: " + AwsTarget.code(e) + " " + e.getMessage(), e);
        } catch (SdkClientException | UncheckedIOException e) {
            // The latter for a kept connection that turns out to be closed: the SDK passes it on as it is.
            return turnedAway(entries, outcomes, "SNS: " + e.getMessage(), e);
        }
    }

    /** One poisonous message makes SNS refuse the whole request: alone it shows itself. */
    private @Nullable NotNow oneByOne(List<PublishBatchRequestEntry> entries, List<Outcome> outcomes, SnsException e) {
        if (entries.size() == 1) {
            outcomes.add(new Refused("SNS: " + AwsTarget.code(e) + " " + e.getMessage()));
            return null;
        }
        NotNow failed = null;
        for (PublishBatchRequestEntry entry : entries) {
            failed = publish(List.of(entry), outcomes, failed);
        }
        return failed;
    }

    private static NotNow turnedAway(
            List<PublishBatchRequestEntry> entries, List<Outcome> outcomes, String why, Exception e) {
        NotNow notNow = new NotNow(why, e);
        entries.forEach(entry -> outcomes.add(notNow));
        return notNow;
    }

    private static List<Outcome> outcomes(List<PublishBatchRequestEntry> entries, PublishBatchResponse response) {
        Map<String, Outcome> byId = new HashMap<>();
        for (PublishBatchResultEntry entry : response.successful()) {
            byId.put(entry.id(), new Delivered());
        }
        for (BatchResultErrorEntry entry : response.failed()) {
            String why = "SNS: " + entry.code() + " " + entry.message();
            boolean poison = Boolean.TRUE.equals(entry.senderFault()) && AwsTarget.isAboutTheRequest(entry.code());
            byId.put(entry.id(), poison ? new Refused(why) : new NotNow(why, null));
        }
        // An entry that the answer says nothing of is not known to be published.
        return entries.stream()
                .map(entry -> byId.getOrDefault(entry.id(), new NotNow("SNS: no answer for an entry", null)))
                .toList();
    }

    private PublishBatchRequestEntry entry(int index, Notice notice) {
        PublishBatchRequestEntry.Builder entry = PublishBatchRequestEntry.builder()
                .id(Integer.toString(index))
                .message(json.of(notice))
                .subject(subject(notice))
                .messageAttributes(attributes(notice));
        if (topic.endsWith(".fifo")) {
            entry.messageDeduplicationId(notice.id()).messageGroupId(group(notice));
        }
        return entry.build();
    }

    private static String group(Notice notice) {
        String account =
                notice instanceof Notice.One one ? one.finding().subject().account() : null;
        return account != null && account.matches("[0-9]{12}") ? account : "findings";
    }

    /** Printable ASCII on one line, as SNS asks for. */
    private static String subject(Notice notice) {
        String severity = notice.severity().name().toLowerCase(Locale.ROOT);
        String text = notice instanceof Notice.One one
                ? (one.finding().state() == Finding.State.WITHDRAWN ? "withdrawn: " : severity + ": ")
                        + VisibleText.of(one.finding().words().title())
                : notice.findings().size() + " findings, up to " + severity;
        String ascii = text.replaceAll("[^\\x20-\\x7e]", "?");
        return ascii.length() <= LONGEST_SUBJECT ? ascii : ascii.substring(0, LONGEST_SUBJECT - 3) + "...";
    }

    private static Map<String, MessageAttributeValue> attributes(Notice notice) {
        Map<String, MessageAttributeValue> attributes = new LinkedHashMap<>();
        put(attributes, "kind", notice instanceof Notice.One ? "finding" : "digest");
        put(attributes, "severity", notice.severity().name().toLowerCase(Locale.ROOT));
        if (notice instanceof Notice.One one) {
            put(attributes, "finding_id", one.finding().id());
            put(attributes, "detection", one.finding().detection().name());
            put(attributes, "state", one.finding().state().name().toLowerCase(Locale.ROOT));
            put(attributes, "account_id", one.finding().subject().account());
            put(attributes, "region", one.finding().subject().region());
        }
        return attributes;
    }

    private static void put(Map<String, MessageAttributeValue> attributes, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            attributes.put(
                    name,
                    MessageAttributeValue.builder()
                            .dataType("String")
                            .stringValue(VisibleText.of(value, LONGEST_ATTRIBUTE))
                            .build());
        }
    }

    private static int bytes(PublishBatchRequestEntry entry) {
        int bytes = entry.message().length() + entry.subject().length();
        for (Map.Entry<String, MessageAttributeValue> attribute :
                entry.messageAttributes().entrySet()) {
            bytes += attribute.getKey().length()
                    + attribute.getValue().dataType().length()
                    + attribute.getValue().stringValue().getBytes(UTF_8).length;
        }
        return bytes;
    }

    @Override
    public void close() {
        client.close();
    }
}
