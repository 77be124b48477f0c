package io.trailwarden.detection.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Claim;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.testing.SampleFinding;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuppressionTest {

    private static final String UNTIL = "'reason':'Known','until':'2026-04-01T00:00:00Z'";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'detections':'throttling-spike'}                                        | true",
                "{'detections':['other','throttling-*']}                                  | true",
                "{'detections':'other'}                                                   | false",
                "{'accounts':'111122223333'}                                              | true",
                "{'accounts':'999988887777'}                                              | false",
                "{'principals':'*:role/scanner'}                                          | true",
                "{'principals':'*:role/scanner','accounts':'999988887777'}                | false",
                "{'subjects':'dynamodb*'}                                                 | true",
                "{'regions':'*'}                                                          | false",
            })
    void covers_what_matches_in_every_part(String when, boolean covered) {
        Suppression suppression = read("{" + UNTIL + ",'when':" + when + "}");
        assertThat(suppression.covers(finding("2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z")))
                .isEqualTo(covered);
    }

    @Test
    void covers_findings_whose_evidence_lies_in_its_time() {
        Suppression suppression =
                read("{" + UNTIL + ",'from':'2026-03-01T00:00:00Z','when':{'detections':'throttling-spike'}}");
        assertThat(suppression.covers(finding("2026-03-01T00:00:00Z", "2026-03-31T23:59:59Z")))
                .isTrue();
        assertThat(suppression.covers(finding("2026-02-28T23:59:59Z", "2026-03-01T01:00:00Z")))
                .isFalse();
        assertThat(suppression.covers(finding("2026-03-31T00:00:00Z", "2026-04-01T00:00:00Z")))
                .isFalse();
        assertThat(suppression.describe()).isEqualTo("scan: Known (until 2026-04-01T00:00:00Z)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'until':'2026-04-01T00:00:00Z','when':{'accounts':'1'}}  | reason: missing",
                "{'reason':'x','when':{'accounts':'1'}}                    | until: missing",
                "{'reason':'x','until':'2026-04-01T00:00:00Z'}             | when: missing",
                "{'reason':'x','until':'2026-04-01T00:00:00Z','when':{}}   | when: {} (expected: an object with at least one of",
                "{'reason':'x','until':'2026-04-01T00:00:00Z','from':'2027-01-01T00:00:00Z','when':{'accounts':'1'}} | until: 2026-04-01T00:00:00Z (expected: after from",
                "{'reason':'x','until':'2026-04-01T00:00:00Z','when':{'acounts':'1'}} | unknown member when.acounts",
            })
    void an_entry_without_reason_end_or_aim_is_refused(String body, String message) {
        Reference reference = Reference.EMPTY.with(entry(body));
        assertThat(reference.suppressions()).isEmpty();
        assertThat(reference.failures()).singleElement().satisfies(failure -> assertThat(failure.message())
                .contains(message));
    }

    private static Suppression read(String body) {
        Reference reference = Reference.EMPTY.with(entry(body));
        assertThat(reference.failures()).isEmpty();
        return reference.suppressions().get(0);
    }

    private static ReferenceEntry entry(String body) {
        return new ReferenceEntry(ReferenceEntry.Kind.SUPPRESSION, "scan", body.replace('\'', '"'), Instant.EPOCH);
    }

    private static Claim finding(String first, String last) {
        return SampleFinding.of("f1")
                .between(Instant.parse(first), Instant.parse(last))
                .detection("throttling-spike")
                .account("111122223333")
                .principal("arn:aws:iam::111122223333:role/scanner")
                .subject("dynamodb:DescribeTable")
                .claim();
    }
}
