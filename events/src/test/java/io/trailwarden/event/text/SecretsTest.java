package io.trailwarden.event.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private static Secrets.MaskedText mask(String json) {
        return Secrets.mask(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Failed to connect: jdbc:postgresql://u:canary@10.0.0.1:5432/x | Failed to connect:"
                        + " jdbc:postgresql://u:***@10.0.0.1:5432/x",
                "https://u:can@ry@example.com/a, then https://b:2@c/d | https://u:***@example.com/a, then https://b:***@c/d",
                "https://:canary@example.com/ | https://:***@example.com/",
                "jdbc:postgresql://h/x?user=u&password=canary&ssl=true | jdbc:postgresql://h/x?user=u&password=***&ssl=true",
                "jdbc:sqlserver://h;User=u;Password=canary;x=1 | jdbc:sqlserver://h;User=u;Password=***;x=1",
                "https://h/a?X-Amz-Signature=canary&b=1 | https://h/a?X-Amz-Signature=***&b=1",
                "jdbc:postgresql://u:can/ary@h/x | jdbc:postgresql://u:***@h/x",
                "x required user=\"u\" password=\"can ary\"; y | x required user=\"u\" password=***; y",
                "ssl.keystore.password=can,ary and sort key=name | ssl.keystore.password=*** and sort key=name",
                "http://127.0.0.1:8080/a@b and mail a:b@c | http://127.0.0.1:8080/a@b and mail a:b@c"
            })
    void addresses_in_a_message_lose_their_passwords_and_nothing_else(String message, String shown) {
        assertThat(Secrets.withoutThoseOfAddresses(message)).isEqualTo(shown);
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
