package io.trailwarden.storage.sql;

import java.util.List;

/**
 * What holds analysts' SQL in on this machine, for {@code doctor} and the health page.
 *
 * @param level how the worker processes are confined
 * @param holds what is in force, a sentence each
 * @param lacks what is not, and how to get it, a sentence each
 */
public record SqlConfinement(Level level, List<String> holds, List<String> lacks) {

    /** From strong to weak. */
    public enum Level {
        /** bubblewrap: own file system, network and process namespaces. */
        BUBBLEWRAP,
        /** The same namespaces, made with {@code unshare}. */
        NAMESPACES,
        /** A plain child process: the engine's own locks, files lent read-only or copied, memory and time limits. */
        PROCESS
    }

    /** Whether the worker cannot write to any file but its scratch folder, whatever the engine does. */
    public boolean filesReadOnly() {
        return level != Level.PROCESS;
    }
}
