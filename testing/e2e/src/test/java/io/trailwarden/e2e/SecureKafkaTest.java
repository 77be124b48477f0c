package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A broker that asks for TLS and a password: a stage with both is let in, one with a wrong one of either is not. */
@EnabledIfSystemProperty(named = "cluster.jar", matches = ".+", disabledReason = "needs the profile cluster")
@Timeout(600)
class SecureKafkaTest {

    @TempDir
    Path directory;

    @Test
    void stages_reach_kafka_over_sasl_and_tls_and_wrong_certificates_and_passwords_are_refused() throws Exception {
        keys("broker");
        keys("stranger");
        int port = Processes.freePort();
        Files.createDirectories(directory.resolve("logs"));
        Files.writeString(
                directory.resolve("logs/one.json"),
                "{\"Records\":[{\"eventVersion\":\"1.08\",\"eventID\":\"e1\",\"eventTime\":\"2026-03-01T09:00:00Z\","
                        + "\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\","
                        + "\"awsRegion\":\"eu-central-1\",\"recipientAccountId\":\"111122223333\"}]}");
        try (Processes processes = new Processes(directory)) {
            int controller = Processes.freePort();
            processes.broker(1, port, controller, Uuid.randomUuid().toString(), secured(port, controller));

            String fine = config("fine", "broker", "correct-password");
            try (Command ingest = start("ingest-fine", port, fine)) {
                ingest.awaitError(line -> line.startsWith("Reading "), Duration.ofMinutes(2));
                assertThat(ingest.isAlive()).isTrue();
            }
            Command.Ended wrongPassword = refused("ingest-password", port, config("password", "broker", "wrong"));
            assertThat(wrongPassword.err()).containsIgnoringCase("authentication failed");
            Command.Ended wrongCertificate =
                    refused("ingest-certificate", port, config("certificate", "stranger", "correct-password"));
            assertThat(wrongCertificate.err()).containsIgnoringCase("SSL handshake failed");
            System.out.println("SASL over TLS: let in with both; refused with a wrong password (exit code "
                    + wrongPassword.exitCode() + ") and with a wrong certificate (exit code "
                    + wrongCertificate.exitCode() + ")");
        }
    }

    private Command start(String data, int port, String config) throws Exception {
        return Command.start(
                directory,
                "ingest",
                "--kafka",
                "127.0.0.1:" + port,
                "--config",
                config,
                "--input",
                directory.resolve("logs").toString(),
                "--data",
                directory.resolve(data).toString());
    }

    private Command.Ended refused(String data, int port, String config) throws Exception {
        try (Command command = start(data, port, config)) {
            Command.Ended ended = command.await(Duration.ofMinutes(3));
            assertThat(ended.exitCode()).isEqualTo(1);
            return ended;
        }
    }

    /** Clients come in by TLS and password only; the broker talks to itself in the clear. */
    private Map<String, String> secured(int port, int controller) throws IOException {
        Map<String, String> properties = new LinkedHashMap<>();
        int inside = Processes.freePort();
        properties.put("listener.security.protocol.map", "SECURE:SASL_SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put(
                "listeners",
                "SECURE://127.0.0.1:" + port + ",PLAINTEXT://127.0.0.1:" + inside + ",CONTROLLER://127.0.0.1:"
                        + controller);
        properties.put("advertised.listeners", "SECURE://127.0.0.1:" + port + ",PLAINTEXT://127.0.0.1:" + inside);
        properties.put("sasl.enabled.mechanisms", "PLAIN");
        properties.put(
                "listener.name.secure.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_stage=\"correct-password\";");
        properties.put("ssl.keystore.location", directory.resolve("broker.p12").toString());
        properties.put("ssl.keystore.password", "changeit");
        properties.put("ssl.keystore.type", "PKCS12");
        return properties;
    }

    private String config(String name, String trusted, String password) throws Exception {
        Path file = directory.resolve(name + ".yaml");
        Files.writeString(
                file,
                """
                kafka:
                  properties:
                    security.protocol: SASL_SSL
                    sasl.mechanism: PLAIN
                    sasl.jaas.config: 'org.apache.kafka.common.security.plain.PlainLoginModule required username="stage" password="%s";'
                    ssl.truststore.location: %s
                    ssl.truststore.password: changeit
                    ssl.truststore.type: PKCS12
                """
                        .formatted(password, directory.resolve(trusted + "-trust.p12")));
        return file.toString();
    }

    /** A key pair for localhost and a trust store with its certificate. */
    private void keys(String name) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Path certificate = directory.resolve(name + ".pem");
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-keystore",
                store.toString());
        keytool("-exportcert", "-alias", name, "-file", certificate.toString(), "-keystore", store.toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                name,
                "-file",
                certificate.toString(),
                "-keystore",
                directory.resolve(name + "-trust.p12").toString());
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-Duser.language=en",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit"));
        command.add(1, arguments[0]);
        command.addAll(List.of(arguments).subList(1, arguments.length));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(output);
        }
    }
}
