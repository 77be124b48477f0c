package io.trailwarden.storage.catalog;

import io.trailwarden.event.text.Secrets;

/**
 * Rows of a table lie in the warehouse and the catalog does not know the table. Going on would begin an empty one in its
 * place, and maintenance would remove the rows as files that nothing refers to.
 */
public final class CatalogLostException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    CatalogLostException(String table, String catalog) {
        super("The catalog " + Secrets.withoutThoseOfAddresses(catalog) + " does not know table " + table
                + ", whose rows lie in the warehouse: it was lost or replaced. Put the old one back, or rebuild it from the"
                + " tables' own files with maintain --register.");
    }
}
