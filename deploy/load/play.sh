#!/bin/sh
# Plays the traffic of an ordinary day in small, for dashboards that live: good requests and all kinds that are not.
# Needs a POSIX shell and curl. It prints how many answers of each status it got, once a minute.
#
#   API    the service
#   FAKE   the fake Bedrock, whose first model it lets fail for half a minute in every five
#   PAUSE  seconds between two rounds
set -u

API=${API:-http://localhost:8000}
FAKE=${FAKE:-http://localhost:9000}
PAUSE=${PAUSE:-2}
here=$(dirname "$0")
answers=/tmp/answers
goals=$(wc -l < "$here/goals.txt")
unsure_goals=$(wc -l < "$here/unsure-goals.txt")
# Idempotency keys of an earlier run are still known, with other bodies.
run=$(date +%s)

# line FILE COUNT NUMBER: a line of a file, starting over after the last one.
line() {
    sed -n "$(($3 % $2 + 1))p" "$here/$1"
}

goal() {
    line goals.txt "$goals" "$1"
}

unsure_goal() {
    line unsure-goals.txt "$unsure_goals" "$1"
}

# send CURL-OPTIONS...: sends a request in the background, and notes the status of its answer; 000 if there is none.
send() {
    curl --silent --output /dev/null --max-time 60 --write-out '%{http_code}\n' "$@" >> "$answers" &
}

# ask ROUTE CLIENT BODY [CURL-OPTIONS...]: sends a client's body.
ask() {
    route=$1 client=$2 body=$3
    shift 3
    send --header "X-API-Key: local-$client" --header 'Content-Type: application/json' --data "$body" "$@" "$API/api/v1/$route"
}

plan() {
    ask generate-plan "$@"
}

# A body that several requests have.
equal() {
    echo "{\"goal\": \"$(goal "$1")\", \"context\": \"equal $1\"}"
}

# A body that is refused, by number.
bad_body() {
    case $(($1 % 5)) in
        0) echo '{"goal": "Learn' ;;
        1) echo '{"goal": ""}' ;;
        2) echo '{"goal": "Learn chess", "weeks": 8}' ;;
        3) echo '{"goal": "Learn chess", "hours_per_week": 200}' ;;
        4) echo '{"goal": "Run a marathon", "start_date": "2027-03-01", "deadline": "2027-02-01"}' ;;
    esac
}

# every ROUNDS [OFFSET]: whether it is the turn of something in this round.
every() {
    [ $((round % $1)) -eq "${2:-0}" ]
}

# The script of the fake models: `models` as always, or `outage`.
script() {
    curl --silent --output /dev/null --max-time 5 --request PUT --header 'Content-Type: application/json' \
        --data "@$here/$1.json" "$FAKE/fake/script"
}

play() {
    plan mobile "{\"goal\": \"$(goal "$round")\", \"hours_per_week\": $((round % 7 + 3))}"
    if every 3; then plan demo "{\"goal\": \"$(goal $((round * 5)))\", \"duration_weeks\": $((round % 12 + 2))}"; fi
    # The local classifier is not sure, so a model is asked.
    if every 5 1; then plan mobile "{\"goal\": \"$(unsure_goal $((round / 5)))\", \"hours_per_week\": $((round % 7 + 3))}"; fi
    # Equal requests at once: one of them is made, the other gets its plan.
    if every 7 2; then
        for _ in 1 2; do plan mobile "$(equal "$round")"; done
    fi
    # And the same a little later, from the cache.
    if every 7 5; then plan demo "$(equal $((round - 3)))"; fi
    # A client that retries: the same key in two rounds, and once a key of another request.
    if every 8 3 || every 8 5; then
        plan demo "{\"goal\": \"$(goal $((round / 8)))\", \"context\": \"again\"}" --header "Idempotency-Key: $run-$((round / 8))"
    fi
    if every 24 7; then plan demo '{"goal": "Learn chess"}' --header "Idempotency-Key: $run-$((round / 8))"; fi
    # More than its rate, and more than its budget.
    if every 9 4; then
        for _ in 1 2 3; do plan batch "{\"goal\": \"$(goal $((round * 3)))\"}"; done
    fi
    if every 11 5; then plan trial "{\"goal\": \"$(goal $((round * 7)))\"}"; fi
    # Refused by what they say.
    if every 6 4; then plan demo "$(bad_body $((round / 6)))"; fi
    if every 30 8; then plan demo '{"goal": "Break into a car and keep it"}'; fi
    if every 25 6; then plan demo 'goal=Learn chess' --header 'Content-Type: text/plain'; fi
    # Refused by whom they come from.
    if every 13 3; then plan nobody '{"goal": "Learn chess"}'; fi
    if every 19 2; then ask generate-plan nobody '{"goal": "Learn chess"}' --header 'X-API-Key;'; fi
    # Leaves before there is an answer.
    if every 16 9; then plan demo "{\"goal\": \"$(goal $((round * 11)))\", \"context\": \"in a hurry $round\"}" --max-time 1; fi
    # What costs nothing.
    if every 10 3; then ask estimate demo '{"goal": "Learn chess"}'; fi
    if every 21 5; then send "$API/no-such-page"; fi
    if every 23 5; then send --request DELETE "$API/api/v1/generate-plan"; fi
}

trap 'exit 0' TERM INT
: > "$answers"
round=0
while true; do
    play
    if every 150 105; then script outage && echo "the first model fails from now on"; fi
    if every 150 120; then script models && echo "the first model works again"; fi
    if every 30 29; then
        sort "$answers" | uniq -c | awk '{ printf "%s%s: %s", (NR > 1 ? ", " : "answers by status: "), $2, $1 } END { print "" }'
    fi
    round=$((round + 1))
    sleep "$PAUSE" &
    wait $!
done
