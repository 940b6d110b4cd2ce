//! Libraries with a C interface, found when the program runs: IPP, MKL and FFTW. One that is not there is reported
//! and left out. `scripts/bench-fft.sh` says where they come from.
//!
//! Prototypes and constants are those of their public headers: ipps.h and ipptypes.h, mkl_dfti.h, fftw3.h.

use std::ffi::{CStr, CString, c_char, c_double, c_int, c_long, c_uint, c_void};
use std::path::{Path, PathBuf};
use std::time::Duration;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::contest::{Contestant, Form, Kind, Plan, Transform, planned};
use crate::memory;
use crate::sample::Sample;

/// What could be loaded; each says of itself what it is.
pub struct Loaded {
    pub ipp: Result<Ipp, String>,
    pub mkl: Result<Mkl, String>,
    pub fftw: Result<Fftw, String>,
}

impl Loaded {
    /// `folder` holds IPP and MKL; FFTW is the system's. `avx2` keeps all of them to AVX2.
    pub fn load(folder: &Path, wisdom: &Path, avx2: bool) -> Self {
        // SAFETY: no other thread is there yet.
        unsafe {
            std::env::set_var("MKL_THREADING_LAYER", "SEQUENTIAL");
            if avx2 {
                std::env::set_var("MKL_ENABLE_INSTRUCTIONS", "AVX2");
            }
        }
        // Before MKL, which makes functions of the same names known to whatever is loaded later.
        let fftw = Fftw::load(wisdom);
        Self { ipp: Ipp::load(folder, avx2), mkl: Mkl::load(folder), fftw }
    }

    /// Every library that has this transform. The slices are where FFTW may try its plans.
    pub fn contestants<T: Sample>(
        &self,
        kind: Kind,
        len: usize,
        slices: [&mut [T]; 3],
    ) -> Vec<Contestant<T>> {
        let mut all = Vec::new();
        if let Ok(ipp) = &self.ipp {
            all.extend(ipp.contestants(kind, len));
        }
        if let Ok(mkl) = &self.mkl {
            all.extend(mkl.contestants(kind, len));
        }
        if let Ok(fftw) = &self.fftw {
            all.extend(fftw.contestants(kind, len, slices));
        }
        all
    }
}

/// A file of `folder` whose name begins so: the version is in the rest of it.
fn find(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(name)));
    found.sort();
    found.into_iter().next().ok_or_else(|| format!("no {name} in {}", folder.display()))
}

fn open(path: &Path) -> Result<Library, String> {
    // SAFETY: what such a library does when it is loaded is its own; these do no harm to a Rust program.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| error.to_string())
}

/// A function by its name. The type is the caller's word.
fn function<F: Copy>(library: &Library, name: &str) -> Result<F, String> {
    // SAFETY: callers ask for the type that the header declares; the library is never unloaded, since those who hold
    // its functions hold it too.
    unsafe { library.get::<F>(name.as_bytes()) }.map(|f| *f).map_err(|error| error.to_string())
}

/// Bytes that begin on a line of the cache, as all three libraries advise.
struct Bytes(Vec<Line>);

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "written and read by the libraries")] [u8; 64]);

impl Bytes {
    fn new(len: c_int) -> Self {
        Self(vec![Line([0; 64]); usize::try_from(len).expect("a size").div_ceil(64)])
    }

