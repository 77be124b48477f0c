package io.trailwarden.storage.sql;

import java.nio.file.Path;

/** The same attacks where the operating system offers no namespaces. */
class PlainSqlWorkersTest extends SqlWorkersTest {

    @Override
    Sandbox sandbox(Path scratch) {
        return Sandbox.of(SqlConfinement.Level.PROCESS);
    }
}
