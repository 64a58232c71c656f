//! Which traces are recorded, in the words of OpenTelemetry.

use super::context::TraceContext;

/// What decides for a trace that begins here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Share {
    /// All are recorded.
    All,
    /// None is.
    Nothing,
    /// This part of them, from 0 to 1.
    Ratio(f64),
}

/// What decides for every call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampler {
    /// Of the traces that begin here, and of others where the parent does not count.
    pub share: Share,
    /// Whether a caller that records its trace, or does not, decides for its calls.
    pub follows_parent: bool,
}

impl Default for Sampler {
    fn default() -> Self {
        Self { share: Share::All, follows_parent: true }
    }
}

impl Sampler {
    /// The names that `OTEL_TRACES_SAMPLER` takes.
    pub const NAMES: [&'static str; 6] = [
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ];

    /// The sampler of this name; the ratio is for those that have one.
    pub fn of(name: &str, ratio: f64) -> Option<Self> {
        let plain = name.strip_prefix("parentbased_");
        let share = match plain.unwrap_or(name) {
            "always_on" => Share::All,
            "always_off" => Share::Nothing,
            "traceidratio" => Share::Ratio(ratio),
            _ => return None,
        };
        Some(Self { share, follows_parent: plain.is_some() })
    }

    /// Whether a call in this trace is recorded.
    pub(super) fn takes(self, trace: u128, parent: Option<&TraceContext>) -> bool {
        if let Some(parent) = parent.filter(|_| self.follows_parent) {
            return parent.sampled;
        }
        match self.share {
            Share::All => true,
            Share::Nothing => false,
            Share::Ratio(ratio) => trace & RANDOM >= threshold(ratio),
        }
    }
}

/// The part of an identifier that is random: its end.
const RANDOM: u128 = (1 << 56) - 1;

/// From which number on traces are recorded: the same in every process, so that all record the same ones.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the number is between 0 and a power of two"
)]
fn threshold(ratio: f64) -> u128 {
    ((1.0 - ratio.clamp(0.0, 1.0)) * (RANDOM + 1) as f64) as u128
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent(sampled: bool) -> TraceContext {
        TraceContext { trace: 1, span: 1, sampled, state: None }
    }

    #[test]
    fn every_name_is_a_sampler_and_no_other_is() {
        assert!(Sampler::NAMES.iter().all(|name| Sampler::of(name, 0.5).is_some()));
        assert_eq!(Sampler::of("parentbased_always_on", 1.0), Some(Sampler::default()));
        assert_eq!(Sampler::of("jaeger_remote", 1.0), None);
    }

    #[test]
    fn the_caller_decides_where_it_is_asked() {
        let (follows, alone) =
            (Sampler::of("parentbased_always_off", 1.0).unwrap(), Sampler::of("always_off", 1.0).unwrap());
        assert!(follows.takes(1, Some(&parent(true))) && !alone.takes(1, Some(&parent(true))));
        assert!(!Sampler::default().takes(1, Some(&parent(false))) && Sampler::default().takes(1, None));
    }

    #[test]
    fn a_ratio_takes_that_part_of_the_traces() {
        let half = Sampler::of("traceidratio", 0.5).unwrap();
        let step = (1_u128 << 56) / 1000;
        let taken = (0..1000).filter(|number| half.takes(number * step, None)).count();
        assert!((495..=505).contains(&taken), "{taken}");
        let takes = |ratio| Sampler::of("traceidratio", ratio).unwrap().takes(u128::MAX, None);
        assert!(takes(1.0) && !takes(0.0));
    }
}
