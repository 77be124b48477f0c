package io.trailwarden.ingest.aws;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Credentials that can be thrown away: the SDK keeps them until the time written on them, but AWS may refuse them
 * earlier (a revoked session, a clock that is wrong).
 */
final class RenewableCredentials implements AwsCredentialsProvider, AutoCloseable {

    private final Supplier<AwsCredentialsProvider> source;
    private @Nullable AwsCredentialsProvider current;

    RenewableCredentials(Supplier<AwsCredentialsProvider> source) {
        this.source = source;
    }

    @Override
    public synchronized AwsCredentials resolveCredentials() {
        AwsCredentialsProvider provider = current;
        if (provider == null) {
            provider = source.get();
            current = provider;
        }
        return provider.resolveCredentials();
    }

    /** The next request asks for new ones. */
    synchronized void renew() {
        if (current instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
        current = null;
    }

    @Override
    public void close() {
        renew();
    }
}
