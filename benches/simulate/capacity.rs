//! Simulates the path of requests through what limits them: the tasks, the connections of the network, the write capacity of the store
//! and the token quotas of Bedrock. Says which of them refuses requests, and how many.
//!
//! Time goes in steps of a second. Arrivals are random around their rate, durations follow a distribution, and every limit is a
//! reservoir that fills up at its rate, as the services of AWS count. Figures of this service are measured (docs/benchmarks.md); those of
//! AWS are its default quotas, which accounts can have raised.

use std::collections::VecDeque;

/// Seconds that a scenario lasts. Reservoirs of a minute are in equilibrium by then.
const SECONDS: usize = 600;
/// The default deadline of a request, in seconds.
const DEADLINE: usize = 90;
/// Attempts that a model gets before the next one is called.
const ATTEMPTS: u32 = 4;
/// Median duration of a model call that writes a plan, in seconds, and the deviation of its logarithm: one in twenty takes 14 s.
const CALL_SECONDS: f64 = 6.0;
const CALL_SPREAD: f64 = 0.5;
/// Tokens of a plan: input, output, and the `maxTokens` that Bedrock reserves (`MAX_OUTPUT_TOKENS`).
const INPUT_TOKENS: f64 = 800.0;
const OUTPUT_TOKENS: f64 = 1_200.0;
const RESERVED_OUTPUT_TOKENS: f64 = 4_000.0;
/// CPU seconds of a plan with traces of all requests, on the slower of the measured days.
const CPU_SECONDS: f64 = 0.0009;
/// Share of its CPU that a task can use before its latency suffers.
const CPU_SHARE: f64 = 0.7;
/// `MAX_IN_FLIGHT` of a task.
const IN_FLIGHT: f64 = 4_000.0;
/// Write units of a request: its row is held in a transaction (twice one unit) and settled in another, and each time it is in the
/// indexes, two after it is settled and three before, where leaving the third is a write as well.
const WRITE_UNITS: f64 = 2.0 + 3.0 + 2.0 + 3.0;
/// Writes of a request to its shard of `date-index`, when it is held and when it is settled. In `open-index`, where it leaves when it is
/// settled, there are as many.
const INDEX_WRITES: f64 = 2.0;
/// Write units per second of one partition key.
const KEY_WRITES: f64 = 1_000.0;
/// Connections of a NAT gateway to one destination.
const NAT_CONNECTIONS: f64 = 55_000.0;

/// What a deployment has.
#[derive(Debug, Clone, Copy)]
struct Deployment {
    name: &'static str,
    requests_per_minute: f64,
    tasks: f64,
    /// Virtual CPUs of a task.
    cpus: f64,
    /// NAT gateways that calls to Bedrock share; 0 with an interface endpoint.
    nat_gateways: f64,
    /// Write units per second of the usage table.
    table_units: f64,
    /// Shards of a day in `date-index`, and of `open-index`.
    shards: f64,
    /// Tokens per minute of the first and the second model.
    tokens_per_minute: [f64; 2],
    /// Tokens of the quota that a token of output takes.
    burn_down: f64,
}

/// Capacity that fills up at a rate and is used by requests.
#[derive(Debug)]
struct Reservoir {
    level: f64,
    size: f64,
    per_second: f64,
}

impl Reservoir {
    /// A reservoir that holds what flows in within `seconds`.
    fn new(per_second: f64, seconds: f64) -> Self {
        let size = per_second * seconds;
        Self {
            level: size,
            size,
            per_second,
        }
    }

    fn refill(&mut self) {
        self.add(self.per_second);
    }

    fn add(&mut self, amount: f64) {
        self.level = (self.level + amount).min(self.size);
    }

    /// Takes `each` for up to `count` requests. Returns for how many there was enough.
    fn take(&mut self, count: f64, each: f64) -> f64 {
        let granted = count.min((self.level / each).floor().max(0.0));
        self.level -= granted * each;
        granted
    }
}

/// Calls that wait for a model, by the second in which they are made and the number of attempts they have had.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    count: f64,
    model: usize,
    attempts: u32,
    waited: usize,
}

/// What happened to the requests of a scenario.
#[derive(Debug, Default)]
struct Outcome {
    arrived: f64,
    planned: [f64; 2],
    /// Refused because all tasks were at `MAX_IN_FLIGHT`, or had no CPU left.
    overloaded: f64,
    /// Refused because the network had no connection left.
    unconnected: f64,
    /// Not recorded in time because the store throttled.
    unrecorded: f64,
    /// Refused by both models.
    throttled: f64,
    peak_in_flight: f64,
    throttled_calls: f64,
}

