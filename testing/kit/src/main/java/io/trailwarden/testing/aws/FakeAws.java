package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.trailwarden.testing.aws.Answer.Protocol;
import io.trailwarden.testing.aws.Answer.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The services that are read, at one address on loopback. What they hold, tests put in through {@link #cloudTrail} and
 * its siblings.
 *
 * <p>It refuses what AWS refuses: more requests in a second than the quota, a signature whose time is more than five
 * minutes off its own clock, a token that is not valid any more. It does not check signatures themselves. Thread-safe.
 */
public final class FakeAws implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final Duration SIGNATURE_AGE = Duration.ofMinutes(5);

    /** Where Security Hub is asked about itself, without naming an operation. */
    private static final String HUB = "/accounts";

    /** The quota in a second, of each operation. */
    private record Operation(int perSecond) {}

    private static final Map<String, Operation> OPERATIONS = Map.ofEntries(
            Map.entry("LookupEvents", new Operation(2)),
            Map.entry("ListPublicKeys", new Operation(10)),
            Map.entry("GetTrailStatus", new Operation(10)),
            Map.entry("FilterLogEvents", new Operation(5)),
            Map.entry("DescribeLogGroups", new Operation(10)),
            Map.entry("StartLiveTail", new Operation(5)),
            Map.entry("AssumeRole", new Operation(500)),
            Map.entry("GetTopicAttributes", new Operation(30)),
            Map.entry("DescribeHub", new Operation(10)),
            Map.entry("GetCallerIdentity", new Operation(500)),
            Map.entry("GetQueueAttributes", new Operation(3000)),
            Map.entry("ReceiveMessage", new Operation(3000)),
            Map.entry("DeleteMessageBatch", new Operation(3000)),
            Map.entry("ChangeMessageVisibilityBatch", new Operation(3000)),
            Map.entry("GetObject", new Operation(5500)),
            Map.entry("ListObjectsV2", new Operation(5500)),
            Map.entry("DescribeOrganization", new Operation(1)),
            Map.entry("ListAccounts", new Operation(8)),
            Map.entry("ListRoots", new Operation(1)),
            Map.entry("ListOrganizationalUnitsForParent", new Operation(1)),
            Map.entry("ListAccountsForParent", new Operation(1)),
            Map.entry("ListStateMachines", new Operation(5)),
            Map.entry("DescribeStateMachine", new Operation(20)),
            Map.entry("ListTagsForResource", new Operation(1)));

    private final Clock clock;
    private final Server server = new Server();
    private final ServerConnector connector;
    private final FakeCloudTrail cloudTrail;
    private final FakeLogs logs;
    private final FakeS3 s3;
    private final FakeSqs sqs;
    private final FakeSts sts;
    private final FakeInventory inventory = new FakeInventory();
    private final AtomicReference<Faults> faults = new AtomicReference<>(Faults.NONE);
    private final Random random = new Random(20261122);
    private final Map<String, String> denied = new HashMap<>();
    private final Map<String, Deque<Instant>> recent = new HashMap<>();
    private final Map<String, Integer> most = new TreeMap<>();
    private final Map<String, Integer> requests = new TreeMap<>();

    private FakeAws(Clock clock) {
        this.clock = clock;
        HttpConfiguration http = new HttpConfiguration();
        http.setSendDateHeader(false);
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                FakeAws.this.handle(request, response, callback);
                return true;
            }
        });
        cloudTrail = new FakeCloudTrail(clock);
        logs = new FakeLogs(clock);
        s3 = new FakeS3(clock);
        sqs = new FakeSqs(clock);
        sts = new FakeSts();
    }

    /** Starts it, with nothing in it and no faults. */
    public static FakeAws start(Clock clock) {
        FakeAws aws = new FakeAws(clock);
        try {
            aws.server.start();
        } catch (Exception e) { // Jetty declares it
            throw new IllegalStateException("the fake of AWS does not start", e);
        }
        // Where the SDK looks first for credentials; those of this machine must not be used by tests.
        System.setProperty("aws.accessKeyId", "AKIAEXAMPLE000000001");
        System.setProperty("aws.secretAccessKey", "made-up");
        return aws;
    }

    /** Where the SDK finds all services. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    /** Event history, keys and trails. */
    public FakeCloudTrail cloudTrail() {
        return cloudTrail;
    }

    /** Log groups. */
    public FakeLogs logs() {
        return logs;
    }

    /** Buckets. */
    public FakeS3 s3() {
        return s3;
    }

    /** Queues. */
    public FakeSqs sqs() {
        return sqs;
    }

    /** Accounts of an organization, state machines. */
    public FakeInventory inventory() {
        return inventory;
    }

    /** The external id that roles ask for. */
    public void requireExternalId(String externalId) {
        sts.requireExternalId(externalId);
    }

    /**
     * This operation is not allowed.
     *
     * @param permission as AWS names it in its refusal; empty: it names none, as S3
     */
    public synchronized void deny(String operation, String permission) {
        denied.put(operation, permission);
    }

    /** From now on this goes wrong. */
    public void faults(Faults faults) {
        this.faults.set(faults);
    }

    /** How many requests came, refused ones too. */
    public synchronized int requests(String operation) {
        return requests.getOrDefault(operation, 0);
    }

    /** How many requests of each operation came, refused ones too. */
    public synchronized Map<String, Integer> requests() {
        return new TreeMap<>(requests);
    }

    /** Operations that were called more often in some second than the quota allows, with how often. */
    public synchronized Map<String, Integer> exceeded() {
        Map<String, Integer> exceeded = new TreeMap<>(most);
        exceeded.entrySet()
                .removeIf(entry ->
                        entry.getValue() <= OPERATIONS.get(entry.getKey()).perSecond());
        return exceeded;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) { // Jetty declares it
            throw new IllegalStateException("the fake of AWS does not stop", e);
        }
    }

    private void handle(Request request, Response response, Callback callback) throws IOException {
        byte[] body;
        try (InputStream in = Content.Source.asInputStream(request)) {
            body = in.readAllBytes();
        }
        String target = request.getHeaders().get("X-Amz-Target");
        boolean form = String.valueOf(request.getHeaders().get("Content-Type")).startsWith("application/x-www-form");
        boolean hub = HUB.equals(request.getHttpURI().getPath());
        Protocol protocol = target != null || hub ? Protocol.JSON : form ? Protocol.QUERY : Protocol.S3;
        Answer answer;
        try {
            answer = answer(request, protocol, target, body);
        } catch (Refused refused) {
            answer = Answer.error(protocol, refused);
        }
        if (answer == null) {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            callback.succeeded();
            return;
        }
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
        response.getHeaders()
                .put(
                        HttpHeader.DATE,
                        HTTP_DATE.format(
                                // The SDK sets its clock by refusals; who asks for the time asks for that of the
                                // simulation.
                                answer.status() < 300 ? clock.instant() : machineTime()));
        response.getHeaders().put("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000");
        answer.headers().forEach((name, value) -> response.getHeaders().put(new HttpField(name, value)));
        if (answer == Answer.STREAM) {
            logs.liveTail().open(JSON.readTree(body), response, callback);
            return;
        }
        response.write(true, ByteBuffer.wrap(answer.body()), callback);
    }

    /** @return null to drop the connection */
    private synchronized @Nullable Answer answer(
            Request request, Protocol protocol, @Nullable String target, byte[] body) throws IOException {
        Map<String, List<String>> query = query(request.getHttpURI().getQuery());
        Map<String, List<String>> parameters =
                protocol == Protocol.QUERY ? query(new String(body, StandardCharsets.UTF_8)) : query;
        String path = URLDecoder.decode(
                String.valueOf(request.getHttpURI().getPath()).replace("+", "%2B"), StandardCharsets.UTF_8);
        String operation =
                switch (protocol) {
                    case JSON -> target == null ? "DescribeHub" : target.substring(target.lastIndexOf('.') + 1);
                    case QUERY -> parameters.getOrDefault("Action", List.of("")).get(0);
                    case S3 -> query.containsKey("list-type") ? "ListObjectsV2" : "GetObject";
                };
        String authorization = String.valueOf(request.getHeaders().get("Authorization"));
        count(operation);
        Faults now = faults.get();
        checkClock(request.getHeaders().get("X-Amz-Date"), now);
        if (!operation.equals("AssumeRole")) {
            sts.check(request.getHeaders().get("X-Amz-Security-Token"), now.tokenUses());
        }
        String permission = denied.get(operation);
        if (permission != null) {
            throw new Refused(
                    protocol == Protocol.JSON ? 400 : 403,
                    protocol == Protocol.JSON ? "AccessDeniedException" : "AccessDenied",
                    permission.isEmpty()
                            ? "Access Denied"
                            : "User: arn:aws:sts::111122223333:assumed-role/reader/trailwarden is not authorized to"
                                    + " perform: " + permission + " because no identity-based policy allows it");
        }
        if (random.nextDouble() < now.dropped()) {
            return null;
        }
        if (random.nextDouble() < now.throttled() || tooMany(operation)) {
            throw protocol == Protocol.S3
                    ? new Refused(503, "SlowDown", "Please reduce your request rate.")
                    : new Refused(400, "ThrottlingException", "Rate exceeded");
        }
        if (random.nextDouble() < now.failed()) {
            throw new Refused(500, "InternalFailure", "The request processing has failed");
        }
        JsonNode json = protocol == Protocol.JSON ? JSON.readTree(body) : JsonNodeFactory.instance.objectNode();
        if ((json.hasNonNull("NextToken") || json.hasNonNull("nextToken"))
                && random.nextDouble() < now.pageTokensLost()) {
            throw invalidPageToken(operation);
        }
        if (operation.equals("DescribeHub")) {
            return Answer.json(JsonNodeFactory.instance.objectNode());
        }
        if (operation.equals("GetTopicAttributes")) {
            return Answer.xml(
                    "<GetTopicAttributesResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"
                            + "<GetTopicAttributesResult><Attributes/></GetTopicAttributesResult></GetTopicAttributesResponse>");
        }
        Call call = new Call(operation, region(authorization), json, path, parameters);
        for (Service service : List.<Service>of(cloudTrail, logs, s3, sqs, sts, inventory)) {
            Answer answer = service.answer(call);
            if (answer != null) {
                return answer;
            }
        }
        throw new Refused(400, "UnknownOperationException", operation + " is not faked");
    }

    private static Refused invalidPageToken(String operation) {
        return switch (operation) {
            case "LookupEvents" -> new Refused(400, "InvalidNextTokenException", "The token is not valid.");
            case "ListStateMachines" -> new Refused(400, "InvalidToken", "Invalid Token");
            case "ListAccounts", "ListRoots", "ListOrganizationalUnitsForParent", "ListAccountsForParent" ->
                new Refused(400, "InvalidInputException", "You specified an invalid value.");
            default -> new Refused(400, "InvalidParameterException", "The specified nextToken is invalid.");
        };
    }

    private void count(String operation) {
        requests.merge(operation, 1, Integer::sum);
        Deque<Instant> times = recent.computeIfAbsent(operation, unused -> new ArrayDeque<>());
        Instant now = clock.instant();
        times.addLast(now);
        while (!times.getFirst().plusSeconds(1).isAfter(now)) {
            times.removeFirst();
        }
        most.merge(operation, times.size(), Math::max);
    }

    private boolean tooMany(String operation) {
        Operation known = OPERATIONS.get(operation);
        Deque<Instant> times = recent.get(operation);
        return known != null && times != null && times.size() > known.perSecond();
    }

    private void checkClock(@Nullable String signed, Faults now) {
        Instant time = signed == null ? machineTime() : Instant.from(AMZ_DATE.parse(signed));
        if (Duration.between(time, machineTime()).abs().compareTo(SIGNATURE_AGE) > 0) {
            throw new Refused(
                    403, "InvalidSignatureException", "Signature expired: " + signed + " is off by " + now.skew());
        }
    }

    /** What AWS's machines take for the time: signatures are made by the clock of this one. */
    private Instant machineTime() {
        return Instant.now().plus(faults.get().skew());
    }

    private static String region(String authorization) {
        int credential = authorization.indexOf("Credential=");
        String[] scope = credential < 0
                ? new String[0]
                : authorization.substring(credential).split(",")[0].split("/");
        return scope.length > 2 ? scope[2] : "";
    }

    private static Map<String, List<String>> query(@Nullable String text) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (text == null || text.isEmpty()) {
            return query;
        }
        for (String part : text.split("&")) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            String value = equals < 0 ? "" : part.substring(equals + 1);
            query.computeIfAbsent(URLDecoder.decode(name, StandardCharsets.UTF_8), unused -> new ArrayList<>())
                    .add(URLDecoder.decode(value, StandardCharsets.UTF_8));
        }
        return query;
    }

    /** One of the services. */
    interface Service {

        /** The answer; null if the operation is another's. */
        @Nullable
        Answer answer(Call call);
    }
}
