//! The containers of a task, and what they share with the image, the load balancer and the collector's configuration.

use serde_json::Value;

use crate::environments;
use crate::files;
use crate::instructions::{last, stage};
use crate::task::{self, Task};
use crate::terraform::Environment;

/// The ports of the service, as the Dockerfile exposes them: the API, and the metrics.
fn exposed() -> (u64, u64) {
    let stage = stage("goal-router");
    let ports: Vec<u64> = last(&stage, "EXPOSE")
        .unwrap()
        .split(' ')
        .map(|port| port.parse().unwrap())
        .collect();
    let [api, management] = ports[..] else {
        panic!("{ports:?}");
    };
    (api, management)
}

/// An argument of the last `HEALTHCHECK`, in seconds.
fn health_check_seconds(argument: &str) -> u64 {
    let stage = stage("goal-router");
    let check = last(&stage, "HEALTHCHECK").unwrap();
    let (_, rest) = check.split_once(&format!("--{argument}=")).unwrap();
    rest.split(['s', ' ']).next().unwrap().parse().unwrap()
}

#[test]
fn the_api_has_one_port_from_the_image_to_the_load_balancer() {
    let (api, management) = exposed();
    for environment in environments::variants() {
        let task = task::of(environment);
        let variables = task.variables(task::SERVICE);
        let targets = environment.resources("aws_lb_target_group");
        let services = environment.resources("aws_ecs_service");
        let balanced = &services[0].get("load_balancer")[0];

        // That no other port is mapped is part of `api_port`.
        assert_eq!(task.api_port(), api, "{environment:?}");
        assert_eq!(variables["PORT"], api.to_string());
        assert_eq!(variables["MANAGEMENT_PORT"], management.to_string());
        for target in &targets {
            assert_eq!(target.get("port"), api, "{target:?}");
            let check = &target.get("health_check")[0];
            assert!(
                check["port"].is_null() || check["port"] == "traffic-port",
                "{check}"
            );
        }
        assert_eq!(balanced["container_port"], api);
        assert_eq!(balanced["container_name"], task::SERVICE);
        assert_eq!((targets.len(), services.len()), (1, 1));
    }
}

#[test]
fn the_container_runs_as_the_image_is_built() {
    let stage = stage("goal-router");
    let volume = last(&stage, "VOLUME")
        .unwrap()
        .trim_matches(['[', ']', '"']);
    let user = last(&stage, "USER").unwrap();
    for environment in environments::variants() {
        let task = task::of(environment);
        let container = task.container(task::SERVICE);
        let mounts = container["mountPoints"].as_array().unwrap();
        let volumes = task.get("volume");

        assert_eq!(container["user"], user, "{environment:?}");
        assert_eq!(mounts.len(), 1);
        assert_eq!(mounts[0]["containerPath"], volume);
        assert_eq!(mounts[0]["readOnly"], false);
        assert_eq!(mounts[0]["sourceVolume"], volumes[0]["name"]);
        assert_eq!(task.variables(task::SERVICE)["DATA_DIR"], volume);
        assert!(container.get("command").is_none() && container.get("entryPoint").is_none());
    }
}

#[test]
fn the_health_check_is_that_of_the_image() {
    for environment in environments::variants() {
        let task = task::of(environment);
        let check = &task.container(task::SERVICE)["healthCheck"];
        let stage = stage("goal-router");
        let (_, command) = last(&stage, "HEALTHCHECK")
            .unwrap()
            .split_once("CMD ")
            .unwrap();
        let command: Vec<String> = serde_json::from_str(command).unwrap();

        assert_eq!(check["command"][0], "CMD");
        assert_eq!(
            files::strings(&check["command"])[1..],
            command,
            "{environment:?}"
        );
        for (argument, field) in [
            ("interval", "interval"),
            ("timeout", "timeout"),
            ("retries", "retries"),
            ("start-period", "startPeriod"),
        ] {
            assert_eq!(check[field], health_check_seconds(argument), "{field}");
        }
    }
}

