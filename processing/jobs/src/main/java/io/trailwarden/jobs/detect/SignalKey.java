package io.trailwarden.jobs.detect;

import io.trailwarden.detection.Signal;
import org.apache.flink.api.java.functions.KeySelector;

/** Signals of one detector and key meet in one state. */
public final class SignalKey implements KeySelector<Signal, String> {

    private static final long serialVersionUID = 1L;

    @Override
    public String getKey(Signal signal) {
        return signal.detector() + '|' + signal.key();
    }

    /** The detector of such a key; names of detectors have no bar. */
    static String detectorOf(String key) {
        return key.substring(0, key.indexOf('|'));
    }
}
