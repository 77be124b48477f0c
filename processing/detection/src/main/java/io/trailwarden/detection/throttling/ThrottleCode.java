package io.trailwarden.detection.throttling;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which error names mean "too fast".
 *
 * <p>Of CloudTrail's {@code errorCode} and the execution logs' {@code error} the part after the last dot counts, without
 * regard to case: {@code Client.RequestLimitExceeded}, {@code Lambda.TooManyRequestsException},
 * {@code States.Http.StatusCode.429}. The names are those that botocore retries on as throttling
 * ({@code botocore/retries/standard.py}) and those in the error lists of Step Functions ("Common error types" and the
 * service model); any other name that holds {@code throttl} counts as well, because services invent new ones.
 */
public enum ThrottleCode {
    /** Too many calls in a time: goes away by calling slower. */
    RATE,
    /** A fixed number is used up: goes away by deleting something or by a higher quota. */
    QUOTA;

    private static final List<String> RATES = List.of(
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "EC2ThrottledException",
            "KmsThrottlingException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "ProvisionedThroughputExceededException",
            "BandwidthLimitExceeded",
            "SlowDown",
            "PriorRequestNotComplete",
            "TransactionInProgressException",
            "429");

    private static final List<String> QUOTAS = List.of(
            "LimitExceededException",
            "ServiceQuotaExceededException",
            "ExecutionLimitExceeded",
            "StateMachineLimitExceeded",
            "ActivityLimitExceeded",
            "ActivityWorkerLimitExceeded");

    private static final String HINT = "throttl";

    /** What this error means; null when it is not about throttling. Allocates nothing. */
    static @Nullable ThrottleCode of(@Nullable String error) {
        if (error == null) {
            return null;
        }
        int from = error.lastIndexOf('.') + 1;
        if (isOneOf(RATES, error, from)) {
            return RATE;
        }
        if (isOneOf(QUOTAS, error, from)) {
            return QUOTA;
        }
        for (int i = from; i + HINT.length() <= error.length(); i++) {
            if (error.regionMatches(true, i, HINT, 0, HINT.length())) {
                return RATE;
            }
        }
        return null;
    }

    private static boolean isOneOf(List<String> names, String error, int from) {
        int length = error.length() - from;
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (name.length() == length && error.regionMatches(true, from, name, 0, length)) {
                return true;
            }
        }
        return false;
    }
}
