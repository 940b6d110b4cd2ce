//! Storage that begins on a cache line and owns its last one whole.

use alloc::alloc::{alloc, alloc_zeroed, dealloc};
use core::alloc::Layout;
use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use super::Element;

/// Bytes of one cache line, and the alignment of every buffer.
const LINE: usize = 64;

/// One line. Every element's alignment divides its own.
#[repr(align(64))]
struct Line {
    _bytes: [u8; LINE],
}

/// A slice of `len` zeroed numbers in whole cache lines of 64 bytes, that never grows.
///
/// No other allocation shares its last line, so that two threads that work on two buffers never fight for one.
/// It derefs to a slice.
///
/// # Examples
/// ```
/// use quaver::buffer::AlignedBuf;
///
/// let mut block = AlignedBuf::<f32>::new(480)?;
/// block[479] = 1.0;
/// assert_eq!(block.iter().sum::<f32>(), 1.0);
/// assert_eq!(block.as_ptr().addr() % 64, 0);
/// # Ok::<(), quaver::buffer::AllocError>(())
/// ```
pub struct AlignedBuf<T: Element> {
    /// Valid for `len` elements; dangling, and aligned to a line, when `len` is zero.
    first: NonNull<T>,
    len: usize,
    owner: PhantomData<[T]>,
}

// SAFETY: the buffer owns its elements as a `Box<[T]>` does.
unsafe impl<T: Element + Send> Send for AlignedBuf<T> {}
// SAFETY: a shared buffer gives shared slices only.
unsafe impl<T: Element + Sync> Sync for AlignedBuf<T> {}

impl<T: Element> AlignedBuf<T> {
    /// Allocates `len` zeros.
    ///
    /// # Errors
    /// [`AllocError::TooLarge`] when the bytes do not fit an `isize`, [`AllocError::Refused`] when the allocator
    /// has no such memory. It never aborts.
    ///
    /// # Real-time safety
    /// Not real-time safe: allocates.
    pub fn new(len: usize) -> Result<Self, AllocError> {
        let layout = layout::<T>(len)?;
        let first = if layout.size() == 0 {
            NonNull::<Line>::dangling().cast::<T>()
        } else {
            // SAFETY: the size is not zero.
            let memory = unsafe { alloc_zeroed(layout) };
            NonNull::new(memory.cast::<T>()).ok_or(AllocError::Refused { bytes: layout.size() })?
        };
        // `len` elements fit the layout, and zero bytes are a value of each (`Element`).
        Ok(Self { first, len, owner: PhantomData })
    }

    /// Allocates `len` values that are not there yet.
    ///
    /// Zeroing a large table first would touch its pages twice, which is half of the time that a plan takes.
    ///
    /// # Errors
    /// As [`AlignedBuf::new`].
    ///
    /// # Safety
    /// Every value is written, through [`AlignedBuf::as_uninit`], before the buffer is read or handed out.
    pub(crate) unsafe fn new_uninit(len: usize) -> Result<Self, AllocError> {
        let layout = layout::<T>(len)?;
        if layout.size() == 0 {
            return Self::new(len);
        }
        // SAFETY: the size is not zero.
        let memory = unsafe { alloc(layout) };
        let first = NonNull::new(memory.cast::<T>()).ok_or(AllocError::Refused { bytes: layout.size() })?;
        Ok(Self { first, len, owner: PhantomData })
    }

    /// The buffer as memory to be written.
    pub(crate) const fn as_uninit(&mut self) -> &mut [MaybeUninit<T>] {
        // SAFETY: `first` is aligned and valid for `len` elements (`new`, `new_uninit`); `self` is borrowed alone.
        unsafe { core::slice::from_raw_parts_mut(self.first.as_ptr().cast(), self.len) }
    }

    /// Asks the system to back the buffer with huge pages, which take fewer entries of the address cache.
    ///
    /// Only the whole pages within the buffer are named. The request is advice (`MADV_HUGEPAGE`, Linux): the pages
    /// are there already, so the kernel merges them in its own time, and whether it does shows in
    /// `/proc/self/smaps` alone.
    ///
    /// # Errors
    /// [`AdviceError::TooSmall`] when the buffer holds no whole page, [`AdviceError::Unsupported`] away from Linux,
    /// and [`AdviceError::Denied`] with the system's code. The buffer is as usable after any of them.
    ///
    /// # Real-time safety
    /// Not real-time safe: makes a system call.
    #[cfg(all(feature = "std", unix))]
    pub fn advise_huge_pages(&self) -> Result<(), AdviceError> {
        advise(self.first.as_ptr().cast(), size_of_val::<[T]>(self))
    }
}

impl<T: Element> Drop for AlignedBuf<T> {
    fn drop(&mut self) {
        if let Ok(layout) = layout::<T>(self.len)
            && layout.size() != 0
        {
            // SAFETY: `new` allocated this block with the same layout, for the same `len`.
            unsafe { dealloc(self.first.as_ptr().cast(), layout) }
        }
    }
}

impl<T: Element> Deref for AlignedBuf<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: `first` is aligned and valid for `len` initialised elements (`new`); `self` is borrowed.
        unsafe { core::slice::from_raw_parts(self.first.as_ptr(), self.len) }
    }
}

