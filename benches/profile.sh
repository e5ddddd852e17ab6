#!/usr/bin/env bash
# Samples the service while it plans with an instant model and writes its rows to a DynamoDB endpoint. Makes a flame graph and a table of
# the share of each stage. Needs Linux's perf; where the machine has no counters, perf samples by the CPU's clock.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=target/profile
step=${1:-cost_of_a_model_call}
mkdir -p "$folder"
command -v inferno-flamegraph >/dev/null || cargo install --locked inferno --version "$INFERNO"

# Frame pointers make the stacks that perf reads cheap and whole.
export CARGO_TARGET_DIR=$folder RUSTFLAGS="-C force-frame-pointers=yes"
export CARGO_PROFILE_BENCH_STRIP=none CARGO_PROFILE_RELEASE_STRIP=none CARGO_PROFILE_BENCH_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_DEBUG=line-tables-only
cargo bench --locked --bench service --no-run

cargo bench --locked --bench service -- "$step" &
bench=$!
until service=$(pgrep --full --newest "$folder/release/goal-router"); do
    kill -0 "$bench" || exit 1
    sleep 0.1
done
sleep 1
event=cycles
perf stat --event cycles true 2>&1 | grep -q 'not supported' && event=cpu-clock
perf record --quiet --event "$event" --freq 997 --call-graph fp --pid "$service" --output "$folder/perf.data" -- sleep 5
wait "$bench"

perf script --input "$folder/perf.data" --no-inline 2>/dev/null | inferno-collapse-perf >"$folder/stacks.txt"
inferno-flamegraph --title "goal-router: $step" <"$folder/stacks.txt" >"$folder/flame.svg"

# A stack counts for the first stage whose name one of its frames has, from the innermost frame on.
awk '
    BEGIN {
        stages = split("compression:zstd|miniz|zlib|flate2 logs:tracing_subscriber|tracing_appender signatures:sigv4|hmac|sha2|sha256 " \
            "store_calls:aws_sdk_dynamodb|goal_router::dynamodb model_calls:aws_sdk_bedrock|goal_router::llm " \
            "constraints:planning::constraints classifier:planning::classifier|planning::care offline_planner:planning::offline " \
            "answer_and_check:planning::answer|planning::plan ledger:goal_router::ledger planner:goal_router::planner " \
            "HTTP_server:actix|goal_router::http HTTP_client:hyper|aws_smithy runtime:tokio", parts, " ")
        for (i = 1; i <= stages; i++) { split(parts[i], pair, ":"); name[i] = pair[1]; pattern[i] = substr(parts[i], length(pair[1]) + 2) }
    }
    {
        samples = $NF; sub(/ [0-9]+$/, ""); all += samples
        frames = split($0, frame, ";"); found = "other"
        for (f = frames; f > 0 && found == "other"; f--)
            for (i = 1; i <= stages; i++) if (frame[f] ~ pattern[i]) { found = name[i]; break }
        share[found] += samples
    }
    END { for (stage in share) printf "%-18s %5.1f %%\n", stage, 100 * share[stage] / all }
' "$folder/stacks.txt" | sort -k2 -n -r
echo "flame graph: $folder/flame.svg"
