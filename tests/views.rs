//! Views: every access shows the sample that the layout says, and cutting loses none and shows none twice.

#![allow(clippy::unwrap_used, reason = "tests: wrong is a panic")]

use core::ops::Range;

use proptest::prelude::*;
use quaver::buffer::{Interleaved, InterleavedMut, Planar, PlanarMut, ViewError};
use quaver::dsp::Kernels;

/// The sample of channel `c` at frame `f`, told apart from every other.
fn sample(c: usize, f: usize) -> i32 {
    i32::try_from(c * 10_000 + f).expect("small")
}

fn interleaved(channels: usize, frames: usize) -> Vec<i32> {
    (0..frames).flat_map(|f| (0..channels).map(move |c| sample(c, f))).collect()
}

/// Channels `stride` apart, -1 between them.
fn planar(channels: usize, frames: usize, stride: usize) -> Vec<i32> {
    let mut memory = vec![-1; (channels - 1) * stride + frames];
    for c in 0..channels {
        (0..frames).for_each(|f| memory[c * stride + f] = sample(c, f));
    }
    memory
}

/// A shape, a range of its frames, and a block length.
fn shapes() -> impl Strategy<Value = (usize, usize, Range<usize>, usize)> {
    (1_usize..=33, 0_usize..200).prop_flat_map(|(channels, frames)| {
        (Just(channels), Just(frames), 0..=frames, 0..=frames, 1_usize..50)
            .prop_map(|(channels, frames, a, b, block)| (channels, frames, a.min(b)..a.max(b), block))
    })
}

fn is_interleaved(view: Interleaved<'_, i32>, channels: usize, at: Range<usize>) {
    assert_eq!(
        (view.channels(), view.frames(), view.samples().len()),
        (channels, at.len(), channels * at.len())
    );
    for (i, f) in at.clone().enumerate() {
        assert!(view.frame(i).unwrap().iter().copied().eq((0..channels).map(|c| sample(c, f))));
    }
    assert!(view.iter().flatten().eq(view.samples()));
    for c in 0..channels {
        assert!(view.channel(c).unwrap().copied().eq(at.clone().map(|f| sample(c, f))));
    }
    assert!(view.frame(at.len()).is_none() && view.frame(usize::MAX).is_none());
    assert!(view.channel(channels).is_none() && view.channel(usize::MAX).is_none());
}

fn is_planar(view: Planar<'_, i32>, channels: usize, at: Range<usize>) {
    assert_eq!((view.channels(), view.frames(), view.iter().len()), (channels, at.len(), channels));
    for (c, channel) in view.iter().enumerate() {
        assert!(channel.iter().copied().eq(at.clone().map(|f| sample(c, f))));
        assert_eq!(view.channel(c).unwrap(), channel);
    }
    for (i, f) in at.clone().enumerate() {
        assert!(view.frame(i).unwrap().copied().eq((0..channels).map(|c| sample(c, f))));
    }
    assert!(view.frame(at.len()).is_none() && view.frame(usize::MAX).is_none());
    assert!(view.channel(channels).is_none() && view.channel(usize::MAX).is_none());
}

