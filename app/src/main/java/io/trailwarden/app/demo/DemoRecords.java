package io.trailwarden.app.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/**
 * DemoRecords in AWS's shapes about things that never happened: invented accounts, addresses from the documentation ranges
 * (RFC 5737). Shapes follow the CloudTrail user guide ("CloudTrail record contents") and the Step Functions developer
 * guide ("Logging using CloudWatch Logs").
 */
final class DemoRecords {

    private final Random random;

    DemoRecords(long seed) {
        this.random = new Random(seed);
    }

    /** Somebody's session of a role. */
    record Session(String account, String rolePath, String role, String name, String accessKey, String address) {
        String roleArn() {
            return "arn:aws:iam::" + account + ":role/" + rolePath + role;
        }

        String arn() {
            return "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + name;
        }

        private String principalId() {
            return "AROAEXAMPLE" + String.format(Locale.ROOT, "%010d", Math.abs((long) role.hashCode())) + ":" + name;
        }
    }

    Session session(String account, String rolePath, String role, String name, String address) {
        return new Session(account, rolePath, role, name, accessKey(), address);
    }

    String accessKey() {
        return "ASIAEXAMPLE" + String.format(Locale.ROOT, "%09d", random.nextInt(1_000_000_000));
    }

    /** A call that succeeded. */
    ObjectNode call(Session who, Instant at, String source, String name, String region, boolean readOnly) {
        ObjectNode record = record(at, source, name, region, who.address(), who.account(), readOnly);
        ObjectNode identity = record.putObject("userIdentity");
        identity.put("type", "AssumedRole")
                .put("principalId", who.principalId())
                .put("arn", who.arn())
                .put("accountId", who.account())
                .put("accessKeyId", who.accessKey());
        ObjectNode context = identity.putObject("sessionContext");
        context.putObject("sessionIssuer")
                .put("type", "Role")
                .put(
                        "principalId",
                        who.principalId().substring(0, who.principalId().indexOf(':')))
                .put("arn", who.roleArn())
                .put("accountId", who.account())
                .put("userName", who.role());
        context.putObject("attributes")
                .put(
                        "creationDate",
                        at.minus(10, ChronoUnit.MINUTES)
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString())
                .put("mfaAuthenticated", "false");
        record.putNull("requestParameters");
        record.putNull("responseElements");
        return record;
    }

    /** The same call, refused. */
    static ObjectNode refused(ObjectNode call, String code, String message) {
        return call.put("errorCode", code).put("errorMessage", message);
    }

    /** {@code sts:AssumeRole} by another account, as the account that owns the role sees it. */
    ObjectNode assumed(String callerAccount, Session taken, Instant at, String region) {
        ObjectNode record =
                record(at, "sts.amazonaws.com", "AssumeRole", region, taken.address(), taken.account(), true);
        record.putObject("userIdentity")
                .put("type", "AWSAccount")
                .put("principalId", "AIDAEXAMPLEOUTSIDE001")
                .put("accountId", callerAccount);
        record.putObject("requestParameters").put("roleArn", taken.roleArn()).put("roleSessionName", taken.name());
        ObjectNode response = record.putObject("responseElements");
        response.putObject("credentials")
                .put("accessKeyId", taken.accessKey())
                .put("expiration", "Mar 2, 2026, 10:10:00 AM")
                .put("sessionToken", "<omitted>");
        response.putObject("assumedRoleUser")
                .put("assumedRoleId", taken.principalId())
                .put("arn", taken.arn());
        record.putArray("resources")
                .addObject()
                .put("accountId", taken.account())
                .put("type", "AWS::IAM::Role")
                .put("ARN", taken.roleArn());
        record.put("sharedEventID", id());
        return record;
    }

    /** One line of an execution's log. */
    static ObjectNode execution(String executionArn, Instant at, int id, String type) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("id", Integer.toString(id))
                .put("type", type)
                .put("previous_event_id", Integer.toString(id - 1))
                .put("event_timestamp", Long.toString(at.toEpochMilli()))
                .put("execution_arn", executionArn)
                .put("redrive_count", "0");
        line.putObject("details");
        return line;
    }

    private ObjectNode record(
            Instant at, String source, String name, String region, String address, String account, boolean readOnly) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("eventVersion", "1.11")
                .put("eventTime", at.truncatedTo(ChronoUnit.SECONDS).toString())
                .put("eventSource", source)
                .put("eventName", name)
                .put("awsRegion", region)
                .put("sourceIPAddress", address)
                .put("userAgent", "aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux")
                .put("requestID", id())
                .put("eventID", id())
                .put("readOnly", readOnly)
                .put("eventType", "AwsApiCall")
                .put("managementEvent", true)
                .put("recipientAccountId", account)
                .put("eventCategory", "Management");
        return record;
    }

    String id() {
        return new UUID(random.nextLong() & ~0xF000L | 0x4000L, random.nextLong() & ~(3L << 62) | 1L << 63).toString();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }
}
