package io.trailwarden.ingest.aws;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * As whom and where AWS is called. It holds no secret: credentials come from the SDK's own chain (environment, profile,
 * container, instance), and from there by assuming the role.
 *
 * @param region for example {@code eu-west-1}
 * @param profile of the AWS configuration files; null: the SDK's chain
 * @param role ARN of the role to assume; null: none
 * @param externalId what the role's trust policy may ask for; null: nothing
 * @param endpoint called in place of AWS, by every service but SQS, which is then called where a queue's URL says; for
 *     tests and private endpoints; null: AWS's own
 */
public record AwsAccess(
        String region,
        @Nullable String profile,
        @Nullable String role,
        @Nullable String externalId,
        @Nullable URI endpoint) {

    private static final Setting<String> PROFILE = new Setting<>(
            "profile", Kinds.text("a profile"), "", "profile of the AWS configuration files; absent: the SDK's chain");
    private static final Setting<String> ROLE = new Setting<>("role", Kinds.text("a role's ARN"), "", "role to assume");
    private static final Setting<String> EXTERNAL_ID =
            new Setting<>("external-id", Kinds.text("a text"), "", "external id that the role's trust policy asks for");
    private static final Setting<Optional<URI>> ENDPOINT = new Setting<>(
            "endpoint", Kinds.perhaps(Kinds.uri()), "", "called in place of AWS; a queue then where its URL says");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS = List.of(PROFILE, ROLE, EXTERNAL_ID, ENDPOINT);

    public AwsAccess {
        if (region.isBlank()) {
            throw new IllegalArgumentException("region: \"" + region + "\" (expected: a Region such as eu-west-1)");
        }
        if (externalId != null && role == null) {
            throw new RefusedException(EXTERNAL_ID, "\"" + externalId + "\" without a role", "the role to assume");
        }
    }

    /** As the settings say, in this Region. */
    public static AwsAccess of(String region, Values values) {
        return new AwsAccess(
                region,
                orNull(values.get(PROFILE)),
                orNull(values.get(ROLE)),
                orNull(values.get(EXTERNAL_ID)),
                values.get(ENDPOINT).orElse(null));
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** The same access in another Region. */
    public AwsAccess in(String region) {
        return new AwsAccess(region, profile, role, externalId, endpoint);
    }
}
