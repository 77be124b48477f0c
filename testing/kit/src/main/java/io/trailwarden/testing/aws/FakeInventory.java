package io.trailwarden.testing.aws;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.testing.aws.Answer.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of an organization, in a tree of units of which each has its name for an id, and the state machines of an
 * account. Every other page is empty.
 */
public final class FakeInventory implements FakeAws.Service {

    private static final String ROOT = "r-root";

    private record Unit(String name, String parent) {}

    private final TreeMap<String, ObjectNode> accounts = new TreeMap<>();
    private final TreeMap<String, String> parents = new TreeMap<>();
    private final TreeMap<String, Unit> units = new TreeMap<>();
    private final TreeMap<String, ObjectNode> machines = new TreeMap<>();
    private final Map<String, Map<String, String>> tags = new TreeMap<>();
    private final Map<String, String> unreadable = new TreeMap<>();
    private final Set<String> hidden = new HashSet<>();
    private final PageTokens<ObjectNode> tokens = new PageTokens<>();
    private String organization = "o-exampleorg1";
    private int pages;
    private int pageSize = 20;

    /** There is no organization. */
    public synchronized void noOrganization() {
        organization = "";
    }

    /** It is another organization that answers. */
    public synchronized void organization(String id) {
        organization = id;
    }

    /** Pages hold at most so many. */
    public synchronized void pages(int size) {
        pageSize = size;
    }

    /** A unit below another; the root for an empty parent. */
    public synchronized void putUnit(String name, String parent) {
        units.put("ou-" + name, new Unit(name, parent.isEmpty() ? ROOT : "ou-" + parent));
    }

    /** An account, as {@code ListAccounts} tells of it, in this unit; in the root for an empty one. */
    public synchronized void putAccount(String id, String name, String state, Instant joined, String unit) {
        accounts.put(
                id,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("Id", id)
                        .put("Arn", "arn:aws:organizations::444455556666:account/" + organization + "/" + id)
                        .put("Email", name + "@example.com")
                        .put("Name", name)
                        .put("State", state)
                        .put("JoinedMethod", "CREATED")
                        .put("JoinedTimestamp", joined.toEpochMilli() / 1000.0));
        parents.put(id, unit.isEmpty() ? ROOT : "ou-" + unit);
    }

    /** The account has left. */
    public synchronized void removeAccount(String id) {
        accounts.remove(id);
        parents.remove(id);
    }

    /** The account, or the state machine, is there, but lists do not name it for now. */
    public synchronized void hide(String id, boolean hide) {
        if (hide) {
            hidden.add(id);
        } else {
            hidden.remove(id);
        }
    }

    /** A state machine, as {@code DescribeStateMachine} tells of it, with its tags. */
    public synchronized void putStateMachine(ObjectNode description, Map<String, String> itsTags) {
        String arn = description.path("stateMachineArn").asText();
        machines.put(arn, description.deepCopy());
        tags.put(arn, Map.copyOf(itsTags));
    }

    /** The state machine was deleted. */
    public synchronized void removeStateMachine(String arn) {
        machines.remove(arn);
    }

    /** The state machine may not be described, for this reason; with one of KMS, its definition may not. */
    public synchronized void unreadable(String arn, String code) {
        unreadable.put(arn, code);
    }

    @Override
    public synchronized @Nullable Answer answer(Call call) {
        return switch (call.operation()) {
            case "DescribeOrganization" -> organization();
            case "ListAccounts" -> list(call, "Accounts", "NextToken", shown(accounts.values(), "Id"));
            case "ListRoots" ->
                list(
                        call,
                        "Roots",
                        "NextToken",
                        List.of(JsonNodeFactory.instance
                                .objectNode()
                                .put("Id", ROOT)
                                .put("Name", "Root")));
            case "ListOrganizationalUnitsForParent" ->
                list(
                        call,
                        "OrganizationalUnits",
                        "NextToken",
                        units.entrySet().stream()
                                .filter(unit -> unit.getValue().parent().equals(call.text("ParentId", "")))
                                .map(unit -> JsonNodeFactory.instance
                                        .objectNode()
                                        .put("Id", unit.getKey())
                                        .put("Name", unit.getValue().name()))
                                .toList());
            case "ListAccountsForParent" ->
                list(
                        call,
                        "Accounts",
                        "NextToken",
                        shown(
                                accounts.values().stream()
                                        .filter(account -> call.text("ParentId", "")
                                                .equals(parents.get(
                                                        account.path("Id").asText())))
                                        .toList(),
                                "Id"));
            case "ListStateMachines" ->
                list(
                        call,
                        "stateMachines",
                        "nextToken",
                        shown(machines.values(), "stateMachineArn").stream()
                                .map(machine ->
                                        machine.deepCopy().retain("stateMachineArn", "name", "type", "creationDate"))
                                .toList());
            case "DescribeStateMachine" -> stateMachine(call);
            case "ListTagsForResource" -> tags(call);
            default -> null;
        };
    }

    private Answer organization() {
        requireOrganization();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putObject("Organization")
                .put("Id", organization)
                .put("Arn", "arn:aws:organizations::444455556666:organization/" + organization)
                .put("FeatureSet", "ALL")
                .put("MasterAccountId", "444455556666");
        return Answer.json(answer);
    }

    private void requireOrganization() {
        if (organization.isEmpty()) {
            throw new Refused(
                    400, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.");
        }
    }

    private List<ObjectNode> shown(Iterable<ObjectNode> all, String id) {
        List<ObjectNode> shown = new ArrayList<>();
        for (ObjectNode one : all) {
            if (!hidden.contains(one.path(id).asText())) {
                shown.add(one);
            }
        }
        return shown;
    }

    private Answer stateMachine(Call call) {
        String arn = call.text("stateMachineArn", "");
        ObjectNode machine = machines.get(arn);
        if (machine == null) {
            throw new Refused(400, "StateMachineDoesNotExist", "State Machine Does Not Exist");
        }
        boolean metadata = call.text("includedData", "").equals("METADATA_ONLY");
        String code = unreadable.get(arn);
        if (code != null && !(metadata && code.startsWith("Kms"))) {
            throw new Refused(400, code, "not authorized to perform: states:DescribeStateMachine");
        }
        return Answer.json(metadata ? machine.deepCopy().without("definition") : machine);
    }

    private Answer tags(Call call) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("tags");
        tags.getOrDefault(call.text("resourceArn", ""), Map.of())
                .forEach((key, value) -> list.addObject().put("key", key).put("value", value));
        return Answer.json(answer);
    }

    private Answer list(Call call, String name, String tokenName, List<ObjectNode> all) {
        if (tokenName.equals("NextToken")) {
            requireOrganization();
        }
        String token = call.text(tokenName, "");
        List<ObjectNode> rest = token.isEmpty() ? all : tokens.restOf(token);
        if (rest == null) {
            throw new Refused(400, "InvalidInputException", "Invalid Token");
        }
        PageTokens.Page<ObjectNode> page = tokens.page(rest, ++pages % 2 == 0 && !rest.isEmpty() ? 0 : pageSize);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putArray(name).addAll(page.items());
        if (page.token() != null) {
            answer.put(tokenName, page.token());
        }
        return Answer.json(answer);
    }
}
