//! From what is granted in words to rights: toolsets become the tools that are in them, other names of tools the listed ones.

use std::collections::{BTreeSet, HashMap};

use crate::{
    config::{Grant, Rights},
    tenancy::Workflow,
    tools::{Registry, tools_of_workflow},
};

/// The tools a server has, by every name they can be granted under.
#[derive(Debug)]
pub struct Toolbox {
    by_name: HashMap<&'static str, &'static str>,
    sets: HashMap<&'static str, Vec<&'static str>>,
}

impl Toolbox {
    /// The tools of a registry.
    pub fn of(registry: &Registry) -> Self {
        let names = |entry: &crate::tools::Entry| {
            let listed = entry.name;
            std::iter::once(listed).chain(entry.aliases.iter().copied()).map(move |name| (name, listed))
        };
        let set = |workflow: Workflow| (workflow.name(), tools_of_workflow(registry.entries(), workflow));
        Self {
            by_name: registry.entries().iter().flat_map(names).collect(),
            sets: Workflow::ALL.into_iter().map(set).collect(),
        }
    }

    /// The rights a grant gives. A name that no tool and no toolset has gives nothing.
    pub fn rights(&self, grant: &Grant) -> Rights {
        let named = grant.tools.iter().flatten().filter_map(|name| self.by_name.get(name.as_str()));
        let of_sets = grant.toolsets.iter().flatten().filter_map(|name| self.sets.get(name.as_str())).flatten();
        let tools: BTreeSet<String> = named.chain(of_sets).map(|name| (*name).to_owned()).collect();
        let limited = grant.tools.is_some() || grant.toolsets.is_some();
        let rights = Rights {
            databases: grant.databases.clone(),
            default_database: None,
            tools: limited.then_some(tools),
            read_only: grant.read_only.unwrap_or(false),
        };
        match &grant.pin {
            Some(key) => rights.and(&Rights::pinned_to(key.clone())),
            None => rights,
        }
    }

    /// The names among these that no tool has.
    pub fn unknown<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
        names.into_iter().map(String::as_str).filter(|name| !self.by_name.contains_key(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DatabaseKey, grant::TOOLSETS};

    fn toolbox() -> Toolbox {
        Toolbox::of(&Registry::standard())
    }

    #[test]
    fn toolsets_of_the_configuration_are_the_workflows() {
        assert_eq!(TOOLSETS, Workflow::ALL.map(Workflow::name));
    }

    #[test]
    fn a_toolset_brings_what_it_takes_to_find_ones_way_and_a_single_tool_brings_itself() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let analysis = toolbox().rights(&Grant { toolsets: names(&["data_analysis"]), ..Grant::default() });
        for tool in ["arango_query", "list_available_databases", "arango_describe_database", "arango_fetch_more"] {
            assert!(analysis.include(tool), "{tool}");
        }
        assert!(!analysis.include("arango_insert"));
        let single = toolbox().rights(&Grant { tools: names(&["arango_set_focused_database"]), ..Grant::default() });
        assert_eq!(single.tools, names(&["set_focused_database"]));
        let both = Grant { tools: names(&["arango_insert"]), toolsets: names(&["data_analysis"]), ..Grant::default() };
        assert!(toolbox().rights(&both).include("arango_insert"));
    }

    #[test]
    fn what_names_nothing_gives_nothing_and_nothing_named_limits_nothing() {
        let nothing = Grant { tools: Some(["arango_qery".to_owned()].into()), ..Grant::default() };
        assert_eq!(toolbox().rights(&nothing).tools, Some(BTreeSet::new()));
        assert!(toolbox().rights(&Grant::default()).are_all());
        assert_eq!(toolbox().unknown(nothing.tools.iter().flatten()), ["arango_qery"]);
    }

    #[test]
    fn a_pin_outside_the_databases_leaves_none() {
        let key = |text: &str| DatabaseKey::parse(text).unwrap();
        let grant = Grant { databases: Some([key("a")].into()), pin: Some(key("b")), ..Grant::default() };
        assert_eq!(toolbox().rights(&grant).databases, Some(BTreeSet::new()));
    }
}
