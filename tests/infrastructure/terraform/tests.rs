//! The evaluation, held against what Terraform itself answers to the same expressions.

use serde_json::{Value, json};

use super::Environment;
use super::failure::Failure;

/// The value of an expression, beside some variables and resources.
fn value(expression: &str) -> Result<Value, Failure> {
    let root = format!(
        r#"
variable "region" {{
  type = string
}}
variable "clients" {{
  type = list(object({{
    name  = string
    tiers = optional(list(string), ["free"])
    limit = optional(number)
  }}))
  default = [{{ name = "web" }}, {{ name = "app", limit = "5" }}]
}}
locals {{
  name   = "router-${{var.region}}"
  result = {expression}
  circle = local.circle
}}
resource "aws_sqs_queue" "one" {{
  name = "${{local.name}}-one"
}}
resource "aws_sqs_queue" "none" {{
  count = 0
  name  = "none"
}}
resource "aws_sqs_queue" "each" {{
  for_each = {{ for client in var.clients : client.name => client }}
  name     = each.key
  dynamic "rule" {{
    for_each = each.value.tiers
    content {{
      tier = rule.value
    }}
  }}
}}
data "aws_iam_policy_document" "read" {{
  statement {{
    actions   = ["s3:GetObject"]
    resources = [aws_sqs_queue.one.arn]
    condition {{
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["1"]
    }}
  }}
}}
"#
    );
    let environment = Environment::from_texts(&root, "region = \"eu\"");
    let found = environment.lookup(&["local", "result"]);
    found.map(|(value, _)| value)
}

#[test]
fn expressions_have_the_values_that_terraform_gives_them() {
    for (expression, expected) in [
        ("1 + 2 * 3", json!(7)),
        ("0.5 * 3 > 1 || false", json!(true)),
        ("!(1 == 2) && \"a\" != \"b\"", json!(true)),
        ("-(7 % 4) / 2", json!(-1.5)),
        (
            "\"${local.name}: ${1 + 1} of ${0.50}\"",
            json!("router-eu: 2 of 0.5"),
        ),
        ("\"${var.clients}\"[0].name", json!("web")),
        ("\"$${kept}\"", json!("${kept}")),
        (
            "var.region == \"eu\" ? local.name : local.missing",
            json!("router-eu"),
        ),
        (
            "[for name in [\"A\", \"B\"] : lower(name) if name != \"A\"]",
            json!(["b"]),
        ),
        (
            "{ for index, name in [\"a\"] : name => index }",
            json!({"a": 0}),
        ),
        (
            "{ for word in [\"a-1\", \"a-2\", \"b-1\"] : split(\"-\", word)[0] => word... }",
            json!({"a": ["a-1", "a-2"], "b": ["b-1"]}),
        ),
        (
            "merge({ a = 1 }, null, { a = 2, (local.name) = 3 })",
            json!({"a": 2, "router-eu": 3}),
        ),
        (
            "<<-END\n    a\n      b ${1}\n    END\n",
            json!("a\n  b 1\n"),
        ),
        ("format(\"%s-%03d%%\", \"a\", 7)", json!("a-007%")),
        (
            "jsonencode({ b = [1, true, null], a = \"x\" })",
            json!("{\"a\":\"x\",\"b\":[1,true,null]}"),
        ),
        ("toset([\"b\", \"a\", \"b\"])", json!(["a", "b"])),
        ("max([1, 5, 3]...)", json!(5)),
        ("regex(\"^[a-z]+:(.+)$\", \"bedrock:x:y\")[0]", json!("x:y")),
        ("can(regex(\"^[a-z]$\", \"A\"))", json!(false)),
        ("coalesce(null, \"\", \"x\")", json!("x")),
        ("try(var.clients[0].absent, \"none\")", json!("none")),
        ("can(var.clients[7])", json!(false)),
        ("var.clients[*].name", json!(["web", "app"])),
        (
            "var.clients[1]",
            json!({"name": "app", "tiers": ["free"], "limit": 5}),
        ),
    ] {
        assert_eq!(value(expression), Ok(expected), "{expression}");
    }
}

#[test]
fn resources_have_their_attributes_and_those_that_aws_decides() {
    for (expression, expected) in [
        ("aws_sqs_queue.one.name", json!("router-eu-one")),
        (
            "aws_sqs_queue.one.arn",
            json!("arn:aws:made:eu-central-1:123456789012:aws_sqs_queue.one"),
        ),
        ("one(aws_sqs_queue.none[*].name)", json!(null)),
        ("length(aws_sqs_queue.none)", json!(0)),
        ("aws_sqs_queue.each[\"app\"].name", json!("app")),
        (
            "[for queue in aws_sqs_queue.each : queue.name]",
            json!(["app", "web"]),
        ),
        (
            "aws_sqs_queue.each[\"web\"].rule",
            json!([{"tier": "free"}]),
        ),
        (
            "jsondecode(data.aws_iam_policy_document.read.json)",
            json!({"Statement": [{
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:made:eu-central-1:123456789012:aws_sqs_queue.one"],
                "Condition": {"StringEquals": {"aws:SourceAccount": ["1"]}},
            }]}),
        ),
    ] {
        assert_eq!(value(expression), Ok(expected), "{expression}");
    }
}

#[test]
fn what_cannot_be_evaluated_is_a_failure_that_names_it() {
    for (expression, part) in [
        ("local.missing", "local.missing is not defined"),
        ("local.circle", "refers to itself"),
        ("var.other", "var.other has no value"),
        ("aws_sqs_queue.two.name", "there is no aws_sqs_queue.two"),
        ("aws_sqs_queue.one.url", "no value for it"),
        (
            "[for queue in aws_sqs_queue.one : queue]",
            "a collection is needed",
        ),
        ("uuid()", "do not know uuid()"),
        ("try(uuid(), 1)", "do not know uuid()"),
        ("format(\"%q\", 1)", "do not know `%q`"),
        ("\"${[1]}x\"", "text is needed"),
        ("[][0]", "no element 0"),
    ] {
        let failure = value(expression).unwrap_err().to_string();
        assert!(failure.contains(part), "{expression}: {failure}");
        assert!(failure.contains("local.result"), "{failure}");
    }
}

#[test]
#[should_panic(expected = "colour is set, but not declared")]
fn a_variable_that_is_not_declared_cannot_be_set() {
    Environment::from_texts("", "colour = 1");
}

#[test]
#[should_panic(expected = "var.size: tier: the type has no `tire`")]
fn an_attribute_that_the_type_does_not_have_is_refused() {
    let root = "variable \"size\" {\n type = object({ tier = object({ tier = string }) })\n}";
    Environment::from_texts(root, "size = { tier = { tier = \"a\", tire = \"b\" } }");
}
