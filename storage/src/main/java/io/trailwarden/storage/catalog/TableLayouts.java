package io.trailwarden.storage.catalog;

import io.trailwarden.event.AuditResource;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.UserIdentity;
import io.trailwarden.event.json.JsonSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriter;
import org.jspecify.annotations.Nullable;

/** Every table: its columns, its partition, and how a record fills it. */
public final class TableLayouts {

    /** An event and who wrote it down when: rows that may be asked for again by a detection state. */
    public record Stored<E>(E event, String lineage, long afterCheckpoint) {}

    public static final TableLayout<Stored<CloudTrailEvent>> CLOUDTRAIL = cloudTrail();
    public static final TableLayout<Stored<ExecutionEvent>> EXECUTIONS = executions();
    public static final TableLayout<Duplicate> DUPLICATES = duplicates();
    public static final TableLayout<DeadLetter> DEAD_LETTERS = deadLetters();
    public static final TableLayout<Receipt> RECEIPTS = receipts();
    public static final TableLayout<Finding> FINDING_REVISIONS = findingRevisions();

    public static final List<TableLayout<?>> ALL =
            List.of(CLOUDTRAIL, EXECUTIONS, DUPLICATES, DEAD_LETTERS, RECEIPTS, FINDING_REVISIONS);

    private TableLayouts() {}

    public static TableLayout<?> named(String name) {
        for (TableLayout<?> layout : ALL) {
            if (layout.name().equals(name)) {
                return layout;
            }
        }
        throw new IllegalArgumentException("table: \"" + name + "\" (expected one of: "
                + String.join(", ", ALL.stream().map(TableLayout::name).toList()) + ")");
    }

