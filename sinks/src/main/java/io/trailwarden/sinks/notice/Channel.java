package io.trailwarden.sinks.notice;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A way to people: a topic, a web hook. Called by one thread at a time. */
public interface Channel extends AutoCloseable {

    /** The sink's name: stable, part of the consumer group. */
    String name();

    /** Sends these in this order and says of each what became of it, in the same order. */
    List<Outcome> send(List<Notice> notices);

    @Override
    void close();

    /** What became of one message. */
    sealed interface Outcome {}

    /** The other side has it. */
    record Delivered() implements Outcome {}

    /** The other side will never take it, and why. */
    record Refused(String reason) implements Outcome {}

    /** It should be sent again later. */
    record NotNow(String why, @Nullable Throwable cause) implements Outcome {}
}
