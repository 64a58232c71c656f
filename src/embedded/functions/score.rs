//! The decay functions: how far from a wanted value is how much worse.

use crate::embedded::value::Value;

use super::{Context, Function, Outcome, arg};

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("DECAY_EXP", 5, 5, |context, args| decay(context, args, "DECAY_EXP", exponential)),
    Function::new("DECAY_GAUSS", 5, 5, |context, args| decay(context, args, "DECAY_GAUSS", gaussian)),
    Function::new("DECAY_LINEAR", 5, 5, |context, args| decay(context, args, "DECAY_LINEAR", linear)),
];

/// Score of a distance beyond the offset, given the distance `scale` at which it is to be `decay`.
type Curve = fn(distance: f64, scale: f64, decay: f64) -> f64;

fn exponential(distance: f64, scale: f64, decay: f64) -> f64 {
    (decay.ln() / scale * distance).exp()
}

fn gaussian(distance: f64, scale: f64, decay: f64) -> f64 {
    let sigma_squared = -scale * scale / (2.0 * decay.ln());
    (-distance * distance / (2.0 * sigma_squared)).exp()
}

fn linear(distance: f64, scale: f64, decay: f64) -> f64 {
    let width = scale / (1.0 - decay);
    ((width - distance) / width).max(0.0)
}

fn decay(context: &mut Context<'_>, args: &[Value], name: &str, curve: Curve) -> Outcome {
    let parameter = |at| arg(args, at).as_f64();
    let (Some(origin), Some(scale), Some(offset), Some(decay)) =
        (parameter(1), parameter(2), parameter(3), parameter(4))
    else {
        return context.wrong_type(name);
    };
    if scale <= 0.0 || offset < 0.0 || decay <= 0.0 || decay >= 1.0 {
        return context.wrong_type(name);
    }
    let score = |value: &Value| {
        let distance = ((value.as_f64()? - origin).abs() - offset).max(0.0);
        Some(Value::number(curve(distance, scale, decay)))
    };
    let result = match arg(args, 0).as_array() {
        Some(values) => values.iter().map(score).collect::<Option<_>>().map(Value::array),
        None => score(arg(args, 0)),
    };
    match result {
        Some(result) => Ok(result),
        None => context.wrong_type(name),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn scores_are_one_within_the_offset_and_the_decay_at_the_scale() {
        for (name, between) in
            [("DECAY_EXP", "0.5743491774985174"), ("DECAY_GAUSS", "0.8010698775896221"), ("DECAY_LINEAR", "0.7")]
        {
            check(name, "[[7, 10, 15, 5], 10, 5, 3, 0.25]", &format!("[1,1,{between},{between}]"));
            check(name, "[18, 10, 5, 3, 0.25]", "0.25");
        }
        check("DECAY_LINEAR", "[1000, 10, 5, 3, 0.25]", "0");
    }

    #[test]
    fn senseless_parameters_are_warned_about() {
        for args in [
            "[1, 0, 0, 0, 0.5]",
            "[1, 0, 1, -1, 0.5]",
            "[1, 0, 1, 0, 1]",
            "[\"1\", 0, 1, 0, 0.5]",
            "[1, 0, 1, 0, null]",
        ] {
            check_warns("DECAY_EXP", args, "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
        }
    }
}
