package io.trailwarden.jobs.operator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * What one subtask counts and measures, told both to Flink's metrics and in {@code JobStatus}. One thread counts; the
 * values are read by others without locking, so a reading may be a moment old.
 */
public final class Numbers {

    /** One number that only grows. */
    public static final class Count {
        private volatile long value;

        public void increment() {
            add(1);
        }

        public void add(long more) {
            value = value + more;
        }

        long value() {
            return value;
        }
    }

    private final MetricGroup metrics;
    private final Map<String, LongSupplier> all = new LinkedHashMap<>();
    private Supplier<Map<String, Long>> others = Map::of;

    public Numbers(MetricGroup metrics) {
        this.metrics = metrics;
    }

    /** A counter by this name, from zero. */
    public Count count(String name) {
        Count count = new Count();
        gauge(name, count::value);
        return count;
    }

    /** A number that is measured when it is read. */
    public void gauge(String name, LongSupplier value) {
        all.put(name, value);
        metrics.gauge(name, (Gauge<Long>) value::getAsLong);
    }

    /** Also numbers whose names are known only when they are read; they are told in {@code JobStatus} alone. */
    public void others(Supplier<Map<String, Long>> numbers) {
        others = numbers;
    }

    /** All numbers now. */
    Map<String, Long> read() {
        Map<String, Long> now = new TreeMap<>(others.get());
        all.forEach((name, value) -> now.put(name, value.getAsLong()));
        return now;
    }
}
