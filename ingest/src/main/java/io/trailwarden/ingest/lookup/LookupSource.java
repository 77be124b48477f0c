package io.trailwarden.ingest.lookup;

import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.aws.AccessProbe;
import io.trailwarden.ingest.aws.AccessProbe.Outcome;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.aws.AwsApi;
import io.trailwarden.ingest.aws.AwsSource;
import java.util.List;

/**
 * Event history of one account and Region.
 *
 * @param access as whom and where
 * @param config what is read
 */
public record LookupSource(AwsAccess access, LookupConfig config) implements AwsSource {

    public static final Kind KIND = new Kind(
            "cloudtrail",
            false,
            LookupConfig.SETTINGS,
            (source, access, values) -> new LookupSource(access, LookupConfig.of(source, values)));

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public List<Ingester> open(Opening with) throws IngestException {
        return List.of(new LookupIngester(
                config, with.sessions().of(access), with.publisher(), with.positions(), with.clock()));
    }

    @Override
    public List<Outcome> probe(AccessProbe probe) throws InterruptedException {
        return List.of(probe.attempt(
                AwsApi.LOOKUP_EVENTS,
                "*",
                () -> probe.session()
                                .cloudTrail()
                                .lookupEvents(lookup -> lookup.maxResults(1))
                                .events()
                                .size()
                        + " event read"));
    }
}
