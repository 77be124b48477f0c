#!/bin/sh
# Stands in for CloudTrail: puts every new file of /logs into the bucket and announces it to the queue, as CloudTrail does
# with a trail that has SNS notifications (the message is its own form, not wrapped).
set -eu

objects="aws --endpoint-url http://objects:9000"
queues="aws --endpoint-url http://queues:9324"

delivered=/tmp/delivered
: >"$delivered"
while true; do
    find /logs -type f \( -name '*.json' -o -name '*.json.gz' \) | sort | while IFS= read -r file; do
        grep -qxF "$file" "$delivered" && continue
        key=AWSLogs/${file#/logs/}
        $objects s3 cp --only-show-errors "$file" "s3://trail/$key"
        $queues sqs send-message --queue-url http://queues:9324/000000000000/trail \
            --message-body "{\"s3Bucket\":\"trail\",\"s3ObjectKey\":[\"$key\"]}" >/dev/null
        echo "$file" >>"$delivered"
        echo "delivered $key"
    done
    sleep 5
done
