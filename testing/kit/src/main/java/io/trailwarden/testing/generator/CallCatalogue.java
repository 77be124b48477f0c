package io.trailwarden.testing.generator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls that people, programs and AWS services make, read from {@code calls.txt}. */
final class CallCatalogue {

    /** Kinds of callers; each has its own calls. */
    enum Who {
        SERVICE("service"),
        APP("app"),
        DATA("data-job"),
        PIPELINE("deploy"),
        DEVELOPER("developer"),
        OPERATOR("operator"),
        AUDITOR("audit"),
        FLOW("flow");

        private final String roleSuffix;

        Who(String roleSuffix) {
            this.roleSuffix = roleSuffix;
        }

        String roleSuffix() {
            return roleSuffix;
        }
    }

    /** An ordinary failure of a call. */
    record Failure(byte[] code, byte[] message) {}

    /**
     * One call.
     *
     * @param service of calls that AWS makes: which service makes it, for example {@code cloudtrail.amazonaws.com}
     * @param more further members of the record, from its first quote to its last value
     */
    record Call(
            int weight,
            List<Who> who,
            byte @Nullable [] service,
            byte[] eventSource,
            byte[] eventName,
            boolean readOnly,
            boolean data,
            boolean global,
            @Nullable Template request,
            @Nullable Template response,
            @Nullable Template resources,
            @Nullable Template more,
            @Nullable Failure failure) {}

    private static final List<String> GLOBAL_SERVICES =
            List.of("iam.amazonaws.com", "organizations.amazonaws.com", "health.amazonaws.com", "signin.amazonaws.com");

    private final List<Call> calls;
    private final Map<Who, Call[]> byWho = new EnumMap<>(Who.class);
    private final Map<Who, int[]> cumulativeWeights = new EnumMap<>(Who.class);

    private CallCatalogue(List<Call> calls) {
        this.calls = List.copyOf(calls);
        for (Who who : Who.values()) {
            Call[] theirs =
                    calls.stream().filter(call -> call.who.contains(who)).toArray(Call[]::new);
            int[] weights = new int[theirs.length];
            int sum = 0;
            for (int i = 0; i < theirs.length; i++) {
                sum += theirs[i].weight;
                weights[i] = sum;
            }
            byWho.put(who, theirs);
            cumulativeWeights.put(who, weights);
        }
    }

    static CallCatalogue bundled() {
        try (InputStream in = CallCatalogue.class.getResourceAsStream("calls.txt")) {
            if (in == null) {
                throw new IllegalStateException("calls.txt is missing beside " + CallCatalogue.class);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CallCatalogue parse(String text) {
        List<Call> calls = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("call ") && !block.isEmpty()) {
                calls.add(call(block));
                block.clear();
            }
            block.add(line);
        }
        calls.add(call(block));
        return new CallCatalogue(calls);
    }

    private static Call call(List<String> block) {
        String[] head = block.get(0).split(" ");
        String request = null;
        String response = null;
        String more = null;
        Failure failure = null;
        List<String> resources = new ArrayList<>();
        for (String line : block.subList(1, block.size())) {
            String[] member = line.strip().split(" ", 2);
            switch (member[0]) {
                case "request" -> request = member[1];
                case "response" -> response = member[1];
                case "more" -> more = member[1];
                case "resource" -> {
                    String[] typeAndArn = member[1].split(" ", 2);
                    // Objects have no owner of their own in CloudTrail; everything else names its account.
                    String owner = typeAndArn[0].equals("AWS::S3::Object") ? "" : "\"accountId\":\"{account}\",";
                    resources.add(
                            "{" + owner + "\"type\":\"" + typeAndArn[0] + "\",\"ARN\":\"" + typeAndArn[1] + "\"}");
                }
                case "error" -> {
                    String[] codeAndMessage = member[1].split(" ", 2);
                    failure = new Failure(bytes(codeAndMessage[0]), bytes(codeAndMessage[1]));
                }
                default -> throw new IllegalArgumentException("calls.txt: " + line);
            }
        }
        String[] who = head[2].split(":", 2);
        List<Who> kinds = new ArrayList<>();
        for (String kind : who[0].split(",")) {
            kinds.add(Who.valueOf(kind.toUpperCase(Locale.ROOT)));
        }
        return new Call(
                Integer.parseInt(head[1]),
                List.copyOf(kinds),
                who.length == 1 ? null : bytes(who[1]),
                bytes(head[3]),
                bytes(head[4]),
                head[5].equals("read"),
                head.length > 6,
                GLOBAL_SERVICES.contains(head[3]),
                template(request),
                template(response),
                resources.isEmpty() ? null : new Template("[" + String.join(",", resources) + "]"),
                template(more),
                failure);
    }

    /** All calls, in the order of the file. */
    List<Call> calls() {
        return calls;
    }

    /** The call of this service and name that principals make. */
    Call named(String eventSource, String eventName) {
        for (Call call : calls) {
            if (call.service == null
                    && new String(call.eventSource, StandardCharsets.UTF_8).equals(eventSource)
                    && new String(call.eventName, StandardCharsets.UTF_8).equals(eventName)) {
                return call;
            }
        }
        throw new IllegalArgumentException(eventSource + " " + eventName + " (expected: a call in calls.txt)");
    }

    /** A call of this kind of caller, chosen by weight; a function of {@code hash}. */
    Call choose(Who who, long hash) {
        int[] weights = cumulativeWeights.get(who);
        int spot = Randomness.pick(hash, weights[weights.length - 1]);
        int index = 0;
        while (weights[index] <= spot) {
            index++;
        }
        return byWho.get(who)[index];
    }

    private static @Nullable Template template(@Nullable String text) {
        return text == null ? null : new Template(text);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
