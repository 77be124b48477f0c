package io.trailwarden.sinks.securityhub;

import io.trailwarden.event.Finding;
import io.trailwarden.sinks.Batching;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.SinkUnavailableException;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.format.Asff;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.securityhub.SecurityHubClient;
import software.amazon.awssdk.services.securityhub.model.AwsSecurityFinding;
import software.amazon.awssdk.services.securityhub.model.BatchImportFindingsRequest;
import software.amazon.awssdk.services.securityhub.model.BatchImportFindingsResponse;
import software.amazon.awssdk.services.securityhub.model.ImportFindingsError;
import software.amazon.awssdk.services.securityhub.model.RecordState;
import software.amazon.awssdk.services.securityhub.model.Resource;
import software.amazon.awssdk.services.securityhub.model.SecurityHubException;

/**
 * Findings to Security Hub by {@code BatchImportFindings}, as a custom integration of the account that imports.
 *
 * <p>Importing a finding again replaces it by its id, and an {@code UpdatedAt} that is not newer changes nothing, so that
 * deliveries may repeat and come in any order. What people set in Security Hub (workflow, notes) is not touched.
 */
public final class SecurityHubSink implements FindingSink {

    /** The sink's name, as the configuration knows it. */
    public static final String NAME = "security-hub";

    /** At most 100 findings in one request (Security Hub API, BatchImportFindings). */
    private static final Batching BATCHING = new Batching(100, Duration.ofSeconds(1));

    private final SecurityHubClient client;
    private final String account;
    private final String region;

    /** Imports into this account (12 digits) and the Region of the access. */
    public SecurityHubSink(String account, AwsTarget access) {
        this.account = account;
        this.region = access.region();
        this.client = access.client(SecurityHubClient.builder());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Batching batching() {
        return BATCHING;
    }

    @Override
    public List<Refused> deliver(List<Finding> batch) throws SinkUnavailableException {
        Map<String, Finding> latest = new LinkedHashMap<>();
        batch.forEach(finding ->
                latest.merge(finding.id(), finding, (one, other) -> other.revision() >= one.revision() ? other : one));
        List<Refused> refused = new ArrayList<>();
        importAll(List.copyOf(latest.values()), refused);
        return refused;
    }

    private void importAll(List<Finding> findings, List<Refused> refused) throws SinkUnavailableException {
        try {
            BatchImportFindingsResponse response = client.batchImportFindings(BatchImportFindingsRequest.builder()
                    .findings(findings.stream()
                            .map(finding -> entry(Asff.of(finding, account, region)))
                            .toList())
                    .build());
            examine(findings, response, refused);
        } catch (SecurityHubException e) {
            if (!AwsTarget.isAboutTheRequest(e)) {
                throw new SinkUnavailableException("Security Hub: " + AwsTarget.code(e) + " " + e.getMessage(), e);
            }
            if (findings.size() == 1) {
                refused.add(new Refused(findings.get(0), "Security Hub: " + e.getMessage()));
                return;
            }
            // One finding that cannot be read makes the whole request fail: halves find it.
            importAll(findings.subList(0, findings.size() / 2), refused);
            importAll(findings.subList(findings.size() / 2, findings.size()), refused);
        } catch (SdkClientException | UncheckedIOException e) {
            // The latter for a kept connection that turns out to be closed: the SDK passes it on as it is.
            throw new SinkUnavailableException("Security Hub: " + e.getMessage(), e);
        }
    }

    private static void examine(List<Finding> findings, BatchImportFindingsResponse response, List<Refused> refused)
            throws SinkUnavailableException {
        Map<String, Finding> byId = new HashMap<>();
        findings.forEach(finding -> byId.put(finding.id(), finding));
        for (ImportFindingsError error : response.failedFindings()) {
            String why = "Security Hub: " + error.errorCode() + " " + error.errorMessage();
            Finding finding = byId.get(error.id());
            if (finding == null || !AwsTarget.isAboutTheRequest(error.errorCode())) {
                throw new SinkUnavailableException(why, null);
            }
            refused.add(new Refused(finding, why));
        }
    }

    private static AwsSecurityFinding entry(Asff asff) {
        AwsSecurityFinding.Builder finding = AwsSecurityFinding.builder()
                .schemaVersion(Asff.SCHEMA)
                .id(asff.id())
                .productArn(asff.productArn())
                .generatorId(asff.generatorId())
                .awsAccountId(asff.awsAccountId())
                .types(asff.types())
                .createdAt(asff.createdAt().toString())
                .updatedAt(asff.updatedAt().toString())
                .firstObservedAt(asff.firstObservedAt().toString())
                .lastObservedAt(asff.lastObservedAt().toString())
                .severity(severity -> severity.label(asff.severity()))
                .findingProviderFields(own -> own.severity(severity -> severity.label(asff.severity()))
                        .types(asff.types()))
                .title(asff.title())
                .description(asff.description())
                .productFields(asff.productFields())
                .recordState(RecordState.fromValue(asff.recordState()))
                .resources(asff.resources().stream()
                        .map(resource -> Resource.builder()
                                .type(resource.type())
                                .id(resource.id())
                                .partition(resource.partition())
                                .region(resource.region())
                                .build())
                        .toList());
        if (!asff.remediation().isBlank()) {
            finding.remediation(remediation -> remediation.recommendation(r -> r.text(asff.remediation())));
        }
        return finding.build();
    }

    @Override
    public void close() {
        client.close();
    }
}
