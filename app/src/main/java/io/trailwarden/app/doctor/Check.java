package io.trailwarden.app.doctor;

import io.trailwarden.event.text.Secrets;
import org.jspecify.annotations.Nullable;

/**
 * One thing looked at.
 *
 * @param name stable, for scripts
 * @param result how it is
 * @param found what was seen
 * @param fix what to do about it; null where nothing needs doing
 */
public record Check(String name, Result result, String found, @Nullable String fix) {

    /** Libraries repeat whole addresses, with the password in them. */
    public Check {
        found = Secrets.withoutThoseOfAddresses(found);
    }

    /** How it is. */
    public enum Result {
        WELL,
        /** It works, but not as it should. */
        WARNING,
        /** It will not work. */
        BAD
    }

    static Check well(String name, String found) {
        return new Check(name, Result.WELL, found, null);
    }

    static Check warning(String name, String found, String fix) {
        return new Check(name, Result.WARNING, found, fix);
    }

    static Check bad(String name, String found, String fix) {
        return new Check(name, Result.BAD, found, fix);
    }
}
