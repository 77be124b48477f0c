package io.trailwarden.sinks.securityhub;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.aws.AwsTargetSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * A Security Hub that takes findings.
 *
 * @param account that it imports into: 12 digits
 * @param target as whom and where
 */
public record SecurityHubConfig(String account, AwsTarget target) {

    public static final Setting<String> ACCOUNT = new Setting<>(
            "security-hub.account", Kinds.text("12 digits"), "", "the account that sink security-hub imports into");

    private static final AwsTargetSettings TARGET = new AwsTargetSettings("security-hub");

    /** As the settings say. */
    public static SecurityHubConfig of(Values values) {
        String account = values.get(ACCOUNT);
        if (!account.matches("[0-9]{12}")) {
            throw new RefusedException(ACCOUNT, '"' + account + '"', "12 digits");
        }
        return new SecurityHubConfig(account, TARGET.target(values, ""));
    }

    /** In the order in which people read them. */
    public static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(List.of(ACCOUNT));
        all.addAll(TARGET.all());
        return all;
    }
}
