#!/bin/sh
# Makes what everything else expects to be there: the buckets and a topic. Can be run again and again.
set -eu

for bucket in trail tables flink; do
    aws --endpoint-url http://objects:9000 s3api head-bucket --bucket "$bucket" 2>/dev/null ||
        aws --endpoint-url http://objects:9000 s3api create-bucket --bucket "$bucket"
done
aws --endpoint-url http://topics:5000 sns create-topic --name findings
