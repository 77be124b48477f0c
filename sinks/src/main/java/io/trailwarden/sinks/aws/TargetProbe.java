package io.trailwarden.sinks.aws;

import io.trailwarden.event.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.securityhub.SecurityHubClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.GetTopicAttributesResponse;

/**
 * Whether the sinks in AWS are there and may be asked, by calls that send nothing. Publishing and importing have no such
 * call: that they are allowed is seen only when the first finding goes out.
 */
public final class TargetProbe {

    /**
     * What came of one try.
     *
     * @param permission IAM's name; where AWS named another one that is missing, that
     * @param on ARN of the topic or hub
     * @param denied whether AWS says that it is not allowed
     * @param problem null: it was allowed
     * @param advice where to look when AWS did not say that it is not allowed; what to see to when it was; null: nowhere
     */
    public record Outcome(
            String permission, String on, boolean denied, @Nullable String problem, @Nullable String advice) {}

    private static final Pattern MISSING = Pattern.compile("perform: ([a-z0-9-]{2,40}:[A-Za-z0-9]{2,60})");

    private TargetProbe() {}

    /** The topic is there. */
    public static List<Outcome> sns(String topic, AwsTarget access) {
        List<Outcome> outcomes = new ArrayList<>();
        try (SnsClient client = access.client(SnsClient.builder())) {
            GetTopicAttributesResponse answer = client.getTopicAttributes(get -> get.topicArn(topic));
            String key = answer.attributes().getOrDefault("KmsMasterKeyId", "");
            outcomes.add(new Outcome(
                    "sns:GetTopicAttributes",
                    topic,
                    false,
                    null,
                    key.isEmpty()
                            ? null
                            : "the topic is encrypted with " + key
                                    + ": grant kms:GenerateDataKey and kms:Decrypt on that key too"));
        } catch (SdkException e) {
            outcomes.add(judged(
                    "sns:GetTopicAttributes",
                    topic,
                    e,
                    "correct sns.topic, sns.region or the endpoint, and look" + " whether the topic exists"));
        }
        return outcomes;
    }

    /** Security Hub is enabled in the account and Region. */
    public static List<Outcome> securityHub(String account, AwsTarget access) {
        String hub = "arn:" + Partition.ofRegion(access.region()) + ":securityhub:" + access.region() + ":" + account
                + ":hub/default";
        try (SecurityHubClient client = access.client(SecurityHubClient.builder())) {
            client.describeHub(describe -> describe.hubArn(hub));
            return List.of(new Outcome("securityhub:DescribeHub", hub, false, null, null));
        } catch (SdkException e) {
            return List.of(judged(
                    "securityhub:DescribeHub",
                    hub,
                    e,
                    "enable Security Hub in this account and Region, or correct"
                            + " security-hub.account and security-hub.region"));
        }
    }

    private static Outcome judged(String permission, String on, SdkException e, String otherwise) {
        String said = String.valueOf(e.getMessage());
        if (e instanceof AwsServiceException service) {
            String code = AwsTarget.code(service);
            said = code + ", " + said;
            if (code.contains("AccessDenied") || code.startsWith("AuthorizationError")) {
                Matcher missing = MISSING.matcher(said);
                return new Outcome(missing.find() ? missing.group(1) : permission, on, true, said, null);
            }
        }
        return new Outcome(permission, on, false, said, otherwise);
    }
}
