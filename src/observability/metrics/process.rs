//! What the system knows about this process; nothing where it has no `/proc`.

use std::fs;

use super::exposition::Exposition;

/// Ticks of processor time in a second, as Linux shows them to programs on every machine.
const TICKS: f64 = 100.0;

/// Adds the metrics of the process. Blocking, though on no disk.
pub fn process(to: &mut Exposition) {
    if let Some(seconds) = fs::read_to_string("/proc/self/stat").ok().and_then(|stat| cpu_seconds(&stat)) {
        to.sample("process_cpu_seconds_total", &[], seconds);
    }
    if let Some(bytes) = fs::read_to_string("/proc/self/status").ok().and_then(|status| resident_bytes(&status)) {
        to.sample("process_resident_memory_bytes", &[], bytes);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        to.sample("process_open_fds", &[], open.count());
    }
}

/// The sum of the times in the program and in the system. The program's name, which may hold anything, ends at the last bracket.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks: Vec<f64> = rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    (ticks.len() == 2).then(|| ticks.iter().sum::<f64>() / TICKS)
}

fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_system_are_read() {
        let stat = "12 (a) b) S 1 12 12 0 -1 4194560 3000 0 0 0 150 50 0 0 20 0 4 0 100 1 2";
        assert_eq!(cpu_seconds(stat), Some(2.0));
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t   19456 kB\n"), Some(19456 * 1024));
        assert_eq!((cpu_seconds("?"), resident_bytes("?")), (None, None));
    }
}
