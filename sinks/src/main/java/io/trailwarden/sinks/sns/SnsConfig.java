package io.trailwarden.sinks.sns;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.aws.AwsTargetSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An SNS topic that takes findings.
 *
 * @param topic its ARN
 * @param target as whom and where; the Region is the topic's unless another is said
 */
public record SnsConfig(String topic, AwsTarget target) {

    public static final Setting<String> TOPIC =
            new Setting<>("sns.topic", Kinds.text("ARN of an SNS topic"), "", "where sink sns publishes");

    private static final AwsTargetSettings TARGET = new AwsTargetSettings("sns");
    private static final Pattern ARN =
            Pattern.compile("arn:[a-z-]+:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]+([.]fifo)?");

    /** As the settings say. */
    public static SnsConfig of(Values values) {
        String topic = values.get(TOPIC);
        Matcher arn = ARN.matcher(topic);
        if (!arn.matches()) {
            throw new RefusedException(TOPIC, '"' + topic + '"', "ARN of an SNS topic");
        }
        return new SnsConfig(topic, TARGET.target(values, arn.group(1)));
    }

    /** In the order in which people read them. */
    public static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(List.of(TOPIC));
        all.addAll(TARGET.all());
        return all;
    }
}
