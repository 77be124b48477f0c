# ./trailwarden as a command, and the job's jar for a Flink cluster. docker build -t trailwarden:local .
FROM eclipse-temurin:17.0.15_6-jdk-jammy AS build
WORKDIR /opt/trailwarden
COPY . .
RUN ./mvnw -B -q -Dquick -Pcluster -pl app -am package \
    && mkdir -p lib \
    && for jar in $(tr ':' ' ' <app/target/classpath); do cp "$jar" "lib/$(echo "$jar" | md5sum | cut -c1-8)-$(basename "$jar")"; done

FROM eclipse-temurin:17.0.15_6-jre-jammy
RUN useradd --system --uid 10001 --create-home trailwarden \
    && mkdir -p /var/lib/trailwarden && chown trailwarden /var/lib/trailwarden
COPY --from=build /opt/trailwarden/lib /opt/trailwarden/lib
COPY --from=build /opt/trailwarden/app/target/trailwarden-app-0.1.0-SNAPSHOT.jar /opt/trailwarden/lib/
COPY --from=build /opt/trailwarden/processing/jobs/target/trailwarden-jobs.jar /opt/trailwarden/
COPY --from=build /opt/trailwarden/rules /opt/trailwarden/rules
USER trailwarden
WORKDIR /var/lib/trailwarden
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", \
    "--add-opens=java.base/java.util=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED", \
    "--add-opens=java.base/java.time=ALL-UNNAMED", "-Dfile.encoding=UTF-8", "-Dtrailwarden.home=/opt/trailwarden", \
    "-cp", "/opt/trailwarden/lib/*", "io.trailwarden.app.Main"]
