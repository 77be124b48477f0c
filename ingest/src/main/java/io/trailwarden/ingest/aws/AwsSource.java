package io.trailwarden.ingest.aws;

import io.trailwarden.event.Claim;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.Positions;
import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Something in AWS that is read: what it is called, how it opens, and what it needs to be allowed. */
public interface AwsSource {

    Setting<String> KIND = Setting.required(
            "kind",
            Kinds.filled("one of cloudtrail, logs, organization, s3, state-machines"),
            "what is read: Event history, log groups, accounts, buckets, state machines");
    Setting<String> NAME = Setting.required(
            "name", Kinds.filled("a name"), "part of the origin of its records; keep it once there is data");
    Setting<List<String>> REGIONS = Setting.required(
            "regions",
            Kinds.texts(),
            "Regions that are read; of s3 the one of queue and buckets, of organization us-east-1");

    /** As whom and where. */
    AwsAccess access();

    /** The name in the origin of its records. */
    String source();

    /** What reads it. */
    List<Ingester> open(Opening with) throws IngestException;

    /** Tries every permission that reading it needs. */
    List<AccessProbe.Outcome> probe(AccessProbe probe) throws InterruptedException;

    /**
     * A kind of source.
     *
     * @param name as the settings say it
     * @param oneRegion whether it is asked in one Region alone
     * @param settings its own, beside those of every source
     */
    record Kind(String name, boolean oneRegion, List<Setting<?>> settings, Binding binding) {}

    /** Makes a source of what its settings say. */
    interface Binding {

        /**
         * The source.
         *
         * @param source the name in the origin of its records
         * @throws IllegalArgumentException when the settings make no sense together
         */
        AwsSource bind(String source, AwsAccess access, Values values);
    }

    /**
     * What a source is opened with.
     *
     * @param follow whether it is read on and on
     */
    record Opening(AwsSessions sessions, Way way, People people, boolean follow, Clock clock) {

        public EventPublisher publisher() {
            return way.publisher();
        }

        public Positions positions() {
            return way.positions();
        }

        public Map<String, String> kafka() {
            return way.kafka();
        }
    }

    /**
     * Where what is read goes.
     *
     * @param kafka how to reach Kafka, as its clients take it
     */
    record Way(EventPublisher publisher, Positions positions, Map<String, String> kafka) {}

    /**
     * What people wrote down.
     *
     * @param wrote whether they wrote down the entry of this key: inventories leave that to them
     * @param suppression why nobody need look at a finding; null: somebody should
     */
    record People(Predicate<String> wrote, Function<Claim, @Nullable String> suppression) {}
}
