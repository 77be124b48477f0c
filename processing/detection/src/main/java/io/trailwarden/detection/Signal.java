package io.trailwarden.detection;

import io.trailwarden.event.Sighting;

/**
 * What one event means to one stateful detector: the only thing that is keyed and shuffled, never the whole record.
 *
 * @param detector {@link KeyedDetector#name()} of the detector it is for
 * @param key signals of one detector and equal keys meet in one state
 * @param event the event behind it
 * @param news what the detector tells itself
 * @param <K> the detector's keys
 * @param <N> the detector's news
 */
public record Signal<K extends Record, N extends Record>(String detector, K key, Sighting event, N news) {}
