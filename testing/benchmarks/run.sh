#!/usr/bin/env bash
# Runs one benchmark: testing/benchmarks/run.sh throughput|latency|state|codec|rules|rules-jmh|fuzz|generator [--NAME VALUE ...]
# rules EVENTS --out A.json, again --out B.json, then rules --compare A.json B.json: is the change more than the noise?
# throughput --rules 1000: the pipeline without rules and with 1,000, in one run.
# Without arguments after the name it runs with small counts; docs/figures.md says with which counts its figures were made.
set -euo pipefail
cd "$(dirname "$0")/../.."
case "${1:-}" in
  throughput) main=Throughput ;;
  latency) main=Latency ;;
  state) main=StateSize ;;
  codec) main=Codec ;;
  rules) main=rules.RuleBenchmark ;;
  rules-jmh) main=rules.RuleMatch ;;
  fuzz) main=rules.RuleFuzz ;;
  generator) main=GeneratorSpeed ;;
  *) sed -n '2,5s/^# //p' "$0"; exit 2 ;;
esac
shift
classpath=testing/benchmarks/target/classpath.txt
./mvnw -q -Dquick -pl testing/benchmarks -am compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
# The launcher's own options.
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -Xmx1g -Xmn320m -XX:SurvivorRatio=2 -XX:MetaspaceSize=160m \
  -XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=2400 \
  -XX:Tier4CompileThreshold=60000 -XX:Tier4BackEdgeThreshold=160000 \
  --add-opens=java.base/java.util=ALL-UNNAMED \
  -cp "testing/benchmarks/target/classes:$(cat "$classpath")" "io.trailwarden.benchmarks.$main" "$@"
