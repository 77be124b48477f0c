package io.trailwarden.sinks;

import io.trailwarden.event.DeadLetter;

/** Takes what a sink could not deliver, so that it is never dropped silently. */
public interface DeadLetterTray {

    /**
     * Keeps this dead letter; durable when it returns.
     *
     * @throws SinkUnavailableException when it cannot be kept now
     */
    void put(DeadLetter letter) throws SinkUnavailableException;
}
