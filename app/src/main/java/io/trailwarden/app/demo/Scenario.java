package io.trailwarden.app.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.demo.DemoRecords.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What happens in the invented organization, second by second: people and programs at work, and between them an
 * outsider who takes a role, a burst of throttling with somebody who suffers from it, and a state machine started by
 * somebody who never should, which then fails.
 *
 * <p>The same seed tells the same story; each round has its own sessions and executions.
 */
final class Scenario {

    /** How long a round of incidents takes, in seconds. */
    static final int ROUND_SECONDS = 90;

    private static final String ORDERS = "111122223333";
    private static final String TOOLS = "222233334444";
    private static final String ANALYTICS = "333344445555";
    private static final String OUTSIDER = "999988887777";
    private static final String HOME = "eu-west-1";

    private static final String[][] EVERYDAY = {
        {"ec2.amazonaws.com", "DescribeInstances"},
        {"s3.amazonaws.com", "ListBuckets"},
        {"dynamodb.amazonaws.com", "DescribeTable"},
        {"lambda.amazonaws.com", "ListFunctions"},
        {"sts.amazonaws.com", "GetCallerIdentity"},
        {"logs.amazonaws.com", "DescribeLogGroups"},
        {"kms.amazonaws.com", "DescribeKey"},
        {"monitoring.amazonaws.com", "DescribeAlarms"},
        {"states.amazonaws.com", "DescribeStateMachine"},
        {"cloudformation.amazonaws.com", "DescribeStacks"},
    };

    private final DemoRecords records;
    private final Session deployer;
    private final Session orders;
    private final Session reporting;
    private final Session operator;
    private final Session batch;
    private Session outsider;

    Scenario(long seed) {
        records = new DemoRecords(seed);
        deployer = records.session(ORDERS, "ci/", "deployer", "ci-1742", "192.0.2.10");
        orders = records.session(ORDERS, "", "orders", "i-0abc0000000000001", "192.0.2.21");
        reporting = records.session(ANALYTICS, "", "reporting", "nightly", "192.0.2.35");
        operator = records.session(TOOLS, "", "operator", "dana", "203.0.113.9");
        batch = records.session(ORDERS, "", "batch-export", "export-7", "192.0.2.60");
        outsider = newOutsider(0);
    }

    /** What is recorded in this second since the beginning. */
    List<ObjectNode> at(int second, Instant now) {
        List<ObjectNode> out = new ArrayList<>();
        everyday(out, now);
        int round = second / ROUND_SECONDS;
        incident(second % ROUND_SECONDS, round, now, out);
        return out;
    }

    private void everyday(List<ObjectNode> out, Instant now) {
        Session[] people = {deployer, orders, reporting, operator};
        int calls = 3 + records.below(6);
        for (int i = 0; i < calls; i++) {
            Session who = people[records.below(people.length)];
            String[] call = EVERYDAY[records.below(EVERYDAY.length)];
            out.add(records.call(who, now, call[0], call[1], HOME, true));
        }
    }

    private void incident(int second, int round, Instant now, List<ObjectNode> out) {
        switch (second) {
            case 2 -> {
                outsider = newOutsider(round);
                out.add(records.assumed(OUTSIDER, outsider, now, HOME));
            }
            case 5 -> out.add(records.call(outsider, now, "s3.amazonaws.com", "ListBuckets", HOME, true));
            case 8 -> out.add(records.call(outsider, now, "iam.amazonaws.com", "ListUsers", "us-east-1", true));
            case 12 -> out.add(createdAccessKey(round, now));
            case 18 -> out.add(stoppedLogging(now));
            case 25, 26, 27, 28, 29, 30 -> throttled(now, out);
            case 40 -> startedByStranger(round, now, out);
            case 43 -> execution(round, now, out);
            case 50 -> out.add(records.call(reporting, now, "s3.amazonaws.com", "ListBuckets", "ap-southeast-2", true));
            case 58 -> out.add(openedToTheWorld(now));
            case 66 ->
                out.add(DemoRecords.refused(
                        records.call(
                                outsider, now, "organizations.amazonaws.com", "LeaveOrganization", "us-east-1", false),
                        "AccessDenied",
                        "User: " + outsider.arn() + " is not authorized to perform: organizations:LeaveOrganization on"
                                + " resource: * with an explicit deny in a service control policy"));
            default -> {
                // Nothing special happens in most seconds.
            }
        }
    }

    private Session newOutsider(int round) {
        return records.session(ORDERS, "", "partner-access", "p" + round, "198.51.100.77");
    }