    private static TableLayout<Stored<CloudTrailEvent>> cloudTrail() {
        List<Column<Stored<CloudTrailEvent>>> columns = new ArrayList<>();
        Events<CloudTrailEvent> e = new Events<>(columns);
        columns.add(Column.instant("event_time", "When the call completed (UTC)", row -> row.event()
                .eventTime()));
        e.required("event_id", "CloudTrail's eventID", CloudTrailEvent::eventId);
        e.text("event_version", "Version of the record format", CloudTrailEvent::eventVersion);
        e.text("event_source", "Service that was called, e.g. sts.amazonaws.com", CloudTrailEvent::eventSource);
        e.text("event_name", "API action", CloudTrailEvent::eventName);
        e.text("aws_region", "Region of the call", CloudTrailEvent::awsRegion);
        e.text("source_ip_address", "Address or AWS service that called", CloudTrailEvent::sourceIpAddress);
        e.text("user_agent", "What the caller says it is", CloudTrailEvent::userAgent);
        e.text("error_code", "AWS error code; null when the call succeeded", CloudTrailEvent::errorCode);
        e.text("error_message", "AWS error message", CloudTrailEvent::errorMessage);
        e.text("request_id", "Id of the API request", CloudTrailEvent::requestId);
        e.text("event_type", "AwsApiCall, AwsServiceEvent, AwsConsoleSignIn, …", CloudTrailEvent::eventType);
        e.text("event_category", "Management, Data, NetworkActivity or Insight", CloudTrailEvent::eventCategory);
        e.text("api_version", "Version of the API", CloudTrailEvent::apiVersion);
        columns.add(Column.flag("management_event", "Whether a management event", row -> row.event()
                .managementEvent()));
        columns.add(Column.flag(
                "read_only", "Whether the call only reads", row -> row.event().readOnly()));
        e.text("recipient_account_id", "Account that received the record", CloudTrailEvent::recipientAccountId);
        e.text(
                "shared_event_id",
                "Common to the records of one call in several accounts",
                CloudTrailEvent::sharedEventId);
        e.text("vpc_endpoint_id", "VPC endpoint of the call", CloudTrailEvent::vpcEndpointId);
        e.text("vpc_endpoint_account_id", "Owner of the VPC endpoint", CloudTrailEvent::vpcEndpointAccountId);
        e.identity("type", "AssumedRole, IAMUser, Root, AWSService, …", UserIdentity::type);
        e.identity("principal_id", "Unique id of the principal", UserIdentity::principalId);
        e.identity("arn", "ARN of the principal, with its session", UserIdentity::arn);
        e.identity("account_id", "Account of the principal", UserIdentity::accountId);
        e.identity("access_key_id", "Access key that signed the call", UserIdentity::accessKeyId);
        e.identity("user_name", "Friendly name", UserIdentity::userName);
        e.identity("invoked_by", "AWS service that called", UserIdentity::invokedBy);
        e.identity("session_issuer_type", "Who issued the session: Role, User, …", UserIdentity::issuerType);
        e.identity("session_issuer_arn", "The role behind the session", UserIdentity::issuerArn);
        e.identity("session_issuer_account_id", "Account of the session's issuer", UserIdentity::issuerAccountId);
        e.identity("session_issuer_user_name", "Name of the session's issuer", UserIdentity::issuerUserName);
        e.identity("session_created", "When the session was issued, as written", UserIdentity::sessionCreated);
        e.identity("mfa_authenticated", "\"true\" or \"false\", as written", UserIdentity::mfaAuthenticated);
        e.identity(
                "ec2_role_delivery",
                "Of an instance's session: version of the metadata service",
                UserIdentity::ec2RoleDelivery);
        e.identity("source_identity", "Source identity of the session", UserIdentity::sourceIdentity);
        e.identity("on_behalf_of_user_id", "Identity Center user", UserIdentity::onBehalfOfUserId);
        e.identity("identity_provider", "Identity provider of a web identity", UserIdentity::identityProvider);
        e.required("actor_key", "Who acted, the same over sessions and keys", CloudTrailEvent::actorKey);
        columns.add(resources());
        e.json("request_parameters", "JSON of requestParameters", CloudTrailEvent::requestParameters);
        e.json("response_elements", "JSON of responseElements; may hold secrets", CloudTrailEvent::responseElements);
        e.json("additional_event_data", "JSON of additionalEventData", CloudTrailEvent::additionalEventData);
        e.json("service_event_details", "JSON of serviceEventDetails", CloudTrailEvent::serviceEventDetails);
        e.text("assumed_role_arn", "Role asked for by sts:AssumeRole*", CloudTrailEvent::assumedRoleArn);
        e.text("issued_access_key_id", "Access key that sts:AssumeRole* issued", CloudTrailEvent::issuedAccessKeyId);
        e.text("issued_session_arn", "Session that sts:AssumeRole* issued", CloudTrailEvent::issuedSessionArn);
        e.text("state_machine_arn", "State machine of a Step Functions call", CloudTrailEvent::stateMachineArn);
        e.text("execution_arn", "Execution of a Step Functions call", CloudTrailEvent::executionArn);
        columns.add(Column.raw(
                "raw", "The record as AWS wrote it", row -> row.event().raw()));
        columns.add(Column.rawBytes(
                "raw_bytes", "The record's bytes where they are not UTF-8 (raw is null then)", row -> row.event()
                        .raw()));
        e.origin(CloudTrailEvent::origin);
        return TableLayout.partitioned(
                "cloudtrail",
                "event_time",
                columns,
                new TableLayout.Rows<>(
                        row -> TableTimes.day(row.event().eventTime()),
                        row -> row.event().origin().source(),
                        row -> row.event().raw().length),
                List.of(
                        "event_time",
                        "event_source",
                        "event_name",
                        "aws_region",
                        "recipient_account_id",
                        "error_code",
                        "ingested_at"));
    }

