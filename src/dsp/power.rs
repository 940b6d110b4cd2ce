//! Squared magnitudes of spectra.

use core::marker::PhantomData;

use num_complex::Complex;

use crate::error::LengthError;
use crate::simd::{Float, MAX_LANES, Routine, Vector};

use super::Kernels;

impl Kernels {
    /// Writes the squared magnitude of each bin: `re^2 + im^2`.
    ///
    /// - `spectrum`: any number of bins.
    /// - `output`: as many values.
    ///
    /// # Errors
    /// [`LengthError`] when the lengths differ; nothing is written.
    ///
    /// # Accuracy
    /// Within 2 units in the last place of the exact value, unless a square overflows or is subnormal; levels with
    /// fused multiply-add may differ from those without by as much.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N).
    #[inline]
    pub fn power(&self, spectrum: &[Complex<f32>], output: &mut [f32]) -> Result<(), LengthError> {
        LengthError::check("output", spectrum.len(), output.len())?;
        self.level.call::<Power<'_>>(spectrum, output, ());
        Ok(())
    }

    /// Adds the squared magnitude of each bin to a sum: one column of a mean power spectrum.
    ///
    /// - `spectrum`: any number of bins.
    /// - `sum`: as many values. It is of f64 so that hours of columns add up.
    ///
    /// # Errors
    /// [`LengthError`] when the lengths differ; nothing is written.
    ///
    /// # Accuracy
    /// As [`Kernels::power`] for what is added.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(N).
    #[inline]
    pub fn power_add(&self, spectrum: &[Complex<f32>], sum: &mut [f64]) -> Result<(), LengthError> {
        LengthError::check("sum", spectrum.len(), sum.len())?;
        self.level.call::<PowerAdd<'_>>(spectrum, sum, ());
        Ok(())
    }
}

struct Power<'a>(PhantomData<&'a ()>);

struct PowerAdd<'a>(PhantomData<&'a ()>);

impl<'a> Routine for Power<'a> {
    type A = &'a [Complex<f32>];
    type B = &'a mut [f32];
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, spectrum: &'a [Complex<f32>], output: &'a mut [f32], (): ()) {
        let lanes = V::F32::LANES;
        let bins = spectrum.chunks_exact(lanes);
        let rest = bins.remainder();
        let mut outputs = output.chunks_exact_mut(lanes);
        for (bins, output) in bins.zip(outputs.by_ref()) {
            // SAFETY: both chunks are one register's lanes long.
            unsafe { squares::<V>(v, bins.as_ptr(), output.as_mut_ptr()) }
        }
        for (x, output) in rest.iter().zip(outputs.into_remainder()) {
            *output = square(v, *x);
        }
    }
}

impl<'a> Routine for PowerAdd<'a> {
    type A = &'a [Complex<f32>];
    type B = &'a mut [f64];
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, spectrum: &'a [Complex<f32>], sum: &'a mut [f64], (): ()) {
        /// Bins that go through the stack at a time.
        const CHUNK: usize = 4 * MAX_LANES;

        let lanes = V::F32::LANES;
        let bins = spectrum.chunks_exact(CHUNK);
        let rest = bins.remainder();
        let mut sums = sum.chunks_exact_mut(CHUNK);
        for (bins, sum) in bins.zip(sums.by_ref()) {
            let mut powers = [0.0_f32; CHUNK];
            for (bins, powers) in bins.chunks_exact(lanes).zip(powers.chunks_exact_mut(lanes)) {
                // SAFETY: both chunks are one register's lanes long.
                unsafe { squares::<V>(v, bins.as_ptr(), powers.as_mut_ptr()) }
            }
            for (sum, power) in sum.iter_mut().zip(powers) {
                *sum += f64::from(power);
            }
        }
        for (x, sum) in rest.iter().zip(sums.into_remainder()) {
            *sum += f64::from(square(v, *x));
        }
    }
}

/// One register's lanes, in natural order.
///
/// # Safety
/// `bins` is valid for reads of `LANES` complex numbers, `to` for writes of `LANES` values.
#[inline(always)]
unsafe fn squares<V: Vector>(v: V, bins: *const Complex<f32>, to: *mut f32) {
    // SAFETY: a complex number is two floats (`repr(C)`), so there are `2 * LANES`.
    let (re, im) = unsafe { V::F32::load_pairs(v, bins.cast()) };
    // SAFETY: the caller's range.
    unsafe { re.mul_add(re, im * im).store(to) }
}

/// One bin, rounded as [`squares`] rounds at this level.
#[inline(always)]
fn square<V: Vector>(v: V, x: Complex<f32>) -> f32 {
    let (re, im) = (V::F32::splat(v, x.re), V::F32::splat(v, x.im));
    let mut lanes = [0.0; MAX_LANES];
    // SAFETY: no register has more than `MAX_LANES` lanes.
    unsafe { re.mul_add(re, im * im).store(lanes.as_mut_ptr()) }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Level;
    use std::vec;
    use std::vec::Vec;

    fn spectrum(len: usize) -> Vec<Complex<f32>> {
        (0_u16..)
            .take(len)
            .map(|i| Complex::new(f32::from(i) * 0.37 - 9.0, 5.0 - f32::from(i) * 0.11))
            .collect()
    }

    #[test]
    fn every_bin_at_every_level_and_length() {
        for level in Level::available() {
            let kernels = Kernels::with_level(level).unwrap();
            for len in (0..=70).chain([513, 1025]) {
                let x = spectrum(len);
                let exact: Vec<f64> =
                    x.iter().map(|x| f64::from(x.re).powi(2) + f64::from(x.im).powi(2)).collect();
                let mut power = vec![-1.0; len + 1];
                kernels.power(&x, &mut power[..len]).unwrap();
                let mut sum = vec![1000.0; len + 1];
                kernels.power_add(&x, &mut sum[..len]).unwrap();
                for (i, exact) in exact.iter().enumerate() {
                    let bound = 2.0 * f64::from(f32::EPSILON) * exact;
                    assert!((f64::from(power[i]) - exact).abs() <= bound, "{level} {len} {i}");
                    assert!((sum[i] - 1000.0 - f64::from(power[i])).abs() < 1e-9, "{level} {len} {i}");
                }
                assert_eq!(
                    (power[len].to_bits(), sum[len].to_bits()),
                    ((-1.0_f32).to_bits(), 1000_f64.to_bits())
                );
            }
        }
    }

    #[test]
    fn lengths_that_differ_are_refused_and_nothing_is_written() {
        let (x, mut power, mut sum) = (spectrum(4), [0.5; 5], [0.5; 3]);
        let error = LengthError { slice: "output", expected: 4, actual: 5 };
        assert_eq!(Kernels::new().power(&x, &mut power), Err(error));
        let error = LengthError { slice: "sum", expected: 4, actual: 3 };
        assert_eq!(Kernels::new().power_add(&x, &mut sum), Err(error));
        assert!(power.iter().all(|x| x.to_bits() == 0.5_f32.to_bits()));
        assert!(sum.iter().all(|x| x.to_bits() == 0.5_f64.to_bits()));
    }
}
