package io.trailwarden.detection.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.detection.reference.OrganizationSettings.ReachingOut;
import io.trailwarden.detection.reference.PrincipalSettings.NewPrincipals;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final String OURS = "111122223333";

    @Test
    void an_empty_object_means_the_defaults_everywhere() {
        assertThat(throttling("{}").in(OURS)).isEqualTo(ThrottlingSettings.DEFAULT);
        assertThat(principals("{}").in(OURS)).isEqualTo(PrincipalSettings.DEFAULT);
        assertThat(organization("{}").in(OURS)).isEqualTo(OrganizationSettings.DEFAULT);
        assertThat(Settings.of("x").in("anything")).isEqualTo("x");
    }

    @Test
    void the_defaults_are_those_that_the_reference_page_names() {
        assertThat(ThrottlingSettings.DEFAULT).isEqualTo(new ThrottlingSettings(10, 3));
        assertThat(PrincipalSettings.DEFAULT.learning()).isEqualTo(Duration.ofDays(7));
        assertThat(PrincipalSettings.DEFAULT.forget()).isEqualTo(Duration.ofDays(90));
        assertThat(PrincipalSettings.DEFAULT.newPrincipals()).isEqualTo(NewPrincipals.USERS);
        assertThat(OrganizationSettings.DEFAULT.reachingOut()).isEqualTo(ReachingOut.WRITES);
    }

    @Test
    void an_account_has_its_own_and_takes_the_rest_from_outside_it() {
        Settings<ThrottlingSettings> settings =
                throttling("{\"floor\": 20, \"factor\": 5, \"accounts\": {\"111122223333\": {\"factor\": 2}}}");

        assertThat(settings.in(OURS)).isEqualTo(new ThrottlingSettings(20, 2));
        assertThat(settings.in("444455556666")).isEqualTo(new ThrottlingSettings(20, 5));
    }

    @Test
    void every_member_of_the_principals_settings_is_read() {
        assertThat(principals(
                                """
                                {"learning": "PT0S", "forget": "P1D", "newPrincipals": "all", "services": true,
                                 "readOnly": false, "ignore": ["arn:aws:iam::*:role/pipeline"]}""")
                        .in(OURS))
                .isEqualTo(new PrincipalSettings(
                        Duration.ZERO,
                        Duration.ofDays(1),
                        NewPrincipals.ALL,
                        true,
                        false,
                        List.of(Glob.of("arn:aws:iam::*:role/pipeline"))));
    }

    @Test
    void every_member_of_the_organizations_settings_is_read() {
        assertThat(organization("{\"awsAccounts\": \"999988887777\", \"anonymous\": false, \"reachingOut\": \"off\"}")
                        .in(OURS))
                .isEqualTo(new OrganizationSettings(List.of("999988887777"), false, ReachingOut.OFF));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"floor\": 0} | floor: 0 (expected: a whole number from 1)",
                "{\"flor\": 1} | unknown member flor (expected: one of accounts, factor, floor)",
                "{\"accounts\": {\"1\": null}} | accounts.1: missing (expected: an object)",
                "{\"accounts\": {\"1\": 5}} | accounts.1: 5 (expected: an object)",
                "{\"accounts\": {\"1\": {\"accounts\": {}}}}"
                        + " | unknown member accounts.1.accounts (expected: one of factor, floor)",
                "{\"accounts\": {\"1\": {\"factor\": -1}}} | accounts.1.factor: -1 (expected: a whole number from 1)",
            })
    void what_cannot_be_meant_is_refused_with_its_place(String body, String message) {
        assertThatThrownBy(() -> throttling(body))
                .isInstanceOf(RefusedEntryException.class)
                .hasMessage(message);
    }

    private static Settings<ThrottlingSettings> throttling(String body) {
        return Settings.read(Body.parse(body), ThrottlingSettings.DEFAULT, ThrottlingSettings::read);
    }

    private static Settings<PrincipalSettings> principals(String body) {
        return Settings.read(Body.parse(body), PrincipalSettings.DEFAULT, PrincipalSettings::read);
    }

    private static Settings<OrganizationSettings> organization(String body) {
        return Settings.read(Body.parse(body), OrganizationSettings.DEFAULT, OrganizationSettings::read);
    }
}
