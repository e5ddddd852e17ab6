//! The rules that Terraform checks before it changes anything: validations of variables and preconditions of resources.

use hcl::edit::structure::Block;

use super::environment::Environment;
use super::evaluate::Scope;
use super::failure::Failure;
use super::resource::{Mode, Resource};
use super::value::{as_bool, as_text};

/// Returns the messages of the rules that do not hold.
pub fn broken(environment: &Environment) -> Result<Vec<String>, Failure> {
    let mut broken = Vec::new();
    let scope = Scope::of(environment);
    for variable in environment.root().blocks("variable") {
        // Terraform does not check what nobody gave a value.
        if environment
            .lookup(&["var", variable.labels[0].as_str()])
            .is_ok()
        {
            for rule in variable.body.get_blocks("validation") {
                broken.extend(message_if_broken(&scope, rule)?);
            }
        }
    }
    for block in environment.root().blocks("resource") {
        let (kind, name) = (block.labels[0].as_str(), block.labels[1].as_str());
        for resource in Resource::all(environment, Mode::Managed, kind, name)? {
            for lifecycle in block.body.get_blocks("lifecycle") {
                for rule in lifecycle.body.get_blocks("precondition") {
                    let broken_rule = message_if_broken(&resource.scope(), rule);
                    broken.extend(broken_rule.map_err(|why| why.at(&resource.address()))?);
                }
            }
        }
    }
    Ok(broken)
}

fn message_if_broken(scope: &Scope<'_>, rule: &Block) -> Result<Option<String>, Failure> {
    let attribute = |name: &str| {
        let attribute = rule.body.get_attribute(name);
        attribute.ok_or_else(|| Failure::Invalid(format!("a rule without {name}")))
    };
    let condition = &attribute("condition")?.value;
    if as_bool(&scope.evaluate(condition)?)? {
        return Ok(None);
    }
    as_text(&scope.evaluate(&attribute("error_message")?.value)?).map(Some)
}
