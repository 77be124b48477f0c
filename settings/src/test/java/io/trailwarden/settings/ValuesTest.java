package io.trailwarden.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {

    private static final Setting<Integer> PORT =
            new Setting<>("console.host-port", Kinds.integer(0, 65_535), "8730", "the port");
    private static final Setting<List<String>> BUCKETS = Setting.required("buckets", Kinds.texts(), "buckets");

    @Test
    void what_is_not_set_has_its_default() {
        assertThat(Values.DEFAULTS.get(PORT)).isEqualTo(8730);
        assertThat(Values.DEFAULTS.isSet(PORT)).isFalse();
    }

    @Test
    void what_is_set_is_what_it_is_set_to_and_the_original_stays() {
        Values values = Values.DEFAULTS.with(PORT, 80).with(BUCKETS, List.of("a"));

        assertThat(values.get(PORT)).isEqualTo(80);
        assertThat(values.get(BUCKETS)).containsExactly("a");
        assertThat(values.isSet(PORT)).isTrue();
        assertThat(Values.DEFAULTS.get(PORT)).isEqualTo(8730);
    }

    @Test
    void what_must_be_given_and_is_not_is_a_mistake_of_ours() {
        assertThatThrownBy(() -> Values.DEFAULTS.get(BUCKETS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("buckets is not set and has no default");
        assertThatThrownBy(() -> Values.DEFAULTS.get(new Setting<>("x", Kinds.bool(), "maybe", "x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the default of x is not of its kind");
    }

    /** The tests run in a Turkish locale, in which i becomes another letter. */
    @Test
    void a_setting_has_a_variable_whatever_the_locale() {
        assertThat(new Setting<>("security-hub.external-id", Kinds.bool(), "true", "x").variable())
                .isEqualTo("TRAILWARDEN_SECURITY_HUB_EXTERNAL_ID");
    }
}
