package io.trailwarden.storage.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Puts a command into the strongest confinement that this machine offers: it sees system libraries and the given
 * folders read-only, one scratch folder, no network and no other process.
 */
final class Sandbox {

    private static final List<String> SYSTEM = List.of(
            "/usr",
            "/bin",
            "/sbin",
            "/lib",
            "/lib64",
            "/etc/ld.so.cache",
            "/etc/ld.so.conf",
            "/etc/ld.so.conf.d",
            "/etc/alternatives",
            "/etc/java-17-openjdk",
            "/etc/java-21-openjdk",
            "/etc/java-25-openjdk",
            "/etc/localtime");
    private static final List<String> DEVICES = List.of("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom");

    /** {@code $1}: empty folder for the new root, {@code $2}: scratch folder; then folders, {@code --}, command. */
    private static final String NAMESPACE_SCRIPT =
            """
            set -e
            root=$1; scratch=$2; shift 2
            mount --make-rprivate /
            mount -t tmpfs -o size=1m,mode=755 tmpfs "$root"
            while [ "$1" != -- ]; do
              source=$(readlink -f "$1")
              if [ -d "$source" ]; then mkdir -p "$root$1"; else mkdir -p "$root$(dirname "$1")"; : > "$root$1"; fi
              mount --bind "$source" "$root$1"
              case "$1" in /dev/*) ;; *) mount -o remount,bind,ro "$root$1";; esac
              shift
            done
            shift
            mkdir -p "$root/proc" "$root$scratch"
            mount --bind "$scratch" "$root$scratch"
            mount -t proc proc "$root/proc"
            mount -o remount,bind,ro "$root"
            exec chroot "$root" setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
            """;

    /** Limits that every confinement has. {@code $1}: kilobytes of address space, {@code $2}: 512-byte blocks of a file. */
    private static final String LIMITS =
            "ulimit -c 0 2>/dev/null; ulimit -v \"$1\" 2>/dev/null; ulimit -f \"$2\" 2>/dev/null; shift 2; exec \"$@\"";

    private final SqlConfinement.Level level;

    private Sandbox(SqlConfinement.Level level) {
        this.level = level;
    }

    /** The strongest confinement that works here, tried out with a harmless command. */
    static Sandbox strongest(Path scratch) throws IOException {
        for (SqlConfinement.Level level : List.of(SqlConfinement.Level.BUBBLEWRAP, SqlConfinement.Level.NAMESPACES)) {
            Sandbox sandbox = new Sandbox(level);
            if (sandbox.works(scratch)) {
                return sandbox;
            }
        }
        return new Sandbox(SqlConfinement.Level.PROCESS);
    }

    /** A given confinement, for tests of the weaker ones. */
    static Sandbox of(SqlConfinement.Level level) {
        return new Sandbox(level);
    }

    SqlConfinement.Level level() {
        return level;
    }

    private boolean works(Path scratch) throws IOException {
        Path probe = Files.createTempDirectory(scratch, "probe");
        try {
            Path root = Files.createDirectory(probe.resolve("root"));
            Path own = Files.createDirectory(probe.resolve("own"));
            Process process = new ProcessBuilder(wrap(
                            List.of("/bin/sh", "-c", "! touch /usr/probe && : > \"$0/x\"", own.toString()),
                            Set.of(),
                            root,
                            own,
                            Long.MAX_VALUE,
                            Long.MAX_VALUE))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                boolean ended = process.waitFor(10, TimeUnit.SECONDS);
                return ended && process.exitValue() == 0 && Files.exists(own.resolve("x"));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            // The program is not there.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            Scratch.delete(probe);
        }
    }

    /**
     * The command with its confinement around it.
     *
     * @param readable folders and files that the command needs, beside the system's
     * @param root an empty folder, used where the confinement needs one
     * @param own the only folder that it may write to
     */
    List<String> wrap(
            List<String> command, Set<String> readable, Path root, Path own, long addressSpace, long fileSize) {
        List<String> limited = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                LIMITS,
                "limits",
                addressSpace == Long.MAX_VALUE ? "unlimited" : Long.toString(addressSpace >> 10),
                fileSize == Long.MAX_VALUE ? "unlimited" : Long.toString(fileSize >> 9)));
        limited.addAll(command);
        Set<String> seen = new LinkedHashSet<>();
        for (String folder : SYSTEM) {
            if (Files.exists(Path.of(folder))) {
                seen.add(folder);
            }
        }
        seen.addAll(readable);
        List<String> wrapped = new ArrayList<>();
        switch (level) {
            case BUBBLEWRAP -> {
                wrapped.addAll(List.of("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"));
                wrapped.addAll(List.of("--setenv", "MALLOC_ARENA_MAX", "2", "--setenv", "LC_ALL", "C.UTF-8"));
                for (String folder : seen) {
                    wrapped.addAll(List.of("--ro-bind", folder, folder));
                }
                wrapped.addAll(List.of("--dev", "/dev", "--proc", "/proc"));
                wrapped.addAll(List.of("--bind", own.toString(), own.toString(), "--chdir", own.toString(), "--"));
            }
            case NAMESPACES -> {
                wrapped.addAll(List.of(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "--net",
                        "--pid",
                        "--ipc",
                        "--uts",
                        "--fork",
                        "--kill-child"));
                wrapped.addAll(List.of("/bin/sh", "-c", NAMESPACE_SCRIPT, "sandbox", root.toString(), own.toString()));
                wrapped.addAll(seen);
                wrapped.addAll(DEVICES);
                wrapped.add("--");
            }
            case PROCESS -> {}
            default -> throw new IllegalStateException("Unknown confinement " + level);
        }
        wrapped.addAll(limited);
        return wrapped;
    }
}
