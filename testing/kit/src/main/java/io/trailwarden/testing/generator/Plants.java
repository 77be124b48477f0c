package io.trailwarden.testing.generator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.trailwarden.testing.generator.CallCatalogue.Call;
import io.trailwarden.testing.generator.PlantedFinding.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plants findings: decides when and where, and writes their records when their time has come. */
final class Plants {

    /** The machines that only {@link #SCHEDULER} may start, by expectation. */
    static final String GUARDED_MACHINE = "payments-settlement";

    /** The role that is expected to start {@link #GUARDED_MACHINE}. */
    static final String SCHEDULER = "payments-scheduler";

    private static final Call START_PAYMENTS = CallCatalogue.parse(
                    """
                    call 1 flow states.amazonaws.com StartExecution write
                      request {"stateMachineArn":"arn:aws:states:{region}:{account}:stateMachine:payments-settlement","name":"{uuid}","input":"HIDDEN_DUE_TO_SECURITY_REASONS"}
                      response {"executionArn":"arn:aws:states:{region}:{account}:execution:payments-settlement:{uuid}","startDate":"Mar 2, 2026 9:14:32 AM"}
                    """)
            .calls()
            .get(0);

    /** A call and how its service says "slow down" (aws-facts: CloudTrail error codes). */
    private record Throttle(String source, String name, String code) {}

    private static final List<Throttle> THROTTLES = List.of(
            new Throttle("ssm.amazonaws.com", "GetParameter", "ThrottlingException"),
            new Throttle("dynamodb.amazonaws.com", "GetItem", "ProvisionedThroughputExceededException"),
            new Throttle("ec2.amazonaws.com", "DescribeInstances", "Client.RequestLimitExceeded"),
            new Throttle("athena.amazonaws.com", "StartQueryExecution", "TooManyRequestsException"),
            new Throttle("kms.amazonaws.com", "Decrypt", "ThrottlingException"),
            new Throttle("secretsmanager.amazonaws.com", "GetSecretValue", "ThrottlingException"));

    /** What a task asks of another service, and how Step Functions names that service's "slow down". */
    record Integration(String type, String resource, String error) {}

    private static final List<Integration> INTEGRATIONS = List.of(
            new Integration("lambda", "invoke", "Lambda.TooManyRequestsException"),
            new Integration("dynamodb", "putItem", "DynamoDB.ProvisionedThroughputExceededException"),
            new Integration("sns", "publish", "SNS.ThrottledException"),
            new Integration("sqs", "sendMessage", "SQS.RequestThrottledException"),
            new Integration("events", "putEvents", "EventBridge.ThrottlingException"),
            new Integration("aws-sdk:sfn", "describeExecution", "Sfn.ThrottlingException"));

    /**
     * A finding still to be planted.
     *
     * @param index among all
     * @param ordinal among its kind
     */
    record Plant(int index, int ordinal, Kind kind, long start, int records) {}

    /** One record of a planted finding. */
    record Planted(RecordSink.Kind kind, String account, String region, String eventId, long time, byte[] json) {}

    /** A planted finding with its records, by event time. */
    record Grown(PlantedFinding truth, List<Planted> records) {}

    private final Scenario scenario;
    private final CallCatalogue calls;
    private final CloudTrailRecords records;
    private final JsonBytes out = new JsonBytes();

    Plants(Scenario scenario, CallCatalogue calls, CloudTrailRecords records) {
        this.scenario = scenario;
        this.calls = calls;
        this.records = records;
    }

    /** Everything to plant, by time, spread over the middle nine tenths of the scenario. */
    List<Plant> plan(long durationMillis) {
        List<Plant> plan = new ArrayList<>();
        List<Kind> kinds = scenario.executionShare() > 0
                ? List.of(Kind.values())
                : List.of(Kind.OUTSIDER_SESSION, Kind.THROTTLED_CALLS, Kind.UNEXPECTED_PRINCIPAL);
        for (int i = 0; i < scenario.planted(); i++) {
            double spot = 0.05 + 0.9 * (i + 0.5) / scenario.planted();
            Kind kind = kinds.get(i % kinds.size());
            long start = scenario.start().toEpochMilli() + (long) (spot * durationMillis);
            plan.add(new Plant(i, i / kinds.size(), kind, start, size(kind, i)));
        }
        return plan;
    }

    private int size(Kind kind, int index) {
        int extra = Randomness.pick(scenario.seed() * 17 + index, 4);
        return switch (kind) {
            case OUTSIDER_SESSION -> 4 + extra;
            case THROTTLED_CALLS -> 40 + 5 * extra;
            // Started, entered, two lines an attempt, failed.
            case THROTTLED_EXECUTION -> 2 * (30 + extra) + 3;
            case UNEXPECTED_PRINCIPAL -> 1;
        };
    }

    Grown grow(Plant plant) {
        Randomness random = new Randomness(Randomness.mix(scenario.seed() * 1_000_003 + plant.index));
        return switch (plant.kind) {
            case OUTSIDER_SESSION -> outsider(plant, random);
            case THROTTLED_CALLS -> throttledCalls(plant, random);
            case THROTTLED_EXECUTION -> throttledExecution(plant, random);
            case UNEXPECTED_PRINCIPAL -> unexpectedPrincipal(plant, random);
        };
    }

    /** The call of the expected role, which is no finding. */
    Planted expectedStart(int account, long time, Randomness random) {
        Principal scheduler = Principal.named(scenario, account, 0, CallCatalogue.Who.DATA, SCHEDULER);
        return call(scheduler, START_PAYMENTS, time, null, null, random);
    }