    private ObjectNode createdAccessKey(int round, Instant now) {
        ObjectNode call = records.call(outsider, now, "iam.amazonaws.com", "CreateAccessKey", "us-east-1", false);
        call.putObject("requestParameters").put("userName", "svc-backup-" + round);
        call.putObject("responseElements")
                .putObject("accessKey")
                .put("accessKeyId", "AKIAEXAMPLE" + String.format(Locale.ROOT, "%09d", round))
                .put("status", "Active")
                .put("userName", "svc-backup-" + round);
        return call;
    }

    private ObjectNode stoppedLogging(Instant now) {
        ObjectNode call = records.call(outsider, now, "cloudtrail.amazonaws.com", "StopLogging", HOME, false);
        call.putObject("requestParameters").put("name", "arn:aws:cloudtrail:eu-west-1:" + ORDERS + ":trail/main");
        return call;
    }

    private ObjectNode openedToTheWorld(Instant now) {
        ObjectNode call =
                records.call(operator, now, "ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", HOME, false);
        ObjectNode permission = call.putObject("requestParameters")
                .put("groupId", "sg-0example000000001")
                .putObject("ipPermissions")
                .putArray("items")
                .addObject();
        permission.put("ipProtocol", "tcp").put("fromPort", 22).put("toPort", 22);
        permission.putObject("ipRanges").putArray("items").addObject().put("cidrIp", "0.0.0.0/0");
        return call;
    }

    /** The exporter exhausts the account's quota; the order service, which shares it, suffers. */
    private void throttled(Instant now, List<ObjectNode> out) {
        for (int i = 0; i < 14; i++) {
            Session who = i % 7 == 0 ? orders : batch;
            out.add(DemoRecords.refused(
                    records.call(who, now, "dynamodb.amazonaws.com", "DescribeTable", HOME, true),
                    "ThrottlingException",
                    "Rate exceeded"));
        }
    }

    private void startedByStranger(int round, Instant now, List<ObjectNode> out) {
        ObjectNode call = records.call(operatorInOrders(), now, "states.amazonaws.com", "StartExecution", HOME, false);
        call.putObject("requestParameters")
                .put("stateMachineArn", "arn:aws:states:eu-west-1:" + ORDERS + ":stateMachine:OrderFlow")
                .put("name", executionName(round))
                .put("input", "HIDDEN_DUE_TO_SECURITY_REASONS");
        call.putObject("responseElements").put("executionArn", executionArn(round));
        out.add(call);
    }

    private Session operatorInOrders() {
        return new Session(ORDERS, "", "support", "dana", "ASIAEXAMPLE000000077", "203.0.113.9");
    }

    private void execution(int round, Instant now, List<ObjectNode> out) {
        String arn = executionArn(round);
        Instant at = now.minusSeconds(3);
        ObjectNode started = DemoRecords.execution(arn, at, 1, "ExecutionStarted");
        started.putObject("details")
                .put("input", "{\"orderId\":" + (4200 + round) + "}")
                .put("roleArn", "arn:aws:iam::" + ORDERS + ":role/order-flow-exec");
        ObjectNode entered = DemoRecords.execution(arn, at.plusMillis(60), 2, "TaskStateEntered");
        entered.putObject("details").put("name", "Charge");
        ObjectNode scheduled = DemoRecords.execution(arn, at.plusMillis(70), 3, "TaskScheduled");
        scheduled
                .putObject("details")
                .put("resource", "invoke")
                .put("resourceType", "lambda")
                .put("region", HOME)
                .put("parameters", "{\"FunctionName\":\"charge\"}");
        ObjectNode failed = DemoRecords.execution(arn, at.plusMillis(900), 4, "TaskFailed");
        failed.putObject("details")
                .put("resource", "invoke")
                .put("resourceType", "lambda")
                .put("error", "Lambda.TooManyRequestsException")
                .put("cause", "Rate Exceeded.");
        ObjectNode ended = DemoRecords.execution(arn, at.plusMillis(950), 5, "ExecutionFailed");
        ended.putObject("details")
                .put("error", "Lambda.TooManyRequestsException")
                .put("cause", "Rate Exceeded.");
        out.addAll(List.of(started, entered, scheduled, failed, ended));
    }

    private static String executionName(int round) {
        return "run-" + (42 + round);
    }

    private static String executionArn(int round) {
        return "arn:aws:states:eu-west-1:" + ORDERS + ":execution:OrderFlow:" + executionName(round);
    }
}
