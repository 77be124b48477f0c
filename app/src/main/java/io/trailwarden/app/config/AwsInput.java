package io.trailwarden.app.config;

import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.custody.CustodyConfig;
import io.trailwarden.ingest.inventory.InventoryConfig;
import io.trailwarden.ingest.logs.LogsConfig;
import io.trailwarden.ingest.lookup.LookupConfig;
import io.trailwarden.ingest.s3.BucketConfig;
import org.jspecify.annotations.Nullable;

/** Something in AWS that is read: what, and as whom. */
public sealed interface AwsInput {

    /** As whom and where. */
    AwsAccess access();

    /** The name in the origin of its records. */
    String source();

    /** Event history of one account and Region. */
    record Lookup(AwsAccess access, LookupConfig config) implements AwsInput {
        @Override
        public String source() {
            return config.source();
        }
    }

    /** Log groups of one account and Region. */
    record Logs(AwsAccess access, LogsConfig config) implements AwsInput {
        @Override
        public String source() {
            return config.source();
        }
    }

    /**
     * Buckets.
     *
     * @param custody how their digests are watched; null: they are not
     */
    record Bucket(AwsAccess access, BucketConfig config, @Nullable CustodyConfig custody) implements AwsInput {
        @Override
        public String source() {
            return config.source();
        }
    }

    /** Accounts of an organization. */
    record Organization(AwsAccess access, InventoryConfig config) implements AwsInput {
        @Override
        public String source() {
            return config.source();
        }
    }

    /** State machines of one account and Region. */
    record StateMachines(AwsAccess access, InventoryConfig config) implements AwsInput {
        @Override
        public String source() {
            return config.source();
        }
    }
}
