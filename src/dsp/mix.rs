//! Gain, ramps, and sums of signals.
//!
//! Products and sums are rounded one by one at every level, never fused: the results are the same bit for bit
//! whatever the level, and whether a sample falls into a whole register or the rest at the end.

use core::marker::PhantomData;

use super::Kernels;
use super::each_register::{aligned_registers, each_register};
use crate::error::LengthError;
use crate::simd::{Float, Int16, Measure, Routine, Scalar, Vector};

impl Kernels {
    /// Multiplies every sample by `gain`, in place.
    ///
    /// - `samples`: any length, any number of channels; interleaved or not.
    /// - `gain`: linear; 1 leaves the samples as they are.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    ///
    /// # Examples
    /// ```
    /// let mut block = [0.5, -1.0, 0.25];
    /// quaver::dsp::Kernels::new().gain(&mut block, 0.5);
    /// assert_eq!(block, [0.25, -0.5, 0.125]);
    /// ```
    #[inline]
    pub fn gain(&self, samples: &mut [f32], gain: f32) {
        self.level.call::<Gain<'_>>(samples, gain, ());
    }

    /// Multiplies the samples by a gain that goes from `from` to `to` in a straight line, in place.
    ///
    /// Sample `i` of `n` gets `from + (to - from) * i / n`: the last gets one step less than `to`, which is where
    /// the next block starts. For one ramp over several blocks give each block its own part of the line; the
    /// gains are then those of the undivided ramp but for rounding.
    ///
    /// - `samples`: one channel; any length.
    /// - `from`, `to`: linear gains, finite.
    ///
    /// # Accuracy
    /// The gain of a sample is within `2^-22 * (|from| + |to|)` of the formula.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    #[inline]
    pub fn gain_ramp(&self, samples: &mut [f32], from: f32, to: f32) {
        self.level.call::<Ramp<'_>>(samples, from, to);
    }

    /// Adds `src` to `dst`, sample by sample.
    ///
    /// # Errors
    /// [`LengthError`] when the two differ in length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    #[inline]
    pub fn add(&self, dst: &mut [f32], src: &[f32]) -> Result<(), LengthError> {
        LengthError::check("src", dst.len(), src.len())?;
        self.level.call::<Sum<'_>>(dst, src, ());
        Ok(())
    }

    /// Writes the sum of several signals, each with its gain: `dst[i] = sum over k of gains[k] * sources[k][i]`.
    ///
    /// The terms are added in the order of `sources`. Without a source `dst` becomes silence. What `dst` held
    /// before does not matter.
    ///
    /// # Errors
    /// [`LengthError`] when `gains` has not one gain per source, or a source is not as long as `dst`; nothing is
    /// written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n) per source.
    ///
    /// # Examples
    /// ```
    /// let (left, right) = ([1.0, 0.5], [0.0, -0.5]);
    /// let mut mono = [f32::NAN; 2];
    /// quaver::dsp::Kernels::new().mix(&mut mono, &[&left, &right], &[0.5, 0.5])?;
    /// assert_eq!(mono, [0.5, 0.0]);
    /// # Ok::<(), quaver::error::LengthError>(())
    /// ```
    #[inline]
    pub fn mix(&self, dst: &mut [f32], sources: &[&[f32]], gains: &[f32]) -> Result<(), LengthError> {
        LengthError::check("gains", sources.len(), gains.len())?;
        for source in sources {
            LengthError::check("sources", dst.len(), source.len())?;
        }
        self.level.call::<Mix<'_>>(dst, sources, gains);
        Ok(())
    }

    /// Adds `src` to `dst`, sample by sample; what is too large for 16 bits stops at -32768 or 32767.
    ///
    /// # Errors
    /// [`LengthError`] when the two differ in length; nothing is written.
    ///
    /// # Real-time safety
    /// Real-time safe: no allocation, lock, system call or panic; O(n).
    ///
    /// # Examples
    /// ```
    /// let mut block = [30_000, -30_000, 1];
    /// quaver::dsp::Kernels::new().mix_i16(&mut block, &[10_000, -10_000, 2])?;
    /// assert_eq!(block, [32_767, -32_768, 3]);
    /// # Ok::<(), quaver::error::LengthError>(())
    /// ```
    #[inline]
    pub fn mix_i16(&self, dst: &mut [i16], src: &[i16]) -> Result<(), LengthError> {
        LengthError::check("src", dst.len(), src.len())?;
        self.level.call::<MixI16<'_>>(dst, src, ());
        Ok(())
    }
}

struct Gain<'a>(PhantomData<&'a ()>);

impl<'a> Routine for Gain<'a> {
    type A = &'a mut [f32];
    type B = f32;
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, samples: &mut [f32], gain: f32, (): ()) {
        if V::F32::LANES == 1 || samples.len() < V::F32::LANES {
            return samples.iter_mut().for_each(|x| *x *= gain);
        }
        let (p, gain) = (samples.as_mut_ptr(), V::F32::splat(v, gain));
        aligned_registers!(
            p,
            samples.len(),
            V::F32::LANES,
            // SAFETY: `at + LANES <= n`, the length of the slice.
            |at| unsafe { V::F32::load(v, p.wrapping_add(at)) } * gain,
            // SAFETY: as above.
            |at, x| unsafe { x.store(p.wrapping_add(at)) }
        );
    }
}

