package io.trailwarden.detection.throttling;

import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands on every throttled call, and nothing else: they are few, except when they matter. */
final class ThrottlingSignals implements SignalSource {

    @Override
    public void read(CloudTrailEvent event, Reference reference, Consumer<Signal> out) {
        if (event.errorCode() == null) {
            return;
        }
        ThrottleCode code = ThrottleCode.of(event.errorCode());
        if (code == null) {
            return;
        }
        String key = key(event.account(), event.awsRegion(), event.eventSource(), event.eventName());
        out.accept(Signal.of(ThrottlingDetector.NAME, key, ThrottlingDetector.CLOUDTRAIL, event)
                .withLink(null, code.name()));
    }

    @Override
    public void read(ExecutionEvent event, Reference reference, Consumer<Signal> out) {
        // The execution's own end repeats the error of the task that ended it.
        if (event.error() == null || event.type().startsWith("Execution")) {
            return;
        }
        ThrottleCode code = ThrottleCode.of(event.error());
        if (code == null) {
            return;
        }
        String service = service(event);
        String call = call(event);
        Signal signal = Signal.of(
                        ThrottlingDetector.NAME,
                        key(event.account(), event.region(), service, call),
                        ThrottlingDetector.EXECUTIONS,
                        event)
                .withCall(service, call)
                .withLink(event.name(), code.name());
        out.accept(signal);
    }

    /** {@code lambda.amazonaws.com} of {@code lambda} and {@code aws-sdk:lambda}, so that both logs speak of one quota. */
    private static String service(ExecutionEvent event) {
        String type = event.resourceType();
        if (type == null) {
            // LambdaFunctionFailed and its kin carry error and cause only.
            return event.type().startsWith("LambdaFunction") ? "lambda.amazonaws.com" : "unknown";
        }
        String name = type.startsWith("aws-sdk:") ? type.substring("aws-sdk:".length()) : type;
        return name + ".amazonaws.com";
    }

    /** {@code PutItem} of {@code putItem.waitForTaskToken}. */
    private static String call(ExecutionEvent event) {
        String resource = event.resource();
        if (event.type().startsWith("LambdaFunction")) {
            return "Invoke";
        }
        if (resource == null || resource.isEmpty()) {
            return "unknown";
        }
        int dot = resource.indexOf('.');
        String call = dot > 0 ? resource.substring(0, dot) : resource;
        return call.substring(0, 1).toUpperCase(Locale.ROOT) + call.substring(1);
    }

    private static String key(
            String account, @Nullable String region, @Nullable String service, @Nullable String call) {
        return account
                + '|'
                + (region == null ? "" : region)
                + '|'
                + Phrases.service(service).toLowerCase(Locale.ROOT)
                + '|'
                + (call == null ? "" : call);
    }
}
