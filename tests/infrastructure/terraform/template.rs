//! Templates: text with the values of expressions in it.

use hcl::edit::template::{Element, Strip};

use super::evaluate::Scope;
use super::failure::Failure;
use super::value::as_text;

/// Returns the text of a template.
pub fn render<'e>(
    scope: &Scope<'_>,
    elements: impl Iterator<Item = &'e Element>,
) -> Result<String, Failure> {
    let mut text = String::new();
    for element in elements {
        match element {
            Element::Literal(literal) => text.push_str(literal),
            Element::Interpolation(part) if part.strip == Strip::None => {
                text.push_str(&as_text(&scope.evaluate(&part.expr)?)?);
            }
            Element::Interpolation(_) | Element::Directive(_) => {
                let why = "these tests know neither directives nor `~` in a template";
                return Err(Failure::Invalid(why.to_owned()));
            }
        }
    }
    Ok(text)
}
