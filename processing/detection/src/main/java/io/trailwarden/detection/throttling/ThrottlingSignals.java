package io.trailwarden.detection.throttling;

import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.throttling.ThrottlingNews.Log;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import java.util.Locale;
import java.util.function.Consumer;

/** Hands on every throttled call, and nothing else: they are few, except when they matter. */
final class ThrottlingSignals implements SignalSource<ThrottlingKey, ThrottlingNews> {

    @Override
    public void readCall(
            CloudTrailEvent event, Reference reference, Consumer<Signal<ThrottlingKey, ThrottlingNews>> out) {
        if (event.errorCode() == null) {
            return;
        }
        ThrottleCode code = ThrottleCode.of(event.errorCode());
        if (code == null) {
            return;
        }
        out.accept(new Signal<>(
                ThrottlingDetector.NAME,
                ThrottlingKey.of(event.account(), event.awsRegion(), event.eventSource(), event.eventName()),
                event.sighting(),
                new ThrottlingNews(
                        Log.CLOUDTRAIL,
                        event.actorKey(),
                        event.errorCode(),
                        code,
                        Boolean.TRUE.equals(event.readOnly()))));
    }

    @Override
    public void readStep(
            ExecutionEvent event, Reference reference, Consumer<Signal<ThrottlingKey, ThrottlingNews>> out) {
        // The execution's own end repeats the error of the task that ended it.
        if (event.error() == null || event.type().startsWith("Execution")) {
            return;
        }
        ThrottleCode code = ThrottleCode.of(event.error());
        if (code == null) {
            return;
        }
        out.accept(new Signal<>(
                ThrottlingDetector.NAME,
                ThrottlingKey.of(event.account(), event.region(), service(event), call(event)),
                event.sighting(),
                new ThrottlingNews(Log.EXECUTIONS, event.stateMachineArn(), event.error(), code, false)));
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
}
