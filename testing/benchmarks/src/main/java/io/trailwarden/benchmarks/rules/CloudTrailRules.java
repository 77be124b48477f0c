package io.trailwarden.benchmarks.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Rules shaped like published CloudTrail rules: a source and one to three names; a tenth wants no error, a tenth a piece
 * of the user agent, a twentieth a type of identity, a twentieth the end of an ARN.
 */
final class CloudTrailRules {

    /**
     * One such rule, in no language.
     *
     * @param agent a piece of the user agent, or null
     * @param identityType or null
     * @param arnEnd end of {@code userIdentity.arn}, or null
     */
    record Shape(
            String source,
            List<String> names,
            boolean withoutError,
            @Nullable String agent,
            @Nullable String identityType,
            @Nullable String arnEnd) {

        String sigma(int number) {
            StringBuilder yaml = new StringBuilder("title: Rule " + number + "\nname: rule-" + number
                    + "\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  selection:\n    eventSource: '"
                    + source + "'\n    eventName:\n");
            names.forEach(name -> yaml.append("      - '").append(name).append("'\n"));
            if (withoutError) {
                yaml.append("    errorCode: null\n");
            }
            if (agent != null) {
                yaml.append("    userAgent|contains: '").append(agent).append("'\n");
            }
            if (identityType != null) {
                yaml.append("    userIdentity.type: '").append(identityType).append("'\n");
            }
            if (arnEnd != null) {
                yaml.append("    userIdentity.arn|endswith: '").append(arnEnd).append("'\n");
            }
            return yaml.append("  condition: selection\n").toString();
        }

        /** The same as a pattern of EventBridge, as far as it can say it: it compares with case. */
        String eventBridge() {
            StringBuilder json = new StringBuilder("{\"eventSource\":[\"" + source + "\"],\"eventName\":[");
            for (int i = 0; i < names.size(); i++) {
                json.append(i == 0 ? "\"" : ",\"").append(names.get(i)).append('"');
            }
            json.append(']');
            if (withoutError) {
                json.append(",\"errorCode\":[{\"exists\":false}]");
            }
            if (agent != null) {
                json.append(",\"userAgent\":[{\"wildcard\":\"*").append(agent).append("*\"}]");
            }
            if (identityType != null || arnEnd != null) {
                json.append(",\"userIdentity\":{");
                if (identityType != null) {
                    json.append("\"type\":[\"").append(identityType).append("\"]");
                }
                if (arnEnd != null) {
                    json.append(identityType == null ? "" : ",")
                            .append("\"arn\":[{\"suffix\":\"")
                            .append(arnEnd)
                            .append("\"}]");
                }
                json.append('}');
            }
            return json.append('}').toString();
        }
    }

    private static final List<String> AGENTS =
            List.of("kali", "parrot", "pentoo", "boto3", "terraform", "curl", "powershell", "s3browser");
    private static final List<String> TYPES = List.of("Root", "IAMUser", "AssumedRole", "AWSService");

    private CloudTrailRules() {}

    /**
     * Rules over the calls that occur in the events, so that the more rules there are, the more match each event; two names in
     * three are made up.
     *
     * @param calls source and name of calls that occur
     */
    static List<Shape> shapes(int count, List<String[]> calls) {
        Random random = new Random(count);
        List<Shape> shapes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String[] call = calls.get(random.nextInt(calls.size()));
            List<String> names = new ArrayList<>(List.of(call[1]));
            for (int more = random.nextInt(3); more > 0; more--) {
                names.add(call[1] + "V" + random.nextInt(1_000));
            }
            int extra = random.nextInt(20);
            shapes.add(new Shape(
                    call[0],
                    names,
                    extra < 2,
                    extra == 2 || extra == 3 ? AGENTS.get(random.nextInt(AGENTS.size())) : null,
                    extra == 4 ? TYPES.get(random.nextInt(TYPES.size())) : null,
                    extra == 5 ? "/role-" + random.nextInt(500) : null));
        }
        return shapes;
    }
}