    private static TableLayout<Stored<ExecutionEvent>> executions() {
        List<Column<Stored<ExecutionEvent>>> columns = new ArrayList<>();
        Events<ExecutionEvent> e = new Events<>(columns);
        columns.add(Column.instant("event_time", "event_timestamp of the log line (UTC)", row -> row.event()
                .eventTime()));
        e.required("event_id", "Execution ARN, redrive count, id and type: unique", ExecutionEvent::eventId);
        e.required("execution_arn", "ARN of the execution", ExecutionEvent::executionArn);
        e.required("state_machine_arn", "ARN of the state machine", ExecutionEvent::stateMachineArn);
        e.required("execution_name", "Name of the execution", ExecutionEvent::executionName);
        e.text("map_label", "Label of the distributed map it is a child of", ExecutionEvent::mapLabel);
        columns.add(Column.flag(
                "express", "Whether an Express workflow", row -> row.event().express()));
        e.required("account", "Account of the execution", ExecutionEvent::account);
        e.required("region", "Region of the execution", ExecutionEvent::region);
        columns.add(Column.number(
                "id", "Number of the event in its history", row -> row.event().id()));
        columns.add(Column.number("previous_event_id", "Number of the event before", row -> row.event()
                .previousEventId()));
        e.required("type", "History event type, e.g. TaskFailed", ExecutionEvent::type);
        columns.add(Column.number(
                "redrive_count", "How often it was redriven", row -> row.event().redriveCount()));
        e.text("name", "State or iteration", ExecutionEvent::name);
        e.text("resource_type", "e.g. lambda, aws-sdk:iam", ExecutionEvent::resourceType);
        e.text("resource", "e.g. invoke", ExecutionEvent::resource);
        e.text("role_arn", "Execution role", ExecutionEvent::roleArn);
        e.text("task_role_arn", "Role that the task assumes", ExecutionEvent::taskRoleArn);
        e.text("error", "Error name", ExecutionEvent::error);
        e.text("cause", "Cause of the error", ExecutionEvent::cause);
        columns.add(Column.json("details", "JSON of details", row -> row.event().details(), row -> row.event()
                .raw()));
        columns.add(Column.raw(
                "raw", "The line as Step Functions wrote it", row -> row.event().raw()));
        columns.add(Column.rawBytes(
                "raw_bytes", "The line's bytes where they are not UTF-8 (raw is null then)", row -> row.event()
                        .raw()));
        e.origin(ExecutionEvent::origin);
        return TableLayout.partitioned(
                "executions",
                "event_time",
                columns,
                new TableLayout.Rows<>(
                        row -> TableTimes.day(row.event().eventTime()),
                        row -> row.event().origin().source(),
                        row -> row.event().raw().length),
                List.of("event_time", "state_machine_arn", "type", "account", "region", "ingested_at"));
    }

    private static TableLayout<Duplicate> duplicates() {
        List<Column<Duplicate>> columns = new ArrayList<>();
        columns.add(Column.instant("event_time", "Event time of the stored event", Duplicate::eventTime));
        columns.add(Column.requiredText(
                "kind", "CLOUDTRAIL or EXECUTION", row -> row.kind().name()));
        columns.add(Column.requiredText("event_id", "The stored event", Duplicate::eventId));
        columns.add(Column.text("recipient_account_id", "The stored event's recipient", Duplicate::recipientAccountId));
        origin(columns, Duplicate::origin);
        return TableLayout.partitioned(
                "duplicates",
                "event_time",
                columns,
                new TableLayout.Rows<>(
                        row -> TableTimes.day(row.eventTime()),
                        row -> row.origin().source(),
                        row -> 256),
                List.of("event_time", "ingested_at"));
    }

    private static TableLayout<DeadLetter> deadLetters() {
        List<Column<DeadLetter>> columns = new ArrayList<>();
        columns.add(Column.requiredText(
                "reason", "Why it is dead; stable codes", row -> row.reason().name()));
        columns.add(Column.requiredText("message", "What was found and what was expected", DeadLetter::message));
        columns.add(Column.requiredText("place", "Where in the object", DeadLetter::place));
        columns.add(Column.raw("payload", "The original bytes as text", DeadLetter::payload));
        columns.add(Column.rawBytes(
                "payload_bytes",
                "The original bytes where they are not UTF-8 (payload is null then)",
                DeadLetter::payload));
        columns.add(Column.number("payload_length", "True length; payload may be cut", DeadLetter::payloadLength));
        origin(columns, DeadLetter::origin);
        return TableLayout.partitioned(
                "dead_letters",
                "ingested_at",
                columns,
                new TableLayout.Rows<>(
                        row -> TableTimes.day(row.origin().ingestedAt()),
                        row -> row.origin().source(),
                        row -> row.payload().length + 256),
                List.of("ingested_at", "reason"));
    }

