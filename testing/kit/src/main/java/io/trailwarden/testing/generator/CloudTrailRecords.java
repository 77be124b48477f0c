package io.trailwarden.testing.generator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes CloudTrail records as AWS writes them. */
final class CloudTrailRecords {

    private static final byte[] STATES = "states.amazonaws.com".getBytes(UTF_8);

    private static final byte[] US_EAST_1 = "us-east-1".getBytes(UTF_8);

    private static final byte[][] VERSIONS =
            bytes("1.08", "1.09", "1.09", "1.10", "1.10", "1.11", "1.11", "1.11", "1.11", "1.11");

    private static final byte[][] PROGRAMS = bytes(
            "aws-sdk-java/2.31.{} md/io#async md/http#NettyNio ua/2.1 os/Linux#6.1.119-129.201.amzn2023.x86_64"
                    + " lang/java#17.0.14 md/OpenJDK_64-Bit_Server_VM#17.0.14+7-LTS md/en_US",
            "Boto3/1.37.{} md/Botocore#1.37.{} ua/2.0 os/linux#5.10.234-225.921.amzn2.x86_64 md/arch#x86_64"
                    + " lang/python#3.12.9 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy",
            "aws-sdk-go-v2/1.36.{} ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#arm64 api/s3#1.78.0",
            "aws-sdk-js/3.7{}.0 ua/2.1 os/linux#5.10.0 lang/js md/nodejs#20.18.1 api/dynamodb#3.7{}.0");

    private static final byte[][] PEOPLE = bytes(
            "aws-cli/2.24.{} md/awscrt#0.23.8 ua/2.0 os/macos#24.3.0 md/arch#arm64 lang/python#3.12.9"
                    + " md/pyimpl#CPython cfg/retry-mode#standard md/installer#source md/prompt#off",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/13{}.0.0.0"
                    + " Safari/537.36",
            "APN/1.0 HashiCorp/1.0 Terraform/1.10.{} (+https://www.terraform.io) terraform-provider-aws/5.8{}.0"
                    + " aws-sdk-go-v2/1.36.{} ua/2.1 os/macos lang/go#1.23.6");

    private static final byte[] TLS =
            "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\""
                    .getBytes(UTF_8);

    private final Scenario scenario;

    CloudTrailRecords(Scenario scenario) {
        this.scenario = scenario;
    }

    /** How one call ended, when it did not end well. */
    record Error(byte[] code, byte[] message) {

        static Error of(String code, String message) {
            return new Error(code.getBytes(UTF_8), message.getBytes(UTF_8));
        }
    }

    /**
     * Credentials of a session that began with an AssumeRole record of this scenario.
     *
     * @param name the session's name
     */
    record Session(String name, String accessKeyId, long began) {}

    /** The Region that the record names: global services write us-east-1 (CloudTrail user guide, "global services"). */
    static byte[] region(Principal principal, CallCatalogue.Call call) {
        return call.global() ? US_EAST_1 : principal.region();
    }

