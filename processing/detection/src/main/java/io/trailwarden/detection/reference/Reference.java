package io.trailwarden.detection.reference;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.ReferenceEntry.Kind;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reference data as detectors see it: an immutable view of the last entry of every kind and key.
 *
 * <p>An entry that cannot be understood is refused with a message and takes the place of the one before it, as it does
 * in the compacted topic, so that a restart does not change what holds. All others are kept. The shapes are described
 * in {@code docs/reference/reference-data.md}.
 */
public final class Reference {

    /** Nothing known: no accounts, no expectations, default settings. */
    public static final Reference EMPTY = new Reference(Map.of(), Map.of());

    private final Map<Kind, SortedMap<String, ReferenceEntry>> entries;
    private final SortedMap<String, Failure> failures = new TreeMap<>();
    private final AccountDirectory accounts;
    private final List<Expectation> expectations;
    private final boolean expectationsReadResources;
    private final List<Suppression> suppressions;
    private final Map<String, StateMachine> stateMachines = new TreeMap<>();
    private final Map<Class<?>, Object> derived = new HashMap<>();
    private final Map<Class<?>, Object> derivedBefore;
    private Settings<PrincipalSettings> principals = Settings.of(PrincipalSettings.DEFAULT);
    private Settings<ThrottlingSettings> throttling = Settings.of(ThrottlingSettings.DEFAULT);
    private Settings<OrganizationSettings> organization = Settings.of(OrganizationSettings.DEFAULT);

    /**
     * An entry that was refused.
     *
     * @param message the place in the entry, the value found and what was expected
     */
    public record Failure(Kind kind, String key, String message) {}

    private Reference(Map<Kind, SortedMap<String, ReferenceEntry>> entries, Map<Class<?>, Object> derivedBefore) {
        this.entries = entries;
        this.derivedBefore = new HashMap<>(derivedBefore);
        Map<String, AccountDirectory.Account> known = new TreeMap<>();
        readAll(Kind.ACCOUNT, (key, body) -> known.put(accountId(key), AccountDirectory.Account.read(body)));
        accounts = new AccountDirectory(known);
        SortedMap<String, Expectation> expected = new TreeMap<>();
        readAll(Kind.EXPECTATION, (key, body) -> expected.put(key, Expectation.read(key, body)));
        expectations = List.copyOf(expected.values());
        expectationsReadResources = expectations.stream().anyMatch(Expectation::readsResources);
        SortedMap<String, Suppression> suppressed = new TreeMap<>();
        readAll(Kind.SUPPRESSION, (key, body) -> suppressed.put(key, Suppression.read(key, body)));
        suppressions = List.copyOf(suppressed.values());
        readAll(Kind.STATE_MACHINE, (key, body) -> stateMachines.put(key, StateMachine.read(key, body)));
        readAll(Kind.SETTING, this::readSetting);
    }

    /** This view with one more entry in it; a null body removes. */
    public Reference with(ReferenceEntry entry) {
        return withAll(List.of(entry));
    }

    /** This view with more entries in it, the later ones counting. Much cheaper than adding them one by one. */
    public Reference withAll(Collection<ReferenceEntry> more) {
        if (more.isEmpty()) {
            return this;
        }
        Map<Kind, SortedMap<String, ReferenceEntry>> all = new EnumMap<>(Kind.class);
        entries.forEach((kind, byKey) -> all.put(kind, new TreeMap<>(byKey)));
        for (ReferenceEntry entry : more) {
            SortedMap<String, ReferenceEntry> byKey = all.computeIfAbsent(entry.kind(), kind -> new TreeMap<>());
            if (entry.body() == null) {
                byKey.remove(entry.key());
            } else {
                byKey.put(entry.key(), entry.kind() == Kind.STATE_MACHINE ? StateMachine.slim(entry) : entry);
            }
        }
        synchronized (derived) {
            Map<Class<?>, Object> latest = new HashMap<>(derivedBefore);
            latest.putAll(derived);
            return new Reference(all, latest);
        }
    }

    /** Whose accounts are. */
    public AccountDirectory accounts() {
        return accounts;
    }

    /** Who is expected to do what, by name. */
    public List<Expectation> expectations() {
        return expectations;
    }

    /** Which findings nobody need look at, by name. */
    public List<Suppression> suppressions() {
        return suppressions;
    }

    /** Whether some expectation looks at resources, so that uses must be told apart by them. */
    public boolean expectationsReadResources() {
        return expectationsReadResources;
    }

    /** What the inventory knows about this state machine (without version, alias and label). */
    public @Nullable StateMachine stateMachine(String arn) {
        return stateMachines.get(arn);
    }

    /** Settings of {@code unexpected-principal} in this account. */
    public PrincipalSettings principals(String account) {
        return principals.in(account);
    }

    /** Settings of {@code throttling-spike} in this account. */
    public ThrottlingSettings throttling(String account) {
        return throttling.in(account);
    }

    /** Settings of {@code outside-organization} in this account. */
    public OrganizationSettings organization(String account) {
        return organization.in(account);
    }

    /** The entries of one kind by key, as they came: for engines that read their own bodies (rules, policies). */
    public Collection<ReferenceEntry> entries(Kind kind) {
        SortedMap<String, ReferenceEntry> byKey = entries.get(kind);
        return byKey == null ? List.of() : List.copyOf(byKey.values());
    }

    /**
     * What an engine makes of its entries (rules compiled), made when first asked for and the same for all who are handed
     * this object.
     *
     * @param make given this view and what was made of the one before it, null if nothing was
     */
    public <T> T derived(Class<T> type, BiFunction<Reference, @Nullable T, T> make) {
        synchronized (derived) {
            Object known = derived.get(type);
            if (known == null) {
                // Forgotten with that: what was made of one view must not keep all views before it alive.
                known = make.apply(this, type.cast(derivedBefore.remove(type)));
                derived.put(type, known);
            }
            return type.cast(known);
        }
    }

    /** Entries that were refused, in order of kind and key. */
    public List<Failure> failures() {
        return List.copyOf(failures.values());
    }

    private void readSetting(String key, Body body) {
        switch (key) {
            case "unexpected-principal" ->
                principals = Settings.read(body, PrincipalSettings.DEFAULT, PrincipalSettings::read);
            case "throttling-spike" ->
                throttling = Settings.read(body, ThrottlingSettings.DEFAULT, ThrottlingSettings::read);
            case "outside-organization" ->
                organization = Settings.read(body, OrganizationSettings.DEFAULT, OrganizationSettings::read);
            default ->
                throw new RefusedEntryException("key \"" + key
                        + "\" (expected: one of outside-organization, throttling-spike, unexpected-principal)");
        }
    }

    private static String accountId(String key) {
        if (key.length() != 12 || !key.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new RefusedEntryException("key \"" + key + "\" (expected: an account id of 12 digits)");
        }
        return key;
    }

    private interface EntryReader {
        void read(String key, Body body);
    }

    private void readAll(Kind kind, EntryReader reader) {
        SortedMap<String, ReferenceEntry> byKey = entries.get(kind);
        if (byKey == null) {
            return;
        }
        for (ReferenceEntry entry : byKey.values()) {
            String body = entry.body();
            try {
                reader.read(entry.key(), Body.parse(body == null ? "" : body));
            } catch (RefusedEntryException e) {
                failures.put(kind + "\n" + entry.key(), new Failure(kind, entry.key(), e.getMessage()));
            }
        }
    }
}