    fn at(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}

fn contestant<T>(
    peer: &str,
    len: usize,
    form: Form,
    plan: Plan,
    transform: impl Transform<T> + 'static,
) -> Contestant<T> {
    let overwrites = form == Form::InPlace;
    Contestant { peer: peer.to_owned(), form, len, overwrites, plan, transform: Box::new(transform) }
}

// ---- IPP ----

pub struct Ipp {
    library: Library,
    /// Which of its builds runs here.
    pub version: String,
    _core: Library,
}

type IppSizes = unsafe extern "C" fn(c_int, c_int, c_int, *mut c_int, *mut c_int, *mut c_int) -> c_int;
type IppFftInit =
    unsafe extern "C" fn(*mut *mut c_void, c_int, c_int, c_int, *mut c_void, *mut c_void) -> c_int;
type IppDftInit = unsafe extern "C" fn(c_int, c_int, c_int, *mut c_void, *mut c_void) -> c_int;
type IppRun = unsafe extern "C" fn(*const c_void, *mut c_void, *const c_void, *mut c_void) -> c_int;
type IppRunInPlace = unsafe extern "C" fn(*mut c_void, *const c_void, *mut c_void) -> c_int;

/// IPP_FFT_NODIV_BY_ANY, ippAlgHintNone; ippCPUID_AVX512F and all features that came after it.
const IPP_UNSCALED: c_int = 8;
const IPP_HINT: c_int = 0;
const IPP_BEFORE_AVX512: u64 = 0x10_0000 - 1;

#[repr(C)]
struct IppVersion {
    major: c_int,
    minor: c_int,
    major_build: c_int,
    build: c_int,
    target: [c_char; 4],
    name: *const c_char,
    version: *const c_char,
    date: *const c_char,
}

impl Ipp {
    fn load(folder: &Path, avx2: bool) -> Result<Self, String> {
        let core = open(&find(folder, "libippcore.so")?)?;
        let library = open(&find(folder, "libipps.so")?)?;
        // Without this the plainest build runs.
        let init: unsafe extern "C" fn() -> c_int = function(&core, "ippInit")?;
        // SAFETY: no requirement.
        unsafe { init() };
        if avx2 {
            let get: unsafe extern "C" fn(*mut u64, *mut u32) -> c_int =
                function(&core, "ippGetCpuFeatures")?;
            let set: unsafe extern "C" fn(u64) -> c_int = function(&core, "ippSetCpuFeatures")?;
            let mut features = 0;
            // SAFETY: the second argument may be null; the first is a u64.
            unsafe { get(&mut features, std::ptr::null_mut()) };
            // SAFETY: a subset of what the processor has.
            unsafe { set(features & IPP_BEFORE_AVX512) };
        }
        let about: unsafe extern "C" fn() -> *const IppVersion = function(&library, "ippsGetLibVersion")?;
        // SAFETY: it returns a static of this shape.
        let about = unsafe { &*about() };
        // SAFETY: its strings end with a zero and live as long.
        let [name, version] = unsafe { [CStr::from_ptr(about.name), CStr::from_ptr(about.version)] };
        let version = format!("{} {}", name.to_string_lossy(), version.to_string_lossy());
        Ok(Self { library, version, _core: core })
    }

    fn contestants<T: Sample>(&self, kind: Kind, len: usize) -> Vec<Contestant<T>> {
        // Powers of two have functions of their own, and those in place.
        let forms: &[Form] =
            if len.is_power_of_two() { &[Form::Forward, Form::InPlace] } else { &[Form::Forward] };
        let make = |&form: &Form| {
            let (call, mut plan) = planned(|| self.plan::<T>(kind, len));
            let mut call = call.ok()?;
            (plan.bytes, plan.scratch) = (call.spec_bytes, call.work_bytes);
            call.in_place = form == Form::InPlace;
            Some(contestant("ipp", len, form, plan, call))
        };
        forms.iter().filter_map(make).collect()
    }

    /// How long planning takes: sizes, memory, tables.
    pub fn plan_time<T: Sample>(&self, kind: Kind, len: usize) -> Option<Duration> {
        let (call, plan) = planned(|| self.plan::<T>(kind, len));
        call.ok().map(|_| plan.took)
    }

