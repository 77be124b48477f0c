package io.trailwarden.ingest.aws;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * Tries each permission that an input needs by a call that changes nothing: it reads one thing, or names one that does not
 * exist, which AWS tells only to those who may know. What cannot be tried so is said to be untried.
 */
public final class AccessProbe {

    /** What came of one try. */
    public enum Verdict {
        /** The call was allowed. */
        GRANTED,
        /** AWS says that it is not allowed. */
        DENIED,
        /** It failed for another reason. */
        FAILED,
        /** There is no harmless way to try it, or nothing to try it on. */
        UNTRIED
    }

    /**
     * One permission.
     *
     * @param permission IAM's name of it; where AWS named another one that is missing, that
     * @param on what it was tried on: a name, an ARN, or {@code *}
     * @param found what was seen; what AWS said where it refused
     * @param advice what should be better all the same, or where to look; null: nothing
     */
    public record Outcome(String permission, String on, Verdict verdict, String found, @Nullable String advice) {}

    /** AWS ends its refusals with what was not allowed. */
    private static final Pattern MISSING = Pattern.compile("perform: ([a-z0-9-]{2,40}:[A-Za-z0-9]{2,60})");

    private static final int MOST_PAGES = 5;

    private final AwsSession session;

    /** Tries as the inputs with this session would. */
    public AccessProbe(AwsSession session) {
        this.session = session;
    }

    /** Whose credentials these are, and whether the role may be assumed with them. */
    public Outcome identity() {
        String role = session.access().role();
        String permission = role == null ? "sts:GetCallerIdentity" : "sts:AssumeRole";
        String on = role == null ? "credentials" : role;
        try {
            return new Outcome(
                    permission,
                    on,
                    Verdict.GRANTED,
                    "called as " + session.sts().getCallerIdentity().arn(),
                    null);
        } catch (SdkException e) {
            return judged(permission, on, e);
        }
    }

    /** The session that is tried. */
    public AwsSession session() {
        return session;
    }

    /** Asks page by page until one holds something: the first ones may be empty. */
    public Outcome firstOf(AwsApi api, String[] found, UnaryOperator<@Nullable String> page)
            throws InterruptedException {
        @Nullable String[] token = {null};
        Outcome outcome;
        int pages = 0;
        do {
            outcome = attempt(api, "*", () -> {
                token[0] = page.apply(token[0]);
                return found[0].isEmpty() ? "nothing there yet" : "found " + found[0];
            });
        } while (outcome.verdict() == Verdict.GRANTED
                && found[0].isEmpty()
                && token[0] != null
                && ++pages < MOST_PAGES);
        return outcome;
    }

    /** One call, once. */
    public Outcome attempt(AwsApi api, String on, Supplier<String> call) throws InterruptedException {
        try {
            return new Outcome(api.permission(), on, Verdict.GRANTED, session.once(api, call), null);
        } catch (SdkException e) {
            return judged(api.permission(), on, e);
        }
    }

    /** What an answer of AWS says of a permission. */
    public static Outcome judged(String permission, String on, SdkException e) {
        String code = AwsSession.code(e);
        String said = code.isEmpty() ? String.valueOf(e.getMessage()) : code + ", " + e.getMessage();
        return switch (code) {
            case "NoSuchKey", "InvalidRange", "ReceiptHandleIsInvalid" ->
                new Outcome(permission, on, Verdict.GRANTED, "it is allowed; nothing is there", null);
            case "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException" ->
                new Outcome(permission, on, Verdict.FAILED, said, "renew the credentials (environment or profile)");
            case "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed" ->
                new Outcome(
                        permission,
                        on,
                        Verdict.FAILED,
                        said,
                        "set the clock (timedatectl set-ntp true) or the secret key");
            case "AWSOrganizationsNotInUseException" ->
                new Outcome(
                        permission,
                        on,
                        Verdict.FAILED,
                        said,
                        "assume a role of the management account or of a delegated administrator");
            case "ResourceNotFoundException",
                    "NoSuchBucket",
                    "QueueDoesNotExist",
                    "AWS.SimpleQueueService.NonExistentQueue" ->
                new Outcome(
                        permission, on, Verdict.FAILED, said, "correct its name or the Region in the configuration");
            default -> {
                if (e instanceof SdkServiceException service
                        && (service.statusCode() == 403
                                || code.contains("AccessDenied")
                                || code.contains("Unauthorized"))) {
                    Matcher missing = MISSING.matcher(said);
                    yield new Outcome(missing.find() ? missing.group(1) : permission, on, Verdict.DENIED, said, null);
                }
                yield new Outcome(permission, on, Verdict.FAILED, said, null);
            }
        };
    }

    /** There is no harmless call, or nothing to call it on. */
    public static Outcome untried(AwsApi api, String why) {
        return new Outcome(api.permission(), "", Verdict.UNTRIED, "not tried: " + why, null);
    }
}
