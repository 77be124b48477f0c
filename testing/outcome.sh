#!/usr/bin/env bash
# What the whole pipeline makes of all files in ../shared/data: outcome.sh [LAUNCHER]. Prints each finding and, per table, how
# many rows there are and a hash of all that does not depend on when it ran. `diff` of two outputs tells two versions apart;
# testing/outcome.txt is what the last change printed that meant to change it (docs/figures.md, "The same outcome").
set -euo pipefail
cd "$(dirname "$0")/.."
launcher=${1:-./trailwarden}
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
inputs=()
for folder in cloudtrail formats stepfunctions; do inputs+=(--input "../shared/data/$folder"); done
"$launcher" run --once --json --data "$data" "${inputs[@]}" >"$data.json" 2>"$data.log" || { cat "$data.log" >&2; exit 1; }
sed -n '/"ledger"/,/"bySeverity"/p' "$data.json" | grep -v bySeverity
rm -f "$data.json" "$data.log"

ask() { "$launcher" query --data "$data" --format csv "$1" 2>/dev/null; }
echo 'findings'
ask "select id, state, detection, severity, title, author, subject, account, region, principal, first_time, last_time, event_count,
  suppression from findings order by id"
table() { # NAME COLUMNS
  echo "$1 $(ask "select count(*) from $1" | tail -1) $(ask "select $2 from $1 order by all" | sha256sum | cut -c1-32)"
}
table findings 'id, state, description, event_ids, techniques, facts, next_steps'
table cloudtrail '* exclude (object, ingested_at, stored_lineage, stored_after)'
table executions '* exclude (object, ingested_at, stored_lineage, stored_after)'
table dead_letters 'reason, message, place, payload, payload_length, source, object_offset, object_sha256'
table duplicates 'event_time, kind, event_id, recipient_account_id, object_offset, object_sha256'
