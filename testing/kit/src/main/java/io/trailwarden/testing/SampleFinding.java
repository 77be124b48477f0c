package io.trailwarden.testing;

import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes findings of which a test says only what it is about; all else is plain: open, of low severity, about one event in
 * no account. Not safe for several threads.
 */
public final class SampleFinding {

    /** When everything in a finding happened of which a test says nothing else. */
    public static final Instant TIME = Instant.parse("2026-03-02T09:00:00Z");

    private final String id;
    private long revision = 1;
    private Finding.State state = Finding.State.OPEN;
    private String detection = "test";
    private Severity severity = Severity.LOW;
    private String title = "Title";
    private String description = "Description.";
    private String author = "Trailwarden";
    private String subject = "subject";
    private @Nullable String account;
    private @Nullable String region;
    private @Nullable String principal;
    private Instant first = TIME;
    private Instant last = TIME;
    private Instant detectedAt = TIME;
    private List<String> eventIds = List.of("e1");
    private long eventCount = 1;
    private List<String> techniques = List.of();
    private Map<String, String> facts = Map.of();
    private List<String> nextSteps = List.of();
    private @Nullable String suppression;

    private SampleFinding(String id) {
        this.id = id;
    }

    /** A plain finding with this id. */
    public static SampleFinding of(String id) {
        return new SampleFinding(id);
    }

    /** A copy, to be changed. */
    public static SampleFinding like(Finding finding) {
        return like(finding, finding.id());
    }

    /** A copy with another id, to be changed. */
    public static SampleFinding like(Finding finding, String id) {
        Claim claim = finding.claim();
        return new SampleFinding(id)
                .revision(finding.revision())
                .state(finding.state())
                .detection(claim.detection().name())
                .severity(claim.detection().severity())
                .author(claim.detection().author())
                .techniques(claim.detection().techniques())
                .title(claim.words().title())
                .description(claim.words().description())
                .facts(claim.words().facts())
                .nextSteps(claim.words().nextSteps())
                .subject(claim.subject().name())
                .account(claim.subject().account())
                .region(claim.subject().region())
                .principal(claim.subject().principal())
                .between(claim.evidence().first(), claim.evidence().last())
                .events(claim.evidence().eventIds())
                .eventCount(claim.evidence().count())
                .detectedAt(finding.detectedAt())
                .suppression(finding.suppression());
    }

    public SampleFinding revision(long revision) {
        this.revision = revision;
        return this;
    }

    public SampleFinding state(Finding.State state) {
        this.state = state;
        return this;
    }

    public SampleFinding detection(String detection) {
        this.detection = detection;
        return this;
    }

    public SampleFinding severity(Severity severity) {
        this.severity = severity;
        return this;
    }

    public SampleFinding title(String title) {
        this.title = title;
        return this;
    }

    public SampleFinding description(String description) {
        this.description = description;
        return this;
    }

    public SampleFinding author(String author) {
        this.author = author;
        return this;
    }

    public SampleFinding subject(String subject) {
        this.subject = subject;
        return this;
    }

    public SampleFinding account(@Nullable String account) {
        this.account = account;
        return this;
    }

    public SampleFinding region(@Nullable String region) {
        this.region = region;
        return this;
    }

    public SampleFinding principal(@Nullable String principal) {
        this.principal = principal;
        return this;
    }

    /** When everything happened, also when it was detected. */
    public SampleFinding at(Instant time) {
        return between(time, time).detectedAt(time);
    }

    /** Event time of the earliest and of the latest evidence. */
    public SampleFinding between(Instant first, Instant last) {
        this.first = first;
        this.last = last;
        return this;
    }

    public SampleFinding detectedAt(Instant detectedAt) {
        this.detectedAt = detectedAt;
        return this;
    }

    /** The evidence, all of it. */
    public SampleFinding events(List<String> eventIds) {
        this.eventIds = eventIds;
        this.eventCount = eventIds.size();
        return this;
    }

    /** How many events are evidence, when that are more than are listed. */
    public SampleFinding eventCount(long eventCount) {
        this.eventCount = eventCount;
        return this;
    }

    public SampleFinding techniques(List<String> techniques) {
        this.techniques = techniques;
        return this;
    }

    /** All of the facts. */
    public SampleFinding facts(Map<String, String> facts) {
        this.facts = facts;
        return this;
    }

    /** One more fact, after the others. */
    public SampleFinding fact(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.put(name, value);
        return facts(more);
    }

    public SampleFinding nextSteps(List<String> nextSteps) {
        this.nextSteps = nextSteps;
        return this;
    }

    public SampleFinding suppression(@Nullable String suppression) {
        this.suppression = suppression;
        return this;
    }

    /** What the finding asserts. */
    public Claim claim() {
        return new Claim(
                id,
                new Claim.Detection(detection, severity, author, techniques),
                new Claim.Subject(subject, account, region, principal),
                new Claim.Evidence(first, last, eventIds, eventCount),
                new Claim.Words(title, description, facts, nextSteps));
    }

    /** The finding. */
    public Finding build() {
        return new Finding(claim(), revision, state, detectedAt, suppression);
    }
}