    fn plan<T: Sample>(&self, kind: Kind, len: usize) -> Result<IppCall, String> {
        let fft = len.is_power_of_two();
        let family = if fft { "FFT" } else { "DFT" };
        let (spec_kind, run, in_place) = match (kind, T::BITS) {
            (Kind::Complex, 32) => ("C_32fc", "CToC_32fc", "CToC_32fc_I"),
            (Kind::Complex, _) => ("C_64fc", "CToC_64fc", "CToC_64fc_I"),
            (Kind::Real, 32) => ("R_32f", "RToCCS_32f", "RToCCS_32f_I"),
            (Kind::Real, _) => ("R_64f", "RToCCS_64f", "RToCCS_64f_I"),
        };
        let sizes: IppSizes = function(&self.library, &format!("ipps{family}GetSize_{spec_kind}"))?;
        let points =
            c_int::try_from(if fft { len.ilog2() as usize } else { len }).map_err(|e| e.to_string())?;
        let (mut spec_len, mut init_len, mut work_len) = (0, 0, 0);
        // SAFETY: three places for sizes.
        let status =
            unsafe { sizes(points, IPP_UNSCALED, IPP_HINT, &mut spec_len, &mut init_len, &mut work_len) };
        if status != 0 {
            return Err(format!("status {status}"));
        }
        let (mut spec, mut init, work) = (Bytes::new(spec_len), Bytes::new(init_len), Bytes::new(work_len));
        let mut at = spec.at();
        let name = format!("ipps{family}Init_{spec_kind}");
        let status = if fft {
            let make: IppFftInit = function(&self.library, &name)?;
            // SAFETY: memory of the sizes that it asked for.
            unsafe { make(&mut at, points, IPP_UNSCALED, IPP_HINT, spec.at(), init.at()) }
        } else {
            let make: IppDftInit = function(&self.library, &name)?;
            // SAFETY: memory of the sizes that it asked for.
            unsafe { make(points, IPP_UNSCALED, IPP_HINT, at, init.at()) }
        };
        if status != 0 {
            return Err(format!("status {status}"));
        }
        let run = function(&self.library, &format!("ipps{family}Fwd_{run}"))?;
        let run_in_place =
            fft.then(|| function(&self.library, &format!("ippsFFTFwd_{in_place}"))).transpose()?;
        Ok(IppCall {
            run,
            run_in_place,
            in_place: false,
            at,
            work,
            spec_bytes: usize::try_from(spec_len).unwrap_or(0),
            work_bytes: usize::try_from(work_len).unwrap_or(0),
            _spec: spec,
        })
    }
}

struct IppCall {
    run: IppRun,
    run_in_place: Option<IppRunInPlace>,
    in_place: bool,
    at: *mut c_void,
    work: Bytes,
    spec_bytes: usize,
    work_bytes: usize,
    _spec: Bytes,
}

impl<T: Sample> Transform<T> for IppCall {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let (x, y) = (input.as_mut_ptr().cast::<c_void>(), output.as_mut_ptr().cast::<c_void>());
        match self.run_in_place.filter(|_| self.in_place) {
            // SAFETY: the slice has 2 n + 2 scalars; the plan and its memory are alive.
            Some(run) => unsafe { run(x, self.at, self.work.at()) },
            // SAFETY: both slices have 2 n + 2 scalars; the plan and its memory are alive.
            None => unsafe { (self.run)(x, y, self.at, self.work.at()) },
        };
    }

    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        self.run(input, output);
        if self.in_place {
            output.copy_from_slice(input);
        }
    }
}

// ---- MKL ----

pub struct Mkl {
    library: Library,
    pub version: String,
}

type MklCreate = unsafe extern "C" fn(*mut *mut c_void, c_int, c_long) -> c_long;
type MklSet = unsafe extern "C" fn(*mut c_void, c_int, ...) -> c_long;
type MklCommit = unsafe extern "C" fn(*mut c_void) -> c_long;
type MklRun = unsafe extern "C" fn(*mut c_void, *mut c_void, ...) -> c_long;
type MklFree = unsafe extern "C" fn(*mut *mut c_void) -> c_long;

/// Of enum DFTI_CONFIG_PARAM and DFTI_CONFIG_VALUE.
const DFTI_CONJUGATE_EVEN_STORAGE: c_int = 10;
const DFTI_PLACEMENT: c_int = 11;
const DFTI_COMPLEX: c_int = 32;
const DFTI_REAL: c_int = 33;
const DFTI_COMPLEX_COMPLEX: c_int = 39;
const DFTI_INPLACE: c_int = 43;
const DFTI_NOT_INPLACE: c_int = 44;

impl Mkl {
    fn load(folder: &Path) -> Result<Self, String> {
        let library = open(&find(folder, "libmkl_rt.so")?)?;
        let about: unsafe extern "C" fn(*mut c_char, c_int) = function(&library, "MKL_Get_Version_String")?;
        let mut text = [0; 198];
        // SAFETY: a buffer and its length; one byte is kept for the end.
        unsafe { about(text.as_mut_ptr(), 197) };
        // SAFETY: zeros follow what was written.
        let version = unsafe { CStr::from_ptr(text.as_ptr()) }.to_string_lossy().trim().to_owned();
        Ok(Self { library, version })
    }

    fn contestants<T: Sample>(&self, kind: Kind, len: usize) -> Vec<Contestant<T>> {
        let forms: &[Form] =
            if kind == Kind::Complex { &[Form::Forward, Form::InPlace] } else { &[Form::Forward] };
        let make = |&form: &Form| {
            let before = memory::heap();
            let (call, mut plan) = planned(|| self.plan::<T>(kind, len, form == Form::InPlace));
            plan.bytes = memory::heap().saturating_sub(before);
            Some(contestant("mkl", len, form, plan, call.ok()?))
        };
        forms.iter().filter_map(make).collect()
    }

