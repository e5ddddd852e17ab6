//! Evaluates expressions.

use std::collections::BTreeMap;

use hcl::edit::Decorated;
use hcl::edit::expr::{
    BinaryOp, BinaryOperator, Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal,
    TraversalOperator, UnaryOp, UnaryOperator,
};
use hcl::edit::template::{Element, StringTemplate};
use serde_json::{Map, Value};

use super::environment::Environment;
use super::failure::Failure;
use super::value::{
    Outcome, as_bool, as_index, as_list, as_number, as_text, number, pairs, unexpected,
};
use super::{functions, resource, template};

/// What the names in an expression mean.
#[derive(Clone)]
pub struct Scope<'a> {
    pub environment: &'a Environment,
    /// The names that are not of the whole root: `each`, `count`, and the variables of `for` and `templatefile`.
    pub names: BTreeMap<String, Value>,
}

impl<'a> Scope<'a> {
    pub fn of(environment: &'a Environment) -> Self {
        let names = BTreeMap::new();
        Self { environment, names }
    }

    /// Returns the same scope with another name.
    #[must_use]
    pub fn with(&self, name: &str, value: Value) -> Self {
        let mut scope = self.clone();
        scope.names.insert(name.to_owned(), value);
        scope
    }

    pub fn evaluate(&self, expression: &Expression) -> Outcome {
        match expression {
            Expression::Null(_) => Ok(Value::Null),
            Expression::Bool(flag) => Ok(Value::Bool(*flag.value())),
            Expression::Number(found) => found
                .value()
                .as_f64()
                .map(number)
                .ok_or_else(|| Failure::Invalid(format!("{expression} is too large"))),
            Expression::String(text) => Ok(Value::String(text.value().clone())),
            Expression::Array(items) => items.iter().map(|item| self.evaluate(item)).collect(),
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(parts) => self.string(parts),
            Expression::HeredocTemplate(heredoc) => {
                template::render(self, heredoc.template.iter()).map(Value::String)
            }
            Expression::Parenthesis(inner) => self.evaluate(inner.inner()),
            Expression::Variable(name) => self.name(name.as_str(), &[]),
            Expression::Conditional(choice) => {
                let taken = if as_bool(&self.evaluate(&choice.cond_expr)?)? {
                    &choice.true_expr
                } else {
                    &choice.false_expr
                };
                self.evaluate(taken)
            }
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::UnaryOp(operation) => self.unary(operation),
            Expression::BinaryOp(operation) => self.binary(operation),
            Expression::ForExpr(comprehension) => self.comprehension(comprehension),
        }
    }

    /// A template that is one expression and nothing else has the value of it, whatever its type.
    fn string(&self, parts: &StringTemplate) -> Outcome {
        match parts.as_single_element() {
            Some(Element::Interpolation(only)) => self.evaluate(&only.expr),
            _ => template::render(self, parts.iter()).map(Value::String),
        }
    }