#[test]
fn no_container_can_write_to_its_image_or_has_a_right_that_it_does_not_need() {
    for environment in environments::variants() {
        let task = task::of(environment);
        assert_eq!(task.containers().len(), 2);
        for container in task.containers() {
            let name = &container["name"];
            assert_eq!(container["readonlyRootFilesystem"], true, "{name}");
            let capabilities = &container["linuxParameters"]["capabilities"];
            assert_eq!(
                *capabilities,
                serde_json::json!({"drop": ["ALL"]}),
                "{name}"
            );
            assert!(
                container["privileged"]
                    .as_bool()
                    .is_none_or(|privileged| !privileged)
            );
            let user = container["user"].as_str().unwrap();
            assert!(
                !user.starts_with('0') && user.contains(':'),
                "{name}: {user}"
            );
        }
    }
}

#[test]
fn the_service_lives_without_the_collector_and_is_essential_itself() {
    for environment in environments::variants() {
        let task = task::of(environment);
        let [service, collector] =
            [task::SERVICE, task::COLLECTOR].map(|name| task.container(name));

        assert_eq!(service["essential"], true);
        assert_eq!(collector["essential"], false);
        let expected =
            serde_json::json!([{"containerName": task::COLLECTOR, "condition": "START"}]);
        assert_eq!(service["dependsOn"], expected, "{environment:?}");
    }
}

#[test]
fn the_containers_have_room_in_the_task_and_the_collector_in_its_memory() {
    let config = files::yaml("otel-collector.yaml");
    let limiter = &config["processors"]["memory_limiter"];
    let limit = limiter["limit_mib"].as_u64().unwrap();
    for environment in environments::variants() {
        let task = task::of(environment);
        let memory = |name| task.container(name)["memory"].as_u64().unwrap();
        let whole = task.get("memory").as_u64().unwrap();
        let go = &task.variables(task::COLLECTOR)["GOMEMLIMIT"];
        let go: u64 = go.strip_suffix("MiB").unwrap().parse().unwrap();

        assert!(
            memory(task::SERVICE) + memory(task::COLLECTOR) <= whole,
            "{environment:?}"
        );
        assert!(memory(task::SERVICE) >= 200, "{environment:?}");
        assert!(
            go < limit && limit < memory(task::COLLECTOR),
            "{environment:?}"
        );
    }
}

#[test]
fn each_container_writes_to_a_log_group_that_there_is() {
    for environment in environments::variants() {
        let task = task::of(environment);
        for (name, group) in [(task::SERVICE, "service"), (task::COLLECTOR, "collector")] {
            let log = &task.container(name)["logConfiguration"];
            let group = environment
                .resource("aws_cloudwatch_log_group", group)
                .get("name");

            assert_eq!(log["logDriver"], "awslogs");
            assert_eq!(log["options"]["awslogs-group"], group, "{environment:?}");
            assert_eq!(
                log["options"]["awslogs-region"],
                environment.variable("aws_region")
            );
            // Logs that cannot leave must not stop requests.
            assert_eq!(log["options"]["mode"], "non-blocking");
        }
    }
}

#[test]
fn a_spool_on_a_file_system_belongs_to_the_user_of_the_service() {
    let with_efs = environments::variants().iter().filter(|environment| {
        let volumes = task::of(environment).get("volume");
        !volumes[0]["efs_volume_configuration"].is_null()
            && volumes[0]["efs_volume_configuration"] != serde_json::json!([])
    });
    let mut seen = 0;
    for environment in with_efs {
        seen += 1;
        let point = &environment.resources("aws_efs_access_point")[0];
        let user = task::of(environment).container(task::SERVICE)["user"].clone();
        let posix = &point.get("posix_user")[0];
        let owner = &point.get("root_directory")[0]["creation_info"][0];

        assert_eq!(user, format!("{}:{}", posix["uid"], posix["gid"]));
        assert_eq!(
            user,
            format!("{}:{}", owner["owner_uid"], owner["owner_gid"])
        );
        assert_eq!(
            task::of(environment).variables(task::SERVICE)["SPOOL_SHARED"],
            "true"
        );
    }
    assert!(seen > 0);
}