/// A deployment under load.
struct Simulation {
    deployment: Deployment,
    cpu: Reservoir,
    table: Reservoir,
    index: Reservoir,
    models: [Reservoir; 2],
    in_flight: f64,
    /// Requests that end in each of the next seconds, by model.
    ending: VecDeque<[f64; 2]>,
    /// Calls to make in each of the next seconds.
    retries: VecDeque<Vec<Waiting>>,
    durations: Vec<f64>,
    random: fastrand::Rng,
    outcome: Outcome,
}

impl Simulation {
    fn new(deployment: Deployment) -> Self {
        let Deployment {
            tasks,
            cpus,
            table_units,
            shards,
            ..
        } = deployment;
        let model = |index: usize| Reservoir::new(deployment.tokens_per_minute[index] / 60.0, 60.0);
        Self {
            cpu: Reservoir::new(tasks * cpus * CPU_SHARE, 1.0),
            // DynamoDB keeps five minutes of unused capacity for bursts; a table at its quota has none to keep.
            table: Reservoir::new(table_units, 1.0),
            index: Reservoir::new(shards * KEY_WRITES, 1.0),
            models: [model(0), model(1)],
            in_flight: 0.0,
            ending: VecDeque::from(vec![[0.0; 2]; DEADLINE + 1]),
            retries: VecDeque::from(vec![Vec::new(); DEADLINE + 1]),
            durations: durations(),
            random: fastrand::Rng::with_seed(7),
            outcome: Outcome::default(),
            deployment,
        }
    }

    fn run(mut self) -> Outcome {
        for _ in 0..SECONDS {
            self.step();
        }
        self.outcome
    }

    /// Simulates a second.
    fn step(&mut self) {
        for reservoir in [&mut self.cpu, &mut self.table, &mut self.index] {
            reservoir.refill();
        }
        for model in &mut self.models {
            model.refill();
        }
        self.end_calls();
        for waiting in self.retries.pop_front().unwrap() {
            self.call(waiting);
        }
        self.retries.push_back(Vec::new());
        self.arrive();
    }

    /// Ends the calls whose time has come: what they did not use of the quota goes back.
    fn end_calls(&mut self) {
        let ended = self.ending.pop_front().unwrap();
        self.ending.push_back([0.0; 2]);
        let unused = RESERVED_OUTPUT_TOKENS - OUTPUT_TOKENS * self.deployment.burn_down;
        for (model, count) in ended.into_iter().enumerate() {
            self.models[model].add(count * unused);
            self.outcome.planned[model] += count;
            self.in_flight -= count;
        }
    }

    fn arrive(&mut self) {
        let rate = self.deployment.requests_per_minute / 60.0;
        let arrived = (rate + rate.sqrt() * normal(&mut self.random))
            .round()
            .max(0.0);
        self.outcome.arrived += arrived;
        let room = (self.deployment.tasks * IN_FLIGHT - self.in_flight).max(0.0);
        let served = self.cpu.take(arrived.min(room), CPU_SECONDS);
        self.outcome.overloaded += arrived - served;
        let written = self.table.take(served, WRITE_UNITS);
        let recorded = self.index.take(written, INDEX_WRITES);
        self.outcome.unrecorded += served - recorded;
        let connections = if self.deployment.nat_gateways > 0.0 {
            self.deployment.nat_gateways * NAT_CONNECTIONS - self.in_flight
        } else {
            f64::INFINITY
        };
        let connected = recorded.min(connections.max(0.0));
        self.outcome.unconnected += recorded - connected;
        self.in_flight += connected;
        self.outcome.peak_in_flight = self.outcome.peak_in_flight.max(self.in_flight);
        self.call(Waiting {
            count: connected,
            model: 0,
            attempts: 0,
            waited: 0,
        });
    }

