package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.testing.aws.Answer.Refused;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The accounts of an organization and the state machines of an account. */
public final class FakeInventory implements FakeAws.Service {

    private final TreeMap<String, ObjectNode> accounts = new TreeMap<>();
    private final TreeMap<String, ObjectNode> machines = new TreeMap<>();
    private final Map<String, Map<String, String>> tags = new TreeMap<>();
    private final PageTokens<ObjectNode> accountTokens = new PageTokens<>();
    private final PageTokens<ObjectNode> machineTokens = new PageTokens<>();
    private boolean organization = true;

    /** There is no organization. */
    public synchronized void noOrganization() {
        organization = false;
    }

    /** An account, as {@code ListAccounts} tells of it. */
    public synchronized void putAccount(String id, String name, String state) {
        accounts.put(
                id,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("Id", id)
                        .put("Arn", "arn:aws:organizations::444455556666:account/o-exampleorg1/" + id)
                        .put("Email", name + "@example.com")
                        .put("Name", name)
                        .put("State", state)
                        .put("JoinedMethod", "CREATED")
                        .put("JoinedTimestamp", 1628601865.768));
    }

    /** The account has left. */
    public synchronized void removeAccount(String id) {
        accounts.remove(id);
    }

    /** A state machine, as {@code DescribeStateMachine} tells of it, with its tags. */
    public synchronized void putStateMachine(ObjectNode description, Map<String, String> itsTags) {
        String arn = description.path("stateMachineArn").asText();
        machines.put(arn, description);
        tags.put(arn, itsTags);
    }

    /** The state machine was deleted. */
    public synchronized void removeStateMachine(String arn) {
        machines.remove(arn);
    }

    @Override
    public synchronized @Nullable Answer answer(Call call) {
        return switch (call.operation()) {
            case "DescribeOrganization" -> organization();
            case "ListAccounts" -> accounts(call);
            case "ListStateMachines" -> stateMachines(call);
            case "DescribeStateMachine" -> stateMachine(call);
            case "ListTagsForResource" -> tags(call);
            default -> null;
        };
    }

    private Answer organization() {
        requireOrganization();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putObject("Organization")
                .put("Id", "o-exampleorg1")
                .put("Arn", "arn:aws:organizations::444455556666:organization/o-exampleorg1")
                .put("FeatureSet", "ALL")
                .put("MasterAccountId", "444455556666");
        return Answer.json(answer);
    }

    private void requireOrganization() {
        if (!organization) {
            throw new Refused(
                    400, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.");
        }
    }

    private Answer accounts(Call call) {
        requireOrganization();
        int size = call.body().path("MaxResults").asInt(20);
        PageTokens.Page<ObjectNode> page =
                page(accountTokens, List.copyOf(accounts.values()), call.text("NextToken", ""), size);
        return list("Accounts", "NextToken", page);
    }

    private Answer stateMachines(Call call) {
        int size = call.body().path("maxResults").asInt(100);
        List<ObjectNode> all = machines.values().stream()
                .map(machine ->
                        machine.deepCopy().<ObjectNode>retain("stateMachineArn", "name", "type", "creationDate"))
                .toList();
        return list("stateMachines", "nextToken", page(machineTokens, all, call.text("nextToken", ""), size));
    }

    private Answer stateMachine(Call call) {
        ObjectNode machine = machines.get(call.text("stateMachineArn", ""));
        if (machine == null) {
            throw new Refused(400, "StateMachineDoesNotExist", "State Machine Does Not Exist");
        }
        return Answer.json(machine);
    }

    private Answer tags(Call call) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("tags");
        tags.getOrDefault(call.text("resourceArn", ""), Map.of())
                .forEach((key, value) -> list.addObject().put("key", key).put("value", value));
        return Answer.json(answer);
    }

    private static PageTokens.Page<ObjectNode> page(
            PageTokens<ObjectNode> tokens, List<ObjectNode> all, String token, int size) {
        List<ObjectNode> rest = token.isEmpty() ? all : tokens.restOf(token);
        if (rest == null) {
            throw new Refused(400, "InvalidToken", "Invalid Token");
        }
        return tokens.page(rest, size);
    }

    private static Answer list(String name, String tokenName, PageTokens.Page<ObjectNode> page) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putArray(name).addAll(page.items());
        if (page.token() != null) {
            answer.put(tokenName, page.token());
        }
        return Answer.json(answer);
    }
}
