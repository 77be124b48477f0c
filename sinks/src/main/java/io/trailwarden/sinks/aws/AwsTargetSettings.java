package io.trailwarden.sinks.aws;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.util.List;

/** The settings by which a sink says as whom and where it calls AWS; credentials are not among them. */
public record AwsTargetSettings(
        Setting<String> region,
        Setting<String> profile,
        Setting<String> role,
        Setting<String> externalId,
        Setting<String> endpoint) {

    /** Those of this section. */
    public AwsTargetSettings(String section) {
        this(
                new Setting<>(section + ".region", Kinds.text("such as eu-central-1"), "", "the Region that is called"),
                new Setting<>(
                        section + ".profile",
                        Kinds.text("a profile"),
                        "",
                        "of the AWS configuration files; empty: the AWS SDK's default"),
                new Setting<>(section + ".role", Kinds.text("ARN of a role"), "", "assumed for the calls; empty: none"),
                new Setting<>(
                        section + ".external-id", Kinds.text("a text"), "", "what the role's trust policy asks for"),
                new Setting<>(
                        section + ".endpoint", Kinds.url(), "", "another address of the service; empty: AWS's own"));
    }

    /** In the order in which people read them. */
    public List<Setting<?>> all() {
        return List.of(region, profile, role, externalId, endpoint);
    }

    /**
     * As they say.
     *
     * @param otherwise the Region where they say none; empty: they must
     */
    public AwsTarget target(Values values, String otherwise) {
        String said = values.get(region);
        if (said.isEmpty() && otherwise.isEmpty()) {
            throw new RefusedException(region, "\"\"", "a Region such as eu-central-1");
        }
        if (!values.get(externalId).isEmpty() && values.get(role).isEmpty()) {
            throw new RefusedException(
                    externalId, '"' + values.get(externalId) + '"', "a role beside it, which asks for it");
        }
        return new AwsTarget(
                said.isEmpty() ? otherwise : said,
                values.get(profile),
                values.get(role),
                values.get(externalId),
                values.get(endpoint));
    }
}
