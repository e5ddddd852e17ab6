//! Times that depend on each other, from the deadline of a request to the end of a task.

use std::time::Duration;

use goal_router::http::idle_timeout::IdleLimits;

use crate::environments;
use crate::service_variables::settings;
use crate::task;

/// After that, Fargate kills a container, whatever the task definition says.
const LONGEST_STOP_TIMEOUT: Duration = Duration::from_mins(2);

fn seconds(value: &serde_json::Value) -> Duration {
    Duration::from_secs(value.as_u64().unwrap_or_else(|| panic!("{value}")))
}

#[test]
fn the_service_keeps_connections_for_longer_than_the_load_balancer_which_waits_for_longer_than_a_request_takes()
 {
    for environment in environments::variants() {
        let deadline = settings(environment).limits.deadline;
        let limits = IdleLimits::for_requests_of(deadline);
        let balancers = environment.resources("aws_lb");
        let idle = seconds(&balancers[0].get("idle_timeout"));

        assert!(
            limits.keep_alive > idle,
            "{environment:?}: {limits:?}, {idle:?}"
        );
        assert!(
            limits.in_request >= idle && idle > deadline,
            "{environment:?}: {idle:?}"
        );
    }
}

#[test]
fn the_guards_of_terraform_know_the_times_of_the_code() {
    for environment in environments::variants() {
        let limits = IdleLimits::for_requests_of(settings(environment).limits.deadline);

        assert_eq!(
            seconds(&environment.local("service_keep_alive_seconds")),
            limits.keep_alive
        );
    }
}

#[test]
fn a_task_has_drained_and_ended_before_it_is_killed() {
    for environment in environments::variants() {
        let listen = settings(environment).listen;
        let end = listen.drain_delay + listen.shutdown_grace;
        let stop = seconds(&task::of(environment).container(task::SERVICE)["stopTimeout"]);

        assert!(
            end < stop && stop <= LONGEST_STOP_TIMEOUT,
            "{environment:?}: {end:?}, {stop:?}"
        );
    }
}

#[test]
fn a_task_that_ends_has_time_for_the_requests_that_it_has() {
    for environment in environments::variants() {
        let settings = settings(environment);

        assert!(
            settings.listen.shutdown_grace > settings.limits.deadline,
            "{environment:?}"
        );
    }
}

#[test]
fn the_load_balancer_lets_a_target_go_only_after_its_task_has_ended() {
    for environment in environments::variants() {
        let listen = settings(environment).listen;
        let targets = environment.resources("aws_lb_target_group");
        let delay = seconds(&targets[0].get("deregistration_delay"));

        assert!(
            delay >= listen.drain_delay + listen.shutdown_grace,
            "{environment:?}: {delay:?}"
        );
    }
}

#[test]
fn the_load_balancer_notices_the_end_before_the_service_refuses_connections() {
    // ECS deregisters the target at the same time as it stops the task, which takes some seconds to have an effect.
    for environment in environments::variants() {
        assert!(settings(environment).listen.drain_delay >= Duration::from_secs(5));
    }
}

#[test]
fn what_a_dead_task_holds_is_not_taken_from_a_request_that_lives() {
    for environment in environments::variants() {
        let settings = settings(environment);
        let lease = settings.ledger.lease.to_std().unwrap();

        assert!(
            lease > settings.limits.deadline,
            "{environment:?}: {lease:?}"
        );
        assert!(
            settings.limits.attempt_timeout <= settings.limits.deadline,
            "{environment:?}"
        );
    }
}