    private static TableLayout<Receipt> receipts() {
        List<Column<Receipt>> columns = new ArrayList<>();
        columns.add(Column.requiredText("source", "Configured ingester", Receipt::source));
        columns.add(Column.requiredText("object", "File, object key or stream", Receipt::object));
        columns.add(Column.requiredText("object_sha256", "SHA-256 of the uncompressed object", Receipt::objectSha256));
        columns.add(Column.number("records", "Records in it, dead ones included", Receipt::records));
        columns.add(Column.number("bytes", "Uncompressed size", Receipt::bytes));
        columns.add(Column.instant("ingested_at", "When it was read", Receipt::ingestedAt));
        return TableLayout.partitioned(
                "receipts",
                "ingested_at",
                columns,
                new TableLayout.Rows<>(row -> TableTimes.day(row.ingestedAt()), Receipt::source, row -> 256),
                List.of("ingested_at"));
    }

    private static TableLayout<Finding> findingRevisions() {
        List<Column<Finding>> columns = new ArrayList<>();
        columns.add(Column.requiredText("id", "Same input, same id", Finding::id));
        columns.add(Column.number("revision", "The highest per id stands", Finding::revision));
        columns.add(Column.requiredText("state", "open or withdrawn", row -> Names.lower(row.state())));
        columns.add(Column.requiredText(
                "detection", "Key of the detection", row -> row.detection().name()));
        columns.add(Column.requiredText(
                "severity",
                "informational, low, medium, high or critical",
                row -> Names.lower(row.detection().severity())));
        columns.add(Column.requiredText("title", "One line", row -> row.words().title()));
        columns.add(Column.requiredText(
                "description", "Why it fired", row -> row.words().description()));
        columns.add(Column.requiredText(
                "author", "Who wrote the detection", row -> row.detection().author()));
        columns.add(Column.requiredText(
                "subject", "What it is about", row -> row.subject().name()));
        columns.add(Column.text("account", "Account", row -> row.subject().account()));
        columns.add(Column.text("region", "Region", row -> row.subject().region()));
        columns.add(Column.text(
                "principal", "Stable actor key", row -> row.subject().principal()));
        columns.add(Column.instant("first_time", "Event time of the earliest evidence", row -> row.evidence()
                .first()));
        columns.add(Column.instant("last_time", "Event time of the latest evidence", row -> row.evidence()
                .last()));
        columns.add(Column.instant("detected_at", "When this revision was made", Finding::detectedAt));
        columns.add(Column.texts("event_ids", "The earliest evidence, at most 100", row -> row.evidence()
                .eventIds()));
        columns.add(Column.number("event_count", "How many events are evidence", row -> row.evidence()
                .count()));
        columns.add(Column.texts(
                "techniques", "MITRE ATT&CK techniques", row -> row.detection().techniques()));
        columns.add(facts());
        columns.add(
                Column.texts("next_steps", "What to do now", row -> row.words().nextSteps()));
        columns.add(Column.text("suppression", "Why nobody need look at it; null otherwise", Finding::suppression));
        return TableLayout.unpartitioned(
                "finding_revisions",
                columns,
                row -> "",
                row -> 1024,
                List.of("detection", "severity", "state", "first_time", "last_time", "detected_at"));
    }

