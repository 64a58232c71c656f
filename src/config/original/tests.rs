//! From what the Python version was configured with to our file.

use std::fs;

use super::*;
use crate::config::MapEnv;

fn read(text: &str) -> Result<Original, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("databases.yaml");
    fs::write(&path, text).unwrap();
    Original::read(&path)
}
