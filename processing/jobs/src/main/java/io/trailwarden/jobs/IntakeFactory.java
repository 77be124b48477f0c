package io.trailwarden.jobs;

import io.trailwarden.detection.Signal;
import io.trailwarden.storage.ArchiveConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes intakes, each chained to its source, so that no record is copied between them. */
final class IntakeFactory extends AbstractStreamOperatorFactory<Signal> {

    private static final long serialVersionUID = 1L;

    private final String feed;
    private final Detection detection;
    private final ReferenceBacklog backlog;
    private final ArchiveConfig archive;
    private final JobSettings settings;

    IntakeFactory(
            String feed, Detection detection, ReferenceBacklog backlog, ArchiveConfig archive, JobSettings settings) {
        this.feed = feed;
        this.detection = detection;
        this.backlog = backlog;
        this.archive = archive;
        this.settings = settings;
        setChainingStrategy(ChainingStrategy.HEAD_WITH_SOURCES);
    }

    @Override
    @SuppressWarnings("unchecked") // Flink's factories know the type only by its bound
    public <T extends StreamOperator<Signal>> T createStreamOperator(StreamOperatorParameters<Signal> parameters) {
        return (T) new IntakeOperator(parameters, feed, detection, backlog, archive, settings);
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared by Flink
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return IntakeOperator.class;
    }
}
