package io.trailwarden.workbench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which calls CloudTrail records, and with which parameters, as far as we know. What is missing here is doubtful, not
 * impossible. The two files beside this class say where their facts come from.
 */
final class CloudTrailCatalogue {

    /** Second level of {@code userIdentity} and others (CloudTrail user guide, "userIdentity element"). */
    private static final Map<String, Set<String>> PARTS = Map.of(
            "userIdentity",
            Set.of(
                    "type",
                    "userName",
                    "principalId",
                    "arn",
                    "accountId",
                    "accessKeyId",
                    "sessionContext",
                    "invokedBy",
                    "invokedByDelegate",
                    "onBehalfOf",
                    "inScopeOf",
                    "credentialId",
                    "identityProvider"),
            "userIdentity.sessionContext",
            Set.of(
                    "sessionIssuer",
                    "attributes",
                    "webIdFederationData",
                    "assumedRoot",
                    "signInSessionArn",
                    "sourceIdentity",
                    "ec2RoleDelivery"),
            "userIdentity.sessionContext.sessionIssuer",
            Set.of("type", "principalId", "arn", "accountId", "userName"),
            "userIdentity.sessionContext.attributes",
            Set.of("creationDate", "mfaAuthenticated"),
            "tlsDetails",
            Set.of("tlsVersion", "cipherSuite", "clientProvidedHostHeader", "keyExchange"),
            "resources",
            Set.of("ARN", "arn", "accountId", "type", "ARNPrefix"));

    private static @Nullable CloudTrailCatalogue instance;

    private final Map<String, List<String>> calls = new HashMap<>();
    private final Map<String, Set<String>> foldedCalls = new HashMap<>();
    private final Map<String, List<String>> parameters = new HashMap<>();
    private final Set<String> every = new HashSet<>();

    private CloudTrailCatalogue() {
        lines("cloudtrail-calls.txt").forEach(words -> {
            List<String> names = words.subList(1, words.size());
            calls.put(words.get(0), names);
            Set<String> folded = new HashSet<>();
            names.forEach(name -> folded.add(fold(name)));
            foldedCalls.put(words.get(0), folded);
            every.addAll(folded);
        });
        lines("request-parameters.txt")
                .forEach(words ->
                        parameters.put(words.get(0) + ' ' + fold(words.get(1)), words.subList(2, words.size())));
    }

    static synchronized CloudTrailCatalogue get() {
        if (instance == null) {
            instance = new CloudTrailCatalogue();
        }
        return instance;
    }

    private static List<List<String>> lines(String resource) {
        List<List<String>> lines = new ArrayList<>();
        try (InputStream in = CloudTrailCatalogue.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("not packed: " + resource);
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    lines.add(List.of(line.split(" ")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    private static String fold(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Without the version of an API, as Lambda and CloudFront append it: {@code CreateFunction20150331}. */
    private static String bare(String call) {
        return call.replaceFirst("20[0-9]{6}(v[0-9])?$", "");
    }

    /** Whether calls of this service are listed. */
    boolean knows(String source) {
        return calls.containsKey(fold(source));
    }

    /** Whether some service, or one of these, has this call. */
    boolean isCall(String name, Collection<String> sources) {
        String folded = fold(bare(name));
        if (sources.isEmpty()) {
            return every.contains(folded);
        }
        return sources.stream()
                .anyMatch(source -> !knows(source)
                        || foldedCalls.getOrDefault(fold(source), Set.of()).contains(folded));
    }

    /** Whether some call of these services (all, if none is named) begins, ends or holds this, by the test given. */
    boolean anyCall(Collection<String> sources, java.util.function.Predicate<String> test) {
        if (sources.isEmpty()) {
            return every.stream().anyMatch(test);
        }
        return sources.stream()
                .anyMatch(source -> !knows(source)
                        || foldedCalls.getOrDefault(fold(source), Set.of()).stream()
                                .anyMatch(test));
    }

    /** Services that have this call. */
    Set<String> sourcesOf(String name) {
        String folded = fold(bare(name));
        Set<String> sources = new TreeSet<>();
        foldedCalls.forEach((source, names) -> {
            if (names.contains(folded)) {
                sources.add(source);
            }
        });
        return sources;
    }

    /** The call, parameter or source most like this, or empty. */
    String nearestCall(String name, Collection<String> sources) {
        List<String> all = new ArrayList<>();
        (sources.isEmpty() ? calls.keySet() : sources)
                .forEach(source -> all.addAll(calls.getOrDefault(fold(source), List.of())));
        return nearest(name, all);
    }

    String nearestSource(String source) {
        String suffix = ".amazonaws.com";
        String near = nearest(
                source.replace(suffix, ""),
                calls.keySet().stream().map(known -> known.replace(suffix, "")).toList());
        return near.isEmpty() ? "" : near + suffix;
    }

    /**
     * Whether every one of these calls is known and none takes this parameter.
     *
     * @param parameter the key below {@code requestParameters}
     */
    @Nullable
    String deadParameter(Collection<String> sources, Collection<String> names, String parameter) {
        List<String> all = new ArrayList<>();
        for (String source : sources) {
            for (String name : names) {
                List<String> known = parameters.get(fold(source) + ' ' + fold(bare(name)));
                if (known == null) {
                    return null;
                }
                all.addAll(known);
            }
        }
        if (names.isEmpty() || sources.isEmpty() || all.stream().anyMatch(parameter::equalsIgnoreCase)) {
            return null;
        }
        return all.isEmpty() ? "no parameters" : String.join(", ", new TreeSet<>(all));
    }

    /** The first part of a path that CloudTrail does not write, with what it writes there; null when all is known. */
    @Nullable
    String deadPart(String field) {
        for (Map.Entry<String, Set<String>> level : PARTS.entrySet()) {
            String prefix = level.getKey() + '.';
            if (field.startsWith(prefix)) {
                String part = field.substring(prefix.length());
                part = part.indexOf('.') < 0 ? part : part.substring(0, part.indexOf('.'));
                if (!level.getValue().contains(part)) {
                    return level.getKey() + " has no " + part + " (expected: "
                            + String.join(", ", new TreeSet<>(level.getValue())) + ")";
                }
            }
        }
        return null;
    }

    private static String nearest(String name, Collection<String> all) {
        String best = "";
        int least = Math.max(1, name.length() / 4) + 1;
        for (String candidate : all) {
            int distance = distance(fold(name), fold(candidate), least);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** How many letters to insert, delete or replace; {@code limit} when not fewer. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit) {
            return limit;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