struct Ramp<'a>(PhantomData<&'a ()>);

/// Samples of a ramp between two anchors computed in f64. Sample numbers below it are exact in f32 by far, and the
/// rounding of the step cannot add up beyond one unit.
const RAMP_PART: usize = 4096;

impl<'a> Routine for Ramp<'a> {
    type A = &'a mut [f32];
    type B = f32;
    type C = f32;
    type Output = ();

    #[expect(
        clippy::cast_possible_truncation,
        reason = "gains are f32; only their anchors are computed in f64"
    )]
    #[inline(always)]
    fn run<V: Vector>(v: V, samples: &mut [f32], from: f32, to: f32) {
        let (p, n) = (samples.as_mut_ptr(), samples.len());
        let from = f64::from(from);
        let step = (f64::from(to) - from) / n as f64;
        let mut start = 0;
        while start < n {
            let len = (n - start).min(RAMP_PART);
            let (p, from, step) = (p.wrapping_add(start), (from + step * start as f64) as f32, step as f32);
            // SAFETY: `start + len <= n`: the part lies in the slice.
            let done = unsafe { ramp(v, p, 0, len, from, step) };
            // SAFETY: as above.
            unsafe { ramp(Scalar, p, done, len, from, step) };
            start += len;
        }
    }
}

/// Samples `first..n`; gives the number done of them.
///
/// # Safety
/// `p` is valid for reads and writes of `n` values, and `first <= n <= RAMP_PART`.
#[inline(always)]
unsafe fn ramp<V: Vector>(v: V, p: *mut f32, first: usize, n: usize, from: f32, step: f32) -> usize {
    let (from, step) = (V::F32::splat(v, from), V::F32::splat(v, step));
    // Sample numbers are small integers: their sums are exact, whatever the number of lanes.
    let mut number = V::F32::count(v) + V::F32::splat(v, first as f32);
    let lanes = V::F32::splat(v, V::F32::LANES as f32);
    each_register!(n - first, V::F32::LANES, |at| {
        let p = p.wrapping_add(first + at);
        // SAFETY: `first + at + LANES <= n`, and the caller's range covers `n`.
        let x = unsafe { V::F32::load(v, p) };
        // SAFETY: as above.
        unsafe { (x * (from + step * number)).store(p) };
        number = number + lanes;
    })
}

struct Sum<'a>(PhantomData<&'a ()>);

impl<'a> Routine for Sum<'a> {
    type A = &'a mut [f32];
    type B = &'a [f32];
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, dst: &mut [f32], src: &[f32], (): ()) {
        if V::F32::LANES == 1 || dst.len() < V::F32::LANES {
            return dst.iter_mut().zip(src).for_each(|(x, y)| *x += *y);
        }
        let (p, src) = (dst.as_mut_ptr(), src.as_ptr());
        aligned_registers!(
            p,
            dst.len(),
            V::F32::LANES,
            |at| {
                // SAFETY: `at + LANES <= n`, the length of both slices, as `Kernels::add` has checked.
                let x = unsafe { V::F32::load(v, p.wrapping_add(at)) };
                // SAFETY: as above.
                x + unsafe { V::F32::load(v, src.wrapping_add(at)) }
            },
            // SAFETY: as above.
            |at, x| unsafe { x.store(p.wrapping_add(at)) }
        );
    }
}

struct Mix<'a>(PhantomData<&'a ()>);

impl<'a> Routine for Mix<'a> {
    type A = &'a mut [f32];
    type B = &'a [&'a [f32]];
    type C = &'a [f32];
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, dst: &mut [f32], sources: &[&[f32]], gains: &[f32]) {
        let (Some((first, others)), Some((gain, gains))) = (sources.split_first(), gains.split_first())
        else {
            return dst.fill(0.0);
        };
        let (first, others) = ((*first, *gain), (others, gains));
        let (dst, n) = (dst.as_mut_ptr(), dst.len());
        // SAFETY: `dst` and every source have `n` samples, as `Kernels::mix` has checked.
        let fours = unsafe { mix::<V, 4>(v, dst, first, others, 0, n) };
        // SAFETY: as above.
        let ones = unsafe { mix::<V, 1>(v, dst, first, others, fours, n) };
        // SAFETY: as above.
        unsafe { mix::<Scalar, 1>(Scalar, dst, first, others, ones, n) };
    }
}