impl<T: Element> DerefMut for AlignedBuf<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`, and `self` is borrowed alone.
        unsafe { core::slice::from_raw_parts_mut(self.first.as_ptr(), self.len) }
    }
}

impl<T: Element + fmt::Debug> fmt::Debug for AlignedBuf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Memory for a buffer could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AllocError {
    /// That many elements do not fit the address space.
    TooLarge {
        /// Elements asked for.
        elements: usize,
    },
    /// The allocator has no such block.
    Refused {
        /// Bytes asked for.
        bytes: usize,
    },
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooLarge { elements } => write!(f, "{elements} elements do not fit the address space"),
            Self::Refused { bytes } => write!(f, "the allocator refused {bytes} bytes"),
        }
    }
}

impl core::error::Error for AllocError {}

/// The system did not take the advice of [`AlignedBuf::advise_huge_pages`].
#[cfg(all(feature = "std", unix))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdviceError {
    /// The buffer holds no whole page.
    TooSmall,
    /// This system has no such call.
    Unsupported,
    /// The system said no.
    Denied {
        /// Its `errno`.
        errno: i32,
    },
}

#[cfg(all(feature = "std", unix))]
impl fmt::Display for AdviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooSmall => f.write_str("the buffer holds no whole page"),
            Self::Unsupported => f.write_str("this system takes no advice on huge pages"),
            Self::Denied { errno } => write!(f, "the system denied huge pages: errno {errno}"),
        }
    }
}

#[cfg(all(feature = "std", unix))]
impl core::error::Error for AdviceError {}

/// The lines that `len` elements take.
fn layout<T: Element>(len: usize) -> Result<Layout, AllocError> {
    let too_large = AllocError::TooLarge { elements: len };
    let bytes = len.checked_mul(size_of::<T>()).and_then(|bytes| bytes.checked_next_multiple_of(LINE));
    Layout::from_size_align(bytes.ok_or(too_large)?, align_of::<Line>()).map_err(|_| too_large)
}

#[cfg(all(feature = "std", any(target_os = "linux", target_os = "android")))]
fn advise(first: *mut u8, bytes: usize) -> Result<(), AdviceError> {
    // SAFETY: `sysconf` takes any name and touches no memory of ours.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let page =
        usize::try_from(page).ok().filter(|page| page.is_power_of_two()).ok_or(AdviceError::Unsupported)?;
    let before = first.addr().wrapping_neg() % page;
    let whole = bytes.saturating_sub(before) & !(page - 1);
    if whole == 0 {
        return Err(AdviceError::TooSmall);
    }
    // SAFETY: `before` is less than `bytes`, since something is left behind it.
    let start = unsafe { first.add(before) };
    // SAFETY: `start..start + whole` is whole pages of this allocation, and the advice changes no contents.
    if unsafe { libc::madvise(start.cast(), whole, libc::MADV_HUGEPAGE) } == 0 {
        Ok(())
    } else {
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
        Err(AdviceError::Denied { errno })
    }
}

#[cfg(all(feature = "std", unix, not(any(target_os = "linux", target_os = "android"))))]
fn advise(_: *mut u8, _: usize) -> Result<(), AdviceError> {
    Err(AdviceError::Unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_zeroed_and_aligned() {
        for len in 0..200 {
            let mut buf = AlignedBuf::<i16>::new(len).unwrap();
            assert_eq!(buf.len(), len);
            assert_eq!(buf.as_ptr().addr() % LINE, 0);
            assert!(buf.iter().all(|&x| x == 0));
            buf.fill(-1);
        }
    }

    #[test]
    fn two_buffers_share_no_line() {
        let bufs: std::vec::Vec<_> = (0..64).map(|_| AlignedBuf::<u8>::new(1).unwrap()).collect();
        let mut lines: std::vec::Vec<_> = bufs.iter().map(|b| b.as_ptr().addr() / LINE).collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), bufs.len());
        // Nor does anything else have a part of the last one.
        assert!((0..200).all(|len| layout::<u8>(len).unwrap().size() == len.div_ceil(LINE) * LINE));
    }

    #[test]
    fn a_length_that_cannot_be_is_an_error() {
        let elements = usize::MAX / 8;
        assert_eq!(AlignedBuf::<f64>::new(elements).err(), Some(AllocError::TooLarge { elements }));
        assert_eq!(
            AlignedBuf::<f64>::new(usize::MAX).err(),
            Some(AllocError::TooLarge { elements: usize::MAX })
        );
        // 2^62 bytes fit an isize, but no machine has them.
        #[cfg(target_pointer_width = "64")]
        {
            // Hidden from the optimiser, which may remove an allocation that is not used, and its failure with it.
            let huge = core::hint::black_box(AlignedBuf::<u8>::new(1 << 62));
            assert_eq!(huge.err(), Some(AllocError::Refused { bytes: 1 << 62 }));
        }
    }

    #[cfg(not(target_family = "wasm"))]
    #[test]
    fn a_buffer_can_move_to_another_thread() {
        let mut buf = AlignedBuf::<u64>::new(3).unwrap();
        buf[2] = 7;
        let sum = std::thread::spawn(move || buf.iter().sum::<u64>()).join().unwrap();
        assert_eq!(sum, 7);
    }

    #[cfg(all(feature = "std", target_os = "linux"))]
    #[test]
    fn advice_is_taken_or_its_denial_reported() {
        assert_eq!(AlignedBuf::<u8>::new(100).unwrap().advise_huge_pages(), Err(AdviceError::TooSmall));
        let mut large = AlignedBuf::<f32>::new(1 << 20).unwrap();
        match large.advise_huge_pages() {
            // A kernel without transparent huge pages answers EINVAL; any code is a report.
            Ok(()) | Err(AdviceError::Denied { errno: 1.. }) => {}
            other => panic!("{other:?}"),
        }
        large.fill(1.0);
        assert!(large.iter().all(|&x| x.to_bits() == 1.0_f32.to_bits()));
    }
}
