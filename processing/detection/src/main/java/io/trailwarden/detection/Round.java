package io.trailwarden.detection;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Sighting;

/**
 * What a {@link KeyedDetector} has at hand while it evaluates one key: what is known now, the way out for findings, and
 * the way to the next round.
 *
 * @param <K> the detector's keys
 * @param <N> the detector's news
 */
public interface Round<K extends Record, N extends Record> {

    /** Which of the detector's rounds this is, from 1. */
    int number();

    /** The key that is evaluated. */
    K key();

    /** Reference data as it is now. */
    Reference reference();

    /** The way out. */
    Findings findings();

    /** News for another key, merged there in the next round; refused in the last one. */
    void tell(K key, Sighting event, N news);
}
