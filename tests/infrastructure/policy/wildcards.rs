//! A star in a policy admits more than one can see, so each has its reason beside it.

use std::collections::BTreeSet;
use std::ops::Range;

use hcl::edit::expr::{Expression, ObjectKey, TraversalOperator};
use hcl::edit::structure::{Block, BlockLabel, Body};
use hcl::edit::template::Element;
use hcl::edit::visit::{self, Visit};
use hcl::edit::{Decorated, Span as _, Spanned};

use super::roots;
use crate::terraform::{File, Root};

/// What a statement allows: to whom, what, and on what.
const ATTRIBUTES: [&str; 5] = [
    "actions",
    "identifiers",
    "not_actions",
    "not_resources",
    "resources",
];

#[test]
fn a_star_in_a_policy_has_a_reason_beside_it() {
    for root in roots() {
        let bare = without_reason(&root);
        assert!(bare.is_empty(), "{bare:#?}");
    }
}

#[test]
fn policies_are_policy_documents_which_the_rule_on_stars_reads() {
    for root in roots() {
        for file in &root.files {
            let mut written = WrittenOut::default();
            written.visit_body(&file.body);
            assert_eq!(
                written.0, 0,
                "{} has a policy as an object or a text",
                file.name
            );
        }
    }
}

/// Counts statements that are written as an object or as a text.
#[derive(Default)]
struct WrittenOut(usize);

impl Visit for WrittenOut {
    fn visit_object_key(&mut self, node: &ObjectKey) {
        let name = match node {
            ObjectKey::Ident(name) => Some(name.as_str()),
            ObjectKey::Expression(expression) => expression.as_str(),
        };
        self.0 += usize::from(name == Some("Statement"));
    }

    fn visit_string(&mut self, node: &Decorated<String>) {
        self.0 += usize::from(node.contains("\"Statement\""));
    }

    fn visit_literal(&mut self, node: &Spanned<String>) {
        self.0 += usize::from(node.contains("\"Statement\""));
    }
}

/// Returns the stars of a root that have no reason beside them.
fn without_reason(root: &Root) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in &root.files {
        let documents = file.body.get_blocks("data").filter(|block| {
            let kind = block.labels.first();
            kind.is_some_and(|kind| kind.as_str() == "aws_iam_policy_document")
        });
        for document in documents {
            let statements: Vec<&Block> = statements(&document.body).collect();
            // What stands above a document with one statement is about that statement.
            let above = document.span().filter(|_| statements.len() == 1);
            for statement in statements {
                check_statement(root, file, statement, above.as_ref(), &mut found);
            }
        }
    }
    found
}

/// The statements of a document, also those that `dynamic` makes.
fn statements(document: &Body) -> impl Iterator<Item = &Block> {
    let is_statement = |block: &&Block| {
        let label = block.labels.first().map(BlockLabel::as_str);
        block.has_ident("statement") || label == Some("statement")
    };
    document.blocks().filter(is_statement)
}

fn check_statement(
    root: &Root,
    file: &File,
    statement: &Block,
    document: Option<&Range<usize>>,
    found: &mut BTreeSet<String>,
) {
    let mut bodies = vec![&statement.body];
    let mut attributes = Vec::new();
    while let Some(body) = bodies.pop() {
        // A condition only narrows.
        let inner = body.blocks().filter(|block| !block.has_ident("condition"));
        bodies.extend(inner.map(|block| &block.body));
        attributes.extend(body.attributes());
    }
    let is_deny = attributes
        .iter()
        .any(|attribute| attribute.has_key("effect") && attribute.value.as_str() == Some("Deny"));
    if is_deny {
        return;
    }
    for attribute in attributes {
        if ATTRIBUTES.contains(&attribute.key.as_str()) {
            let mut stars = Stars::default();
            stars.visit_expr(&attribute.value);
            let places = [document.cloned(), statement.span(), attribute.span()];
            for star in stars.spans {
                let mut places = places.iter().flatten().chain([&star]);
                if !places.any(|place| has_reason(file, place)) {
                    found.insert(describe(file, &star));
                }
            }
            for name in stars.locals {
                check_local(root, &name, found);
            }
        }
    }
}