#[test]
fn the_collector_reads_the_ports_of_the_service_inside_the_task() {
    let (_, management) = exposed();
    for environment in environments::variants() {
        let config = collector(&task::of(environment));
        let scraped = &config["receivers"]["prometheus"]["config"]["scrape_configs"][0];
        let target = &scraped["static_configs"][0]["targets"];
        let variables = task::of(environment).variables(task::SERVICE);
        let protocol = match variables["OTEL_EXPORTER_OTLP_PROTOCOL"].as_str() {
            "grpc" => "grpc",
            "http/protobuf" | "http/json" => "http",
            other => panic!("{other}"),
        };
        let receiver = config["receivers"]["otlp"]["protocols"][protocol]["endpoint"]
            .as_str()
            .unwrap();

        assert_eq!(
            *target,
            serde_json::json!([format!("localhost:{management}")])
        );
        assert_eq!(
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"],
            format!("http://{receiver}")
        );
    }
}

#[test]
fn the_collector_writes_where_the_alarms_look_and_into_a_group_with_an_end() {
    for environment in environments::variants() {
        let config = collector(&task::of(environment));
        let exporter = &config["exporters"]["awsemf"];
        let group = environment.resource("aws_cloudwatch_log_group", "metrics");

        assert_eq!(
            exporter["namespace"],
            environment.local("metrics_namespace")
        );
        assert_eq!(
            exporter["log_group_name"],
            group.get("name"),
            "{environment:?}"
        );
    }
}

#[test]
fn the_collector_is_told_nothing_that_it_does_not_read() {
    for environment in environments::variants() {
        for (name, value) in task::of(environment).variables(task::COLLECTOR) {
            let is_read = match name.as_str() {
                // By the collector itself, by the AWS SDK in it, and by the runtime of Go.
                "AOT_CONFIG_CONTENT" | "AWS_REGION" | "GOMEMLIMIT" => true,
                name => files::text("otel-collector.yaml").contains(&format!("${{env:{name}")),
            };
            assert!(is_read, "{environment:?}: {name}={value}");
        }
    }
}

/// The collector's configuration, as it is in the variable that the collector reads, with its variables filled in.
fn collector(task: &Task<'_>) -> Value {
    let variables = task.variables(task::COLLECTOR);
    let text = &variables["AOT_CONFIG_CONTENT"];
    assert_eq!(*text, files::text("otel-collector.yaml"));
    let mut filled = String::new();
    let mut rest = text.as_str();
    while let Some((before, variable)) = rest.split_once("${env:") {
        let (variable, after) = variable.split_once('}').unwrap();
        let (name, default) = variable.split_once(":-").unwrap_or((variable, ""));
        filled.push_str(before);
        filled.push_str(variables.get(name).map_or(default, String::as_str));
        rest = after;
    }
    filled.push_str(rest);
    serde_saphyr::from_str(&filled).unwrap()
}

#[test]
fn no_security_group_lets_anybody_to_the_metrics() {
    let (_, management) = exposed();
    for environment in environments::variants() {
        for kind in [
            "aws_vpc_security_group_ingress_rule",
            "aws_vpc_security_group_egress_rule",
        ] {
            for rule in environment.resources(kind) {
                let [from, to] = ["from_port", "to_port"].map(|end| rule.get(end).as_u64());
                let (from, to) = (from.unwrap(), to.unwrap());
                assert!(
                    !(from..=to).contains(&management),
                    "{environment:?}: {rule:?}"
                );
            }
        }
    }
}

#[test]
fn profile_prefixes_of_bedrock_are_those_of_the_price_table() {
    let environment = Environment::of("prod");
    let table: toml::Table = toml::from_str(&files::text("src/llm/models.toml")).unwrap();
    let priced = table["profile_factors"].as_table().unwrap().keys();
    // A bare ID is priced by Region, and has no prefix.
    let mut priced: Vec<&str> = priced
        .map(String::as_str)
        .filter(|name| *name != "regional")
        .collect();
    let known = environment.local("bedrock_profile_prefixes");
    let mut known = files::strings(&known);
    priced.sort_unstable();
    known.sort_unstable();

    assert_eq!(known, priced);
}