    /** {@code resources} as a list of structs, like CloudTrail Lake's. */
    private static Column<Stored<CloudTrailEvent>> resources() {
        Types.StructType element = Types.StructType.of(
                Types.NestedField.optional(2, "account_id", Types.StringType.get()),
                Types.NestedField.optional(3, "type", Types.StringType.get()),
                Types.NestedField.optional(4, "arn", Types.StringType.get()));
        return new Column<>(
                "resources", Types.ListType.ofRequired(1, element), true, "What the call touched", leaves -> {
                    ColumnWriter account = leaves.leaf("resources", "list", "element", "account_id");
                    ColumnWriter type = leaves.leaf("resources", "list", "element", "type");
                    ColumnWriter arn = leaves.leaf("resources", "list", "element", "arn");
                    int present = leaves.present("resources", "list", "element", "arn");
                    return row -> {
                        List<AuditResource> resources = row.event().resources();
                        if (resources.isEmpty()) {
                            account.writeNull(0, present - 2);
                            type.writeNull(0, present - 2);
                            arn.writeNull(0, present - 2);
                        }
                        for (int i = 0; i < resources.size(); i++) {
                            AuditResource resource = resources.get(i);
                            int repetition = i == 0 ? 0 : 1;
                            element(account, repetition, present, resource.accountId());
                            element(type, repetition, present, resource.type());
                            element(arn, repetition, present, resource.arn());
                        }
                    };
                });
    }

    /** Optional field of a required struct in a list: a value is one level deeper than its element. */
    private static void element(ColumnWriter out, int repetition, int present, @Nullable String value) {
        if (value == null) {
            out.writeNull(repetition, present - 1);
        } else {
            out.write(Column.utf8(value), repetition, present);
        }
    }

    private static Column<Finding> facts() {
        Types.MapType type = Types.MapType.ofRequired(1, 2, Types.StringType.get(), Types.StringType.get());
        return new Column<>("facts", type, true, "What was expected and what was seen, in order", leaves -> {
            ColumnWriter key = leaves.leaf("facts", "key_value", "key");
            ColumnWriter value = leaves.leaf("facts", "key_value", "value");
            int present = leaves.present("facts", "key_value", "key");
            return row -> {
                Map<String, String> facts = row.words().facts();
                if (facts.isEmpty()) {
                    key.writeNull(0, present - 1);
                    value.writeNull(0, present - 1);
                }
                int repetition = 0;
                for (Map.Entry<String, String> fact : facts.entrySet()) {
                    key.write(Column.utf8(fact.getKey()), repetition, present);
                    value.write(Column.utf8(fact.getValue()), repetition, present);
                    repetition = 1;
                }
            };
        });
    }

    private static <T> void origin(List<Column<T>> columns, Function<T, Origin> origin) {
        columns.add(Column.requiredText(
                "source", "Configured ingester", row -> origin.apply(row).source()));
        columns.add(Column.requiredText(
                "object", "File, object key or stream", row -> origin.apply(row).object()));
        columns.add(Column.number("object_offset", "Position in the object, from 0", row -> origin.apply(row)
                .offset()));
        columns.add(Column.requiredText("object_sha256", "SHA-256 of the uncompressed object", row -> origin.apply(row)
                .objectSha256()));
        columns.add(Column.instant(
                "ingested_at", "When it was read", row -> origin.apply(row).ingestedAt()));
    }

    /** Shorthand for columns of stored events. */
    private record Events<E>(List<Column<Stored<E>>> columns) {

        void text(String name, String doc, Function<E, @Nullable String> value) {
            columns.add(Column.text(name, doc, row -> value.apply(row.event())));
        }

        void required(String name, String doc, Function<E, String> value) {
            columns.add(Column.requiredText(name, doc, row -> value.apply(row.event())));
        }

        void identity(String name, String doc, Function<UserIdentity, @Nullable String> value) {
            columns.add(Column.text(
                    "user_identity_" + name, doc, row -> value.apply(((CloudTrailEvent) row.event()).userIdentity())));
        }

        void json(String name, String doc, Function<CloudTrailEvent, @Nullable JsonSpan> span) {
            columns.add(Column.json(
                    name, doc, row -> span.apply((CloudTrailEvent) row.event()), row -> ((CloudTrailEvent) row.event())
                            .raw()));
        }

        void origin(Function<E, Origin> origin) {
            TableLayouts.origin(columns, row -> origin.apply(row.event()));
            columns.add(Column.requiredText("stored_lineage", "Run of the job that stored it", Stored::lineage));
            columns.add(Column.number(
                    "stored_after", "Last checkpoint of that run before it was stored", Stored::afterCheckpoint));
        }
    }
}
