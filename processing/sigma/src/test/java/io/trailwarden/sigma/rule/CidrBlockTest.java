package io.trailwarden.sigma.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrBlockTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.1, 192.0.2.1, true",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "::/0, ::ffff:10.0.0.1, true",
        "10.0.0.0/8, ::ffff:10.0.0.1, false",
        "::1, 0:0:0:0:0:0:0:1, true",
        "10.0.0.0/8, ec2.amazonaws.com, false",
        "10.0.0.0/8, 010.1.1.1, false",
        "10.0.0.0/8, 10.1.1, false",
        "fe80::/10, fe80::1::2, false",
    })
    void membership(String block, String address, boolean member) {
        assertThat(CidrBlock.parse(block)).isNotNull().satisfies(b -> assertThat(b.contains(address))
                .isEqualTo(member));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0/8",
                "foo",
                "",
                "/8",
                "2001:db8::1/32",
                "::/129",
                "1:2:3:4:5:6:7:8:9"
            })
    void what_is_no_network_is_none(String text) {
        assertThat(CidrBlock.parse(text)).isNull();
    }
}
