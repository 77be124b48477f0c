package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What the fake answers. */
record Answer(int status, String type, Map<String, String> headers, byte[] body) {

    /** An error by its code, to be written as the protocol of the request wants it. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int status;
        final String code;

        Refused(int status, String code, String message) {
            super(message, null, false, false);
            this.status = status;
            this.code = code;
        }
    }

    /** The answer goes on: see {@link FakeLiveTail}. */
    static final Answer STREAM = new Answer(200, "application/vnd.amazon.eventstream", Map.of(), new byte[0]);

    static Answer json(JsonNode body) {
        return new Answer(
                200, "application/x-amz-json-1.1", Map.of(), body.toString().getBytes(StandardCharsets.UTF_8));
    }

    static Answer xml(String body) {
        return new Answer(200, "text/xml", Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    static Answer error(Protocol protocol, Refused refused) {
        String message = String.valueOf(refused.getMessage());
        String body =
                switch (protocol) {
                    case JSON -> "{\"__type\":\"" + refused.code + "\",\"message\":\"" + message + "\"}";
                    case QUERY ->
                        "<ErrorResponse><Error><Type>Sender</Type><Code>" + refused.code + "</Code><Message>" + message
                                + "</Message></Error><RequestId>r</RequestId></ErrorResponse>";
                    case S3 ->
                        "<?xml version=\"1.0\"?><Error><Code>" + refused.code + "</Code><Message>" + message
                                + "</Message></Error>";
                };
        String type = protocol == Protocol.JSON ? "application/x-amz-json-1.1" : "text/xml";
        return new Answer(refused.status, type, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    /** How requests are written. */
    enum Protocol {
        JSON,
        QUERY,
        S3
    }
}