    /// Makes calls: those within the quota run, the others wait for their next attempt, or for the next model.
    fn call(&mut self, calls: Waiting) {
        let reserved = INPUT_TOKENS + RESERVED_OUTPUT_TOKENS;
        let accepted = self.models[calls.model].take(calls.count, reserved);
        for (duration, share) in self.durations.iter().enumerate() {
            self.ending[duration][calls.model] += accepted * share;
        }
        let refused = calls.count - accepted;
        self.outcome.throttled_calls += refused;
        if refused <= 0.0 {
            return;
        }
        // Full jitter: up to a second after the first attempt, and up to twice as long after each further one.
        let pause = self.random.usize(0..=1 << calls.attempts);
        let mut next = Waiting {
            count: refused,
            attempts: calls.attempts + 1,
            waited: calls.waited + pause,
            ..calls
        };
        if next.attempts == ATTEMPTS {
            (next.model, next.attempts) = (calls.model + 1, 0);
        }
        if next.model == self.models.len() || next.waited >= DEADLINE {
            self.outcome.throttled += refused;
            self.in_flight -= refused;
        } else {
            self.retries[pause].push(next);
        }
    }
}

/// The share of calls by their duration in seconds, of a log-normal distribution.
fn durations() -> Vec<f64> {
    let mut random = fastrand::Rng::with_seed(11);
    let mut counts = vec![0.0; DEADLINE];
    let samples = 100_000_u32;
    for _ in 0..samples {
        let seconds = CALL_SECONDS * (CALL_SPREAD * normal(&mut random)).exp();
        let bucket = (0..DEADLINE - 1).find(|bucket| seconds < *bucket as f64 + 0.5);
        counts[bucket.unwrap_or(DEADLINE - 1)] += 1.0 / f64::from(samples);
    }
    counts
}

/// A normally distributed number: the sum of twelve uniform ones, less their mean.
fn normal(random: &mut fastrand::Rng) -> f64 {
    (0..12).map(|_| random.f64()).sum::<f64>() - 6.0
}

fn report(deployment: &Deployment, outcome: &Outcome) {
    let share = |count: f64| 100.0 * count / outcome.arrived;
    let causes = [
        ("the tasks", outcome.overloaded),
        ("the store", outcome.unrecorded),
        ("the NAT gateways", outcome.unconnected),
        ("the token quotas", outcome.throttled),
    ];
    let binding: Vec<String> = causes
        .into_iter()
        .filter(|(_, count)| share(*count) >= 0.1)
        .map(|(cause, count)| format!("{:.0} % refused by {cause}", share(count)))
        .collect();
    println!(
        "{}: {} requests/min, {} tasks of {} vCPU",
        deployment.name, deployment.requests_per_minute, deployment.tasks, deployment.cpus
    );
    println!(
        "  in flight at most {:.0}; {:.1} throttled calls per request; planned by the first model {:.0} %, by the second {:.0} %; {}",
        outcome.peak_in_flight,
        outcome.throttled_calls / outcome.arrived,
        share(outcome.planned[0]),
        share(outcome.planned[1]),
        if binding.is_empty() {
            "nothing refused".to_owned()
        } else {
            binding.join(", ")
        }
    );
}

/// What a deployment has more than the one before.
type Change = fn(&mut Deployment);

/// The deployments: each has one thing more than the one before.
fn deployments() -> [Deployment; 9] {
    let first = Deployment {
        name: "as it is deployed first",
        requests_per_minute: 1_000.0,
        tasks: 2.0,
        cpus: 1.0,
        nat_gateways: 2.0,
        table_units: 40_000.0,
        shards: 16.0,
        tokens_per_minute: [5e6, 5e6],
        burn_down: 1.0,
    };
    let mut all = [first; 9];
    let steps: [(&str, Change); 8] = [
        ("the original's goal", |next| {
            next.requests_per_minute = 10_000.0;
        }),
        ("a hundred times that", |next| {
            next.requests_per_minute = 1_000_000.0;
        }),
        ("with more tasks", |next| next.tasks = 40.0),
        ("and more tokens", |next| {
            next.tokens_per_minute = [6e9, 6e9];
        }),
        ("and more write units", |next| next.table_units = 200_000.0),
        ("and more shards", |next| next.shards = 64.0),
        (
            "and an interface endpoint in place of NAT gateways",
            |next| {
                next.nat_gateways = 0.0;
            },
        ),
        (
            "the same with a model whose output counts five times",
            |next| {
                next.burn_down = 5.0;
            },
        ),
    ];
    for (index, (name, change)) in steps.into_iter().enumerate() {
        let mut next = all[index];
        next.name = name;
        change(&mut next);
        all[index + 1] = next;
    }
    all
}

/// Runs all scenarios.
pub fn simulate() {
    for deployment in deployments() {
        report(&deployment, &Simulation::new(deployment).run());
    }
}
