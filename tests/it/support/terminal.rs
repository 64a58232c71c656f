//! A terminal with a program on it, as a person has it before them.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Instant,
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use super::PATIENCE;

/// The terminal.
pub(crate) struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// Everything the programs wrote, with their control sequences.
    pub(crate) shown: String,
    child: Child,
}

/// Which of a program's streams are the terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Streams {
    /// All three, as for a shell.
    All,
    /// Standard error alone; standard output is left as it is.
    Errors,
}

impl Terminal {
    /// Starts a program on a new terminal of 100 columns.
    pub(crate) fn start(mut command: Command, streams: Streams) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let size = Winsize { ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let line = open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        tcsetwinsize(&line, size).unwrap();
        let stream = |line: &OwnedFd| Stdio::from(line.try_clone().unwrap());
        command.stderr(stream(&line));
        if streams == Streams::All {
            command.stdin(stream(&line)).stdout(stream(&line));
        }
        let child = command.env("TERM", "xterm").spawn().unwrap();
        // The terminal hangs up when the last program on it has ended.
        drop((line, command));
        let keyboard = File::from(keyboard);
        let screen = watched(keyboard.try_clone().unwrap());
        Self { keyboard, screen, shown: String::new(), child }
    }

    /// Types a text.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Waits until a text stands on the terminal behind the place `from`; says where it ends.
    pub(crate) fn wait_for(&mut self, text: &str, from: usize) -> usize {
        let begun = Instant::now();
        loop {
            if let Some(at) = self.shown[from..].find(text) {
                return from + at + text.len();
            }
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let Ok(more) = self.screen.recv_timeout(left) else {
                panic!("no {text:?} in {:?}", &self.shown[from..]);
            };
            self.shown.push_str(&String::from_utf8_lossy(&more));
        }
    }

    /// Waits until the program has ended; what it wrote to other places, and how it ended.
    pub(crate) fn ended(mut self) -> (String, Vec<u8>, ExitStatus) {
        let mut output = Vec::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            stdout.read_to_end(&mut output).unwrap();
        }
        let status = self.child.wait().unwrap();
        while let Ok(more) = self.screen.recv() {
            self.shown.push_str(&String::from_utf8_lossy(&more));
        }
        (std::mem::take(&mut self.shown), output, status)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What comes to the screen, until the terminal hangs up.
fn watched(mut screen: File) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = screen.read(&mut buffer) {
            if sender.send(buffer[..read].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// A program that may be missing: the tests drive it if `TEST_WITH` names it, and then it has to be there.
#[expect(clippy::disallowed_methods, reason = "a switch for the developer, not a setting of the program")]
pub(crate) fn may_use(program: &str) -> bool {
    let named = std::env::var("TEST_WITH").unwrap_or_default();
    let named = named.split_whitespace().any(|name| name == program);
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|folder| folder.join(program).exists());
    assert!(found || !named, "TEST_WITH names {program}, which is not installed");
    named
}

/// The folder of the program under test.
pub(crate) fn program_folder() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_mcp-arangodb-async")).parent().unwrap()
}