    private Grown outsider(Plant plant, Randomness random) {
        Principal role = role(plant, CallCatalogue.Who.DATA, "partner-access-" + plant.index);
        String stranger = Organization.strangerId(scenario.seed(), plant.index);
        String strangerId = new JsonBytes().add("AIDA").base32(random, 17).toString();
        String accessKey = new JsonBytes().add("ASIA").base32(random, 16).toString();
        CloudTrailRecords.Session session =
                new CloudTrailRecords.Session("visitor-" + plant.index, accessKey, plant.start);
        List<Planted> all = new ArrayList<>();
        out.clear();
        String id = records.assumeRole(out, role, stranger, strangerId, session, random);
        all.add(planted(role, text(role.region()), id, plant.start));
        for (int i = 1; i < plant.records; i++) {
            Call call = calls.choose(CallCatalogue.Who.DATA, role.hash() + i);
            all.add(call(role, call, plant.start + 4_000L * i + random.nextInt(2_000), session, null, random));
        }
        return grown(plant, role, "sts.amazonaws.com", "AssumeRole", stranger + ':' + strangerId, all);
    }

    private Grown throttledCalls(Plant plant, Randomness random) {
        Principal role = role(plant, CallCatalogue.Who.APP, "batch-" + plant.index);
        Throttle throttle = THROTTLES.get(quota(plant, THROTTLES.size()));
        Call call = calls.named(throttle.source, throttle.name);
        CloudTrailRecords.Error error = CloudTrailRecords.Error.of(throttle.code, "Rate exceeded");
        List<Planted> all = new ArrayList<>();
        long time = plant.start;
        for (int i = 0; i < plant.records; i++) {
            all.add(call(role, call, time, null, error, random));
            time += 500 + random.nextInt(2_000);
        }
        return grown(plant, role, throttle.source, throttle.name, role.actorKey(), all);
    }

    private Grown throttledExecution(Plant plant, Randomness random) {
        Principal where = role(plant, CallCatalogue.Who.FLOW, "unused");
        String machine = "nightly-" + plant.index;
        int throttles = (plant.records - 3) / 2;
        List<Planted> all = new ArrayList<>();
        List<String> evidence = new ArrayList<>();
        Integration integration = INTEGRATIONS.get(quota(plant, INTEGRATIONS.size()));
        for (ExecutionLines.Line line : ExecutionLines.throttled(
                text(where.account()), text(where.region()), machine, integration, throttles, plant.start, random)) {
            all.add(new Planted(
                    RecordSink.Kind.EXECUTION,
                    text(where.account()),
                    text(where.region()),
                    line.eventId(),
                    line.time(),
                    line.json()));
            if (line.eventId().endsWith("#TaskFailed")) {
                evidence.add(line.eventId());
            }
        }
        String execution = evidence.get(0).substring(0, evidence.get(0).indexOf('#'));
        String machineArn =
                "arn:aws:states:" + text(where.region()) + ':' + text(where.account()) + ":stateMachine:" + machine;
        return new Grown(
                new PlantedFinding(
                        plant.kind,
                        text(where.account()),
                        text(where.region()),
                        execution,
                        integration.type,
                        integration.resource,
                        machineArn,
                        Instant.ofEpochMilli(all.get(0).time),
                        Instant.ofEpochMilli(all.get(all.size() - 1).time),
                        evidence),
                all);
    }

    private Grown unexpectedPrincipal(Plant plant, Randomness random) {
        Principal role = role(plant, CallCatalogue.Who.OPERATOR, "intern-" + plant.index);
        String machine = "arn:aws:states:" + text(role.region()) + ':' + text(role.account()) + ":stateMachine:"
                + GUARDED_MACHINE;
        List<Planted> all = List.of(call(role, START_PAYMENTS, plant.start, null, null, random));
        return grown(plant, role, "states.amazonaws.com", "StartExecution", machine, all);
    }

    private Principal role(Plant plant, CallCatalogue.Who who, String name) {
        return Principal.named(scenario, account(plant), turn(plant), who, name);
    }

    private int account(Plant plant) {
        return plant.ordinal % scenario.accounts();
    }

    /** How often every account has had its turn before. */
    private int turn(Plant plant) {
        return plant.ordinal / scenario.accounts();
    }

    /** Which of so many calls, so that no two bursts share account, Region and call until all have had one. */
    private int quota(Plant plant, int calls) {
        int turn = turn(plant);
        return (account(plant) + turn / Principal.REGION_COUNT) % calls;
    }

    private Planted call(
            Principal principal,
            Call call,
            long time,
            CloudTrailRecords.@Nullable Session session,
            CloudTrailRecords.@Nullable Error error,
            Randomness random) {
        out.clear();
        String id = records.write(out, principal, call, time, session, error, random);
        return planted(principal, text(CloudTrailRecords.region(principal, call)), id, time);
    }

    private Planted planted(Principal principal, String region, String id, long time) {
        return new Planted(RecordSink.Kind.CLOUDTRAIL, text(principal.account()), region, id, time, out.copy());
    }

    private static Grown grown(
            Plant plant, Principal principal, String source, String name, String subject, List<Planted> all) {
        return new Grown(
                new PlantedFinding(
                        plant.kind,
                        text(principal.account()),
                        text(principal.region()),
                        principal.actorKey(),
                        source,
                        name,
                        subject,
                        Instant.ofEpochMilli(all.get(0).time),
                        Instant.ofEpochMilli(all.get(all.size() - 1).time),
                        all.stream().map(Planted::eventId).toList()),
                all);
    }

    private static String text(byte[] ascii) {
        return new String(ascii, US_ASCII);
    }
}
