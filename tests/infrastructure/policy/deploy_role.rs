//! The role that deploys may do what the scripts of deploy/aws do, and nothing else; and both mean the same service.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::environments;
use crate::files;
use crate::task;
use crate::terraform::Environment;

/// What a deploy runs. The other scripts are for a person.
const SCRIPTS: [&str; 5] = [
    "copy-image.sh",
    "deploy.sh",
    "restart.sh",
    "rollback.sh",
    "service.sh",
];

/// What a deploy does without calling `aws`: docker pushes the image, and a revision brings its tags and its roles.
const INDIRECT: [&str; 9] = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
    "ecs:TagResource",
    "iam:PassRole",
];

fn script(name: &str) -> String {
    files::text(&format!("deploy/aws/{name}"))
}

/// The permissions of all calls of `aws` in the scripts.
fn called() -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    for text in SCRIPTS.map(script) {
        let lines = text.lines().map(str::trim_start);
        // `need` only looks whether a program is there.
        let code = lines.filter(|line| !line.starts_with('#') && !line.starts_with("need "));
        for call in code.flat_map(|line| line.split("aws ").skip(1)) {
            let words: Vec<&str> = call.split([' ', ')']).take(2).collect();
            let [service, command] = words[..] else {
                panic!("aws {call}");
            };
            called.extend(permission(service, command));
        }
    }
    called
}

/// The permission of a call. Everybody may ask who they are.
fn permission(service: &str, command: &str) -> Option<String> {
    match (service, command) {
        ("sts", "get-caller-identity") => None,
        ("ecr", "get-login-password") => Some("ecr:GetAuthorizationToken".to_owned()),
        ("ecr" | "ecs" | "ssm", command) => Some(format!("{service}:{}", in_pascal_case(command))),
        _ => panic!("what does `aws {service} {command}` need?"),
    }
}

fn in_pascal_case(command: &str) -> String {
    let words = command.split('-');
    words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}

/// An environment with a role that deploys.
fn environment() -> Environment {
    Environment::changed("prod", "github_repository = \"octo-org/goal-router\"")
}

/// The statements of the role's policy.
fn statements(environment: &Environment) -> Vec<Value> {
    let policy = environment
        .resource("aws_iam_role_policy", "deploy")
        .get("policy");
    let policy: Value = serde_json::from_str(policy.as_str().unwrap()).unwrap();
    policy["Statement"].as_array().unwrap().clone()
}

#[test]
fn a_deploy_may_do_exactly_what_its_scripts_do() {
    let called = called();
    assert!(called.len() > 5, "{called:?}");
    let statements = statements(&environment());
    let allowed = statements
        .iter()
        .flat_map(|statement| files::strings(&statement["Action"]));
    let allowed: BTreeSet<String> = allowed.map(str::to_owned).collect();

    let missing: Vec<_> = called.difference(&allowed).collect();
    assert!(missing.is_empty(), "the scripts also need {missing:?}");
    let unused = allowed.difference(&called);
    let unused: Vec<_> = unused
        .filter(|action| !INDIRECT.contains(&action.as_str()))
        .collect();
    assert!(unused.is_empty(), "nothing does {unused:?}");
}

#[test]
fn a_deploy_gives_a_task_no_other_roles_than_its_own() {
    let environment = environment();
    let statements = statements(&environment);
    let passing = statements
        .iter()
        .find(|statement| files::strings(&statement["Action"]).contains(&"iam:PassRole"));
    let mut passed = files::strings(&passing.unwrap()["Resource"]);
    passed.sort_unstable();
    let task = task::of(&environment);
    let mut roles = ["execution_role_arn", "task_role_arn"].map(|role| task.get(role));
    roles.sort_by_key(ToString::to_string);

    assert_eq!(roles.to_vec(), passed);
}

#[test]
fn scripts_and_terraform_name_the_same_service() {
    let [deploy, service] = ["deploy.sh", "service.sh"].map(script);
    let named = |variable: &str| {
        let (_, rest) = service.split_once(&format!("\n    {variable}=")).unwrap();
        rest.lines().next().unwrap().to_owned()
    };
    for name in environments::NAMES {
        let environment = environments::of(name);
        let filled = |variable| Value::from(named(variable).replace("$1", name));

        assert_eq!(
            environment.resource("aws_ecs_cluster", "main").get("name"),
            filled("service")
        );
        assert_eq!(
            environment
                .resource("aws_ecs_service", "service")
                .get("name"),
            filled("service")
        );
        assert_eq!(task::of(environment).get("family"), filled("service"));
        let parameter = environment.resource("aws_ssm_parameter", "image");
        assert_eq!(parameter.get("name"), filled("image_parameter"));
    }
    let container = format!("select(.name == \"{}\")", task::SERVICE);
    assert!(deploy.contains(&container), "{container}");
    let repository = environments::of("prod").variable("ecr_repository_name");
    let repository = repository.as_str().unwrap();
    assert!(
        service.contains(&format!("ECR_REPOSITORY:-{repository}}}")),
        "{repository}"
    );
    let made = environments::account().resources("aws_ecr_repository");
    assert!(
        made.iter().any(|each| each.get("name") == repository),
        "{made:?}"
    );
}
