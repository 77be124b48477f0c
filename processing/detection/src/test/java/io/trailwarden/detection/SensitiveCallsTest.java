package io.trailwarden.detection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SensitiveCallsTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "iam.amazonaws.com, false, -, true",
                "iam, false, -, true",
                "cloudtrail.amazonaws.com, false, -, true",
                "sso-directory.amazonaws.com, false, -, true",
                "iam.amazonaws.com, true, -, false",
                "iam.amazonaws.com, false, AccessDenied, false",
                "s3.amazonaws.com, false, -, false",
                "IAM.amazonaws.com, false, -, false",
                "iamx.amazonaws.com, false, -, false",
                "-, false, -, false",
                "'', false, -, false",
            })
    void a_change_of_who_may_do_what_or_who_watches_counts_when_it_succeeded(
            String service, boolean readOnly, String errorCode, boolean changesControl) {
        assertThat(SensitiveCalls.changesControl(service, readOnly, errorCode)).isEqualTo(changesControl);
    }
}
