package io.trailwarden.jobs.detect;

import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Signal;
import io.trailwarden.event.Finding;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.operator.ReferenceFeed;
import java.util.List;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.OutputTag;

/** Makes the operators of one round of the stateful detectors. */
public final class DetectorFactory extends AbstractStreamOperatorFactory<Finding>
        implements OneInputStreamOperatorFactory<Signal<?, ?>, Finding> {

    private static final long serialVersionUID = 1L;

    private final int round;
    private final List<KeyedDetector<?, ?, ?>> detectors;
    private final OutputTag<Signal<?, ?>> next;
    private final ReferenceFeed reference;
    private final JobSettings settings;

    /**
     * A factory.
     *
     * @param next where news for the next round leaves
     */
    public DetectorFactory(
            int round,
            List<KeyedDetector<?, ?, ?>> detectors,
            OutputTag<Signal<?, ?>> next,
            ReferenceFeed reference,
            JobSettings settings) {
        this.round = round;
        this.detectors = detectors;
        this.next = next;
        this.reference = reference;
        this.settings = settings;
    }

    @Override
    @SuppressWarnings("unchecked") // Flink's factories know the type only by its bound
    public <T extends StreamOperator<Finding>> T createStreamOperator(StreamOperatorParameters<Finding> parameters) {
        return (T) new DetectorOperator(parameters, round, detectors, next, reference, settings);
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared by Flink
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return DetectorOperator.class;
    }
}
