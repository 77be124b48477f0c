package io.trailwarden.ingest.format;

import org.jspecify.annotations.Nullable;

/** The texts that AWS's services send to try whether a destination takes what they deliver. */
public final class Probes {

    /** The log stream that CloudWatch Logs makes for its probe. */
    public static final String VALIDATION_STREAM = "log_stream_created_by_aws_to_validate_log_delivery_subscriptions";

    /** What that stream's probe is called where it is counted. */
    public static final String VALIDATION = "CloudWatch Logs validation message";

    private static final String VALIDATION_TEXT =
            "Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs";

    private Probes() {}

    /** What this message is; null if it is no probe. */
    static @Nullable String nameOf(String text) {
        String message = text.strip();
        if (message.equals("CloudTrail validation message.")) {
            return "CloudTrail's test of a topic";
        }
        if (message.startsWith("CWL CONTROL MESSAGE:")) {
            return "CloudWatch Logs control message";
        }
        return message.startsWith(VALIDATION_TEXT) ? VALIDATION : null;
    }

    /** Whether this line of a log is the probe of a log group, whatever stands before it. */
    static boolean isValidation(byte[] b, int from, int to) {
        return Bytes.contains(b, from, to, VALIDATION_STREAM) || Bytes.contains(b, from, to, VALIDATION_TEXT);
    }
}
