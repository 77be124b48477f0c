package io.trailwarden.storage.ids;

import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Origin;
import io.trailwarden.storage.catalog.Duplicate;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.catalog.TableCatalog;
import io.trailwarden.storage.catalog.TableLayout;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.catalog.TableTimes;
import io.trailwarden.storage.files.ParquetFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Which records the tables hold already, and from which delivery. One per subtask, used by one thread.
 *
 * <p>An event is known by the SHA-256 of its {@link AuditEvent#key()} together with its time, source and name, in 128
 * bits: an id alone may have been masked, and two events are never taken for one. A delivery is known by source, object,
 * its hash, and offset. Days are read from the tables when first asked for and kept in memory, about 40 bytes an id; the
 * least recently used ones are forgotten when memory is short, but never one with records that are not committed yet.
 * What still does not fit on the heap goes on in a file.
 *
 * <p>What was claimed as "undetected" counts as detected for as long as this object lives. After a restore it is
 * undetected again, because the row in the table still names the run that stored it.
 */
public final class StoredIds implements Closeable {

    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final List<String> EVENT_COLUMNS = List.of(
            "event_id",
            "event_time",
            "event_source",
            "event_name",
            "recipient_account_id",
            "source",
            "object",
            "object_sha256",
            "object_offset",
            "stored_lineage",
            "stored_after");
    private static final List<String> DUPLICATE_COLUMNS =
            List.of("kind", "source", "object", "object_sha256", "object_offset");
    private static final List<String> DEAD_LETTER_COLUMNS =
            List.of("source", "object", "object_sha256", "object_offset");

    /** Notes: bit 0 marks a used slot, bit 1 that the detection state has seen the event, the rest is the delivery. */
    private static final long USED = 1;

    private static final long DETECTED = 2;
    private static final long FLAGS = USED | DETECTED;

    private static final byte[] BAR = {'|'};

    /** Tells a delivery that is a duplicate from one that stored its event. */
    private static final long DUPLICATE = 0x2545f4914f6cdd1dL;

    /** Told that the ids of one day fit neither on the heap nor into files: duplicates may be stored twice from now on. */
    @FunctionalInterface
    public interface CapListener {
        /**
         * Called at most once per table, day and checkpoint.
         *
         * @param day in days since 1970; {@link Integer#MIN_VALUE} for dead letters, which have no day
         * @param ids how many ids are remembered of it
         * @param why which limit it is
         */
        void reached(int day, long ids, String why);
    }

    private final TableCatalog catalog;
    private final String lineage;
    private final Map<String, Long> detected;
    private final IdMemory memory;
    private final CapListener cap;
    private final MessageDigest sha256;
    private final byte[] digest = new byte[32];

    private final Map<String, Table> tables = new HashMap<>();
    private final Map<String, List<DataFile>> included = new HashMap<>();
    private final LinkedHashMap<Slot, Day> days = new LinkedHashMap<>(16, 0.75f, true);
    private long heapBytes;
    private long fileBytes;
    private long epoch;
    private @Nullable Day lastDay;
    private @Nullable Slot lastSlot;

    // The last object, which is almost always the next record's too.
    private @Nullable String lastSource;
    private @Nullable String lastName;
    private @Nullable String lastSha;
    private long lastObject;

    /** Secret, so that nobody can make up an event that passes for another. */
    private final long seed = new SecureRandom().nextLong();

    // Filled by hash() and identify().
    private long hi;
    private long lo;

    public StoredIds(
            TableCatalog catalog, String lineage, Map<String, Long> detected, IdMemory memory, CapListener cap) {
        this.catalog = catalog;
        this.lineage = lineage;
        this.detected = Map.copyOf(detected);
        this.memory = memory;
        this.cap = cap;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /**
     * What this delivery means, and remembers it: the same call again answers {@link Outcome#REDELIVERED}. The caller
     * must write what {@link Outcome#store} and {@link Outcome#duplicate} ask for before the next checkpoint.
     */
    public Outcome claim(AuditEvent event) {
        hash(event.key());
        if (event instanceof CloudTrailEvent call) {
            identify(event.eventTime(), call.eventSource(), call.eventName());
            return claim(Kind.CLOUDTRAIL, event);
        }
        identify(event.eventTime(), null, null);
        return claim(Kind.EXECUTIONS, event);
    }

    /** {@link Outcome#NEW} or {@link Outcome#REDELIVERED}. */
    public Outcome claim(DeadLetter letter) {
        Day day = day(Kind.DEAD_LETTERS, Integer.MIN_VALUE);
        hashOrigin(deliveryOf(letter.origin()));
        int at = day.ids.find(hi, lo);
        if (at >= 0) {
            return Outcome.REDELIVERED;
        }
        add(day, at, hi, lo, USED | DETECTED);
        return Outcome.NEW;
    }

    private Outcome claim(Kind kind, AuditEvent event) {
        Day day = day(kind, TableTimes.day(event.eventTime()));
        long delivery = deliveryOf(event.origin());
        int at = day.ids.find(hi, lo);
        if (at < 0) {
            boolean isKnownId = day.ids.holdsFirstHalf(hi);
            add(day, at, hi, lo, (delivery & ~FLAGS) | USED | DETECTED);
            return isKnownId ? Outcome.NEW_UNDER_KNOWN_ID : Outcome.NEW;
        }
        long note = day.ids.note(at);
        boolean unseen = (note & DETECTED) == 0;
        if (unseen) {
            day.ids.note(at, note | DETECTED);
            day.redetected = true;
        }
        if ((note & ~FLAGS) == (delivery & ~FLAGS)) {
            return unseen ? Outcome.REDELIVERED_UNDETECTED : Outcome.REDELIVERED;
        }
        long duplicateHi = mix(delivery ^ DUPLICATE);
        long duplicateLo = ~mix(delivery);
        int duplicate = day.ids.find(duplicateHi, duplicateLo);
        if (duplicate >= 0) {
            return unseen ? Outcome.REDELIVERED_UNDETECTED : Outcome.REDELIVERED;
        }
        add(day, duplicate, duplicateHi, duplicateLo, USED | DETECTED);
        return unseen ? Outcome.DUPLICATE_UNDETECTED : Outcome.DUPLICATE;
    }

    /** Takes in files that a restored checkpoint holds and that may not be committed yet. Before the first claim. */
    public void include(PendingFiles pending) {
        if (!days.isEmpty()) {
            throw new IllegalStateException("Files of a restored checkpoint come before the first claim");
        }
        pending.files().forEach((table, files) -> included.computeIfAbsent(table, unused -> new ArrayList<>())
                .addAll(files));
    }

    /** The barrier of a checkpoint has passed: what is claimed from now on belongs to a later one. */
    public void checkpoint(long checkpoint) {
        epoch = checkpoint;
    }

    /** All claims before the barrier of this checkpoint are in the tables, so their days may be forgotten. */
    public void committed(long checkpoint) {
        for (Day day : days.values()) {
            // There may be room now.
            day.full = false;
            if (day.addedAfter < checkpoint) {
                day.pinned = false;
            }
        }
    }

    /** Heap in use, in bytes. */
    public long heapBytes() {
        return heapBytes;
    }

    /** Space in files in use, in bytes. */
    public long fileBytes() {
        return fileBytes;
    }

    private void add(Day day, int complement, long idHi, long idLo, long note) {
        int at = complement;
        if (day.ids.isFull()) {
            if (!grow(day)) {
                return;
            }
            at = day.ids.find(idHi, idLo);
        }
        day.ids.insert(at, idHi, idLo, note);
        day.addedAfter = epoch;
        day.pinned = true;
    }

    /** Makes room for more ids of a day, on the heap or, when that is full, in a file; says so when neither can be. */
    private boolean grow(Day day) {
        if (day.full) {
            return false;
        }
        long more = day.ids.bytes();
        if (day.file == null && 2 * more <= memory.heapBytes()) {
            forgetOnHeap(day, more);
            if (heapBytes + more <= memory.heapBytes()) {
                heapBytes += more;
                day.ids.grow();
                return true;
            }
        }
        return growInFile(day);
    }

    private boolean growInFile(Day day) {
        long now = day.ids.bytes();
        long wanted = 2 * now;
        long more = day.file == null ? wanted : wanted - now;
        forget(day, true, () -> fileBytes + more > memory.fileBytes());
        if (fileBytes + more > memory.fileBytes() || wanted > NumbersFile.MAX_BYTES) {
            return full(day, "the " + memory.fileBytes() + " bytes in files that a subtask may take do not suffice");
        }
        NumbersFile file;
        try {
            file = NumbersFile.create(memory.directory(), wanted);
        } catch (IOException e) {
            return full(day, "no file of " + wanted + " bytes can be made in " + memory.directory() + ": " + e);
        }
        day.ids.growInto(file.numbers());
        fileBytes += more;
        if (day.file == null) {
            heapBytes -= now;
        } else {
            day.file.close();
        }
        day.file = file;
        return true;
    }

    private boolean full(Day day, String why) {
        day.full = true;
        cap.reached(day.epochDay, day.ids.size(), why);
        return false;
    }

    private void forgetOnHeap(Day keep, long needed) {
        forget(keep, false, () -> heapBytes + needed > memory.heapBytes());
    }

    /** Forgets days on the heap or in files while that is needed, last those that would be detected again. */
    private void forget(Day keep, boolean inFiles, BooleanSupplier needed) {
        for (boolean redetected : new boolean[] {false, true}) {
            Iterator<Day> eldest = days.values().iterator();
            while (needed.getAsBoolean() && eldest.hasNext()) {
                Day day = eldest.next();
                boolean here = (day.file != null) == inFiles;
                if (here && day != keep && !day.pinned && (redetected || !day.redetected)) {
                    eldest.remove();
                    release(day);
                }
            }
        }
    }

    private void release(Day day) {
        if (day == lastDay) {
            lastDay = null;
        }
        if (day.file == null) {
            heapBytes -= day.ids.bytes();
        } else {
            fileBytes -= day.ids.bytes();
            day.file.close();
        }
    }

    /** Gives the space of files back. Nothing may be claimed after this. */
    @Override
    public void close() {
        days.values().forEach(this::release);
        days.clear();
    }

    private Day day(Kind kind, int epochDay) {
        if (lastSlot != null && lastDay != null && lastSlot.epochDay == epochDay && lastSlot.kind == kind) {
            return lastDay;
        }
        Slot slot = new Slot(kind, epochDay);
        Day day = days.get(slot);
        if (day == null) {
            long wantedHi = hi;
            long wantedLo = lo;
            day = load(kind, epochDay);
            hi = wantedHi;
            lo = wantedLo;
        }
        lastSlot = slot;
        lastDay = day;
        return day;
    }

    private Day load(Kind kind, int epochDay) {
        Day day = new Day(epochDay);
        forgetOnHeap(day, day.ids.bytes());
        heapBytes += day.ids.bytes();
        days.put(new Slot(kind, epochDay), day);
        try {
            if (kind == Kind.DEAD_LETTERS) {
                readAll(TableLayouts.DEAD_LETTERS, epochDay, (io, location) -> readDeadLetters(io, location, day));
            } else {
                TableLayout<?> layout = kind == Kind.CLOUDTRAIL ? TableLayouts.CLOUDTRAIL : TableLayouts.EXECUTIONS;
                readAll(layout, epochDay, (io, location) -> readEvents(io, location, kind, day));
                readAll(TableLayouts.DUPLICATES, epochDay, (io, location) -> readDuplicates(io, location, kind, day));
            }
        } catch (IOException e) {
            days.remove(new Slot(kind, epochDay));
            release(day);
            throw new UncheckedIOException("Cannot read the stored ids of day " + epochDay, e);
        }
        return day;
    }

    @FunctionalInterface
    private interface FileReader {
        void read(FileIO io, String location) throws IOException;
    }

    private void readAll(TableLayout<?> layout, int epochDay, FileReader reader) throws IOException {
        Table table = tables.computeIfAbsent(layout.name(), unused -> catalog.load(layout));
        Set<String> read = new HashSet<>();
        readPlanned(table, layout, epochDay, reader, read);
        for (DataFile pending : included.getOrDefault(layout.name(), List.of())) {
            boolean thisDay =
                    epochDay == Integer.MIN_VALUE || pending.partition().get(0, Integer.class) == epochDay;
            if (!thisDay || read.contains(pending.location())) {
                continue;
            }
            try {
                reader.read(table.io(), pending.location());
            } catch (NotFoundException e) {
                // Committed, compacted and removed since the plan was made: then its rows are in a newer snapshot.
                readPlanned(table, layout, epochDay, reader, read);
            }
        }
    }

    private static void readPlanned(
            Table table, TableLayout<?> layout, int epochDay, FileReader reader, Set<String> read) throws IOException {
        for (int attempt = 0; ; attempt++) {
            table.refresh();
            TableScan scan = table.newScan();
            if (epochDay != Integer.MIN_VALUE) {
                String time = layout.spec()
                        .schema()
                        .findColumnName(layout.spec().fields().get(0).sourceId());
                scan = scan.filter(Expressions.and(
                        Expressions.greaterThanOrEqual(time, epochDay * MICROS_PER_DAY),
                        Expressions.lessThan(time, (epochDay + 1) * MICROS_PER_DAY)));
            }
            try (CloseableIterable<FileScanTask> plan = scan.planFiles()) {
                for (FileScanTask task : plan) {
                    if (read.add(task.file().location())) {
                        reader.read(table.io(), task.file().location());
                    }
                }
                return;
            } catch (NotFoundException e) {
                // Expired under our hands. Ids read twice do no harm.
                if (attempt == 5) {
                    throw e;
                }
            }
        }
    }

    private void readEvents(FileIO io, String location, Kind kind, Day day) throws IOException {
        ParquetFiles.read(io, location, EVENT_COLUMNS, (rows, columns) -> {
            ColumnReader id = columns.leaf("event_id");
            boolean calls = kind == Kind.CLOUDTRAIL;
            ColumnReader account = calls ? columns.leaf("recipient_account_id") : null;
            ColumnReader time = columns.leaf("event_time");
            ColumnReader service = calls ? columns.leaf("event_source") : null;
            ColumnReader call = calls ? columns.leaf("event_name") : null;
            ColumnReader source = columns.leaf("source");
            ColumnReader object = columns.leaf("object");
            ColumnReader sha = columns.leaf("object_sha256");
            ColumnReader offset = columns.leaf("object_offset");
            ColumnReader by = columns.leaf("stored_lineage");
            ColumnReader after = columns.leaf("stored_after");
            ParquetFiles.Texts sources = new ParquetFiles.Texts();
            ParquetFiles.Texts objects = new ParquetFiles.Texts();
            ParquetFiles.Texts shas = new ParquetFiles.Texts();
            ParquetFiles.Texts lineages = new ParquetFiles.Texts();
            ParquetFiles.Texts services = new ParquetFiles.Texts();
            ParquetFiles.Texts names = new ParquetFiles.Texts();
            for (long row = 0; row < rows; row++) {
                hashStored(id, account);
                identify(number(time), textOrNull(services, service), textOrNull(names, call));
                long delivery = delivery(sources.next(source), objects.next(object), shas.next(sha), number(offset));
                boolean seen = isDetected(lineages.next(by), number(after));
                int at = day.ids.find(hi, lo);
                if (at < 0) {
                    remember(day, at, hi, lo, (delivery & ~FLAGS) | USED | (seen ? DETECTED : 0));
                }
            }
        });
    }

    private void readDuplicates(FileIO io, String location, Kind kind, Day day) throws IOException {
        ParquetFiles.read(io, location, DUPLICATE_COLUMNS, (rows, columns) -> {
            ColumnReader kinds = columns.leaf("kind");
            ColumnReader source = columns.leaf("source");
            ColumnReader object = columns.leaf("object");
            ColumnReader sha = columns.leaf("object_sha256");
            ColumnReader offset = columns.leaf("object_offset");
            ParquetFiles.Texts kindTexts = new ParquetFiles.Texts();
            ParquetFiles.Texts sources = new ParquetFiles.Texts();
            ParquetFiles.Texts objects = new ParquetFiles.Texts();
            ParquetFiles.Texts shas = new ParquetFiles.Texts();
            String wanted = (kind == Kind.CLOUDTRAIL ? Duplicate.Kind.CLOUDTRAIL : Duplicate.Kind.EXECUTION).name();
            for (long row = 0; row < rows; row++) {
                boolean mine = kindTexts.next(kinds).equals(wanted);
                long delivery = delivery(sources.next(source), objects.next(object), shas.next(sha), number(offset));
                if (mine) {
                    long duplicateHi = mix(delivery ^ DUPLICATE);
                    long duplicateLo = ~mix(delivery);
                    int at = day.ids.find(duplicateHi, duplicateLo);
                    if (at < 0) {
                        remember(day, at, duplicateHi, duplicateLo, USED | DETECTED);
                    }
                }
            }
        });
    }

    private void readDeadLetters(FileIO io, String location, Day day) throws IOException {
        ParquetFiles.read(io, location, DEAD_LETTER_COLUMNS, (rows, columns) -> {
            ColumnReader source = columns.leaf("source");
            ColumnReader object = columns.leaf("object");
            ColumnReader sha = columns.leaf("object_sha256");
            ColumnReader offset = columns.leaf("object_offset");
            ParquetFiles.Texts sources = new ParquetFiles.Texts();
            ParquetFiles.Texts objects = new ParquetFiles.Texts();
            ParquetFiles.Texts shas = new ParquetFiles.Texts();
            for (long row = 0; row < rows; row++) {
                hashOrigin(delivery(sources.next(source), objects.next(object), shas.next(sha), number(offset)));
                int at = day.ids.find(hi, lo);
                if (at < 0) {
                    remember(day, at, hi, lo, USED | DETECTED);
                }
            }
        });
    }

    /** Puts in an id that a table holds: nothing to commit about it. */
    private void remember(Day day, int complement, long idHi, long idLo, long note) {
        boolean pinned = day.pinned;
        long addedAfter = day.addedAfter;
        add(day, complement, idHi, idLo, note);
        day.pinned = pinned;
        day.addedAfter = addedAfter;
    }

    private boolean isDetected(String storedBy, long after) {
        if (storedBy.equals(lineage)) {
            return true;
        }
        // A row written after checkpoint K is part of the first checkpoint above K, so of C when K is below C.
        Long upTo = detected.get(storedBy);
        return upTo != null && after < upTo;
    }

    private void hash(String key) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        sha256.update(text, 0, text.length);
        finishHash();
    }

    /** The event with the id just hashed: {@code lo} tells it from others that bear the same one. */
    private void identify(Instant time, @Nullable String service, @Nullable String call) {
        identify(TableTimes.micros(time), service, call);
    }

    private void identify(long micros, @Nullable String service, @Nullable String call) {
        lo ^= mix(seed + micros) ^ mix(seed ^ text64(service)) ^ mix(seed - text64(call));
    }

    private static @Nullable String textOrNull(ParquetFiles.Texts texts, @Nullable ColumnReader column) {
        if (column == null) {
            return null;
        }
        if (column.getCurrentDefinitionLevel() == 0) {
            column.consume();
            return null;
        }
        return texts.next(column);
    }

    /** As {@link AuditEvent#key()} makes the key, without making a text. */
    private void hashStored(ColumnReader id, @Nullable ColumnReader account) {
        update(id.getBinary());
        id.consume();
        if (account != null) {
            sha256.update(BAR, 0, 1);
            if (account.getCurrentDefinitionLevel() == 1) {
                update(account.getBinary());
            }
            account.consume();
        }
        finishHash();
    }

    private void update(Binary binary) {
        sha256.update(binary.toByteBuffer());
    }

    private void hashOrigin(long delivery) {
        hi = mix(delivery);
        lo = mix(delivery ^ 0x5851f42d4c957f2dL);
    }

    private void finishHash() {
        try {
            sha256.digest(digest, 0, digest.length);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
        hi = (long) LONGS.get(digest, 0);
        lo = (long) LONGS.get(digest, 8);
    }

    private long deliveryOf(Origin origin) {
        return delivery(origin.source(), origin.object(), origin.objectSha256(), origin.offset());
    }

    private long delivery(String source, String object, String sha, long offset) {
        if (!sha.equals(lastSha) || !object.equals(lastName) || !source.equals(lastSource)) {
            lastSource = source;
            lastName = object;
            lastSha = sha;
            lastObject = mix(mix(text64(sha)) ^ text64(source)) ^ text64(object);
        }
        return mix(lastObject + offset * 0x9e3779b97f4a7c15L);
    }

    private static long text64(@Nullable String text) {
        if (text == null) {
            return 1;
        }
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** A bijection that spreads every bit (the finaliser of MurmurHash3). */
    private static long mix(long value) {
        long mixed = value;
        mixed ^= mixed >>> 33;
        mixed *= 0xff51afd7ed558ccdL;
        mixed ^= mixed >>> 33;
        mixed *= 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    private static long number(ColumnReader column) {
        long value = column.getLong();
        column.consume();
        return value;
    }

    private enum Kind {
        CLOUDTRAIL,
        EXECUTIONS,
        DEAD_LETTERS
    }

    private record Slot(Kind kind, int epochDay) {}

    private static final class Day {
        final int epochDay;
        final IdSet ids = new IdSet();
        long addedAfter = Long.MIN_VALUE;
        boolean pinned;
        boolean redetected;

        @Nullable
        NumbersFile file;

        boolean full;

        Day(int epochDay) {
            this.epochDay = epochDay;
        }
    }
}
