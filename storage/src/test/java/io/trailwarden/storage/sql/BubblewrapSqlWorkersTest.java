package io.trailwarden.storage.sql;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/** The same attacks inside bubblewrap; skipped where it is not installed or may not make namespaces. */
class BubblewrapSqlWorkersTest extends SqlWorkersTest {

    @Override
    Sandbox sandbox(Path scratch) throws IOException {
        assumeTrue(
                Sandbox.strongest(scratch).level() == SqlConfinement.Level.BUBBLEWRAP,
                "bubblewrap does not work here: apt install bubblewrap, and allow unprivileged user namespaces");
        return Sandbox.of(SqlConfinement.Level.BUBBLEWRAP);
    }
}
