package io.trailwarden.jobs.intake;

import io.trailwarden.detection.Signal;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.operator.ReferenceFeed;
import io.trailwarden.storage.catalog.ArchiveConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes intakes. */
public final class IntakeFactory extends AbstractStreamOperatorFactory<Signal<?, ?>>
        implements OneInputStreamOperatorFactory<Delivered, Signal<?, ?>> {

    private static final long serialVersionUID = 1L;

    private final String feed;
    private final Detection detection;
    private final ReferenceFeed reference;
    private final ArchiveConfig archive;
    private final JobSettings settings;

    public IntakeFactory(
            String feed, Detection detection, ReferenceFeed reference, ArchiveConfig archive, JobSettings settings) {
        this.feed = feed;
        this.detection = detection;
        this.reference = reference;
        this.archive = archive;
        this.settings = settings;
    }

    @Override
    @SuppressWarnings("unchecked") // Flink's factories know the type only by its bound
    public <T extends StreamOperator<Signal<?, ?>>> T createStreamOperator(
            StreamOperatorParameters<Signal<?, ?>> parameters) {
        return (T) new IntakeOperator(parameters, feed, detection, reference, archive, settings);
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared by Flink
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return IntakeOperator.class;
    }
}
