//! The manual against the engine: every function, every number of arguments, every example; and what searching finds.
