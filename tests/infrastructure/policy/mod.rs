//! The rules that every file of Terraform follows: who may do what, what is open, encrypted, kept and described.

mod declarations;
mod deploy_role;
mod encryption;
mod execution_role;
mod ingress;
mod task_role;
mod wildcards;

use crate::terraform::Root;

/// The roots: an environment, and what an account has once.
pub fn roots() -> [Root; 2] {
    ["terraform", "terraform/account"].map(Root::read)
}
