//! One environment: a root with the values of its variables.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Value, json};

use super::evaluate::Scope;
use super::failure::Failure;
use super::resource::{Mode, Resource};
use super::root::{File, Root};
use super::value::Outcome;
use super::{rules, types};

thread_local! {
    /// The local values that a thread is evaluating, to tell a circle.
    static OPEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A root with the values of its variables.
pub struct Environment {
    /// What it is called in messages.
    name: String,
    root: Arc<Root>,
    variables: BTreeMap<String, Value>,
    /// The local values that are known already.
    locals: Mutex<BTreeMap<String, Value>>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

impl Environment {
    /// Reads an environment of the service: `dev`, `staging` or `prod`.
    pub fn of(name: &str) -> Self {
        Self::changed(name, "")
    }

    /// The same with some variables set differently, written as in a `.tfvars` file.
    pub fn changed(name: &str, changes: &str) -> Self {
        let file = format!("terraform/{name}.tfvars");
        let text = crate::files::text(&file);
        let mut given = assignments(&file, &text);
        given.extend(assignments(changes, changes));
        let name = if changes.is_empty() {
            name.to_owned()
        } else {
            format!("{name} with {changes}")
        };
        Self::new(&name, root_of_environments(), &given)
    }

    /// Reads what an account has once, with the variables of a file of its folder.
    pub fn account(file: &str) -> Self {
        let given = assignments(file, &crate::files::text(file));
        Self::new(file, Arc::new(Root::read("terraform/account")), &given)
    }

    /// Makes an environment of texts, for tests of these tests.
    pub fn from_texts(root: &str, variables: &str) -> Self {
        Self::new(
            "a test",
            Arc::new(Root::of(root)),
            &assignments("a test", variables),
        )
    }

    fn new(name: &str, root: Arc<Root>, given: &BTreeMap<String, Value>) -> Self {
        let mut environment = Self {
            name: name.to_owned(),
            root,
            variables: BTreeMap::new(),
            locals: Mutex::default(),
        };
        environment.variables = environment
            .values(given)
            .unwrap_or_else(|failure| panic!("{name}: {failure}"));
        environment
    }

    /// The value of each variable: the given one, else its default.
    fn values(&self, given: &BTreeMap<String, Value>) -> Result<BTreeMap<String, Value>, Failure> {
        let scope = Scope::of(self);
        let mut values = BTreeMap::new();
        for block in self.root.blocks("variable") {
            let name = block.labels[0].as_str();
            let place = format!("var.{name}");
            let default = block.body.get_attribute("default");
            let default = default.map(|default| scope.evaluate(&default.value));
            let value = match (given.get(name), default) {
                (Some(value), _) => value.clone(),
                (None, Some(default)) => default.map_err(|failure| failure.at(&place))?,
                (None, None) => continue,
            };
            let to = block.body.get_attribute("type");
            let to = to.ok_or_else(|| Failure::Invalid(format!("{place} has no type")))?;
            let value = types::conform(&scope, &value, &to.value);
            values.insert(
                name.to_owned(),
                value.map_err(|failure| failure.at(&place))?,
            );
        }
        match given
            .keys()
            .find(|name| self.root.block("variable", &[name]).is_none())
        {
            Some(name) => Err(Failure::Invalid(format!("{name} is set, but not declared"))),
            None => Ok(values),
        }
    }

    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Returns a local value.
    pub fn local(&self, name: &str) -> Value {
        let found = self.lookup(&["local", name]);
        found.map_or_else(|failure| self.fail(&failure), |(value, _)| value)
    }

    /// Returns the value of a variable.
    pub fn variable(&self, name: &str) -> Value {
        let found = self.lookup(&["var", name]);
        found.map_or_else(|failure| self.fail(&failure), |(value, _)| value)
    }

    /// Returns all resources of a type, such as `aws_lb`.
    pub fn resources(&self, kind: &str) -> Vec<Resource<'_>> {
        let blocks = self.root.blocks("resource");
        let named = blocks.filter(|block| block.labels[0].as_str() == kind);
        let all = named.flat_map(|block| {
            let name = block.labels[1].as_str();
            let found = Resource::all(self, Mode::Managed, kind, name);
            found.unwrap_or_else(|failure| self.fail(&failure))
        });
        all.collect()
    }

    /// Returns the types of all resources.
    pub fn kinds(&self) -> Vec<&str> {
        let blocks = self.root.blocks("resource");
        let mut kinds: Vec<&str> = blocks.map(|block| block.labels[0].as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Returns the one resource with this type and name.
    pub fn resource(&self, kind: &str, name: &str) -> Resource<'_> {
        let found = Resource::all(self, Mode::Managed, kind, name);
        let mut found = found.unwrap_or_else(|failure| self.fail(&failure));
        assert_eq!(found.len(), 1, "{}: {kind}.{name}", self.name);
        found.remove(0)
    }

    /// Returns the messages of Terraform's own rules that these values break.
    pub fn broken_rules(&self) -> Vec<String> {
        let broken = rules::broken(self);
        broken.unwrap_or_else(|failure| self.fail(&failure))
    }

    /// Finds what a name with attributes stands for. Returns its value, and how many parts of the path stand for it.
    pub(super) fn lookup(&self, path: &[&str]) -> Result<(Value, usize), Failure> {
        match path {
            ["var", name, ..] => match self.variables.get(*name) {
                Some(value) => Ok((value.clone(), 2)),
                None => Err(Failure::Invalid(format!("var.{name} has no value"))),
            },
            ["local", name, ..] => self.evaluate_local(name).map(|value| (value, 2)),
            ["path", "module" | "root", ..] => Ok((json!(self.root.folder), 2)),
            ["data", kind, name, ..] => {
                Resource::markers(self, Mode::Data, kind, name).map(|value| (value, 3))
            }
            [kind, name, ..] if kind.contains('_') => {
                Resource::markers(self, Mode::Managed, kind, name).map(|value| (value, 2))
            }
            _ => Err(Failure::Invalid(format!("{} is unknown", path.join(".")))),
        }
    }

    fn evaluate_local(&self, name: &str) -> Outcome {
        if let Some(value) = self.locals.lock().unwrap().get(name) {
            return Ok(value.clone());
        }
        let place = format!("local.{name}");
        let Some(expression) = self.root.local(name) else {
            return Err(Failure::Invalid(format!("{place} is not defined")));
        };
        if OPEN.with_borrow(|open| open.iter().any(|open| open == name)) {
            return Err(Failure::Invalid(format!("{place} refers to itself")));
        }
        OPEN.with_borrow_mut(|open| open.push(name.to_owned()));
        let outcome = Scope::of(self).evaluate(expression);
        OPEN.with_borrow_mut(Vec::pop);
        let value = outcome.map_err(|failure| failure.at(&place))?;
        self.locals
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.clone());
        Ok(value)
    }

    pub(super) fn fail(&self, failure: &Failure) -> ! {
        panic!("{}: {failure}", self.name)
    }
}

/// The root that all environments share.
fn root_of_environments() -> Arc<Root> {
    static ROOT: OnceLock<Arc<Root>> = OnceLock::new();
    Arc::clone(ROOT.get_or_init(|| Arc::new(Root::read("terraform"))))
}

/// Reads a `.tfvars` file.
fn assignments(name: &str, text: &str) -> BTreeMap<String, Value> {
    let file = File::parse(name, text.to_owned());
    let constants = Environment {
        name: name.to_owned(),
        root: Arc::new(Root {
            folder: String::new(),
            files: Vec::new(),
        }),
        variables: BTreeMap::new(),
        locals: Mutex::default(),
    };
    let attributes = file.body.attributes();
    let values = attributes.map(|attribute| {
        let value = Scope::of(&constants).evaluate(&attribute.value);
        let value = value.unwrap_or_else(|failure| constants.fail(&failure));
        (attribute.key.as_str().to_owned(), value)
    });
    values.collect()
}
