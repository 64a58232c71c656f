//! Every metric there is, with its kind and its meaning: what is exposed, documented and drawn comes from this table.

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// A distribution.
    Histogram,
}

impl Kind {
    /// The name in the exposition.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// What it says.
    pub help: &'static str,
}

const fn family(name: &'static str, kind: Kind, help: &'static str) -> Family {
    Family { name, kind, help }
}

/// All of them, in the order they are exposed in.
pub const FAMILIES: &[Family] = &[
    family("mcp_arangodb_build_info", Kind::Gauge, "Always 1; the version is a label."),
    family(
        "mcp_arangodb_calls_total",
        Kind::Counter,
        "Calls of tools that have ended; outcome is ok, error or cancelled.",
    ),
    family("mcp_arangodb_call_errors_total", Kind::Counter, "Calls that failed, by type of error."),
    family("mcp_arangodb_call_duration_seconds", Kind::Histogram, "How long calls took."),
    family("mcp_arangodb_calls_in_flight", Kind::Gauge, "Calls that are running."),
    family("mcp_arangodb_rows_returned_total", Kind::Counter, "Rows and items that calls returned."),
    family("mcp_arangodb_results_cut_total", Kind::Counter, "Results that were cut at a limit."),
    family("mcp_arangodb_resolutions_total", Kind::Counter, "Calls by the level that chose their database."),
    family("mcp_arangodb_sessions", Kind::Gauge, "Sessions of clients of the older protocols."),
    family("mcp_arangodb_http_requests_total", Kind::Counter, "Requests over HTTP."),
    family("mcp_arangodb_database_up", Kind::Gauge, "1 when the database answered lately, 0 when it did not."),
    family("mcp_arangodb_connections_in_use", Kind::Gauge, "Requests under way to a database with max_connections."),
    family("mcp_arangodb_connections_limit", Kind::Gauge, "The max_connections of a database."),
    family("mcp_arangodb_engine_databases", Kind::Gauge, "Databases of the embedded engine."),
    family("mcp_arangodb_engine_collections", Kind::Gauge, "Collections in the embedded engine."),
    family("mcp_arangodb_engine_documents", Kind::Gauge, "Documents in the embedded engine."),
    family("mcp_arangodb_config_reloads_total", Kind::Counter, "Changes of the configuration; outcome is ok or error."),
    family("mcp_arangodb_config_last_reload_successful", Kind::Gauge, "0 while the configuration file has a fault."),
    family("mcp_arangodb_draining", Kind::Gauge, "1 once the server was asked to stop."),
    family("mcp_arangodb_audit_lines_total", Kind::Counter, "Calls recorded in the audit log."),
    family("mcp_arangodb_audit_lines_lost_total", Kind::Counter, "Calls that could not be recorded in the audit log."),
    family("process_cpu_seconds_total", Kind::Counter, "Processor time of the process."),
    family("process_resident_memory_bytes", Kind::Gauge, "Resident memory of the process."),
    family("process_open_fds", Kind::Gauge, "Open files of the process."),
    family("process_uptime_seconds", Kind::Gauge, "How long the server has been running."),
];
