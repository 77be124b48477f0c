package io.trailwarden.sinks.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Partition;
import io.trailwarden.event.text.VisibleText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A finding in the AWS Security Finding Format, within its limits (Security Hub API reference, AwsSecurityFinding). Texts
 * are shortened to their limit; the link or the table {@code findings} has all of them.
 *
 * @param id the finding's own id
 * @param productArn the custom integration of the account that imports
 * @param awsAccountId the account that imports, which for a custom integration must own the finding; the account that the
 *     finding is about is the resource
 * @param updatedAt the revision's time, so that a later revision replaces an earlier one
 * @param severity one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL
 * @param recordState {@code ARCHIVED} for a withdrawn finding, else {@code ACTIVE}
 */
public record Asff(
        String id,
        String productArn,
        String generatorId,
        String awsAccountId,
        List<String> types,
        Instant createdAt,
        Instant updatedAt,
        Instant firstObservedAt,
        Instant lastObservedAt,
        String severity,
        String title,
        String description,
        String remediation,
        List<Resource> resources,
        Map<String, String> productFields,
        String recordState) {

    /** The format's version. */
    public static final String SCHEMA = "2018-10-08";

    private static final String NO_ACCOUNT = "000000000000";
    private static final String NO_REGION = "us-east-1";
    private static final int MOST_FIELDS = 50;

    /** What a finding is about: a type of the format and an identifier. */
    public record Resource(String type, String id, String partition, String region) {}

    /**
     * The finding in this format.
     *
     * @param account the account that imports; empty: the finding's own
     * @param region where it is imported; empty: the finding's own
     */
    public static Asff of(Finding finding, String account, String region) {
        String about = finding.subject().account() != null
                        && finding.subject().account().matches("[0-9]{12}")
                ? finding.subject().account()
                : NO_ACCOUNT;
        String owner = account.isEmpty() ? about : account;
        String seenIn =
                finding.subject().region() == null || finding.subject().region().isEmpty()
                        ? NO_REGION
                        : VisibleText.of(finding.subject().region(), 16);
        String where = region.isEmpty() ? seenIn : region;
        return new Asff(
                finding.id(),
                "arn:" + Partition.ofRegion(where) + ":securityhub:" + where + ":" + owner + ":product/" + owner
                        + "/default",
                VisibleText.of("trailwarden/" + finding.detection().name(), 512),
                owner,
                List.of(finding.detection().techniques().isEmpty() ? "Unusual Behaviors/User" : "TTPs"),
                finding.evidence().first().truncatedTo(ChronoUnit.MILLIS),
                Instant.ofEpochMilli(finding.revision()),
                finding.evidence().first().truncatedTo(ChronoUnit.MILLIS),
                finding.evidence().last().truncatedTo(ChronoUnit.MILLIS),
                finding.detection().severity().name(),
                text(finding.words().title(), finding.detection().name(), 256),
                text(finding.words().description(), finding.words().title(), 1024),
                VisibleText.of(String.join(" ", finding.words().nextSteps()), 512),
                List.of(resource(finding, about, seenIn)),
                fields(finding),
                finding.state() == Finding.State.WITHDRAWN ? "ARCHIVED" : "ACTIVE");
    }

    private static Resource resource(Finding finding, String account, String region) {
        String subject = finding.subject().name();
        String partition = Partition.of(subject, region);
        return subject.startsWith("arn:") && subject.contains(":stateMachine:")
                ? new Resource("AwsStepFunctionStateMachine", VisibleText.of(subject, 512), partition, region)
                : new Resource("AwsAccount", "AWS::::Account:" + account, partition, region);
    }

    private static Map<String, String> fields(Finding finding) {
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "revision", Long.toString(finding.revision()));
        put(fields, "author", finding.detection().author());
        put(fields, "detection", finding.detection().name());
        put(fields, "subject", finding.subject().name());
        put(
                fields,
                "principal",
                finding.subject().principal() == null ? "" : finding.subject().principal());
        put(fields, "suppression", finding.suppression() == null ? "" : finding.suppression());
        put(fields, "event-count", Long.toString(finding.evidence().count()));
        put(fields, "event-ids", String.join(",", finding.evidence().eventIds()));
        put(fields, "techniques", String.join(",", finding.detection().techniques()));
        finding.words().facts().forEach((name, value) -> {
            if (fields.size() < MOST_FIELDS) {
                put(fields, "fact/" + name, value);
            }
        });
        return fields;
    }

    private static void put(Map<String, String> fields, String name, String value) {
        if (!value.isBlank()) {
            fields.put("trailwarden/" + VisibleText.of(name, 100), VisibleText.of(value, 2000));
        }
    }

    /** The format takes no empty texts. */
    private static String text(String text, String instead, int most) {
        return VisibleText.of(text.isBlank() ? instead : text, most);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("SchemaVersion", SCHEMA);
        json.put("Id", id);
        json.put("ProductArn", productArn);
        json.put("ProductName", "Trailwarden");
        json.put("GeneratorId", generatorId);
        json.put("AwsAccountId", awsAccountId);
        types.forEach(json.putArray("Types")::add);
        json.put("CreatedAt", createdAt.toString());
        json.put("UpdatedAt", updatedAt.toString());
        json.put("FirstObservedAt", firstObservedAt.toString());
        json.put("LastObservedAt", lastObservedAt.toString());
        json.putObject("Severity").put("Label", severity);
        json.put("Title", title);
        json.put("Description", description);
        if (!remediation.isBlank()) {
            json.putObject("Remediation").putObject("Recommendation").put("Text", remediation);
        }
        ObjectNode own = json.putObject("ProductFields");
        productFields.forEach(own::put);
        var all = json.putArray("Resources");
        resources.forEach(resource -> all.addObject()
                .put("Type", resource.type())
                .put("Id", resource.id())
                .put("Partition", resource.partition())
                .put("Region", resource.region()));
        json.put("RecordState", recordState);
        ObjectNode provider = json.putObject("FindingProviderFields");
        provider.putObject("Severity").put("Label", severity);
        types.forEach(provider.putArray("Types")::add);
        return json;
    }
}
