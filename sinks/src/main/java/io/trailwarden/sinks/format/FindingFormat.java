package io.trailwarden.sinks.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.Finding;
import java.util.function.Function;

/** Forms in which other tools take findings; each finding is one JSON object in ASCII. */
public enum FindingFormat {
    /** OCSF 1.4 Detection Finding (class 2004), see {@link Ocsf}. */
    OCSF(Ocsf::of),
    /** AWS Security Finding Format 2018-10-08, see {@link Asff}; a finding without account stands in account 0. */
    ASFF(finding -> Asff.of(finding, "", "").json());

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Function<Finding, ObjectNode> form;

    FindingFormat(Function<Finding, ObjectNode> form) {
        this.form = form;
    }

    /** The finding on one line, without its line end. */
    public String line(Finding finding) {
        try {
            return JSON.writeValueAsString(form.apply(finding));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every tree can be written", e);
        }
    }
}