    fn object(&self, object: &Object) -> Outcome {
        let mut fields = Map::new();
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) => name.as_str().to_owned(),
                ObjectKey::Expression(expression) => as_text(&self.evaluate(expression)?)?,
            };
            let value = self
                .evaluate(value.expr())
                .map_err(|failure| failure.at(&key))?;
            fields.insert(key, value);
        }
        Ok(Value::Object(fields))
    }

    fn call(&self, call: &FuncCall) -> Outcome {
        let name = call.name.name.as_str();
        let place = |failure: Failure| failure.at(&format!("{name}()"));
        match name {
            "try" => {
                let mut last = Failure::Invalid("try() needs an argument".to_owned());
                for argument in &call.args {
                    match self.evaluate(argument) {
                        Err(Failure::Absent(why)) => last = Failure::Absent(why),
                        other => return other,
                    }
                }
                return Err(last);
            }
            "can" => {
                let argument = call.args.iter().next().map(|only| self.evaluate(only));
                return match argument {
                    Some(Ok(_)) => Ok(Value::Bool(true)),
                    Some(Err(Failure::Absent(_))) => Ok(Value::Bool(false)),
                    Some(Err(other)) => Err(place(other)),
                    None => Err(Failure::Invalid("can() needs an argument".to_owned())),
                };
            }
            _ => {}
        }
        let arguments = call.args.iter().map(|argument| self.evaluate(argument));
        let mut arguments: Vec<Value> = arguments.collect::<Result<_, _>>().map_err(place)?;
        if call.args.expand_final()
            && let Some(last) = arguments.pop()
        {
            arguments.extend(as_list(&last).map_err(place)?.iter().cloned());
        }
        functions::call(self, name, &arguments).map_err(place)
    }

    fn traversal(&self, traversal: &Traversal) -> Outcome {
        let operators: Vec<&TraversalOperator> =
            traversal.operators.iter().map(Decorated::value).collect();
        match &traversal.expr {
            Expression::Variable(name) => self.name(name.as_str(), &operators),
            other => self.apply(self.evaluate(other)?, &operators),
        }
    }

    /// The value that a name stands for, with what is asked of it.
    fn name(&self, name: &str, operators: &[&TraversalOperator]) -> Outcome {
        if let Some(value) = self.names.get(name) {
            return self.apply(value.clone(), operators);
        }
        let mut path = vec![name];
        let attributes = operators.iter().map_while(|operator| match operator {
            TraversalOperator::GetAttr(attribute) => Some(attribute.as_str()),
            _ => None,
        });
        path.extend(attributes);
        let (value, parts) = self.environment.lookup(&path)?;
        self.apply(value, &operators[parts - 1..])
    }

    fn apply(&self, value: Value, operators: &[&TraversalOperator]) -> Outcome {
        let Some((first, rest)) = operators.split_first() else {
            return Ok(value);
        };
        match first {
            TraversalOperator::GetAttr(name) => {
                self.apply(self.attribute(&value, name.as_str())?, rest)
            }
            TraversalOperator::Index(index) => {
                self.apply(element(&value, &self.evaluate(index)?)?, rest)
            }
            TraversalOperator::LegacyIndex(index) => {
                self.apply(element(&value, &Value::from(*index.value()))?, rest)
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => match value {
                Value::Null => Ok(Value::Array(Vec::new())),
                Value::Array(items) => {
                    let items = items.into_iter();
                    items.map(|item| self.apply(item, rest)).collect()
                }
                single => Ok(Value::Array(vec![self.apply(single, rest)?])),
            },
        }
    }

    fn attribute(&self, value: &Value, name: &str) -> Outcome {
        if let Some(resource) = resource::Resource::from_marker(self.environment, value) {
            return resource.attribute(name);
        }
        match value {
            Value::Object(fields) => fields
                .get(name)
                .cloned()
                .ok_or_else(|| Failure::Absent(format!("there is no `{name}` in {value}"))),
            _ => Err(unexpected(&format!("something with `{name}`"), value)),
        }
    }

    fn unary(&self, operation: &UnaryOp) -> Outcome {
        let value = self.evaluate(&operation.expr)?;
        match operation.operator.value() {
            UnaryOperator::Not => Ok(Value::Bool(!as_bool(&value)?)),
            UnaryOperator::Neg => Ok(number(-as_number(&value)?)),
        }
    }

    fn binary(&self, operation: &BinaryOp) -> Outcome {
        let left = self.evaluate(&operation.lhs_expr)?;
        let right = || self.evaluate(&operation.rhs_expr);
        let numbers = || Ok((as_number(&left)?, as_number(&right()?)?));
        let compare = |holds: fn(f64, f64) -> bool| {
            numbers().map(|(left, right)| Value::Bool(holds(left, right)))
        };
        let compute = |result: fn(f64, f64) -> f64| {
            numbers().map(|(left, right)| number(result(left, right)))
        };
        match operation.operator.value() {
            BinaryOperator::Eq => Ok(Value::Bool(left == right()?)),
            BinaryOperator::NotEq => Ok(Value::Bool(left != right()?)),
            BinaryOperator::And => Ok(Value::Bool(as_bool(&left)? && as_bool(&right()?)?)),
            BinaryOperator::Or => Ok(Value::Bool(as_bool(&left)? || as_bool(&right()?)?)),
            BinaryOperator::Less => compare(|left, right| left < right),
            BinaryOperator::LessEq => compare(|left, right| left <= right),
            BinaryOperator::Greater => compare(|left, right| left > right),
            BinaryOperator::GreaterEq => compare(|left, right| left >= right),
            BinaryOperator::Plus => compute(|left, right| left + right),
            BinaryOperator::Minus => compute(|left, right| left - right),
            BinaryOperator::Mul => compute(|left, right| left * right),
            BinaryOperator::Div => compute(|left, right| left / right),
            BinaryOperator::Mod => compute(|left, right| left % right),
        }
    }

    fn comprehension(&self, comprehension: &ForExpr) -> Outcome {
        let intro = &comprehension.intro;
        let collection = self.evaluate(&intro.collection_expr)?;
        let mut items = Vec::new();
        let mut fields = Map::new();
        for (key, value) in pairs(&collection)? {
            let mut scope = self.with(intro.value_var.as_str(), value);
            if let Some(name) = &intro.key_var {
                scope = scope.with(name.as_str(), key);
            }
            if let Some(condition) = &comprehension.cond
                && !as_bool(&scope.evaluate(&condition.expr)?)?
            {
                continue;
            }
            let value = scope.evaluate(&comprehension.value_expr)?;
            match &comprehension.key_expr {
                None => items.push(value),
                Some(key) => {
                    let key = as_text(&scope.evaluate(key)?)?;
                    if comprehension.grouping {
                        let group = fields
                            .entry(key)
                            .or_insert_with(|| Value::Array(Vec::new()));
                        if let Value::Array(group) = group {
                            group.push(value);
                        }
                    } else if fields.insert(key.clone(), value).is_some() {
                        return Err(Failure::Invalid(format!("`{key}` is there twice")));
                    }
                }
            }
        }
        Ok(if comprehension.key_expr.is_some() {
            Value::Object(fields)
        } else {
            Value::Array(items)
        })
    }
}

/// Returns the element of a list or map.
fn element(of: &Value, index: &Value) -> Outcome {
    let found = match of {
        Value::Array(items) => items.get(as_index(index)?),
        Value::Object(fields) => fields.get(&as_text(index)?),
        _ => return Err(unexpected("a list or map", of)),
    };
    found
        .cloned()
        .ok_or_else(|| Failure::Absent(format!("there is no element {index} in {of}")))
}
