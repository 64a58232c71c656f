//! The cases of each tool, in a function of its name. To cover a new tool, write one and name it in the list of the suite.

pub(crate) mod backups;
pub(crate) mod collections;
pub(crate) mod discovery;
pub(crate) mod documents;
pub(crate) mod graphs;
pub(crate) mod queries;
pub(crate) mod tenancy;
