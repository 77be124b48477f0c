package io.trailwarden.jobs.detect;

import io.trailwarden.event.Finding;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Passes findings on, and keeps those of the last minutes in its state. Restored beside another Kafka, it sends them
 * once more.
 *
 * <p>A finding is in Kafka before the sinks have it. When Kafka is lost in between, the records behind the finding are
 * stored and known, so nobody would ever make it again. Sinks know a revision that they have.
 */
public final class RecentFindings extends AbstractStreamOperator<Finding>
        implements OneInputStreamOperator<Finding, Finding> {

    private static final long serialVersionUID = 1L;

    /** For how long a sink may be behind, at least, without losing a finding together with Kafka. */
    static final Duration KEPT = Duration.ofMinutes(5);

    /** How many are kept by one subtask, the latest. */
    static final int MOST = 20_000;

    private final String feed;

    private transient Deque<Kept> recent = new ArrayDeque<>();
    private transient ListState<Kept> state;

    /** A finding, when it passed, and the Kafka it was sent to. */
    public record Kept(String feed, long millis, Finding finding) {}

    public RecentFindings(String feed) {
        this.feed = feed;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        recent = new ArrayDeque<>();
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("recent", TypeInformation.of(Kept.class)));
        for (Kept kept : state.get()) {
            recent.addLast(kept);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        Deque<Kept> restored = recent;
        recent = new ArrayDeque<>();
        for (Kept kept : restored) {
            if (kept.feed().equals(feed)) {
                recent.addLast(kept);
            } else {
                pass(kept.finding());
            }
        }
    }

    @Override
    public void processElement(StreamRecord<Finding> element) {
        pass(element.getValue());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        forget();
        state.update(new ArrayList<>(recent));
    }

    private void pass(Finding finding) {
        recent.addLast(new Kept(feed, getProcessingTimeService().getCurrentProcessingTime(), finding));
        if (recent.size() > MOST) {
            recent.removeFirst();
        }
        output.collect(new StreamRecord<>(finding));
    }

    private void forget() {
        long oldest = getProcessingTimeService().getCurrentProcessingTime() - KEPT.toMillis();
        while (!recent.isEmpty() && recent.getFirst().millis() < oldest) {
            recent.removeFirst();
        }
    }
}
