//! What the algorithms that turn a transform into a convolution have in common: which length it takes, and the numbers
//! modulo a prime.

use super::mixed::has_factors_to;
use super::passes::MAX_ODD;

/// About what a complex transform of `len` points costs where registers have `lanes` lanes: for each point, so much for
/// each factor of the length, in tenths of its share of a pass of radix 2; the ends of a transform count as four passes.
///
/// Measured at AVX-512, f32 and f64, from 37 to 65,521 points.
pub(crate) fn cost(len: usize, lanes: usize) -> u64 {
    let (mut rest, mut each, mut p) = (len, 40, 2);
    while p <= MAX_ODD {
        while rest.is_multiple_of(p) {
            rest /= p;
            each += match p {
                2 => 10,
                3 => 18,
                5 => 29,
                7 => 42,
                11 => 65,
                13 => 80,
                p => p as u64 * 10,
            };
        }
        p += 1;
    }
    // Lengths that the lanes do not divide are computed in half of them, or in parts that overlap; short ones leave most
    // lanes empty.
    let tenths = if len.is_multiple_of(lanes) {
        10
    } else if len.is_multiple_of(lanes.div_ceil(2)) {
        15
    } else if len >= 64 * lanes {
        16
    } else {
        40
    };
    len as u64 * each * tenths / 10
}

/// The length that a cyclic convolution of at least `least` points takes least time in: without a prime factor above 7,
/// and filling the lanes of every level.
pub(crate) fn fast_len(least: usize) -> Option<usize> {
    let mut best = least.checked_next_power_of_two()?.max(64);
    let last = best;
    // Multiples of 64 that will do; of large lengths, of more than 64.
    let step = (last / 256).max(64);
    let mut len = least.next_multiple_of(step);
    while len < last {
        if has_factors_to(7, len) && cost(len, 1) < cost(best, 1) {
            best = len;
        }
        len += step;
    }
    Some(best)
}

/// How many points the real correlation of `m` points takes: `m` where that is even and smooth and costs no more, else enough
/// of them for all of `2 m - 1`.
pub(super) fn real_len(m: usize, lanes: usize) -> Option<usize> {
    let padded = fast_len(m.checked_mul(2)? - 1)?;
    let smooth = m.is_multiple_of(2) && has_factors_to(MAX_ODD, m);
    Some(if smooth && cost(m / 2, lanes) <= cost(padded / 2, lanes) { m } else { padded })
}

/// Tells whether a prime is transformed in less time by way of one point less, with its two permutations, than by way of
/// a convolution of twice its length, with its three products.
pub(super) fn rader_pays(p: usize, lanes: usize) -> bool {
    let Some(padded) = p.checked_mul(2).and_then(|least| fast_len(least - 1)) else { return true };
    // Beyond the first cache, the products cost more.
    let products = if padded < 1024 { 60 } else { 140 };
    2 * cost(p - 1, lanes) + 150 * (p as u64) < 2 * cost(padded, lanes) + products * padded as u64
}

/// `a * b` modulo `p`, all below 2^32.
fn multiply(a: usize, b: usize, p: usize) -> usize {
    let product = a as u64 * b as u64 % p as u64;
    usize::try_from(product).unwrap_or(0)
}

fn power(base: usize, mut exponent: usize, p: usize) -> usize {
    let (mut base, mut result) = (base % p, 1);
    while exponent > 0 {
        if !exponent.is_multiple_of(2) {
            result = multiply(result, base, p);
        }
        base = multiply(base, base, p);
        exponent /= 2;
    }
    result
}

/// Tells whether `n`, at most 2^32, is a prime: by division.
pub(super) fn is_prime(n: usize) -> bool {
    n > 1 && smallest_factor(n) == n
}

/// The smallest prime factor, or what is below 2 itself.
fn smallest_factor(n: usize) -> usize {
    if n.is_multiple_of(2) {
        return n.min(2);
    }
    let mut d = 3;
    while d * d <= n {
        if n.is_multiple_of(d) {
            return d;
        }
        d += 2;
    }
    n
}

/// The smallest primitive root modulo the odd prime `p`: none of its powers `(p - 1) / q`, q a prime, is 1.
fn primitive_root(p: usize) -> usize {
    let is_root = |g: usize| {
        let mut rest = p - 1;
        while rest > 1 {
            let q = smallest_factor(rest);
            if power(g, (p - 1) / q, p) == 1 {
                return false;
            }
            while rest.is_multiple_of(q) {
                rest /= q;
            }
        }
        true
    };
    (2..p).find(|&g| is_root(g)).unwrap_or(1)
}

/// The powers of the smallest primitive root modulo the odd prime `p`, from 1: all numbers below p but 0.
pub(super) fn powers(p: usize) -> impl Iterator<Item = usize> {
    let g = primitive_root(p);
    core::iter::successors(Some(1), move |&power| Some(multiply(power, g, p))).take(p - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_primitive() {
        for (p, g) in [(3, 2), (5, 2), (7, 3), (41, 6), (97, 5), (191, 19), (1009, 11), (65_537, 3)] {
            assert!(is_prime(p));
            assert_eq!(primitive_root(p), g, "{p}");
        }
        assert!(![0, 1, 4, 9, 2047, 1 << 20].into_iter().any(is_prime));
    }

    #[test]
    fn convolutions_are_long_enough_and_smooth() {
        for least in (1..3000).chain([65_537, 1_000_003]) {
            let len = fast_len(least).unwrap();
            assert!(len >= least && has_factors_to(7, len) && len.is_multiple_of(64), "{least}: {len}");
        }
    }
}