    fn plan<T: Sample>(&self, kind: Kind, len: usize, in_place: bool) -> Result<MklCall, String> {
        let name = if T::BITS == 32 { "DftiCreateDescriptor_s_1d" } else { "DftiCreateDescriptor_d_1d" };
        let create: MklCreate = function(&self.library, name)?;
        let set: MklSet = function(&self.library, "DftiSetValue")?;
        let commit: MklCommit = function(&self.library, "DftiCommitDescriptor")?;
        let mut call = MklCall {
            run: function(&self.library, "DftiComputeForward")?,
            free: function(&self.library, "DftiFreeDescriptor")?,
            plan: std::ptr::null_mut(),
            in_place,
        };
        let domain = if kind == Kind::Complex { DFTI_COMPLEX } else { DFTI_REAL };
        let len = c_long::try_from(len).map_err(|error| error.to_string())?;
        let placement = if in_place { DFTI_INPLACE } else { DFTI_NOT_INPLACE };
        // SAFETY: a place for the descriptor.
        let mut status = unsafe { create(&mut call.plan, domain, len) };
        // SAFETY: the descriptor was made, or is null and refused; the parameter takes one int.
        status |= unsafe { set(call.plan, DFTI_PLACEMENT, placement) };
        if kind == Kind::Real {
            // SAFETY: as above.
            status |= unsafe { set(call.plan, DFTI_CONJUGATE_EVEN_STORAGE, DFTI_COMPLEX_COMPLEX) };
        }
        // SAFETY: as above.
        status |= unsafe { commit(call.plan) };
        if status == 0 { Ok(call) } else { Err(format!("status {status}")) }
    }
}

struct MklCall {
    run: MklRun,
    free: MklFree,
    plan: *mut c_void,
    in_place: bool,
}

impl<T: Sample> Transform<T> for MklCall {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let (x, y) = (input.as_mut_ptr().cast::<c_void>(), output.as_mut_ptr().cast::<c_void>());
        if self.in_place {
            // SAFETY: the slice has 2 n + 2 scalars; the descriptor is committed for this form.
            unsafe { (self.run)(self.plan, x) };
        } else {
            // SAFETY: both slices have 2 n + 2 scalars; the descriptor is committed for this form.
            unsafe { (self.run)(self.plan, x, y) };
        }
    }

    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        self.run(input, output);
        if self.in_place {
            output.copy_from_slice(input);
        }
    }
}

impl Drop for MklCall {
    fn drop(&mut self) {
        // SAFETY: made by its create; not used after.
        unsafe { (self.free)(&mut self.plan) };
    }
}

// ---- FFTW ----

pub struct Fftw {
    single: Library,
    double: Library,
    wisdom: PathBuf,
    pub version: String,
}

type FftwComplex = unsafe extern "C" fn(c_int, *mut c_void, *mut c_void, c_int, c_uint) -> *mut c_void;
type FftwReal = unsafe extern "C" fn(c_int, *mut c_void, *mut c_void, c_uint) -> *mut c_void;
type FftwRun = unsafe extern "C" fn(*const c_void, *mut c_void, *mut c_void);
type FftwFree = unsafe extern "C" fn(*mut c_void);
type FftwFile = unsafe extern "C" fn(*const c_char) -> c_int;

const FFTW_FORWARD: c_int = -1;
const FFTW_MEASURE: c_uint = 0;
/// Seconds after which a plan takes the best that it found.
const FFTW_PATIENCE: f64 = 2.0;

impl Fftw {
    /// `wisdom`: a folder where what its measurements found is kept for the next run.
    fn load(wisdom: &Path) -> Result<Self, String> {
        let [single, double] = ["libfftw3f.so.3", "libfftw3.so.3"].map(|name| open(Path::new(name)));
        let (single, double) = (single?, double?);
        // An array in the library, not a pointer to one: the symbol's address is what is wanted.
        // SAFETY: nothing of the type is read.
        let version = unsafe { single.get::<*const c_char>(b"fftwf_version") };
        let version = version.map_err(|error| error.to_string())?.into_raw();
        // SAFETY: `char fftwf_version[]`, ended by a zero.
        let version = unsafe { CStr::from_ptr(version.cast()) }.to_string_lossy().into_owned();
        let fftw = Self { single, double, wisdom: wisdom.to_owned(), version };
        fftw.wisdom("import_wisdom_from_filename");
        for (library, prefix) in fftw.each() {
            let limit: unsafe extern "C" fn(c_double) =
                function(library, &format!("{prefix}_set_timelimit"))?;
            // SAFETY: no requirement.
            unsafe { limit(FFTW_PATIENCE) };
        }
        Ok(fftw)
    }