/// Checks a local value that a statement uses, and what it uses in turn.
fn check_local(root: &Root, name: &str, found: &mut BTreeSet<String>) {
    for file in &root.files {
        let blocks = file.body.get_blocks("locals");
        let definition = blocks
            .into_iter()
            .find_map(|block| block.body.get_attribute(name));
        let Some(definition) = definition else {
            continue;
        };
        let mut stars = Stars::default();
        stars.visit_expr(&definition.value);
        for star in stars.spans {
            let places = definition.span().into_iter().chain([star.clone()]);
            if !places.into_iter().any(|place| has_reason(file, &place)) {
                found.insert(describe(file, &star));
            }
        }
        for other in stars.locals {
            check_local(root, &other, found);
        }
    }
}

/// Collects the texts with a star, and the local values that are used.
#[derive(Default)]
struct Stars {
    spans: Vec<Range<usize>>,
    locals: Vec<String>,
}

impl Visit for Stars {
    fn visit_expr(&mut self, node: &Expression) {
        match node {
            Expression::String(text) if text.contains('*') => self.spans.extend(node.span()),
            Expression::Traversal(traversal) => {
                let is_local = traversal
                    .expr
                    .as_variable()
                    .is_some_and(|name| name.as_str() == "local");
                let first = traversal.operators.first().map(Decorated::value);
                if let (true, Some(TraversalOperator::GetAttr(name))) = (is_local, first) {
                    self.locals.push(name.as_str().to_owned());
                }
            }
            _ => {}
        }
        visit::visit_expr(self, node);
    }

    fn visit_element(&mut self, node: &Element) {
        if let Element::Literal(text) = node
            && text.contains('*')
        {
            self.spans.extend(text.span());
        }
        visit::visit_element(self, node);
    }
}

/// Whether there is a comment of some words at the end of the line where something begins, or in the line above.
fn has_reason(file: &File, at: &Range<usize>) -> bool {
    let before = &file.text[..at.start];
    let line = before.matches('\n').count();
    let mut lines = file.text.lines().skip(line.saturating_sub(1));
    let above = if line == 0 { None } else { lines.next() };
    let own = lines.next().unwrap_or_default();
    let is_reason = |comment: &str| {
        let is_skip = comment.trim_start().starts_with("checkov:");
        !is_skip && comment.split_whitespace().count() >= 3
    };
    let above = above.and_then(|above| above.trim_start().strip_prefix('#'));
    let own = own
        .rsplit_once('#')
        .filter(|(code, _)| code.matches('"').count() % 2 == 0);
    above.is_some_and(is_reason) || own.is_some_and(|(_, comment)| is_reason(comment))
}

fn describe(file: &File, at: &Range<usize>) -> String {
    let line = file.text[..at.start].matches('\n').count();
    let text = file.text.lines().nth(line).unwrap_or_default().trim();
    format!("{}:{}: no reason for {text}", file.name, line + 1)
}

#[test]
fn a_star_without_a_reason_is_found_wherever_it_stands() {
    let root = Root::of(
        r#"
locals {
  # Names that AWS makes up.
  groups = ["group/*"]
  tables = ["table/*"]
}
data "aws_iam_policy_document" "one" {
  # checkov:skip=CKV_AWS_1:whatever it says
  statement {
    actions   = ["s3:Get*"]
    resources = local.groups
  }
  # Anybody may read what is public.
  statement {
    actions = ["s3:GetObject"]
    resources = ["*"]
  }
  dynamic "statement" {
    for_each = ["a"]
    content {
      actions   = ["dynamodb:*"] # The whole table is its own.
      resources = concat(local.tables, ["${local.name}/index/*"])
      condition {
        values = ["*"]
      }
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
  statement {
    effect  = "Deny"
    actions = ["*"]
  }
}
# Everything of the bucket, which is ours.
data "aws_iam_policy_document" "two" {
  statement {
    actions = ["s3:*"]
  }
}
"#,
    );

    let found = without_reason(&root);

    let mut lines: Vec<&str> = found
        .iter()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [10, 22, 28, 5].map(|line| format!("terraform/test.tf:{line}")),
        "{found:?}"
    );
}
