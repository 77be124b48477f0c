package io.trailwarden.detection.throttling;

import io.trailwarden.detection.Phrases;
import io.trailwarden.event.Bounded;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One quota: AWS throttles by account, Region, service and call.
 *
 * @param region empty when the record names none
 * @param service as IAM names it, in lower case
 * @param call {@code ?} when the record names none
 */
public record ThrottlingKey(String account, String region, String service, String call) {

    /** Bounds what is too long. */
    public ThrottlingKey {
        account = Bounded.text(account);
        region = Bounded.text(region);
        service = Bounded.text(service);
        call = Bounded.text(call);
    }

    static ThrottlingKey of(
            String account, @Nullable String region, @Nullable String eventSource, @Nullable String call) {
        return new ThrottlingKey(
                account,
                region == null ? "" : region,
                Phrases.service(eventSource).toLowerCase(Locale.ROOT),
                call == null ? "?" : call);
    }
}