/// Samples `start..n`, `R` registers at a time, each summed over all sources before it is written; gives where
/// the rest begins.
///
/// # Safety
/// `dst` is valid for writes of `n` values, `first` and each of `others` for reads.
#[inline(always)]
unsafe fn mix<V: Vector, const R: usize>(
    v: V,
    dst: *mut f32,
    (first, gain): (&[f32], f32),
    (others, gains): (&[&[f32]], &[f32]),
    start: usize,
    n: usize,
) -> usize {
    let step = R * V::F32::LANES;
    let end = n - (n - start) % step;
    let mut at = start;
    while at < end {
        let mut sum = [V::F32::splat(v, gain); R];
        for (i, sum) in sum.iter_mut().enumerate() {
            let src = first.as_ptr().wrapping_add(at + i * V::F32::LANES);
            // SAFETY: `at + step <= n`, and the caller's ranges cover `n`.
            *sum = unsafe { V::F32::load(v, src) } * *sum;
        }
        for (source, gain) in others.iter().zip(gains) {
            let gain = V::F32::splat(v, *gain);
            for (i, sum) in sum.iter_mut().enumerate() {
                let src = source.as_ptr().wrapping_add(at + i * V::F32::LANES);
                // SAFETY: as above.
                *sum = *sum + unsafe { V::F32::load(v, src) } * gain;
            }
        }
        for (i, sum) in sum.into_iter().enumerate() {
            // SAFETY: as above.
            unsafe { sum.store(dst.wrapping_add(at + i * V::F32::LANES)) };
        }
        at += step;
    }
    end
}

struct MixI16<'a>(PhantomData<&'a ()>);

impl<'a> Routine for MixI16<'a> {
    type A = &'a mut [i16];
    type B = &'a [i16];
    type C = ();
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(v: V, dst: &mut [i16], src: &[i16], (): ()) {
        if V::I16::LANES == 1 || dst.len() < V::I16::LANES {
            return dst.iter_mut().zip(src).for_each(|(x, y)| *x = x.saturating_add(*y));
        }
        let (p, src) = (dst.as_mut_ptr(), src.as_ptr());
        aligned_registers!(
            p,
            dst.len(),
            V::I16::LANES,
            |at| {
                // SAFETY: `at + LANES <= n`, the length of both slices, as `Kernels::mix_i16` has checked.
                let x = unsafe { V::I16::load(v, p.wrapping_add(at)) };
                // SAFETY: as above.
                x.saturating_add(unsafe { V::I16::load(v, src.wrapping_add(at)) })
            },
            // SAFETY: as above.
            |at, x| unsafe { x.store(p.wrapping_add(at)) }
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_does_not_fit_writes_nothing() {
        let kernels = Kernels::new();
        let mut dst = [1.0_f32; 4];
        assert_eq!(
            kernels.add(&mut dst, &[1.0; 5]),
            Err(LengthError { slice: "src", expected: 4, actual: 5 })
        );
        assert_eq!(
            kernels.mix(&mut dst, &[&[1.0; 4]], &[]),
            Err(LengthError { slice: "gains", expected: 1, actual: 0 })
        );
        assert_eq!(
            kernels.mix(&mut dst, &[&[1.0; 4], &[1.0; 3]], &[1.0, 1.0]),
            Err(LengthError { slice: "sources", expected: 4, actual: 3 })
        );
        assert_eq!(dst.map(f32::to_bits), [1.0_f32; 4].map(f32::to_bits));
        let mut dst = [1_i16; 4];
        assert!(kernels.mix_i16(&mut dst, &[1; 3]).is_err());
        assert_eq!(dst, [1; 4]);
    }

    #[test]
    fn no_source_is_silence() {
        let mut dst = [f32::NAN; 9];
        assert_eq!(Kernels::new().mix(&mut dst, &[], &[]), Ok(()));
        assert_eq!(dst.map(f32::to_bits), [0; 9]);
    }

    /// The formula in f64, over lengths on both sides of the part that the kernel anchors anew.
    #[test]
    fn ramp_follows_its_line() {
        for n in [1, 7, 480, 4096, 4097, 50_000] {
            let mut x = [1.0_f32].repeat(n);
            let (from, to) = (0.1_f32, -0.9_f32);
            Kernels::new().gain_ramp(&mut x, from, to);
            let bound = f64::from(from.abs() + to.abs()) / 4_194_304.0;
            for (i, &got) in x.iter().enumerate() {
                let line = f64::from(from) + (f64::from(to) - f64::from(from)) * i as f64 / n as f64;
                assert!((f64::from(got) - line).abs() <= bound, "sample {i} of {n}: {got}, not {line}");
            }
        }
    }

    #[test]
    fn a_ramp_in_two_blocks_is_the_ramp_in_one() {
        let (from, to, n, cut) = (0.25_f32, 1.0_f32, 1000, 337);
        let (mut whole, mut split) = ([1.0_f32; 1000], [1.0_f32; 1000]);
        let kernels = Kernels::new();
        kernels.gain_ramp(&mut whole, from, to);
        let middle = from + (to - from) * cut as f32 / n as f32;
        kernels.gain_ramp(&mut split[..cut], from, middle);
        kernels.gain_ramp(&mut split[cut..], middle, to);
        for (a, b) in whole.iter().zip(&split) {
            assert!((a - b).abs() <= 3e-7, "{a} and {b}");
        }
    }
}
