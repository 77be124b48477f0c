package io.trailwarden.console.source;

import io.trailwarden.event.Finding;
import java.util.List;

/** The findings kept in the tables: what a console's empty store is made from. */
public interface StoredFindings {

    /**
     * The highest revision of every finding, withdrawn ones too.
     *
     * @throws SourceException if the tables cannot be read
     */
    List<Finding> all() throws SourceException;
}
