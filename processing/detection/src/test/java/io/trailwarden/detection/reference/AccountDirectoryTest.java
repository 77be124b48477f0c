package io.trailwarden.detection.reference;

import static io.trailwarden.detection.reference.AccountDirectory.Standing.AWS;
import static io.trailwarden.detection.reference.AccountDirectory.Standing.MEMBER;
import static io.trailwarden.detection.reference.AccountDirectory.Standing.OUTSIDE;
import static io.trailwarden.detection.reference.AccountDirectory.Standing.PARTNER;
import static io.trailwarden.detection.reference.AccountDirectory.Standing.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.detection.reference.AccountDirectory.Account;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountDirectoryTest {

    private static final String ID = "111122223333";
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    @Test
    void a_span_begins_with_its_first_moment_and_ends_before_its_last() {
        AccountDirectory directory = of("{\"joined\": \"2026-03-02T12:00:00Z\", \"left\": \"2026-03-03T12:00:00Z\"}");

        assertThat(directory.standing(ID, NOON.minusNanos(1))).isEqualTo(OUTSIDE);
        assertThat(directory.standing(ID, NOON)).isEqualTo(MEMBER);
        assertThat(directory.standing(ID, NOON.plusSeconds(86_400).minusNanos(1)))
                .isEqualTo(MEMBER);
        assertThat(directory.standing(ID, NOON.plusSeconds(86_400))).isEqualTo(OUTSIDE);
        assertThat(directory.describe(ID)).isEqualTo("member from 2026-03-02T12:00:00Z until 2026-03-03T12:00:00Z");
    }

    @Test
    void an_account_is_a_partner_and_then_a_member() {
        AccountDirectory directory = of(
                """
                {"name": "payments", "spans": [
                  {"relation": "partner", "to": "2026-03-02T12:00:00Z"},
                  {"relation": "member", "from": "2026-03-02T12:00:00Z"}]}""");

        assertThat(directory.standing(ID, NOON.minusSeconds(1))).isEqualTo(PARTNER);
        assertThat(directory.standing(ID, NOON)).isEqualTo(MEMBER);
        assertThat(directory.name(ID)).isEqualTo("payments");
        assertThat(directory.describe(ID))
                .isEqualTo("partner until 2026-03-02T12:00:00Z; member from 2026-03-02T12:00:00Z");
        assertThat(directory.size()).isEqualTo(1);
    }

    @Test
    void while_no_member_is_known_nobody_is_outside() {
        AccountDirectory partners = of("{\"relation\": \"aws\"}");

        assertThat(partners.known()).isFalse();
        assertThat(partners.standing(ID, NOON)).isEqualTo(AWS);
        assertThat(partners.standing("999988887777", NOON)).isEqualTo(UNKNOWN);
        assertThat(of("{}").known()).isTrue();
        assertThat(of("{}").standing("999988887777", NOON)).isEqualTo(OUTSIDE);
    }

    @Test
    void of_an_account_that_is_not_there_that_is_said() {
        assertThat(of("{}").describe("999988887777")).isEqualTo("not in the directory");
        assertThat(of("{}").name("999988887777")).isNull();
        assertThat(of("{}").name(ID)).isNull();
        assertThat(of("{\"spans\": []}").standing(ID, NOON)).isEqualTo(UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"joined\": \"2026-03-02T12:00:00Z\", \"left\": \"2026-03-02T12:00:00Z\"}"
                        + " | left: 2026-03-02T12:00:00Z (expected: after joined 2026-03-02T12:00:00Z)",
                "{\"spans\": [{\"from\": \"2026-03-02T12:00:00Z\", \"to\": \"2026-03-01T12:00:00Z\"}]}"
                        + " | spans[0].to: 2026-03-01T12:00:00Z (expected: after from 2026-03-02T12:00:00Z)",
                "{\"relation\": \"friend\"} | relation: \"friend\" (expected: one of member, partner, aws)",
                "{\"spans\": [{\"since\": 1}]} | unknown member spans[0].since (expected: one of from, relation, to)",
                "{\"spans\": {}} | spans: {} (expected: a list of objects)",
                "{\"name\": 5} | name: 5 (expected: text that is not empty)",
            })
    void what_makes_no_sense_is_refused_with_its_place(String body, String message) {
        assertThatThrownBy(() -> of(body))
                .isInstanceOf(RefusedEntryException.class)
                .hasMessage(message);
    }

    private static AccountDirectory of(String body) {
        return new AccountDirectory(Map.of(ID, Account.read(Body.parse(body))));
    }
}
