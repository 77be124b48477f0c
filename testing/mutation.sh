#!/bin/sh
# Mutation testing: changes the code of one module, a little at a time, and shows which changes no test notices.
#
#     testing/mutation.sh events                                       a whole module
#     testing/mutation.sh storage 'io.trailwarden.storage.sql.*'       a package of it
#
# The score is the last lines that it prints; what survived is in MODULE/target/pit-reports/index.html.
set -eu
cd "$(dirname "$0")/.."
module=${1:?module, such as events, processing/detection or storage}
case $module in
    events) package=event ;;
    testing/*) package=testing ;;
    *) package=${module##*/} ;;
esac
classes=${2:-io.trailwarden.$package.*}
# Of the modules before it nothing matches, so they are only compiled.
exec ./mvnw -q -Pmutation -pl "$module" -am test-compile org.pitest:pitest-maven:mutationCoverage \
    -DtargetClasses="$classes" -DtargetTests="io.trailwarden.$package.*"
