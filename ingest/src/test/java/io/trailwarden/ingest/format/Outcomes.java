package io.trailwarden.ingest.format;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.ExecutionCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.Assertions;

/** What becomes of an object's records: found, then decoded as the job decodes them. Every key is checked on the way. */
final class Outcomes implements RecordSink {

    private static final Origin ORIGIN = new Origin("test", "test", 0, "00", Instant.EPOCH);

    final List<String> keys = new ArrayList<>();
    final List<String> values = new ArrayList<>();
    final List<DeadLetter> rejected = new ArrayList<>();
    final List<String> ignored = new ArrayList<>();
    final Map<DeadLetter.Reason, Integer> reasons = new TreeMap<>();
    int cloudTrail;
    int executions;
    long records;
    private final CloudTrailCodec cloudTrailCodec = new CloudTrailCodec();
    private final ExecutionCodec executionCodec = new ExecutionCodec();

    static Outcomes of(byte[] bytes) {
        Outcomes outcomes = new Outcomes();
        outcomes.add(bytes);
        return outcomes;
    }

    static Outcomes of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    void add(byte[] bytes) {
        add("", bytes);
    }

    void add(String name, byte[] bytes) {
        long before = total();
        try (RecordReader reader = new RecordReader(ObjectLimits.DEFAULT)) {
            long found = reader.read(name, bytes, bytes.length, this);
            records += found;
            Assertions.assertThat(total() - before).isEqualTo(found);
        }
    }

    private long total() {
        return cloudTrail + executions + rejected.size();
    }

    int read() {
        return cloudTrail + executions;
    }

    @Override
    public void cloudTrail(byte[] key, byte[] bytes, int from, int to) {
        byte[] raw = Arrays.copyOfRange(bytes, from, to);
        Decoded<CloudTrailEvent> decoded = cloudTrailCodec.decode(raw, ORIGIN);
        if (decoded instanceof Decoded.Read<CloudTrailEvent> read) {
            Assertions.assertThat(new String(key, StandardCharsets.UTF_8)).isEqualTo(EventKeys.of(read.value()));
            cloudTrail++;
            keys.add(EventKeys.of(read.value()));
            values.add(new String(raw, StandardCharsets.UTF_8));
        } else if (decoded instanceof Decoded.Rejected<CloudTrailEvent> no) {
            reject(no.deadLetter());
        }
    }

    @Override
    public void execution(byte[] key, byte[] bytes, int from, int to) {
        byte[] raw = Arrays.copyOfRange(bytes, from, to);
        Decoded<ExecutionEvent> decoded = executionCodec.decode(raw, ORIGIN);
        if (decoded instanceof Decoded.Read<ExecutionEvent> read) {
            Assertions.assertThat(new String(key, StandardCharsets.UTF_8)).isEqualTo(EventKeys.of(read.value()));
            executions++;
            keys.add(EventKeys.of(read.value()));
            values.add(new String(raw, StandardCharsets.UTF_8));
        } else if (decoded instanceof Decoded.Rejected<ExecutionEvent> no) {
            reject(no.deadLetter());
        }
    }

    @Override
    public void rejected(DeadLetter.Reason reason, String message, String place, byte[] bytes, int from, int to) {
        reject(DeadLetter.of(reason, message, place, bytes, from, to, ORIGIN));
    }

    private void reject(DeadLetter letter) {
        rejected.add(letter);
        reasons.merge(letter.reason(), 1, Integer::sum);
    }

    @Override
    public void ignored(String what) {
        ignored.add(what);
    }
}
