package io.trailwarden.app.reference;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.settings.ConfigProblem;
import java.util.List;

/** A place where people write reference data down: files of sections, folders of rules. */
public interface ReferenceSource {

    /**
     * Every entry as it is written now.
     *
     * @param problems gets what is wrong, with its place; the entries that are right are returned all the same
     */
    List<ReferenceEntry> read(List<ConfigProblem> problems);

    /** Changes when something may have changed; cheap enough to be asked every second. */
    String fingerprint();
}
