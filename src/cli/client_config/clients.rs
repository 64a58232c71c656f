//! The clients as data: where each keeps its configuration, under which key, in which shape, and how it names a variable.
//! The facts are from each client's documentation; the addresses stand beside them.

use std::path::{Path, PathBuf};

use crate::{
    cli::arguments::client_config::ClientName,
    config::{Env, env::non_empty},
};

/// What there is to know about a client.
#[derive(Debug)]
pub(super) struct Client {
    /// What people call it.
    pub(super) title: &'static str,
    /// Its file for one user, on each system.
    user: Option<UserFile>,
    /// Its file inside a project.
    project: Option<&'static str>,
    /// The key its servers stand under.
    pub(super) servers: &'static str,
    /// What its entry for a program it starts says about the transport.
    pub(super) stdio: &'static [(&'static str, &'static str)],
    /// How its entry for a running server looks.
    pub(super) http: Http,
    /// How its file names a variable.
    pub(super) reference: Reference,
    /// What has to be done for the change to count.
    pub(super) reload: &'static str,
}

/// How an entry for a running server looks.
#[derive(Debug)]
pub(super) enum Http {
    /// What it says about the transport, and the key of the address.
    Entry(&'static [(&'static str, &'static str)], &'static str),
    /// There is none in the file; what to do instead.
    Elsewhere(&'static str),
}

/// How a file names a variable whose value the client fills in.
#[derive(Debug)]
pub(super) enum Reference {
    /// By its name between these two.
    Between(&'static str, &'static str),
    /// As an input that the client asks a person for.
    Input,
    /// Not at all; how the value gets to the server instead.
    Missing(&'static str),
}

/// The file of a user on Linux, macOS and Windows.
#[derive(Debug)]
struct UserFile {
    linux: Place,
    macos: Place,
    windows: Place,
}

type Place = (Base, &'static str);

/// Where paths start.
#[derive(Debug, Clone, Copy)]
enum Base {
    Home,
    /// `$XDG_CONFIG_HOME`, else `~/.config`.
    Xdg,
    /// `~/Library/Application Support`.
    ApplicationSupport,
    /// `%APPDATA%`.
    AppData,
}

/// The systems whose folders differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Linux,
    MacOs,
    Windows,
}

impl System {
    /// The one this program was made for.
    pub(super) const THIS: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

const TYPED_STDIO: &[(&str, &str)] = &[("type", "stdio")];
const TYPED_HTTP: &[(&str, &str)] = &[("type", "http")];

const fn below_home(path: &'static str) -> UserFile {
    UserFile { linux: (Base::Home, path), macos: (Base::Home, path), windows: (Base::Home, path) }
}

/// <https://modelcontextprotocol.io/docs/develop/connect-local-servers>: the file starts programs only, and
/// <https://modelcontextprotocol.io/legacy/tools/debugging>: they inherit USER, HOME and PATH, no others.
static CLAUDE_DESKTOP: Client = Client {
    title: "Claude Desktop",
    user: Some(UserFile {
        linux: (Base::Xdg, "Claude/claude_desktop_config.json"),
        macos: (Base::ApplicationSupport, "Claude/claude_desktop_config.json"),
        windows: (Base::AppData, "Claude/claude_desktop_config.json"),
    }),
    project: None,
    servers: "mcpServers",
    stdio: &[],
    http: Http::Elsewhere(
        "add a server with a public https address under Settings > Connectors, or leave --url away, so that Claude \
         Desktop starts the server itself",
    ),
    reference: Reference::Missing(
        "Claude Desktop passes none of its own variables on and cannot name one in its file. Have passwords read from files \
         instead: db update KEY --password-file FILE (migrate --from-env makes entries of ARANGO_* variables).",
    ),
    reload: "Quit Claude Desktop and start it again.",
};

/// <https://code.claude.com/docs/en/mcp>: scopes, `type`, and the expansion of `${VAR}`.
static CLAUDE_CODE: Client = Client {
    title: "Claude Code",
    user: Some(below_home(".claude.json")),
    project: Some(".mcp.json"),
    servers: "mcpServers",
    stdio: TYPED_STDIO,
    http: Http::Entry(TYPED_HTTP, "url"),
    reference: Reference::Between("${", "}"),
    reload: "Start a new session of Claude Code; /mcp shows the server.",
};

/// <https://cursor.com/docs/context/mcp>: files, `type`, and config interpolation.
static CURSOR: Client = Client {
    title: "Cursor",
    user: Some(below_home(".cursor/mcp.json")),
    project: Some(".cursor/mcp.json"),
    servers: "mcpServers",
    stdio: TYPED_STDIO,
    http: Http::Entry(&[], "url"),
    reference: Reference::Between("${env:", "}"),
    reload: "Cursor shows the server under Settings > MCP.",
};

/// <https://code.visualstudio.com/docs/copilot/reference/mcp-configuration>: `servers`, `inputs` with `password`.
static VSCODE: Client = Client {
    title: "VS Code",
    user: Some(UserFile {
        linux: (Base::Xdg, "Code/User/mcp.json"),
        macos: (Base::ApplicationSupport, "Code/User/mcp.json"),
        windows: (Base::AppData, "Code/User/mcp.json"),
    }),
    project: Some(".vscode/mcp.json"),
    servers: "servers",
    stdio: TYPED_STDIO,
    http: Http::Entry(TYPED_HTTP, "url"),
    reference: Reference::Input,
    reload: "Start the server with the command \"MCP: List Servers\" of VS Code.",
};

/// <https://docs.windsurf.com/windsurf/cascade/mcp>: the file, `serverUrl`, and interpolation of `${env:VAR}`.
static WINDSURF: Client = Client {
    title: "Windsurf",
    user: Some(below_home(".codeium/windsurf/mcp_config.json")),
    project: None,
    servers: "mcpServers",
    stdio: &[],
    http: Http::Entry(&[], "serverUrl"),
    reference: Reference::Between("${env:", "}"),
    reload: "Refresh the list of MCP servers in Windsurf.",
};

/// <https://zed.dev/docs/ai/mcp>: `context_servers`, programs and addresses; <https://zed.dev/docs/configuring-zed>: files.
static ZED: Client = Client {
    title: "Zed",
    user: Some(UserFile {
        linux: (Base::Xdg, "zed/settings.json"),
        macos: (Base::Home, ".config/zed/settings.json"),
        windows: (Base::AppData, "Zed/settings.json"),
    }),
    project: Some(".zed/settings.json"),
    servers: "context_servers",
    stdio: &[],
    http: Http::Entry(&[], "url"),
    reference: Reference::Missing(
        "Zed cannot name a variable in its file, but passes on those it was started with: set them in the profile of your \
         login shell.",
    ),
    reload: "Zed shows the server in the settings of its Agent Panel.",
};

/// <https://geminicli.com/docs/tools/mcp-server>: files, `httpUrl`, and `$VAR`, without which variables that look like
/// secrets are not passed on.
static GEMINI_CLI: Client = Client {
    title: "Gemini CLI",
    user: Some(below_home(".gemini/settings.json")),
    project: Some(".gemini/settings.json"),
    servers: "mcpServers",
    stdio: &[],
    http: Http::Entry(&[], "httpUrl"),
    reference: Reference::Between("$", ""),
    reload: "Start Gemini CLI again; /mcp shows the server.",
};

/// What most clients read.
static GENERIC: Client = Client {
    title: "the client",
    user: None,
    project: None,
    servers: "mcpServers",
    stdio: &[],
    http: Http::Entry(TYPED_HTTP, "url"),
    reference: Reference::Missing(
        "Set them where the client is started, if it passes its variables on; else have passwords read from files: \
         db update KEY --password-file FILE.",
    ),
    reload: "Start the client again.",
};

impl Client {
    /// The client of a name.
    pub(super) const fn of(name: ClientName) -> &'static Self {
        match name {
            ClientName::ClaudeDesktop => &CLAUDE_DESKTOP,
            ClientName::ClaudeCode => &CLAUDE_CODE,
            ClientName::Cursor => &CURSOR,
            ClientName::VsCode => &VSCODE,
            ClientName::Windsurf => &WINDSURF,
            ClientName::Zed => &ZED,
            ClientName::GeminiCli => &GEMINI_CLI,
            ClientName::Generic => &GENERIC,
        }
    }