    fn each(&self) -> [(&Library, &'static str); 2] {
        [(&self.single, "fftwf"), (&self.double, "fftw")]
    }

    /// Keeps what was found out.
    pub fn save(&self) {
        self.wisdom("export_wisdom_to_filename");
    }

    /// Reads or writes the files of both precisions; a missing one is no harm.
    fn wisdom(&self, what: &str) {
        for (library, prefix) in self.each() {
            let path = CString::new(self.wisdom.join(prefix).to_string_lossy().as_bytes());
            let call = function::<FftwFile>(library, &format!("{prefix}_{what}"));
            if let (Ok(path), Ok(call)) = (path, call) {
                // SAFETY: a path that ends with a zero.
                unsafe { call(path.as_ptr()) };
            }
        }
    }

    fn contestants<T: Sample>(&self, kind: Kind, len: usize, slices: [&mut [T]; 3]) -> Vec<Contestant<T>> {
        let [x, y, work] = slices.map(|slice| slice.as_mut_ptr().cast::<c_void>());
        let forms: &[Form] =
            if kind == Kind::Complex { &[Form::Forward, Form::InPlace] } else { &[Form::Forward] };
        let make = |&form: &Form| {
            let before = memory::heap();
            let in_place = form == Form::InPlace;
            let (from, to) = if in_place { (work, work) } else { (x, y) };
            let (call, mut plan) = planned(|| self.plan::<T>(kind, len, from, to));
            plan.bytes = memory::heap().saturating_sub(before);
            Some(contestant("fftw", len, form, plan, call.ok()?))
        };
        forms.iter().filter_map(make).collect()
    }

    fn plan<T: Sample>(
        &self,
        kind: Kind,
        len: usize,
        from: *mut c_void,
        to: *mut c_void,
    ) -> Result<FftwCall, String> {
        let (library, prefix) = if T::BITS == 32 { (&self.single, "fftwf") } else { (&self.double, "fftw") };
        let points = c_int::try_from(len).map_err(|error| error.to_string())?;
        let (plan, run) = match kind {
            Kind::Complex => {
                let make: FftwComplex = function(library, &format!("{prefix}_plan_dft_1d"))?;
                // SAFETY: both slices have 2 n + 2 scalars, which it may overwrite.
                (unsafe { make(points, from, to, FFTW_FORWARD, FFTW_MEASURE) }, "execute_dft")
            }
            Kind::Real => {
                let make: FftwReal = function(library, &format!("{prefix}_plan_dft_r2c_1d"))?;
                // SAFETY: both slices have 2 n + 2 scalars, which it may overwrite.
                (unsafe { make(points, from, to, FFTW_MEASURE) }, "execute_dft_r2c")
            }
        };
        if plan.is_null() {
            return Err("no plan".to_owned());
        }
        let run = function(library, &format!("{prefix}_{run}"))?;
        Ok(FftwCall {
            plan,
            run,
            free: function(library, &format!("{prefix}_destroy_plan"))?,
            in_place: from == to,
        })
    }
}

struct FftwCall {
    plan: *mut c_void,
    run: FftwRun,
    free: FftwFree,
    in_place: bool,
}

impl<T: Sample> Transform<T> for FftwCall {
    fn run(&mut self, input: &mut [T], output: &mut [T]) {
        let x = input.as_mut_ptr().cast::<c_void>();
        let y = if self.in_place { x } else { output.as_mut_ptr().cast() };
        // SAFETY: slices of 2 n + 2 scalars, aligned as those that it was planned with.
        unsafe { (self.run)(self.plan, x, y) };
    }

    fn checked(&mut self, input: &mut [T], output: &mut [T]) {
        self.run(input, output);
        if self.in_place {
            output.copy_from_slice(input);
        }
    }
}

impl Drop for FftwCall {
    fn drop(&mut self) {
        // SAFETY: made by its planner; not used after.
        unsafe { (self.free)(self.plan) };
    }
}
