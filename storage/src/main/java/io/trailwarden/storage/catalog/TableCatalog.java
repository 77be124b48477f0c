package io.trailwarden.storage.catalog;

import io.trailwarden.storage.files.LocalFileIO;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Driver;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables as the catalog knows them: opened, made where they are missing, loaded, committed to. What stands in a
 * table is {@link TableLayouts}'s.
 *
 * <p>Thread-safe; a loaded table belongs to whoever loaded it.
 */
public final class TableCatalog implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(TableCatalog.class);
    private static final int COMMIT_ATTEMPTS = 60;
    private static final int OPEN_ATTEMPTS = 8;

    private final ArchiveConfig config;
    private final Catalog catalog;

    private TableCatalog(ArchiveConfig config, Catalog catalog) {
        this.config = config;
        this.catalog = catalog;
    }

    /**
     * Opens the tables; makes tables that are missing, and adds columns that this version writes and an older one did
     * not.
     */
    public static TableCatalog open(ArchiveConfig config) {
        Map<String, String> properties = new HashMap<>(config.catalogProperties());
        String warehouse = properties.getOrDefault("warehouse", "");
        if (warehouse.startsWith("file:")) {
            try {
                Files.createDirectories(LocalFileIO.path(warehouse));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot create the warehouse " + warehouse, e);
            }
        }
        registerDrivers();
        for (int attempt = 1; ; attempt++) {
            try {
                return open(config, properties);
            } catch (UncheckedSQLException | CommitFailedException e) {
                // Processes that start at the same moment make the catalog's own tables at the same moment.
                if (attempt == OPEN_ATTEMPTS) {
                    throw e;
                }
                LOG.debug("The catalog cannot be opened now (time {})", attempt, e);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(
                        ThreadLocalRandom.current().nextLong(100, 400) * attempt));
            }
        }
    }

    private static TableCatalog open(ArchiveConfig config, Map<String, String> properties) {
        Map<String, String> rest = new HashMap<>(properties);
        Catalog catalog = CatalogUtil.loadCatalog(rest.remove("catalog-impl"), "trailwarden", rest, null);
        TableCatalog tables = new TableCatalog(config, catalog);
        try {
            tables.createMissing();
            return tables;
        } catch (RuntimeException e) {
            try {
                tables.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /**
     * JDBC looks for drivers once in a process, and gives none to whoever sees the class by another loader. On a
     * TaskManager every attempt of the job has a loader of its own.
     */
    private static void registerDrivers() {
        ServiceLoader.load(Driver.class, TableCatalog.class.getClassLoader()).stream()
                .forEach(ServiceLoader.Provider::get);
    }

    private void createMissing() {
        Namespace namespace = Namespace.of(config.namespace());
        makeNamespace(namespace);
        // All before the first is made: a table made here is one that register would take as known.
        TablesOnDisk.of(config).ifPresent(files -> requireKnown(namespace, files));
        for (TableLayout<?> layout : TableLayouts.ALL) {
            TableIdentifier id = TableIdentifier.of(namespace, layout.name());
            if (!catalog.tableExists(id)) {
                try {
                    catalog.createTable(id, layout.schema(), layout.spec(), layout.properties());
                } catch (AlreadyExistsException e) {
                    LOG.debug("Another process made table {}", id);
                }
            } else {
                addMissingColumns(catalog.loadTable(id), layout);
            }
        }
    }

    private void requireKnown(Namespace namespace, TablesOnDisk files) {
        for (TableLayout<?> layout : TableLayouts.ALL) {
            if (!catalog.tableExists(TableIdentifier.of(namespace, layout.name())) && files.hasRows(layout.name())) {
                throw new CatalogLostException(
                        layout.name(), config.catalogProperties().getOrDefault("uri", ""));
            }
        }
    }

    /**
     * Makes a lost catalog anew: each table that it does not know begins again at the last commit whose metadata lies in
     * the warehouse. Tables that it knows stay as they are.
     *
     * @return the metadata file that each table was registered with; empty when nothing was missing
     * @throws IllegalStateException if the warehouse is not on this machine
     */
    public static Map<String, String> register(ArchiveConfig config) throws IOException {
        TablesOnDisk files = TablesOnDisk.of(config)
                .orElseThrow(() -> new IllegalStateException("warehouse "
                        + config.catalogProperties().getOrDefault("warehouse", "")
                        + ": only a catalog of files on this machine can be rebuilt from them"));
        registerDrivers();
        Map<String, String> rest = new HashMap<>(config.catalogProperties());
        Catalog catalog = CatalogUtil.loadCatalog(rest.remove("catalog-impl"), "trailwarden", rest, null);
        try (TableCatalog tables = new TableCatalog(config, catalog)) {
            Map<String, String> registered = tables.registerMissing(files);
            tables.createMissing();
            return registered;
        }
    }

    private Map<String, String> registerMissing(TablesOnDisk files) {
        Map<String, String> registered = new TreeMap<>();
        Namespace namespace = Namespace.of(config.namespace());
        makeNamespace(namespace);
        for (TableLayout<?> layout : TableLayouts.ALL) {
            TableIdentifier id = TableIdentifier.of(namespace, layout.name());
            if (!catalog.tableExists(id)) {
                files.newestMetadata(layout.name()).ifPresent(metadata -> {
                    String location = "file://" + metadata;
                    catalog.registerTable(id, location);
                    registered.put(layout.name(), location);
                });
            }
        }
        return registered;
    }

    private void makeNamespace(Namespace namespace) {
        if (catalog instanceof SupportsNamespaces namespaces && !namespaces.namespaceExists(namespace)) {
            try {
                namespaces.createNamespace(namespace);
            } catch (AlreadyExistsException e) {
                LOG.debug("Another process made namespace {}", namespace);
            }
        }
    }

    private static void addMissingColumns(Table table, TableLayout<?> layout) {
        UpdateSchema update = null;
        for (Types.NestedField field : layout.schema().columns()) {
            if (table.schema().findField(field.name()) == null) {
                update = update == null ? table.updateSchema() : update;
                // Rows that are there already have no value for it, whatever this version demands of new ones.
                update.addColumn(field.name(), field.type(), field.doc());
            }
        }
        if (update != null) {
            update.commit();
        }
    }

    /** What it was opened with. */
    public ArchiveConfig config() {
        return config;
    }

    /** A fresh view of a table for one user. */
    public Table load(TableLayout<?> layout) {
        try {
            return catalog.loadTable(TableIdentifier.of(config.namespace(), layout.name()));
        } catch (NoSuchTableException e) {
            throw new IllegalStateException("Table " + layout.name() + " was dropped while in use", e);
        }
    }

    /** Prepares a commit on top of a snapshot; returns null when there is nothing to do. */
    @FunctionalInterface
    public interface Change {
        @Nullable
        SnapshotUpdate<?> onTopOf(Carried carried);
    }

    /**
     * Commits with what is carried on recomputed at every attempt. Iceberg's own retry would repeat what was computed
     * on top of a snapshot that is no longer the latest.
     */
    public static boolean commit(Table table, Change change) {
        for (int attempt = 0; ; attempt++) {
            table.refresh();
            Snapshot base = table.currentSnapshot();
            Carried carried = Carried.of(base);
            SnapshotUpdate<?> update = change.onTopOf(carried);
            if (update == null) {
                return false;
            }
            carried.writeTo(update);
            // Iceberg refreshes once more before it commits; what is carried must not be put on top of anything else.
            boolean[] overtaken = {false};
            update.validateWith(ancestors -> {
                Iterator<Snapshot> newest = ancestors.iterator();
                overtaken[0] = base == null
                        ? newest.hasNext()
                        : !newest.hasNext() || newest.next().snapshotId() != base.snapshotId();
                return !overtaken[0];
            });
            try {
                update.commit();
                return true;
            } catch (CommitFailedException | CommitStateUnknownException e) {
                // After an unknown state the next attempt sees in the table whether this one succeeded.
                if (attempt == COMMIT_ATTEMPTS) {
                    throw e;
                }
            } catch (ValidationException e) {
                if (!overtaken[0] || attempt == COMMIT_ATTEMPTS) {
                    throw e;
                }
            }
            long millis = Math.min(2000, 5L << Math.min(attempt, 8));
            LockSupport.parkNanos(
                    TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(millis) + 1));
        }
    }

    @Override
    public void close() throws IOException {
        if (catalog instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
