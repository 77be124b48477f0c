package io.trailwarden.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a detection asserts: who or what did something, on which evidence, and what to do about it. Nothing in it depends
 * on when it was concluded: two runs over the same events make equal claims.
 *
 * <p>{@code id} is a function of the detection, its subject and its event-time window or event id, and of nothing else:
 * the same records give the same ids in any order of arrival, any number of times.
 *
 * <p>Every text in it may hold words written by a stranger (a role session name, a user agent); who shows it must not
 * interpret it.
 *
 * @param id 32 lower-case hex digits, see {@link FindingId}
 */
public record Claim(String id, Detection detection, Subject subject, Evidence evidence, Words words) {

    /** What is left of the claim when it does not hold any more: what it was about and when, without its evidence. */
    public Claim withdrawn(String why) {
        return new Claim(
                id,
                new Detection(detection.name(), detection.severity(), detection.author(), List.of()),
                subject,
                new Evidence(evidence.first(), evidence.last(), List.of(), 0),
                new Words(words.title(), why, Map.of(), List.of()));
    }

    /**
     * Which detection makes the claim, and how bad it holds this one to be.
     *
     * @param name its stable key, for example {@code unexpected-principal} or a rule's id
     * @param author who wrote the detection; rules under the Detection Rule License must name theirs
     * @param techniques MITRE ATT&CK technique ids
     */
    public record Detection(
            @JsonProperty("detection") String name, Severity severity, String author, List<String> techniques) {}

    /**
     * What the claim is about, and where that is.
     *
     * @param name as the detection identifies it
     * @param principal stable actor key, see {@link ActorKey}
     */
    public record Subject(
            @JsonProperty("subject") String name,
            @Nullable String account,
            @Nullable String region,
            @Nullable String principal) {

        /** Something that is in no account. */
        public static Subject named(String name) {
            return new Subject(name, null, null, null);
        }
    }

    /**
     * The events that the claim rests on.
     *
     * @param first event time of the earliest
     * @param last event time of the latest
     * @param eventIds the earliest by event time; of a longer list, the first {@link #MAX_EVENT_IDS} are kept
     * @param count how many there are, also those not listed
     */
    public record Evidence(
            @JsonProperty("firstTime") Instant first,
            @JsonProperty("lastTime") Instant last,
            List<String> eventIds,
            @JsonProperty("eventCount") long count) {

        /** How many event ids a claim lists; the rest is counted and can be queried. */
        public static final int MAX_EVENT_IDS = 100;

        /** Cuts the list. What a reader found absent stays absent until the reader has missed it by name. */
        public Evidence {
            if (eventIds != null && eventIds.size() > MAX_EVENT_IDS) {
                eventIds = eventIds.subList(0, MAX_EVENT_IDS);
            }
        }

        /** All of these events, of which the earliest come first. */
        public static Evidence of(Instant first, Instant last, List<String> eventIds) {
            return new Evidence(first, last, eventIds, eventIds.size());
        }
    }

    /**
     * The claim for people.
     *
     * @param title one line for a list
     * @param description why it fired, in whole sentences
     * @param facts what was expected and what was seen, in the order to be read
     * @param nextSteps what to do now, one concrete step a line
     */
    public record Words(String title, String description, Map<String, String> facts, List<String> nextSteps) {}
}