    /** Appends one record and returns its event id. */
    String write(
            JsonBytes out,
            Principal principal,
            CallCatalogue.Call call,
            long time,
            @Nullable Session session,
            @Nullable Error error,
            Randomness random) {
        byte[] region = region(principal, call);
        byte[] service = call.service();
        boolean flow = service == null && principal.who() == CallCatalogue.Who.FLOW;
        out.add("{\"eventVersion\":\"")
                .add(VERSIONS[random.nextInt(VERSIONS.length)])
                .add("\",\"userIdentity\":");
        if (service != null) {
            out.add("{\"type\":\"AWSService\",\"invokedBy\":\"").add(service).add("\"}");
        } else if (principal.role()) {
            roleIdentity(out, principal, time, session, random);
        } else {
            userIdentity(out, principal, time);
        }
        out.add(",\"eventTime\":\"").time(time);
        out.add("\",\"eventSource\":\"").add(call.eventSource());
        out.add("\",\"eventName\":\"").add(call.eventName());
        out.add("\",\"awsRegion\":\"").add(region).add("\",\"sourceIPAddress\":\"");
        if (service != null) {
            out.add(service);
        } else if (flow) {
            out.add(STATES);
        } else {
            address(out, principal.address(scenario, random));
        }
        out.add("\",\"userAgent\":\"");
        if (service != null) {
            out.add(service);
        } else if (flow) {
            out.add(STATES);
        } else {
            userAgent(out, principal);
        }
        out.add('"');
        if (error != null) {
            out.add(",\"errorCode\":\"")
                    .add(error.code)
                    .add("\",\"errorMessage\":\"")
                    .add(error.message)
                    .add('"');
        }
        value(out, ",\"requestParameters\":", call.request(), principal, region, time, random);
        value(out, ",\"responseElements\":", error == null ? call.response() : null, principal, region, time, random);
        if (call.more() != null) {
            out.add(',');
            call.more().fill(out, principal, region, time, random);
        }
        out.add(",\"requestID\":\"").uuid(random).add("\",\"eventID\":\"");
        int idAt = out.length();
        out.uuid(random).add("\",\"readOnly\":").add(call.readOnly() ? "true" : "false");
        String id = new String(out.array(), idAt, 36, UTF_8);
        if (call.resources() != null) {
            out.add(",\"resources\":");
            call.resources().fill(out, principal, region, time, random);
        }
        out.add(",\"eventType\":\"AwsApiCall\",\"managementEvent\":").add(call.data() ? "false" : "true");
        out.add(",\"recipientAccountId\":\"").add(principal.account());
        out.add("\",\"eventCategory\":\"")
                .add(call.data() ? "Data" : "Management")
                .add('"');
        if (service == null && !flow) {
            out.add(',').add(TLS);
            out.add(call.eventSource(), 0, call.eventSource().length - ".amazonaws.com".length());
            out.add('.').add(region).add(".amazonaws.com\"}");
        }
        out.add('}');
        return id;
    }

    /**
     * Appends the record of a stranger's account assuming a role, as the role's owner sees it: {@code AWSAccount}, no
     * ARN (CloudTrail user guide, "userIdentity element"; IAM user guide, "cross-account access").
     */
    String assumeRole(
            JsonBytes out,
            Principal role,
            String strangerAccount,
            String strangerId,
            Session session,
            Randomness random) {
        String account = new String(role.account(), UTF_8);
        String name = new String(role.name(), UTF_8);
        out.add("{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"AWSAccount\",\"principalId\":\"");
        out.add(strangerId).add("\",\"accountId\":\"").add(strangerAccount).add("\"},\"eventTime\":\"");
        out.time(session.began).add("\",\"eventSource\":\"sts.amazonaws.com\",\"eventName\":\"AssumeRole\"");
        out.add(",\"awsRegion\":\"").add(role.region()).add("\",\"sourceIPAddress\":\"203.0.113.");
        out.number(1 + random.nextInt(254)).add("\",\"userAgent\":\"aws-cli/2.24.1 md/installer#exe\"");
        out.add(",\"requestParameters\":{\"roleArn\":\"arn:aws:iam::" + account + ":role/" + name);
        out.add("\",\"roleSessionName\":\"" + session.name + "\",\"durationSeconds\":3600}");
        out.add(",\"responseElements\":{\"credentials\":{\"accessKeyId\":\"" + session.accessKeyId);
        out.add("\",\"sessionToken\":\"").base64(random, 380).add("\",\"expiration\":\"");
        out.time(session.began + 3_600_000).add("\"},\"assumedRoleUser\":{\"assumedRoleId\":\"");
        out.add(role.uniqueId()).add(":" + session.name + "\",\"arn\":\"arn:aws:sts::" + account);
        out.add(":assumed-role/" + name + "/" + session.name + "\"}},\"requestID\":\"")
                .uuid(random);
        out.add("\",\"eventID\":\"");
        int idAt = out.length();
        out.uuid(random).add("\",\"readOnly\":true,\"resources\":[{\"accountId\":\"" + account);
        String id = new String(out.array(), idAt, 36, UTF_8);
        out.add("\",\"type\":\"AWS::IAM::Role\",\"ARN\":\"arn:aws:iam::" + account + ":role/" + name);
        out.add("\"}],\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":\"" + account);
        out.add("\",\"sharedEventID\":\"").uuid(random).add("\",\"eventCategory\":\"Management\"}");
        return id;
    }

