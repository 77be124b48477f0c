package io.trailwarden.sinks.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;

/**
 * A finding as an OCSF Detection Finding with the cloud profile (schema.ocsf.io, version {@value #VERSION}, class 2004 in
 * category 2). Names and numbers are the schema's.
 *
 * <p>Open findings are new (activity 1 Create on their first evidence being told, status 1 New); a withdrawn one is
 * closed (activity 3 Close, status 4 Resolved). {@code finding_info.uid} is the finding's id, {@code metadata.sequence}
 * its revision.
 */
final class Ocsf {

    static final String VERSION = "1.4.0";
    private static final int CLASS = 2004;
    private static final int CREATE = 1;
    private static final int CLOSE = 3;
    private static final int STATUS_NEW = 1;
    private static final int STATUS_SUPPRESSED = 3;
    private static final int STATUS_RESOLVED = 4;

    private Ocsf() {}

    static ObjectNode of(Finding finding) {
        boolean withdrawn = finding.state() == Finding.State.WITHDRAWN;
        int activity = withdrawn ? CLOSE : CREATE;
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("activity_id", activity);
        json.put("activity_name", withdrawn ? "Close" : "Create");
        json.put("category_uid", CLASS / 1000);
        json.put("category_name", "Findings");
        json.put("class_uid", CLASS);
        json.put("class_name", "Detection Finding");
        json.put("type_uid", CLASS * 100L + activity);
        json.put("severity_id", severity(finding.detection().severity()));
        json.put("severity", name(finding.detection().severity()));
        boolean suppressed = !withdrawn && finding.suppression() != null;
        json.put("status_id", withdrawn ? STATUS_RESOLVED : suppressed ? STATUS_SUPPRESSED : STATUS_NEW);
        json.put("status", withdrawn ? "Resolved" : suppressed ? "Suppressed" : "New");
        if (suppressed) {
            json.put("status_detail", finding.suppression());
        }
        json.put("time", finding.detectedAt().toEpochMilli());
        json.put("start_time", finding.evidence().first().toEpochMilli());
        json.put("end_time", finding.evidence().last().toEpochMilli());
        json.put("count", finding.evidence().count());
        json.put("message", finding.words().title());
        ObjectNode metadata = json.putObject("metadata");
        metadata.put("version", VERSION);
        metadata.put("uid", finding.id() + '.' + finding.revision());
        metadata.put("sequence", finding.revision());
        metadata.putArray("profiles").add("cloud");
        metadata.putObject("product").put("name", "Trailwarden").put("vendor_name", "Trailwarden");
        json.set("finding_info", info(finding));
        ObjectNode cloud = json.putObject("cloud");
        cloud.put("provider", "AWS");
        if (finding.subject().region() != null) {
            cloud.put("region", finding.subject().region());
        }
        if (finding.subject().account() != null) {
            cloud.putObject("account")
                    .put("uid", finding.subject().account())
                    .put("type_id", 10)
                    .put("type", "AWS Account");
        }
        if (finding.subject().principal() != null) {
            json.putArray("evidences")
                    .addObject()
                    .putObject("actor")
                    .putObject("user")
                    .put("uid", finding.subject().principal());
        }
        ArrayNode resources = json.putArray("resources");
        resources.addObject().put("uid", finding.subject().name()).put("type", "subject");
        if (!finding.words().nextSteps().isEmpty()) {
            json.putObject("remediation")
                    .put("desc", String.join("\n", finding.words().nextSteps()));
        }
        ObjectNode facts = json.putObject("unmapped").putObject("facts");
        finding.words().facts().forEach(facts::put);
        return json;
    }

    private static ObjectNode info(Finding finding) {
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        info.put("uid", finding.id());
        info.put("title", finding.words().title());
        info.put("desc", finding.words().description());
        info.put("created_time", finding.detectedAt().toEpochMilli());
        info.put("first_seen_time", finding.evidence().first().toEpochMilli());
        info.put("last_seen_time", finding.evidence().last().toEpochMilli());
        info.putArray("types").add(finding.detection().name());
        ObjectNode analytic = info.putObject("analytic");
        analytic.put("uid", finding.detection().name()).put("type_id", 1).put("type", "Rule");
        analytic.put("desc", "by " + finding.detection().author());
        ArrayNode related = info.putArray("related_events");
        finding.evidence().eventIds().forEach(id -> related.addObject().put("uid", id));
        ArrayNode attacks = info.putArray("attacks");
        finding.detection().techniques().forEach(technique -> {
            int dot = technique.indexOf('.');
            ObjectNode attack = attacks.addObject();
            attack.putObject("technique").put("uid", dot < 0 ? technique : technique.substring(0, dot));
            if (dot >= 0) {
                attack.putObject("sub_technique").put("uid", technique);
            }
        });
        return info;
    }

    private static int severity(Severity severity) {
        return switch (severity) {
            case INFORMATIONAL -> 1;
            case LOW -> 2;
            case MEDIUM -> 3;
            case HIGH -> 4;
            case CRITICAL -> 5;
        };
    }

    private static String name(Severity severity) {
        return switch (severity) {
            case INFORMATIONAL -> "Informational";
            case LOW -> "Low";
            case MEDIUM -> "Medium";
            case HIGH -> "High";
            case CRITICAL -> "Critical";
        };
    }
}
