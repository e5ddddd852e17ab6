//! Who may connect to what.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::environments;
use crate::task;
use crate::terraform::{Environment, Resource};

/// Where connections may come from, if not from another security group.
const ADDRESSES: [&str; 3] = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id"];

fn groups(resource: &Resource<'_>, attribute: &str) -> BTreeSet<String> {
    let groups = resource.get(attribute);
    let groups = groups.as_array().into_iter().flatten();
    groups
        .map(|group| group.as_str().unwrap().to_owned())
        .collect()
}

fn load_balancer_groups(environment: &Environment) -> BTreeSet<String> {
    let balancers = environment.resources("aws_lb");
    balancers
        .iter()
        .flat_map(|balancer| groups(balancer, "security_groups"))
        .collect()
}

#[test]
fn only_the_load_balancer_takes_connections_from_addresses() {
    for environment in environments::variants() {
        let public = load_balancer_groups(environment);
        assert!(!public.is_empty());
        let mut from_addresses = 0;
        for rule in environment.resources("aws_vpc_security_group_ingress_rule") {
            let group = rule.get("security_group_id");
            if ADDRESSES.iter().any(|from| !rule.get(from).is_null()) {
                from_addresses += 1;
                assert!(
                    public.contains(group.as_str().unwrap()),
                    "{environment:?}: {rule:?}"
                );
                assert!([80, 443].contains(&port(&rule)), "{rule:?}");
            } else {
                assert!(
                    !rule.get("referenced_security_group_id").is_null(),
                    "{rule:?}"
                );
            }
        }
        assert!(
            from_addresses > 0,
            "{environment:?}: nobody can call the load balancer"
        );
    }
}

#[test]
fn rules_stand_on_their_own_where_these_tests_see_them() {
    for environment in environments::variants() {
        for kind in ["aws_security_group", "aws_default_security_group"] {
            for group in environment.resources(kind) {
                for inline in ["ingress", "egress"] {
                    assert_eq!(group.get(inline), Value::Null, "{group:?}");
                }
            }
        }
        assert!(!environment.kinds().contains(&"aws_security_group_rule"));
    }
}

#[test]
fn tasks_take_connections_from_the_load_balancer_alone_and_for_the_api_alone() {
    for environment in environments::variants() {
        let tasks = groups_of_tasks(environment);
        let public = load_balancer_groups(environment);
        let rules = environment.resources("aws_vpc_security_group_ingress_rule");
        let of_tasks: Vec<_> = rules
            .iter()
            .filter(|rule| tasks.contains(rule.get("security_group_id").as_str().unwrap()))
            .collect();

        assert_eq!(of_tasks.len(), 1, "{of_tasks:?}");
        let from = of_tasks[0].get("referenced_security_group_id");
        assert!(public.contains(from.as_str().unwrap()), "{from}");
        assert_eq!(port(of_tasks[0]), task::of(environment).api_port());
    }
}

#[test]
fn the_load_balancer_can_reach_the_tasks() {
    for environment in environments::variants() {
        let tasks = groups_of_tasks(environment);
        let public = load_balancer_groups(environment);
        let rules = environment.resources("aws_vpc_security_group_egress_rule");
        let to_tasks = rules.iter().find(|rule| {
            let from = rule.get("security_group_id");
            let to = rule.get("referenced_security_group_id");
            public.contains(from.as_str().unwrap())
                && to.as_str().is_some_and(|to| tasks.contains(to))
        });

        let to_tasks = to_tasks.unwrap_or_else(|| panic!("{environment:?}"));
        assert_eq!(port(to_tasks), task::of(environment).api_port());
    }
}

/// The groups of the tasks.
fn groups_of_tasks(environment: &Environment) -> BTreeSet<String> {
    let services = environment.resources("aws_ecs_service");
    assert_eq!(services.len(), 1);
    let network = services[0].get("network_configuration");
    assert!(!network[0]["assign_public_ip"].as_bool().unwrap_or(false));
    let groups = network[0]["security_groups"].as_array().unwrap().iter();
    groups
        .map(|group| group.as_str().unwrap().to_owned())
        .collect()
}

/// The one port of a rule.
fn port(rule: &Resource<'_>) -> u64 {
    let [from, to] = ["from_port", "to_port"].map(|end| rule.get(end).as_u64());
    assert_eq!(from, to, "{rule:?}");
    assert_eq!(rule.get("ip_protocol"), "tcp", "{rule:?}");
    from.unwrap()
}
