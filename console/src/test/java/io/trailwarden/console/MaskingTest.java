package io.trailwarden.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {

    private static Masking.Masked mask(String json) throws IOException {
        return Masking.pretty(Json.MAPPER.readTree(json), false);
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
    void hides_values_by_the_name_of_their_member(String name) throws IOException {
        Masking.Masked masked = mask("{\"a\":[{\"" + name + "\":\"hunter2hunter2\"}]}");

        assertThat(masked.text()).doesNotContain("hunter2").contains("‹hidden: 14 characters›");
        assertThat(masked.hidden()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"accessKeyId", "roleSessionName", "taskCredentials", "passwordResetRequired", "secretId", "keyId"
            })
    void leaves_what_tells_who_acted(String name) throws IOException {
        assertThat(mask("{\"" + name + "\":\"AKIAEXAMPLE\"}").hidden()).isZero();
    }

    @Test
    void hides_inside_json_that_travels_as_text() throws IOException {
        Masking.Masked masked = mask("{\"input\":\"{\\\"user\\\":\\\"ada\\\",\\\"password\\\":\\\"hunter2\\\"}\"}");

        assertThat(masked.text()).contains("ada").doesNotContain("hunter2");
        assertThat(masked.hidden()).isEqualTo(1);
    }

    @Test
    void hides_private_keys_wherever_they_are() throws IOException {
        assertThat(mask("{\"note\":\"-----BEGIN RSA PRIVATE KEY-----\\nMIIE\"}").text())
                .doesNotContain("MIIE");
    }

    @Test
    void leaves_absent_secrets_alone() throws IOException {
        assertThat(mask("{\"password\":null,\"secret\":false}").hidden()).isZero();
    }

    @Test
    void shows_everything_when_asked() throws IOException {
        assertThat(Masking.pretty(Json.MAPPER.readTree("{\"password\":\"hunter2\"}"), true)
                        .text())
                .contains("hunter2");
    }

    @Test
    void keeps_text_that_only_looks_like_json() throws IOException {
        assertThat(mask("{\"userAgent\":\"[aws-cli/2]\"}").text()).contains("[aws-cli/2]");
    }
}
