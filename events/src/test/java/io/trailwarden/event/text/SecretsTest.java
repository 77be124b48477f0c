package io.trailwarden.event.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private static Secrets.MaskedText mask(String json) {
        return Secrets.mask(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "masterUserPassword",
                "secretAccessKey",
                "sessionToken",
                "SecretString",
                "client_secret",
                "private-key",
                "Authorization",
                "apiKey",
                "dbPassphrase"
            })
    void hides_values_by_the_name_of_their_member(String name) {
        Secrets.MaskedText masked = mask("{\"a\":[{\"" + name + "\":\"hunter2hunter2\"}]}");

        assertThat(masked.text()).doesNotContain("hunter2").contains("‹hidden: 14 characters›");
        assertThat(masked.hidden()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"accessKeyId", "roleSessionName", "taskCredentials", "passwordResetRequired", "secretId", "keyId"
            })
    void leaves_what_tells_who_acted(String name) {
        assertThat(mask("{\"" + name + "\":\"AKIAEXAMPLE\"}").hidden()).isZero();
    }

    @Test
    void hides_inside_json_that_travels_as_text() {
        Secrets.MaskedText masked = mask("{\"input\":\"{\\\"user\\\":\\\"ada\\\",\\\"password\\\":\\\"hunter2\\\"}\"}");

        assertThat(masked.text()).contains("ada").doesNotContain("hunter2");
        assertThat(masked.hidden()).isEqualTo(1);
    }

    @Test
    void hides_private_keys_wherever_they_are() {
        assertThat(mask("{\"note\":\"-----BEGIN RSA PRIVATE KEY-----\\nMIIE\"}").text())
                .doesNotContain("MIIE");
    }

    @Test
    void leaves_absent_secrets_alone() {
        assertThat(mask("{\"password\":null,\"secret\":false}").hidden()).isZero();
    }

    @Test
    void what_hides_nothing_stays_as_it_is() throws JsonProcessingException {
        String text = " {\"b\": 1.50,  \"a\": \"x\"} ";
        assertThat(Secrets.mask(text)).isEqualTo(new Secrets.MaskedText(text, 0));
        JsonNode json = new ObjectMapper().readTree(text);
        assertThat(Secrets.mask(json).json()).isSameAs(json);
    }

    @Test
    void hides_a_column_by_its_name() {
        assertThat(Secrets.mask("db_password", "hunter2").text()).isEqualTo("‹hidden: 7 characters›");
        assertThat(Secrets.mask("actor_key", "arn:aws:iam::1:role/r").hidden()).isZero();
        assertThat(Secrets.mask("raw", "{\"secret\":\"hunter2\"}").text())
                .isEqualTo("{\"secret\":\"‹hidden: 7 characters›\"}");
    }

    @Test
    void keeps_text_that_only_looks_like_json() {
        assertThat(mask("{\"userAgent\":\"[aws-cli/2]\"}").text()).contains("[aws-cli/2]");
    }
}