    /// Its file for the user whose environment this is, or what is missing to know it.
    pub(super) fn user_file(&self, system: System, env: &dyn Env) -> Result<PathBuf, String> {
        let Some(user) = &self.user else {
            return Err(format!("nobody knows which file {} reads; name it with --file FILE", self.title));
        };
        let (base, path) = match system {
            System::Linux => user.linux,
            System::MacOs => user.macos,
            System::Windows => user.windows,
        };
        let home = || non_empty(env, "HOME").or_else(|| non_empty(env, "USERPROFILE")).map(PathBuf::from);
        let folder = match base {
            Base::Home => home(),
            Base::Xdg => non_empty(env, "XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(home()?.join(".config"))),
            Base::ApplicationSupport => home().map(|home| home.join("Library/Application Support")),
            Base::AppData => {
                let roaming = || Some(home()?.join("AppData").join("Roaming"));
                non_empty(env, "APPDATA").map(PathBuf::from).or_else(roaming)
            }
        };
        let folder =
            folder.ok_or_else(|| format!("there is no home directory; name {}'s file with --file FILE", self.title))?;
        Ok(path.split('/').fold(folder, |folder, part| folder.join(part)))
    }

    /// Its file in the project in a folder, or that there is none.
    pub(super) fn project_file(&self, folder: &Path) -> Result<PathBuf, String> {
        let path =
            self.project.ok_or_else(|| format!("{} has no file for a project; leave --project away", self.title))?;
        Ok(path.split('/').fold(folder.to_owned(), |folder, part| folder.join(part)))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use clap::ValueEnum as _;

    use super::*;
    use crate::config::MapEnv;

    #[test]
    fn every_client_has_its_file_on_every_system() {
        let env = MapEnv::from([("HOME", "/h"), ("APPDATA", "/h/Roaming")]);
        let mut table = String::new();
        for name in ClientName::value_variants() {
            let client = Client::of(*name);
            for system in [System::Linux, System::MacOs, System::Windows] {
                let path = client.user_file(system, &env).map(|path| path.display().to_string());
                let path = path.unwrap_or_else(|fault| fault).replace('\\', "/");
                writeln!(table, "{} {system:?}: {path}", client.title).unwrap();
            }
            let path = client.project_file(Path::new("/p")).map(|path| path.display().to_string());
            writeln!(table, "{} project: {}", client.title, path.unwrap_or_else(|fault| fault)).unwrap();
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn the_folder_for_settings_may_be_elsewhere() {
        let env = MapEnv::from([("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")]);
        assert_eq!(ZED.user_file(System::Linux, &env).unwrap(), Path::new("/x/zed/settings.json"));
        assert_eq!(ZED.user_file(System::MacOs, &env).unwrap(), Path::new("/h/.config/zed/settings.json"));
        assert!(ZED.user_file(System::Windows, &env).unwrap().starts_with("/h/AppData"));
        assert!(ZED.user_file(System::Linux, &MapEnv::default()).unwrap_err().contains("--file"));
    }
}
