package io.trailwarden.detection.throttling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThrottleCodeTest {

    @ParameterizedTest
    @CsvSource({
        "ThrottlingException, RATE",
        "throttlingexception, RATE",
        "THROTTLING, RATE",
        "ThrottledException, RATE",
        "RequestLimitExceeded, RATE",
        "Client.RequestLimitExceeded, RATE",
        "TooManyRequestsException, RATE",
        "Lambda.TooManyRequestsException, RATE",
        "ProvisionedThroughputExceededException, RATE",
        "DynamoDb.ProvisionedThroughputExceededException, RATE",
        "RequestThrottled, RATE",
        "RequestThrottledException, RATE",
        "SlowDown, RATE",
        "BandwidthLimitExceeded, RATE",
        "PriorRequestNotComplete, RATE",
        "TransactionInProgressException, RATE",
        "EC2ThrottledException, RATE",
        "KmsThrottlingException, RATE",
        "States.Http.StatusCode.429, RATE",
        "ApiGateway.429, RATE",
        "Glue.SomethingThrottledToday, RATE",
        "LimitExceededException, QUOTA",
        "limitexceededexception, QUOTA",
        "ExecutionLimitExceeded, QUOTA",
        "StateMachineLimitExceeded, QUOTA",
        "ActivityLimitExceeded, QUOTA",
        "ActivityWorkerLimitExceeded, QUOTA",
        "ServiceQuotaExceededException, QUOTA"
    })
    void knows_the_names_whatever_their_case_and_service(String error, ThrottleCode code) {
        assertThat(ThrottleCode.of(error)).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "AccessDenied",
        "Client.UnauthorizedOperation",
        "Throttling.AccessDenied",
        "States.Http.StatusCode.403",
        "Client.VcpuLimitExceeded",
        "States.Timeout",
        "''"
    })
    void leaves_other_errors_alone(String error) {
        assertThat(ThrottleCode.of(error)).isNull();
    }

    @Test
    void no_error_is_none() {
        assertThat(ThrottleCode.of(null)).isNull();
    }
}
