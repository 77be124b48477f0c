package io.trailwarden.testing.generator;

import java.util.ArrayList;
import java.util.List;

/** Writes the execution-log lines of one run of a state machine (Step Functions developer guide, "cw-logs"). */
final class ExecutionLines {

    private static final List<String> STATES = List.of("Validate", "Charge", "Reserve", "Ship", "Notify", "Refund");

    private static final String LAMBDA = "\"resource\":\"invoke\",\"resourceType\":\"lambda\"";

    /** One line and when it was logged. */
    record Line(String eventId, long time, byte[] json) {}

    private final List<Line> lines = new ArrayList<>();
    private final JsonBytes out = new JsonBytes();
    private final String executionArn;
    private long time;
    private long id;

    private ExecutionLines(String executionArn, long time) {
        this.executionArn = executionArn;
        this.time = time;
    }

    /** An ordinary run: a few Lambda tasks, sometimes one that fails for good. */
    static List<Line> run(String account, String region, String machine, long start, Randomness random) {
        boolean express = random.nextInt(5) == 0;
        ExecutionLines run = begin(account, region, machine, express, start, random);
        int tasks = 1 + random.nextInt(3);
        String failure = random.nextInt(50) == 0 ? "Orders.CardDeclined" : null;
        for (int task = 0; task < tasks; task++) {
            String state = STATES.get(random.nextInt(STATES.size()));
            run.enter(state);
            run.line(
                    "TaskScheduled",
                    "\"parameters\":\"{\\\"FunctionName\\\":\\\"" + machine + '-' + state
                            + "\\\",\\\"Payload\\\":{\\\"orderId\\\":" + random.nextInt(1_000_000)
                            + ",\\\"customer\\\":{\\\"tier\\\":\\\"gold\\\"}}}\",\"region\":\"" + region
                            + "\",\"resource\":\"invoke\",\"resourceType\":\"lambda\",\"timeoutInSeconds\":\"300\"");
            run.line("TaskStarted", LAMBDA);
            if (failure != null && task == tasks - 1) {
                run.failed(LAMBDA, failure, "The card was declined");
                run.line("ExecutionFailed", "\"error\":\"" + failure + "\",\"cause\":\"The card was declined\"");
                return run.lines;
            }
            run.line(
                    "TaskSucceeded",
                    "\"output\":\"{\\\"ExecutedVersion\\\":\\\"$LATEST\\\",\\\"Payload\\\":{\\\"ok\\\":true},\\\"StatusCode\\\":200}\",\"outputDetails\":{\"truncated\":false},\"resource\":\"invoke\",\"resourceType\":\"lambda\"");
            run.line(
                    "TaskStateExited",
                    "\"name\":\"" + state
                            + "\",\"output\":\"{\\\"ok\\\":true}\",\"outputDetails\":{\"truncated\":false}");
        }
        run.line("ExecutionSucceeded", "\"output\":\"{\\\"ok\\\":true}\",\"outputDetails\":{\"truncated\":false}");
        return run.lines;
    }

    /** A run whose task is throttled this many times, a second or two apart, and then gives up. */
    static List<Line> throttled(
            String account,
            String region,
            String machine,
            Plants.Integration integration,
            int throttles,
            long start,
            Randomness random) {
        ExecutionLines run = begin(account, region, machine, false, start, random);
        run.enter("Charge");
        String target =
                "\"resource\":\"" + integration.resource() + "\",\"resourceType\":\"" + integration.type() + '"';
        for (int attempt = 0; attempt < throttles; attempt++) {
            run.line("TaskScheduled", "\"parameters\":\"{}\",\"region\":\"" + region + "\"," + target);
            run.failed(target, integration.error(), "Rate exceeded (Status Code: 400)");
            run.time += 500 + random.nextInt(1500);
        }
        run.line("ExecutionFailed", "\"error\":\"" + integration.error() + "\",\"cause\":\"Rate exceeded\"");
        return run.lines;
    }

    private static ExecutionLines begin(
            String account, String region, String machine, boolean express, long start, Randomness random) {
        JsonBytes arn = new JsonBytes().add("arn:aws:states:" + region + ':' + account);
        arn.add(express ? ":express:" : ":execution:").add(machine).add(':').uuid(random);
        if (express) {
            arn.add(':').uuid(random);
        }
        ExecutionLines run = new ExecutionLines(arn.toString(), start);
        run.line(
                "ExecutionStarted",
                "\"input\":\"{\\\"orderId\\\":" + random.nextInt(1_000_000)
                        + "}\",\"inputDetails\":{\"truncated\":false},\"roleArn\":\"arn:aws:iam::" + account + ":role/"
                        + machine + "-execution\"");
        return run;
    }

    private void enter(String state) {
        line(
                "TaskStateEntered",
                "\"name\":\"" + state + "\",\"input\":\"{\\\"orderId\\\":42}\",\"inputDetails\":{\"truncated\":false}");
    }

    private void failed(String target, String error, String cause) {
        line("TaskFailed", target + ",\"error\":\"" + error + "\",\"cause\":\"" + cause + '"');
    }

    private void line(String type, String details) {
        id++;
        time += 20;
        out.clear();
        out.add("{\"id\":\"")
                .number(id)
                .add("\",\"type\":\"")
                .add(type)
                .add("\",\"details\":{")
                .add(details);
        out.add("},\"previous_event_id\":\"")
                .number(id - 1)
                .add("\",\"event_timestamp\":\"")
                .number(time);
        out.add("\",\"execution_arn\":\"").add(executionArn).add("\",\"redrive_count\":\"0\"}");
        lines.add(new Line(executionArn + "#0#" + id + '#' + type, time, out.copy()));
    }
}