/// The blocks that `frames` frames from `start` on fall into.
fn cuts(start: usize, frames: usize, block: usize) -> Vec<Range<usize>> {
    (start..start + frames).step_by(block).map(|at| at..(at + block).min(start + frames)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn interleaved_shows_what_the_layout_says((channels, frames, range, block) in shapes()) {
        let memory = interleaved(channels, frames);
        let whole = Interleaved::from_slice(&memory, channels).unwrap();
        is_interleaved(whole, channels, 0..frames);
        let part = whole.slice(range.clone()).unwrap();
        is_interleaved(part, channels, range.clone());
        // A slice of a slice counts from where that begins.
        let rest = whole.slice(range.start..frames).unwrap().slice(0..range.len()).unwrap();
        is_interleaved(rest, channels, range.clone());
        let last = part.slice(range.len() / 2..range.len()).unwrap();
        is_interleaved(last, channels, range.start + range.len() / 2..range.end);
        let (before, after) = whole.split_at(range.start).unwrap();
        is_interleaved(before, channels, 0..range.start);
        is_interleaved(after, channels, range.start..frames);
        let expected = cuts(range.start, range.len(), block);
        let blocks = part.blocks(block).unwrap();
        prop_assert_eq!(blocks.len(), expected.len());
        let mut count = 0;
        for (block, at) in blocks.zip(&expected) {
            is_interleaved(block, channels, at.clone());
            count += 1;
        }
        prop_assert_eq!(count, expected.len());
    }

    #[test]
    fn planar_shows_what_the_layout_says(
        (channels, frames, range, block) in shapes(),
        gap in 0_usize..20,
    ) {
        let memory = planar(channels, frames, frames + gap);
        let list: Vec<&[i32]> = (0..channels).map(|c| &memory[c * (frames + gap)..][..frames]).collect();
        let whole = Planar::from_strided(&memory, channels, frames, frames + gap).unwrap();
        let of_list = Planar::from_slices(&list).unwrap();
        prop_assert_eq!(whole, of_list);
        for whole in [whole, of_list] {
            is_planar(whole, channels, 0..frames);
            let part = whole.slice(range.clone()).unwrap();
            is_planar(part, channels, range.clone());
            let last = part.slice(range.len() / 2..range.len()).unwrap();
            is_planar(last, channels, range.start + range.len() / 2..range.end);
            let (before, after) = whole.split_at(range.start).unwrap();
            is_planar(before, channels, 0..range.start);
            is_planar(after, channels, range.start..frames);
            let expected = cuts(range.start, range.len(), block);
            let blocks = part.blocks(block).unwrap();
            prop_assert_eq!(blocks.len(), expected.len());
            let mut count = 0;
            for (block, at) in blocks.zip(&expected) {
                is_planar(block, channels, at.clone());
                count += 1;
            }
            prop_assert_eq!(count, expected.len());
        }
        let dense = planar(channels, frames, frames);
        prop_assert_eq!(Planar::from_slice(&dense, channels).unwrap(), whole);
    }

    /// Writing through every kind of access changes the frames shown, once each, and no others.
    #[test]
    fn interleaved_writes_where_the_layout_says((channels, frames, range, block) in shapes()) {
        let mut memory = interleaved(channels, frames);
        let mut whole = InterleavedMut::from_slice(&mut memory, channels).unwrap();
        is_interleaved(whole.as_view(), channels, 0..frames);
        let (mut before, mut after) = whole.split_at_mut(range.start).unwrap();
        before.iter_mut().flatten().for_each(|x| *x += 1);
        (0..channels).for_each(|c| after.channel_mut(c).unwrap().for_each(|x| *x += 2));
        let mut part = whole.slice_mut(range.clone()).unwrap();
        for f in 0..range.len() {
            part.frame_mut(f).unwrap().iter_mut().for_each(|x| *x += 4);
        }
        prop_assert!(part.frame_mut(range.len()).is_none() && part.channel_mut(channels).is_none());
        let expected = cuts(range.start, range.len(), block);
        let blocks = part.blocks_mut(block).unwrap();
        prop_assert_eq!(blocks.len(), expected.len());
        for (mut block, at) in blocks.zip(&expected) {
            prop_assert_eq!((block.channels(), block.frames()), (channels, at.len()));
            block.samples_mut().iter_mut().for_each(|x| *x += 8);
        }
        for (f, frame) in memory.chunks_exact(channels).enumerate() {
            let added = if f < range.start { 1 } else { 2 } + if range.contains(&f) { 12 } else { 0 };
            for (c, &x) in frame.iter().enumerate() {
                prop_assert_eq!(x, sample(c, f) + added);
            }
        }
    }

    #[test]
    fn planar_writes_where_the_layout_says(
        (channels, frames, range, block) in shapes(),
        gap in 0_usize..20,
        of_list in any::<bool>(),
    ) {
        let stride = frames + gap;
        let mut memory = planar(channels, frames, stride);
        {
            let mut list: Vec<&mut [i32]> = Vec::new();
            let mut whole = if of_list {
                let mut rest = &mut memory[..];
                for _ in 0..channels {
                    let (channel, after) = rest.split_at_mut(stride.min(rest.len()));
                    list.push(&mut channel[..frames]);
                    rest = after;
                }
                PlanarMut::from_slices(&mut list).unwrap()
            } else {
                PlanarMut::from_strided(&mut memory, channels, frames, stride).unwrap()
            };
            prop_assert_eq!((whole.channels(), whole.frames()), (channels, frames));
            is_planar(whole.as_view(), channels, 0..frames);
            let (mut before, mut after) = whole.split_at_mut(range.start).unwrap();
            // One half is read while the other is written.
            let read = before.as_view();
            after.iter_mut().flatten().for_each(|x| *x += 64);
            is_planar(read, channels, 0..range.start);
            after.iter_mut().flatten().for_each(|x| *x -= 64);
            is_planar(after.as_view(), channels, range.start..frames);
            // Both halves at once: they share no frame.
            for (a, b) in before.iter_mut().zip(after.iter_mut()) {
                a.iter_mut().for_each(|x| *x += 1);
                b.iter_mut().for_each(|x| *x += 2);
            }
            let mut part = whole.slice_mut(range.clone()).unwrap();
            for c in 0..channels {
                part.channel_mut(c).unwrap().iter_mut().for_each(|x| *x += 4);
                prop_assert_eq!(part.channel(c), part.as_view().channel(c));
            }
            prop_assert!(part.channel_mut(channels).is_none() && part.channel(channels).is_none());
            for (i, f) in range.clone().enumerate() {
                // All samples of the frame live at once.
                let frame: Vec<&mut i32> = part.frame_mut(i).unwrap().collect();
                prop_assert_eq!(frame.len(), channels);
                frame.into_iter().for_each(|x| *x += 128);
                prop_assert!(part.frame(i).unwrap().copied().eq((0..channels).map(|c| sample(c, f) + 134)));
            }
            for past in [range.len(), usize::MAX] {
                prop_assert!(part.frame(past).is_none() && part.frame_mut(past).is_none());
            }
            // A slice of a slice, and the halves of one, count from where it begins.
            let mut last = part.slice_mut(range.len() / 2..range.len()).unwrap();
            last.iter_mut().flatten().for_each(|x| *x += 16);
            let (mut first, mut last) = part.split_at_mut(range.len() / 2).unwrap();
            first.iter_mut().flatten().for_each(|x| *x += 16);
            last.iter_mut().flatten().for_each(|x| *x += 32);
            let expected = cuts(range.start, range.len(), block);
            // All blocks live at once.
            let mut blocks: Vec<_> = part.blocks_mut(block).unwrap().collect();
            prop_assert_eq!(blocks.len(), expected.len());
            for (block, at) in blocks.iter_mut().zip(&expected) {
                prop_assert_eq!(block.frames(), at.len());
                block.iter_mut().flatten().for_each(|x| *x += 8);
            }
        }
        for (i, &x) in memory.iter().enumerate() {
            let c = i.checked_div(stride).unwrap_or(0);
            let f = i - c * stride;
            let half = range.start + range.len() / 2;
            let added = if f < range.start { 1 } else { 2 }
                + if range.contains(&f) { 156 } else { 0 }
                + if (half..range.end).contains(&f) { 32 } else { 0 };
            prop_assert_eq!(x, if f < frames { sample(c, f) + added } else { -1 });
        }
    }

    /// The two layouts carry the same frames, through the kernels and back.
    #[test]
    fn conversion_moves_every_sample((channels, frames, range, _) in shapes()) {
        let kernels = Kernels::new();
        let source = planar(channels, frames, frames);
        let part = Planar::from_slice(&source, channels).unwrap().slice(range.clone()).unwrap();
        let mut mixed = vec![-1; channels * range.len()];
        let mut to = InterleavedMut::from_slice(&mut mixed, channels).unwrap();
        kernels.interleave(&part, &mut to).unwrap();
        is_interleaved(to.as_view(), channels, range.clone());
        let mut back = vec![-1; channels * frames];
        let mut whole = PlanarMut::from_slice(&mut back, channels).unwrap();
        kernels.deinterleave(&to.as_view(), &mut whole.slice_mut(range.clone()).unwrap()).unwrap();
        for (i, &x) in back.iter().enumerate() {
            prop_assert_eq!(x, if range.contains(&(i % frames)) { source[i] } else { -1 });
        }
    }

    /// A shape that does not fit is an error, never a panic, and says what was wrong.
    #[test]
    fn shapes_that_do_not_fit_are_errors(
        len in 0_usize..100,
        channels in prop_oneof![4 => 0_usize..40, 1 => any::<usize>()],
        frames in prop_oneof![4 => 0_usize..100, 1 => any::<usize>()],
        stride in prop_oneof![4 => 0_usize..100, 1 => any::<usize>()],
    ) {
        let mut memory = vec![0_u8; len];
        let fits = channels > 0 && len.is_multiple_of(channels);
        prop_assert_eq!(Interleaved::from_slice(&memory, channels).is_ok(), fits);
        prop_assert_eq!(Planar::from_slice(&memory, channels).is_ok(), fits);
        prop_assert_eq!(InterleavedMut::from_slice(&mut memory, channels).is_ok(), fits);
        prop_assert_eq!(PlanarMut::from_slice(&mut memory, channels).is_ok(), fits);
        let exact = |x: usize| u128::try_from(x).expect("64 bits");
        let end = exact(channels.saturating_sub(1)) * exact(stride) + exact(frames);
        let fits = channels > 0 && (channels == 1 || stride >= frames) && end <= exact(len);
        prop_assert_eq!(Planar::from_strided(&memory, channels, frames, stride).is_ok(), fits);
        prop_assert_eq!(PlanarMut::from_strided(&mut memory, channels, frames, stride).is_ok(), fits);
    }

    #[test]
    fn ranges_past_the_end_are_errors(channels in 1_usize..5, frames in 0_usize..50, start in 0_usize..60, end in 0_usize..60) {
        let mut memory = vec![0_u8; channels * frames];
        let expected = if start <= end && end <= frames {
            Ok(end - start)
        } else {
            Err(ViewError::OutOfRange { start, end, frames })
        };
        prop_assert_eq!(Interleaved::from_slice(&memory, channels).unwrap().slice(start..end).map(|v| v.frames()), expected);
        prop_assert_eq!(Planar::from_slice(&memory, channels).unwrap().slice(start..end).map(|v| v.frames()), expected);
        let mut view = InterleavedMut::from_slice(&mut memory, channels).unwrap();
        prop_assert_eq!(view.slice_mut(start..end).map(|v| v.frames()), expected);
        prop_assert_eq!(view.split_at_mut(start).is_ok(), start <= frames);
        prop_assert_eq!(view.as_view().split_at(start).is_ok(), start <= frames);
        let mut view = PlanarMut::from_slice(&mut memory, channels).unwrap();
        prop_assert_eq!(view.slice_mut(start..end).map(|v| v.frames()), expected);
        prop_assert_eq!(view.split_at_mut(start).is_ok(), start <= frames);
        prop_assert_eq!(Planar::from_slice(&memory, channels).unwrap().split_at(start).is_ok(), start <= frames);
    }
}

#[test]
fn each_error_has_its_name() {
    let memory = [0.0_f32; 10];
    assert_eq!(Interleaved::from_slice(&memory, 0), Err(ViewError::ZeroChannels));
    let partial = ViewError::PartialFrame { samples: 10, channels: 3 };
    assert_eq!(Interleaved::from_slice(&memory, 3), Err(partial));
    assert_eq!(Planar::from_slice(&memory, 3), Err(partial));
    assert_eq!(Planar::<f32>::from_slices(&[]), Err(ViewError::ZeroChannels));
    let list = [&memory[..], &memory, &memory[..9]];
    assert_eq!(Planar::from_slices(&list), Err(ViewError::Frames { channel: 2, expected: 10, actual: 9 }));
    assert_eq!(Planar::from_strided(&memory, 2, 5, 4), Err(ViewError::Overlap { stride: 4, frames: 5 }));
    assert_eq!(Planar::from_strided(&memory, 2, 5, 6), Err(ViewError::TooShort { samples: 10, needed: 11 }));
    assert_eq!(
        Planar::from_strided(&memory, usize::MAX, 5, 6),
        Err(ViewError::TooShort { samples: 10, needed: usize::MAX })
    );
    let view = Interleaved::from_slice(&memory, 2).unwrap();
    assert_eq!(view.blocks(0).err(), Some(ViewError::ZeroBlock));
    assert_eq!(Planar::from_slice(&memory, 2).unwrap().blocks(0).err(), Some(ViewError::ZeroBlock));
    assert_eq!(partial.to_string(), "10 samples are not a whole number of frames of 3 channels");
}