    private void roleIdentity(
            JsonBytes out, Principal principal, long time, @Nullable Session session, Randomness random) {
        long hour = Math.floorDiv(time, 3_600_000L);
        // A session lasts an hour; a busy role has three at a time.
        Randomness own = new Randomness(principal.hash() + hour * 31 + random.nextInt(3));
        byte[] name = session == null ? sessionName(principal, own) : session.name.getBytes(UTF_8);
        out.add("{\"type\":\"AssumedRole\",\"principalId\":\"")
                .add(principal.uniqueId())
                .add(':')
                .add(name);
        out.add("\",\"arn\":\"arn:aws:sts::").add(principal.account());
        out.add(":assumed-role/").add(principal.name()).add('/').add(name);
        out.add("\",\"accountId\":\"").add(principal.account()).add("\",\"accessKeyId\":\"");
        if (session == null) {
            out.add("ASIA").base32(own, 16);
        } else {
            out.add(session.accessKeyId);
        }
        out.add("\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"");
        out.add(principal.uniqueId()).add("\",\"arn\":\"arn:aws:iam::").add(principal.account());
        out.add(":role/").add(principal.name()).add("\",\"accountId\":\"").add(principal.account());
        out.add("\",\"userName\":\"").add(principal.name());
        out.add("\"},\"webIdFederationData\":{},\"attributes\":{\"creationDate\":\"");
        out.time(session == null ? hour * 3_600_000L : session.began).add("\",\"mfaAuthenticated\":\"false\"}");
        switch (principal.who()) {
            case FLOW -> out.add("},\"invokedBy\":\"states.amazonaws.com\"}");
            case APP -> out.add(",\"ec2RoleDelivery\":\"2.0\"}}");
            default -> out.add("}}");
        }
    }

    private static byte[] sessionName(Principal principal, Randomness own) {
        JsonBytes name = new JsonBytes();
        switch (principal.who()) {
            case APP -> name.add("i-").hex(own, 17);
            case PIPELINE -> name.add("GitHubActions");
            case FLOW -> name.base32(own, 32);
            case OPERATOR -> name.add("someone-").number(own.nextInt(400)).add("@example.com");
            default -> name.add("botocore-session-17").digits(own.nextInt(100_000_000), 8);
        }
        return name.copy();
    }

    private static void userIdentity(JsonBytes out, Principal principal, long time) {
        out.add("{\"type\":\"IAMUser\",\"principalId\":\"").add(principal.uniqueId());
        out.add("\",\"arn\":\"arn:aws:iam::")
                .add(principal.account())
                .add(":user/")
                .add(principal.name());
        out.add("\",\"accountId\":\"").add(principal.account()).add("\",\"accessKeyId\":\"");
        boolean console = principal.who() == CallCatalogue.Who.DEVELOPER;
        long hour = Math.floorDiv(time, 3_600_000L);
        out.add(console ? "ASIA" : "AKIA")
                .base32(new Randomness(console ? principal.hash() + hour : principal.hash()), 16);
        out.add("\",\"userName\":\"").add(principal.name()).add('"');
        if (console) {
            out.add(",\"sessionContext\":{\"attributes\":{\"creationDate\":\"").time(hour * 3_600_000L);
            out.add("\",\"mfaAuthenticated\":\"true\"}}");
        }
        out.add('}');
    }

    /** Addresses 198.18.0.0/15 are reserved for benchmarks and are nobody's (RFC 2544). */
    private static void address(JsonBytes out, int index) {
        out.add("198.")
                .number(18 + (index >> 16))
                .add('.')
                .number(index >> 8 & 255)
                .add('.')
                .number(index & 255);
    }

    private static void userAgent(JsonBytes out, Principal principal) {
        byte[][] agents = principal.role() && principal.who() != CallCatalogue.Who.OPERATOR ? PROGRAMS : PEOPLE;
        byte[] agent = agents[Randomness.pick(principal.hash() + 9, agents.length)];
        int version = Randomness.pick(principal.hash() + 10, 10);
        int from = 0;
        for (int i = 0; i + 1 < agent.length; i++) {
            if (agent[i] == '{' && agent[i + 1] == '}') {
                out.add(agent, from, i - from).number(version);
                from = i + 2;
            }
        }
        out.add(agent, from, agent.length - from);
    }

    private static void value(
            JsonBytes out,
            String name,
            @Nullable Template template,
            Principal principal,
            byte[] region,
            long time,
            Randomness random) {
        out.add(name);
        if (template == null) {
            out.add("null");
        } else {
            template.fill(out, principal, region, time, random);
        }
    }

    private static byte[][] bytes(String... texts) {
        return List.of(texts).stream().map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
    }
}
