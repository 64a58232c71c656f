//! A topic of the manual, and how it reads as Markdown.

/// What a topic is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A clause or statement, e.g. `COLLECT`.
    Operation,
    /// What holds for many operations, e.g. operators, data types, bind parameters.
    Concept,
    /// A function.
    Function,
}

impl Kind {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Concept => "concept",
            Self::Function => "function",
        }
    }
}

/// A topic of the manual.
#[derive(Debug)]
pub struct Topic {
    /// What it is called: a function by its name, without parentheses.
    pub name: &'static str,
    /// What it is about.
    pub kind: Kind,
    /// The heading it stands under in the table of contents.
    pub section: &'static str,
    /// Other names for the very same.
    pub also: Vec<&'static str>,
    /// How it is written, a form a line; `name?` may be left out, `name...` stands for any number.
    pub syntax: String,
    /// What it does.
    pub description: String,
    /// A query, or an expression to `RETURN`.
    pub example: Option<String>,
    /// The values of its bind parameters, as a JSON object.
    pub bind: Option<String>,
    /// What the example gives, as JSON: the rows of a query, the value of an expression.
    pub result: Option<String>,
    /// Related topics.
    pub see_also: Vec<&'static str>,
    /// What it may be called by people who do not know its name.
    pub words: Vec<&'static str>,
    /// Whether it needs an ArangoDB server, since the embedded engine does not have it.
    pub server_only: bool,
}

impl Topic {
    /// All its names, the usual one first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.also.iter().copied())
    }

    /// The topic as a page of Markdown.
    pub fn to_markdown(&self) -> String {
        let mut parts = vec![format!("# {}", self.name), format!("*{}, {}*", self.section, self.kind.name())];
        if !self.also.is_empty() {
            parts.push(format!("Also: {}", self.also.join(", ")));
        }
        if !self.syntax.is_empty() {
            parts.push(fenced("aql", &self.syntax));
        }
        parts.push(self.description.clone());
        if self.server_only {
            parts.push(SERVER_ONLY.to_owned());
        }
        if let Some(example) = &self.example {
            parts.push(format!("Example:\n\n{}", fenced("aql", example)));
        }
        if let Some(bind) = &self.bind {
            parts.push(format!("with the bind parameters\n\n{}", fenced("json", bind)));
        }
        if let Some(result) = &self.result {
            parts.push(format!("Result:\n\n{}", fenced("json", result)));
        }
        if !self.see_also.is_empty() {
            parts.push(format!("See also: {}", self.see_also.join(", ")));
        }
        parts.join("\n\n") + "\n"
    }
}

/// What is said of topics the embedded engine does not have.
pub(super) const SERVER_ONLY: &str = "Needs an ArangoDB server: the embedded engine does not have it.";

fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{text}\n```")
}
