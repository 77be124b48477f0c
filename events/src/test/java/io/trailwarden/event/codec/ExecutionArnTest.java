package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutionArnTest {

    @Test
    void a_standard_execution_has_eight_parts_and_an_express_one_nine() {
        assertThat(ExecutionArn.parse("arn:aws-cn:states:cn-north-1:111122223333:execution:Flow:one"))
                .isEqualTo(new ExecutionArn(
                        "arn:aws-cn:states:cn-north-1:111122223333:stateMachine:Flow",
                        "one",
                        null,
                        false,
                        "111122223333",
                        "cn-north-1"));
        assertThat(ExecutionArn.parse("arn:aws:states:eu-west-1:111122223333:express:Flow/Each:one:5c1e"))
                .isEqualTo(new ExecutionArn(
                        "arn:aws:states:eu-west-1:111122223333:stateMachine:Flow",
                        "one",
                        "Each",
                        true,
                        "111122223333",
                        "eu-west-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "::::::::",
                "arn:aws:states:eu-west-1:111122223333:execution:Flow",
                "arn:aws:states:eu-west-1:111122223333:execution:Flow:",
                "arn:aws:states:eu-west-1:111122223333:execution::one",
                "arn:aws:states:eu-west-1:111122223333:execution:Flow:one:more",
                "arn:aws:states:eu-west-1:111122223333:express:Flow:one",
                "arn:aws:states:eu-west-1:111122223333:express:Flow:one:5c1e:more",
                "arn:aws:states:eu-west-1:111122223333:stateMachine:Flow:one",
                "arn:aws:lambda:eu-west-1:111122223333:execution:Flow:one",
                "urn:aws:states:eu-west-1:111122223333:execution:Flow:one",
            })
    void what_is_not_quite_one_is_none(String arn) {
        assertThat(ExecutionArn.parse(arn)).isNull();
    }
}
