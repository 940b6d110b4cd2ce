//! The Blackman-Harris window and its transform in closed form, on which the peak fit stands.

use core::f64::consts::PI;

use quaver::dsp::window::{self, Symmetry};

/// The terms of the samples, for the closed form. Harris, On the use of windows, Proc. IEEE 66(1), 1978, table 1.
const TERMS: [f64; 4] = [0.35875, 0.48829, 0.14128, 0.01168];

/// Half the width of the main lobe, in bins of the window's own length.
pub(crate) const HALF_LOBE: f64 = 4.0;

/// A periodic Blackman-Harris window of two samples or more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    len: f64,
}

impl Window {
    pub(crate) fn new(len: usize) -> Self {
        Self { len: len as f64 }
    }

    /// Its samples.
    pub(crate) fn samples(self) -> Vec<f32> {
        let mut samples = vec![0.0; self.len as usize];
        let no_parameter = "this window has no parameter that could be wrong";
        window::Window::BlackmanHarris.fill(Symmetry::Periodic, &mut samples).expect(no_parameter);
        samples
    }

    /// The sum of its samples: what it makes of a constant 1.
    pub(crate) fn gain(self) -> f64 {
        TERMS[0] * self.len
    }

    /// The power of its transform `x` bins (of its own length) off the centre, 1 at the centre.
    ///
    /// Each cosine term is a pair of Dirichlet kernels; they share the factor `sin(pi x)` and differ by small turns.
    pub(crate) fn power_at(self, x: f64) -> f64 {
        // On a whole bin the kernels are 0/0. The transform is smooth, so a step to the side changes nothing.
        let x = if (x - x.round()).abs() < 1e-7 { x + 1e-7 } else { x };
        let (mut re, mut im) = (0.0, 0.0);
        for (j, a) in TERMS.iter().enumerate() {
            for shift in [-(j as f64), j as f64] {
                let (sin, cos) = (PI * shift / self.len).sin_cos();
                let kernel = sign(j) * a / 2.0 / (PI * (x + shift) / self.len).sin();
                re += kernel * cos;
                im += kernel * sin;
            }
        }
        let scale = (PI * x).sin() / self.gain();
        (re * re + im * im) * scale * scale
    }
}

fn sign(j: usize) -> f64 {
    if j.is_multiple_of(2) { 1.0 } else { -1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The closed form against the sum that defines it.
    #[test]
    fn transform_is_that_of_the_samples() {
        for len in [2, 5, 16, 101, 1024] {
            let window = Window::new(len);
            for x in [0.0, 0.25, 0.5, 1.0, 1.7, 3.0, 3.999, 5.5] {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, w) in window.samples().into_iter().enumerate() {
                    let (sin, cos) = (2.0 * PI * x * n as f64 / len as f64).sin_cos();
                    re += f64::from(w) * cos;
                    im += f64::from(w) * sin;
                }
                let direct = (re * re + im * im) / (window.gain() * window.gain());
                assert!((window.power_at(x) - direct).abs() < 1e-6, "{len} {x}");
            }
        }
    }
}
